"""The work that waits its turn, by host: documents of polls under way, and a few due pages of each source."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Final

from crawler.batching import Patience
from crawler.politeness import HostGate
from crawler.watch import PageTask, Task, Watched
from store.frontier import Frontier

PAGES_PER_SOURCE: Final = 10
"""Due pages of a source held in memory; the others wait in the frontier."""
LOOK_SECONDS: Final = 5.0
"""How often the frontier is asked about a source that had nothing due."""


class Backlog:
    def __init__(self, frontier: Frontier, patience: Patience) -> None:
        self._frontier = frontier
        self._patience = patience
        self._queues: dict[str, deque[Task]] = {}
        self._waiting: Counter[str] = Counter()
        """Pages in the queues by source."""
        self._held: set[str] = set()
        """URLs of pages that wait here or are being fetched: still due in the frontier, but not to be begun twice."""
        self._look_at: dict[str, float] = {}

    def __bool__(self) -> bool:
        return any(self._queues.values())

    def put(self, task: Task, *, first: bool = False) -> None:
        queue = self._queues.setdefault(task.host, deque())
        if first:
            queue.appendleft(task)
        else:
            queue.append(task)
        if isinstance(task, PageTask):
            self._waiting[task.page.source_id] += 1

    def done(self, task: Task) -> None:
        """What became of the task is stored, or its page is left due."""
        if isinstance(task, PageTask):
            self._held.discard(task.page.url)
        else:
            self._look_at.pop(task.watched.source.id, None)
            self._leave_later(task.watched.source.id)

    def _leave_later(self, source_id: str) -> None:
        """Let go what is no news: the entry point may have announced new pages, which come first."""
        for host, queue in self._queues.items():
            left = [task for task in queue if _comes_later(task, source_id)]
            if left:
                self._queues[host] = deque(task for task in queue if not _comes_later(task, source_id))
                for task in left:
                    self.done(self._leave(task))

    async def refill(self, watched: Mapping[str, Watched], *, at_once: bool = False) -> None:
        """Fetch due pages of the sources that have none here. Raises `GivenUp`."""
        moment = monotonic()
        wanted = [
            source_id
            for source_id in watched
            if not self._waiting[source_id] and (at_once or self._look_at.get(source_id, 0.0) <= moment)
        ]
        if not wanted:
            return
        query = partial(self._frontier.due, wanted, now=datetime.now(UTC), per_source=PAGES_PER_SOURCE)
        for page in await self._patience.call(query):
            if page.url not in self._held:
                self._held.add(page.url)
                self.put(PageTask(page, watched[page.source_id]))
        for source_id in wanted:
            if not self._waiting[source_id]:
                self._look_at[source_id] = moment + LOOK_SECONDS

    def take(self, gate: HostGate, *, room: int, at_most_seconds: float) -> tuple[list[Task], float]:
        """The tasks that may begin now, at most `room`, each of another host; and when to look again, in seconds."""
        moment, wait = monotonic(), at_most_seconds
        taken: list[Task] = []
        for host in list(self._queues):
            queue, ready_at = self._queues[host], gate.ready_at(host)
            if not queue:
                del self._queues[host]
            elif ready_at is not None and ready_at > moment:
                wait = min(wait, ready_at - moment)
            elif ready_at is not None and len(taken) < room:
                taken.append(self._leave(queue.popleft()))
                # To the end: with more hosts than may be asked at once, each gets its turn.
                self._queues[host] = self._queues.pop(host)
        return taken, wait

    def take_closed(self, is_closed: Callable[[str], bool]) -> dict[str, list[Task]]:
        """All tasks of the hosts that are closed: they must not fill the room of a source's other hosts."""
        closed = [host for host in self._queues if is_closed(host)]
        return {host: [self._leave(task) for task in self._queues.pop(host)] for host in closed}

    def _leave(self, task: Task) -> Task:
        if isinstance(task, PageTask):
            self._waiting[task.page.source_id] -= 1
        return task


def _comes_later(task: Task, source_id: str) -> bool:
    """Whether this is a page of the source that was fetched before, or a document of one of its articles."""
    if not isinstance(task, PageTask) or task.page.source_id != source_id:
        return False
    return task.page.visits > 0 or task.page.linked_from is not None
