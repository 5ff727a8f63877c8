"""Collects what many tasks want done into few calls in a thread, and waits out dependencies that are down."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

import structlog

from crawler import metrics
from store.errors import BusUnavailable, DatabaseUnavailable, TryLater
from store.health import Health

T = TypeVar("T")
_FIRST_BACK_OFF_SECONDS: Final = 0.2
_LONGEST_BACK_OFF_SECONDS: Final = 5.0
_log = structlog.get_logger()


class GivenUp(Exception):
    """The crawler had to stop while a dependency was still unavailable."""


class Patience:
    """Repeats a call until its dependency is back. Ends only when the crawler must stop."""

    def __init__(self, *, health: Health, must_stop: Callable[[], bool]) -> None:
        self._health = health
        self._must_stop = must_stop

    async def call(self, function: Callable[[], T]) -> T:
        """The function's result, run in a thread. Raises `GivenUp`, or what the function raises but `TryLater`."""
        wait = _FIRST_BACK_OFF_SECONDS
        while True:
            self._health.beat()
            try:
                result = await asyncio.to_thread(function)
            except TryLater as error:
                dependency = _name_of(error)
                metrics.WAITS.labels(dependency).inc()
                self._health.waiting_for(dependency)
                _log.warning("wait for dependency", action="wait", dependency=dependency, error=str(error)[:300])
                if self._must_stop():
                    raise GivenUp(dependency) from error
                await asyncio.sleep(wait * (0.5 + random.random()))  # noqa: S311 - spreads retries, guards nothing
                wait = min(wait * 2, _LONGEST_BACK_OFF_SECONDS)
            else:
                if wait != _FIRST_BACK_OFF_SECONDS:
                    self._health.waiting_for(None)
                return result


def _name_of(error: TryLater) -> str:
    if isinstance(error, BusUnavailable):
        return "bus"
    return "database" if isinstance(error, DatabaseUnavailable) else "other"


class Batcher(Generic[T]):
    """`submit` returns when the batch its item went with was handled.

    One batch is handled at a time; what comes meanwhile forms the next. The number of items is bounded by the number
    of tasks, each of which waits for its own.
    """

    def __init__(self, handle: Callable[[Sequence[T]], None], *, patience: Patience, most: int) -> None:
        self._handle = handle
        self._patience = patience
        self._most = most
        self._open: list[T] = []
        self._handling: asyncio.Task[None] | None = None
        """Of the batch that is open or was handled last."""

    async def submit(self, item: T) -> None:
        """Raises what handling the batch raised, `GivenUp` among it."""
        if not self._open or len(self._open) >= self._most or self._handling is None:
            self._open = []
            self._handling = asyncio.create_task(self._handle_next(self._open, after=self._handling))
        self._open.append(item)
        await asyncio.shield(self._handling)

    async def _handle_next(self, batch: list[T], *, after: asyncio.Task[None] | None) -> None:
        if after is not None and not after.done():
            await asyncio.wait([after])
        # One turn of the loop lets the tasks that are ready join the batch.
        await asyncio.sleep(0)
        if self._open is batch:
            self._open = []
        await self._patience.call(lambda: self._handle(batch))
