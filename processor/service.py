"""The loop around the pure steps: reads pages from the bus, has workers judge them, stores results and positions.

This module and the worker pool are the only places in the room with effects.
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, TypeVar

import structlog

from processor import metrics
from processor.fuse import Fuse, FuseLimits
from processor.model import Outcome, Page, Verdict
from processor.pipeline import KnownSitePage
from processor.profile_keeper import ProfileKeeper
from processor.reading.extract import EXTRACTOR_VERSION
from processor.records import RESULT_RULES, article_record, judged_by
from processor.workers import PageWorkers, WorkerFailure
from store import quarantine
from store.bus.base import Bus, Consumer, Delivery
from store.database import Database
from store.errors import BusUnavailable, DatabaseUnavailable, EventRejected, TryLater
from store.events import PAGES, PageFetched, SealedPage, decode_page, open_page
from store.health import Health
from store.outcome import SCANNED
from store.positions import Positions
from store.result_records import Committed, PageFacts, PageResult, QuarantineRecord
from store.results import ResultStore

GROUP: Final = "processor"
KEEP_ALIVE_SECONDS: Final = 1.0
STUCK_SECONDS: Final = 300.0
"""Far beyond every deadline: the pool itself is broken, and a fresh process is the cure."""
FIRST_BACK_OFF_SECONDS: Final = 0.2
LONGEST_BACK_OFF_SECONDS: Final = 5.0
LAG_EVERY_SECONDS: Final = 10.0

_log = structlog.get_logger()
T = TypeVar("T")
Seen = Mapping[str, tuple[str, str]]
"""By URL: hash of the body an article was last read from, and what judged it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessorSettings:
    batch_size: int = 32
    """Most pages in one transaction."""
    in_flight: int = 4
    """Pages handed to workers at a time; bounds memory together with the largest page."""
    poll_seconds: float = 1.0
    fuse: FuseLimits = field(default_factory=FuseLimits)
    rules_version: str = ""


