"""How much memory a process and all it starts take at most."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Final, Self

import psutil

LIMIT_MIB: Final = 300
_EVERY_SECONDS: Final = 0.25


class Peaks:
    """Watches while its block runs; printed afterwards, it says the highest resident size and if that is allowed."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._highest = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        while not self._done.wait(_EVERY_SECONDS):
            try:
                family = [self._process, *self._process.children(recursive=True)]
                sizes = [member.memory_info().rss for member in family]
            except psutil.NoSuchProcess:
                continue
            self._highest = max(self._highest, *(size / 1024**2 for size in sizes))

    def __str__(self) -> str:
        verdict = "within" if self._highest <= LIMIT_MIB else "ABOVE"
        return f"highest memory of a process {self._highest:.0f} MiB ({verdict} {LIMIT_MIB})"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()
