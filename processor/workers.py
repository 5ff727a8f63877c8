"""Runs the pipeline in worker processes that can be killed: a page may hang the parser or eat all memory.

An alarm inside the process does not help, because the parser's C code cannot be interrupted; so the deadline and
the memory limit are enforced from outside, and a worker that exceeds one is replaced.
"""

from __future__ import annotations

import ctypes
import logging
import multiprocessing
import os
import resource
import signal
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from pebble import ProcessExpired, ProcessPool

from processor.model import Page, PlainText, Verdict
from processor.pipeline import KnownSitePage, Pipeline, PipelineSettings
from processor.reading.layout import learn_profile
from processor.reading.profiles import SiteProfile

PR_SET_PDEATHSIG: Final = 1
"""Linux: ask for a signal when the parent dies. See prctl(2)."""
START_SECONDS: Final = 120.0
MEMORY_EXIT: Final = 70
"""Exit code of a worker that hit its memory limit."""


T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerLimits:
    count: int = 2
    deadline_seconds: float = 10.0
    memory_bytes: int = 1024**3
    """Address space each worker may use for a page, beyond what it has after loading its rules."""
    tasks_per_worker: int = 2_000
    """A worker is replaced after this many pages, so that a slow leak in a parser never adds up."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerFailure:
    """A page that could not be processed. `reason` is one of deadline, memory, crashed, failed."""

    reason: str
    detail: str


class PageWorkers:
    """A pool of worker processes. Submit pages, then collect each result exactly once.

    Raises `RuntimeError` when its workers do not start: their own error then stands in the log above.
    """

    def __init__(self, settings: PipelineSettings, limits: WorkerLimits) -> None:
        self._settings = settings
        self._limits = limits
        self._pool = self._new_pool()
        self._await_start()

    def _await_start(self) -> None:
        # A worker that fails in its initializer is replaced for ever, and a page given to such a pool never returns.
        started: Future[None] = self._pool.schedule(_started)
        try:
            started.result(timeout=START_SECONDS)
        except TimeoutError:
            self.close()
            raise RuntimeError(f"the worker processes did not start within {START_SECONDS:g} s") from None

    def submit(self, item: Page | KnownSitePage | PlainText) -> Future[Verdict]:
        try:
            return self._schedule(item)
        except (BrokenProcessPool, RuntimeError):
            # The pool gives up when its workers cannot start; a new one may be able to.
            self._pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it unannotated
            self._pool = self._new_pool()
            return self._schedule(item)

    def _schedule(self, item: Page | KnownSitePage | PlainText) -> Future[Verdict]:
        future: Future[Verdict] = self._pool.schedule(_analyze, args=[item], timeout=self._limits.deadline_seconds)
        return future

    def learn(self, pages: Sequence[Page]) -> Future[SiteProfile | None]:
        """The profile that pages of one site agree on, if any; takes as long as reading each of them a few times."""
        seconds = self._limits.deadline_seconds * len(pages)
        future: Future[SiteProfile | None] = self._pool.schedule(_learn, args=[pages], timeout=seconds)
        return future

    def collect(self, future: Future[T]) -> T | WorkerFailure:
        """What the worker found, or why there is nothing. Call it only when the future is done, or to wait for it."""
        try:
            return future.result()
        except TimeoutError:
            return WorkerFailure(reason="deadline", detail=f"not done in {self._limits.deadline_seconds:g} s")
        except ProcessExpired as error:
            if error.exitcode == MEMORY_EXIT:
                limit = self._limits.memory_bytes // 1024**2
                return WorkerFailure(reason="memory", detail=f"needed more than {limit} MiB")
            return WorkerFailure(reason="crashed", detail=f"the worker ended with exit code {error.exitcode}")
        except Exception as error:  # noqa: BLE001 - whatever a page makes the parsers raise is that page's outcome
            return WorkerFailure(reason="failed", detail=f"{type(error).__name__}: {error}"[:500])

    def close(self) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it unannotated
        self._pool.join(timeout=5)

    def _new_pool(self) -> ProcessPool:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["processor.workers"])
        return ProcessPool(
            max_workers=self._limits.count,
            max_tasks=self._limits.tasks_per_worker,
            initializer=_prepare,
            initargs=[self._settings, self._limits.memory_bytes],
            context=context,
        )


_pipeline: Pipeline | None = None
"""The one pipeline of a worker process, loaded by its initializer."""


def _prepare(settings: PipelineSettings, memory_bytes: int) -> None:
    global _pipeline  # noqa: PLW0603 - a worker process has exactly one, set before its first task
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # The fork server ends with the process that owns this pool, and so must its workers, whatever they are doing.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # The library reports every page it gives up on; what became of a page is told by its outcome instead.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    _pipeline = Pipeline.load(settings)
    _pipeline.warm_up()
    limit = _address_space_bytes() + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _address_space_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def _started() -> None:
    """A task that only a worker with its rules loaded can do."""


def _learn(pages: Sequence[Page]) -> SiteProfile | None:
    assert _pipeline is not None, "the initializer ran"
    return learn_profile(pages, rules=_pipeline.reading)


def _analyze(item: Page | KnownSitePage | PlainText) -> Verdict:
    assert _pipeline is not None, "the initializer ran"
    try:
        return _pipeline.analyze(item)
    except MemoryError:
        # The parser may be left half done: this process must not see another page.
        os._exit(MEMORY_EXIT)
