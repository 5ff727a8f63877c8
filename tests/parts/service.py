"""Starts `reformwatch` commands as real processes, and hurts them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

GRACE_SECONDS = 40


class Service:
    """One process in a session of its own, with its output in a file."""

    def __init__(self, arguments: Sequence[str], *, environment: Mapping[str, str], log: Path) -> None:
        self.log = log
        self._command = [sys.executable, "-m", "reformwatch", *arguments]
        self._log_from = 0
        self._environment = {**os.environ, "REFORMWATCH_METRICS_PORT": "0", **environment}
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        self._log_from = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as output:
            return subprocess.Popen(
                self._command, env=self._environment, stdout=output, stderr=output, start_new_session=True
            )

    def restart(self) -> None:
        self.process = self._start()

    def kill(self) -> None:
        """kill -9 of the main process only: what it started must notice by itself."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def await_line(self, text: str) -> None:
        """Until the process as it was started last has logged this: before, not even its signals are handled."""
        end = time.monotonic() + GRACE_SECONDS
        while text.encode() not in self.log.read_bytes()[self._log_from :]:
            assert self.process.poll() is None, f"ended unasked:\n{self.output()[-2000:]}"
            assert time.monotonic() < end, f"no {text!r} in\n{self.output()[-2000:]}"
            time.sleep(0.05)

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        self.process.terminate()
        return self.process.wait(timeout=GRACE_SECONDS)

    def output(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