class Processor:
    """One consumer of the pages topic. Run several, in several processes, to share its partitions."""

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        workers: PageWorkers,
        settings: ProcessorSettings,
        health: Health | None = None,
    ) -> None:
        self._bus = bus
        self._workers = workers
        self._settings = settings
        self.health = health or Health()
        self._database = database
        self._positions = Positions(database, GROUP, PAGES)
        self._store = ResultStore(database, self._positions, RESULT_RULES)
        self._profiles = ProfileKeeper(database, workers, to_page=lambda record: _page(decode_page(record)))
        self._judged_by = judged_by(settings.rules_version, EXTRACTOR_VERSION)
        self._fuses: dict[int, Fuse] = {}
        self._stopped_partitions: set[int] = set()
        self._polled: Sequence[Delivery] = ()
        """What was read and not yet held against the positions: a database that is down must not lose it."""
        self._lag_at = 0.0
        for outcome in Outcome:
            # A counter that only appears with its first failure shows Prometheus no increase.
            metrics.PAGES.labels(outcome=outcome)

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; then finish the batch in hand. Waits out dependencies that are down."""
        consumer = self._patiently(lambda: self._bus.consumer(PAGES, group=GROUP), stop)
        if consumer is None:
            return
        try:
            while not stop.is_set():
                self.health.beat()
                self._turn(consumer, stop)
        finally:
            consumer.close()

    def drain(self, *, quiet_polls: int = 2) -> int:
        """Work until nothing new arrives; returns how many pages were processed."""
        stop = threading.Event()
        consumer = self._bus.consumer(PAGES, group=GROUP)
        processed = quiet = 0
        try:
            while quiet < quiet_polls:
                done = self._turn(consumer, stop)
                processed += done
                lag = sum(lag for partition, lag in self._lag().items() if partition not in self._stopped_partitions)
                quiet = quiet + 1 if done == 0 and lag == 0 else 0
        finally:
            consumer.close()
        return processed

    def _turn(self, consumer: Consumer, stop: threading.Event) -> int:
        """One batch; returns how many pages it settled."""
        batch = self._patiently(lambda: self._next_batch(consumer), stop)
        self._report_lag()
        if not batch:
            return 0
        self.health.working()
        seen = self._patiently(lambda: self._store.seen_bodies({each.record.key for each in batch}), stop, consumer)
        if seen is None:
            return 0
        self._patiently(self._profiles.refresh, stop, consumer)
        results = self._before_fuses(self._judge(batch, seen, consumer, stop))
        if not results:
            return 0
        committed = self._patiently(lambda: self._commit(results), stop, consumer)
        if committed is None:
            return 0
        self._settle(consumer, committed)
        self._patiently(self._profiles.work, stop, consumer)
        self._go_back(consumer, {result.delivery.partition for result in results} - set(committed.positions))
        return len(committed.outcomes)

    def _next_batch(self, consumer: Consumer) -> Sequence[Delivery]:
        settings = self._settings
        if not self._polled:
            self._polled = consumer.poll(max_records=settings.batch_size, timeout_seconds=settings.poll_seconds)
        live = [delivery for delivery in self._polled if delivery.partition not in self._stopped_partitions]
        batch = self._positions.align(self._bus, consumer, live) if live else ()
        self._polled = ()
        return batch

    def _go_back(self, consumer: Consumer, partitions: set[int]) -> None:
        """Read partitions that another processor moved meanwhile from where they stand now."""
        if partitions:
            current = self._positions.current()
            for partition in partitions:
                consumer.seek(partition, current.get(partition, 0))

    # ---- Judging

    def _judge(
        self, batch: Sequence[Delivery], seen: Seen, consumer: Consumer, stop: threading.Event
    ) -> list[PageResult]:
        """Results in the order of the batch; a prefix of it when told to stop meanwhile."""
        results: list[PageResult] = []
        waiting: deque[_Submitted] = deque()
        for delivery in batch:
            if stop.is_set():
                break
            waiting.append(self._submit(delivery, seen))
            if len(waiting) >= self._settings.in_flight:
                results.append(self._collect(waiting.popleft(), consumer))
        results.extend(self._collect(submitted, consumer) for submitted in waiting)
        return results

    def _submit(self, delivery: Delivery, seen: Seen) -> _Submitted:
        try:
            sealed = open_page(delivery.record)
            facts = _facts(sealed)
            if seen.get(sealed.url) == (sealed.sha256, self._judged_by):
                # Known by its announced hash: the body need not even be unpacked.
                return _Submitted(delivery, page=facts, final_url=sealed.final_url, rejected=None, future=None)
            event = sealed.unpacked()
        except EventRejected as error:
            return _Submitted(delivery, page=None, final_url="", rejected=str(error), future=None)
        profile = self._profiles.profile(event.source_id)
        page = _page(event)
        future = self._workers.submit(KnownSitePage(page, profile) if profile else page)
        return _Submitted(delivery, page=facts, final_url=event.final_url, rejected=None, future=future)

    def _collect(self, submitted: _Submitted, consumer: Consumer) -> PageResult:
        if submitted.rejected is not None:
            return self._quarantined(submitted, reason="rejected", detail=submitted.rejected, stage="decode")
        if submitted.future is None:
            # The same bytes, judged by the same rules: nothing to parse.
            return PageResult(delivery=submitted.delivery, page=submitted.page, outcome=Outcome.UNCHANGED)
        while not submitted.future.done():
            wait([submitted.future], timeout=KEEP_ALIVE_SECONDS)
            if time.monotonic() - submitted.at > STUCK_SECONDS:
                raise RuntimeError(f"the workers have not answered for {STUCK_SECONDS:g} s, deadlines included")
            self.health.beat()
            if not submitted.future.done():
                consumer.keep_alive()
        metrics.PAGE_SECONDS.observe(time.monotonic() - submitted.at)
        answer = self._workers.collect(submitted.future)
        # A batch of pages that all run into their deadline takes minutes, and is going on all the same.
        self.health.progressed()
        self.health.working()
        if isinstance(answer, WorkerFailure):
            if answer.reason != "failed":
                metrics.WORKER_RESTARTS.labels(reason=answer.reason).inc()
            return self._quarantined(submitted, reason=answer.reason, detail=answer.detail, stage="analyze")
        return self._result(submitted, answer)

    def _result(self, submitted: _Submitted, verdict: Verdict) -> PageResult:
        if verdict.outcome is Outcome.QUARANTINED:
            return self._quarantined(submitted, reason="unreadable", detail=verdict.reason or "", stage="read")
        if submitted.page and verdict.article:
            self._profiles.note(
                submitted.page.source_id,
                submitted.page.url,
                submitted.delivery.record,
                fits=verdict.fits_profile,
            )
        article = None
        if verdict.outcome in {Outcome.REPORT, Outcome.NOT_A_REPORT}:
            article = article_record(
                verdict,
                final_url=submitted.final_url,
                rules_version=self._settings.rules_version,
                extractor_version=EXTRACTOR_VERSION,
            )
        return PageResult(
            delivery=submitted.delivery,
            page=submitted.page,
            outcome=verdict.outcome,
            reason=verdict.reason,
            article=article,
        )

    def _quarantined(self, submitted: _Submitted, *, reason: str, detail: str, stage: str) -> PageResult:
        record = QuarantineRecord(reason=reason, detail=detail, stage=stage, rules_version=self._settings.rules_version)
        return PageResult(
            delivery=submitted.delivery, page=submitted.page, outcome=Outcome.QUARANTINED, quarantine=record
        )

    # ---- Storing

    def _commit(self, results: Sequence[PageResult]) -> Committed:
        with metrics.COMMIT_SECONDS.time():
            return self._store.commit(results)

    def _settle(self, consumer: Consumer, committed: Committed) -> None:
        now = datetime.now(UTC)
        for result, outcome in committed.outcomes:
            metrics.PAGES.labels(outcome=outcome).inc()
            if outcome is Outcome.NOT_AN_ARTICLE and result.reason == SCANNED:
                metrics.SCANNED_DOCUMENTS.inc()
            if result.page:
                metrics.STORED_AFTER_SECONDS.observe(max(0.0, (now - result.page.fetched_at).total_seconds()))
            self._log_outcome(result, outcome)
        metrics.LAST_COMMIT.set_to_current_time()
        self.health.progressed()
        consumer.note_positions(committed.positions)

    def _log_outcome(self, result: PageResult, outcome: Outcome) -> None:
        page, held = result.page, result.quarantine
        level = _log.warning if outcome is Outcome.QUARANTINED else _log.info
        level(
            "page_processed",
            outcome=outcome.value,
            event_id=page.event_id if page else None,
            source_id=page.source_id if page else None,
            url=page.url if page else None,
            reason=held.reason if held else result.reason,
            detail=held.detail if held else None,
        )

    def _before_fuses(self, results: Sequence[PageResult]) -> list[PageResult]:
        """What may be stored: of a partition whose fuse blows, nothing after the page that blew it."""
        kept = []
        for result in results:
            partition = result.delivery.partition
            if partition not in self._stopped_partitions:
                kept.append(result)
                self._check_fuse(partition, failed=result.outcome is Outcome.QUARANTINED)
        return kept

    def _check_fuse(self, partition: int, *, failed: bool) -> None:
        fuse = self._fuses.setdefault(partition, Fuse(self._settings.fuse))
        why = fuse.record(failed=failed)
        if why:
            self._stopped_partitions.add(partition)
            metrics.PARTITION_STOPPED.labels(partition=partition).set(1)
            self.health.stopped(f"partition {partition}", why)
            _log.error(
                "partition_stopped",
                partition=partition,
                reason=why,
                hint="see `reformwatch quarantine list`; mend the cause and restart the processor",
            )

    # ---- Waiting

    def _patiently(self, attempt: Callable[[], T], stop: threading.Event, consumer: Consumer | None = None) -> T | None:
        """Repeat until it works; None only when told to stop meanwhile. A dependency that is down is waited for."""
        for pause in _back_off():
            try:
                result = attempt()
            except TryLater as error:
                dependency = "database" if isinstance(error, DatabaseUnavailable) else "bus"
                metrics.DEPENDENCY_WAITS.labels(dependency=dependency).inc()
                self.health.waiting_for(dependency)
                _log.warning("waiting_for_dependency", dependency=dependency, error=str(error))
            else:
                self.health.waiting_for(None)
                return result
            if stop.wait(pause):
                return None
            self.health.beat()
            self._hold_membership(consumer)
        raise AssertionError("the back-off never ends")

    def _hold_membership(self, consumer: Consumer | None) -> None:
        if consumer is None:
            return
        try:
            consumer.keep_alive()
        except BusUnavailable as error:
            _log.warning("waiting_for_dependency", dependency="bus", error=str(error))

    def _lag(self) -> Mapping[int, int]:
        positions = self._positions.current()
        offsets = self._bus.offsets(PAGES)
        lags = {partition: held.end - positions.get(partition, 0) for partition, held in offsets.items()}
        for partition, lag in lags.items():
            metrics.LAG.labels(topic=PAGES.name, partition=partition).set(lag)
        return lags

    def _report_lag(self) -> None:
        if time.monotonic() - self._lag_at < LAG_EVERY_SECONDS:
            return
        self._lag_at = time.monotonic()
        try:
            self._lag()
            held = quarantine.counts(self._database)
            for reason in quarantine.REASONS:
                metrics.QUARANTINED.labels(reason=reason).set(held.get(reason, 0))
        except TryLater as error:
            _log.warning("lag_unknown", error=str(error))


@dataclass(slots=True)
class _Submitted:
    delivery: Delivery
    page: PageFacts | None
    final_url: str
    rejected: str | None
    future: Future[Verdict] | None
    at: float = field(default_factory=time.monotonic)


def _facts(page: SealedPage) -> PageFacts:
    return PageFacts(
        event_id=page.id,
        url=page.url,
        source_id=page.source_id,
        fetched_at=page.fetched_at,
        reason=page.reason,
        body_sha256=page.sha256,
    )


def _page(event: PageFetched) -> Page:
    return Page(
        url=event.final_url,
        body=event.body,
        fetched_at=event.fetched_at,
        content_type=event.content_type,
        charset=event.charset,
        source_id=event.source_id,
        link_text=event.link_text,
        source_province=event.source_province,
    )


def _back_off() -> Iterator[float]:
    pause = FIRST_BACK_OFF_SECONDS
    while True:
        yield pause * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
        pause = min(pause * 2, LONGEST_BACK_OFF_SECONDS)
