"""Learns the layout of each source from its first pages, and notices when its pages stop fitting.

A profile is never trusted blindly: each page is checked, and read the general way when it does not fit. When half of
the latest pages of a source do not, its layout has changed: that is recorded with the pages, and learned anew.
Selectors that the registry gives by hand win over what is learned and stay in use; their misses are recorded too.
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
from processor.reading.profiles import PROFILE_VERSION, SiteProfile
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
    """Pages to let pass."""
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
            if site.pause > 0:
                site.pause -= 1
            else:
                site.fits.append((url, fits))
        elif site.pause > 0:
            site.pause -= 1
        elif site.learning is None and len(site.samples) < SAMPLES:
            site.samples[url] = record

    def work(self) -> None:
        """Take in what was learned, start learning, notice changes. Quick; raises `DatabaseUnavailable`."""
        self.refresh()
        for source_id, site in self._sites.items():
            if site.learning is not None and site.learning.done():
                self._finish(source_id, site, site.learning)
            elif site.learning is None and site.profile is None and len(site.samples) >= SAMPLES:
                site.learning = self._workers.learn([self._to_page(record) for record in site.samples.values()])
            elif site.profile is not None:
                self._watch(source_id, site)

    def _finish(self, source_id: str, site: _Site, learning: Future[SiteProfile | None]) -> None:
        profile = self._workers.collect(learning)
        if site.profile is not None:
            # Meanwhile somebody wrote one, or another processor learned one.
            site.learning = None
            site.samples.clear()
            return
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
        by_hand = site.profile is not None and site.profile.hand_written
        if by_hand:
            profiles.record_misses(self._database, source_id, misses=misses)
            # Told once in a window, not with every further page.
            site.pause = WINDOW - len(site.fits)
        else:
            profiles.retire(self._database, source_id, misses=misses)
            site.profile = None
        metrics.LAYOUT_CHANGES.inc()
        _log.warning(
            "layout_changed", source_id=source_id, misses=len(misses), example=misses[-1], hand_written=by_hand
        )
        site.fits.clear()

    def refresh(self) -> None:
        """Take over what people wrote and what other processors learned or retired, once in a while."""
        if time.monotonic() < self._reload_at:
            return
        current = {
            row.source_id: SiteProfile.from_json(row.profile)
            for row in profiles.profiles(self._database, active=True)
            if row.profile.get("version") == PROFILE_VERSION
        }
        current |= {
            source_id: SiteProfile.from_selectors(css["title"], css["body"])
            for source_id, css in profiles.selectors(self._database).items()
        }
        self._reload_at = time.monotonic() + RELOAD_SECONDS
        for source_id in current.keys() | self._sites.keys():
            site, profile = self._sites.setdefault(source_id, _Site()), current.get(source_id)
            if site.profile != profile:
                # What did not fit the one before says nothing of this one.
                site.profile, site.pause = profile, 0
                site.fits.clear()
