"""Learns the layout of each source from its first pages, and notices when its pages stop fitting.

A profile is never trusted blindly: each page is checked, and read the general way when it does not fit. When half of
the latest pages of a source do not, its layout has changed: that is recorded with the pages, and learned anew.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

import structlog

from processor import metrics
from processor.model import Page
from processor.profiles import PROFILE_VERSION, SiteProfile
from processor.workers import PageWorkers, WorkerFailure
from store import profiles
from store.bus.base import Record
from store.database import Database

SAMPLES: Final = 6
"""Pages a profile is learned from. They are kept compressed, as they stand on the bus."""
WINDOW: Final = 20
MISSES: Final = 10
"""Pages of the latest `WINDOW` that do not fit, from which the layout counts as changed."""
PAUSE_PAGES: Final = 50
"""Pages to let pass after a source whose pages did not agree, before trying again."""
RELOAD_SECONDS: Final = 60.0

_log = structlog.get_logger()


@dataclass(slots=True)
class _Site:
    profile: SiteProfile | None = None
    samples: dict[str, Record] = field(default_factory=dict)
    """By URL: a page that is fetched again teaches nothing."""
    learning: Future[SiteProfile | None] | None = None
    pause: int = 0
    fits: deque[tuple[str, bool]] = field(default_factory=lambda: deque(maxlen=WINDOW))


class ProfileKeeper:
    """The profiles of one processor, shared with the others through the database. Not safe for several threads."""

    def __init__(self, database: Database, workers: PageWorkers, *, to_page: Callable[[Record], Page]) -> None:
        self._database = database
        self._workers = workers
        self._to_page = to_page
        self._sites: dict[str, _Site] = {}
        self._reload_at = 0.0

    def profile(self, source_id: str) -> SiteProfile | None:
        site = self._sites.get(source_id)
        return site.profile if site else None

    def note(self, source_id: str, url: str, record: Record, *, fits: bool | None) -> None:
        """An article of the source was read; `fits` says whether where its profile says, None that it has none."""
        site = self._sites.setdefault(source_id, _Site())
        if fits is not None:
            metrics.PROFILE_READS.labels(fits=str(fits).lower()).inc()
            site.fits.append((url, fits))
        elif site.pause > 0:
            site.pause -= 1
        elif site.learning is None and len(site.samples) < SAMPLES:
            site.samples[url] = record

    def work(self) -> None:
        """Take in what was learned, start learning, notice changes. Quick; raises `DatabaseUnavailable`."""
        self._reload()
        for source_id, site in self._sites.items():
            if site.learning is not None and site.learning.done():
                self._finish(source_id, site, site.learning)
            elif site.learning is None and site.profile is None and len(site.samples) >= SAMPLES:
                site.learning = self._workers.learn([self._to_page(record) for record in site.samples.values()])
            elif site.profile is not None:
                self._watch(source_id, site)

    def _finish(self, source_id: str, site: _Site, learning: Future[SiteProfile | None]) -> None:
        profile = self._workers.collect(learning)
        # Pages that disagree teach nothing, nor does one that was built to hurt.
        if profile is None or isinstance(profile, WorkerFailure):
            site.pause = PAUSE_PAGES
        else:
            version = profiles.save(self._database, source_id, profile.to_json(), evidence=list(site.samples))
            site.profile = profile
            _log.info("profile_learned", source_id=source_id, version=version, pages=len(site.samples))
        site.learning = None
        site.samples.clear()
        site.fits.clear()

    def _watch(self, source_id: str, site: _Site) -> None:
        misses = [url for url, fits in site.fits if not fits]
        if len(misses) < MISSES:
            return
        profiles.retire(self._database, source_id, misses=misses)
        metrics.LAYOUT_CHANGES.inc()
        _log.warning("layout_changed", source_id=source_id, misses=len(misses), example=misses[-1])
        site.profile = None
        site.fits.clear()

    def _reload(self) -> None:
        """Take over what other processors learned or retired."""
        if time.monotonic() < self._reload_at:
            return
        stored = {row.source_id: row for row in profiles.profiles(self._database, active=True)}
        self._reload_at = time.monotonic() + RELOAD_SECONDS
        for source_id, row in stored.items():
            if row.profile.get("version") == PROFILE_VERSION:
                self._sites.setdefault(source_id, _Site()).profile = SiteProfile.from_json(row.profile)
        for source_id, site in self._sites.items():
            if source_id not in stored:
                site.profile = None
