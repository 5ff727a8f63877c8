"""A child process that tests may stop, freeze and kill, always by its own pid."""

from __future__ import annotations

import os
import signal as signals
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil


class PartFailed(AssertionError):
    """A real part did not come up or go down in time; the message ends with the end of its log."""


class PartProcess:
    """Starts in its own session, so that a signal to the test run does not reach it by itself."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, **(environment or {})},
                cwd=folder,
                user=user,
                group=user,
                extra_groups=[] if user else None,
            )
        # Ends it as well when the test run itself is killed: the pipe then closes without a word.
        self._undertaker = subprocess.Popen(
            ["sh", "-c", 'read -r _ || kill -KILL "$1" 2>/dev/null', "undertaker", str(self._process.pid)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """Negative for the signal that ended it; None while it runs."""
        return self._process.poll()

    @property
    def memory_bytes(self) -> int:
        return int(psutil.Process(self.pid).memory_info().rss)

    def signal(self, number: signals.Signals) -> None:
        if self.running:
            self._process.send_signal(number)

    def freeze(self) -> None:
        self.signal(signals.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signals.SIGCONT)

    def kill(self) -> None:
        """`kill -9`, also when frozen; returns when the process is gone."""
        self.signal(signals.SIGKILL)
        self._process.wait()
        self._dismiss_undertaker()

    def stop(self, number: signals.Signals = signals.SIGTERM, *, timeout_seconds: float = 30.0) -> int:
        """Ask it to end; kill it after the timeout. Returns its exit code."""
        self.thaw()
        self.signal(number)
        try:
            exit_code = self._process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            exit_code = self._process.wait()
        self._dismiss_undertaker()
        return exit_code

    def wait(self, *, timeout_seconds: float) -> int:
        """Its exit code. Raises `PartFailed` when it still runs after the timeout."""
        try:
            exit_code = self._process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            raise PartFailed(f"still running after {timeout_seconds} s:\n{self.log_end()}") from None
        self._dismiss_undertaker()
        return exit_code

    def wait_until(self, is_ready: Callable[[], bool], *, what: str, timeout_seconds: float) -> None:
        deadline = time.monotonic() + timeout_seconds
        while not is_ready():
            if not self.running:
                raise PartFailed(f"{what} ended with {self.exit_code} while starting:\n{self.log_end()}")
            if time.monotonic() > deadline:
                self.kill()
                raise PartFailed(f"{what} was not ready after {timeout_seconds} s:\n{self.log_end()}")
            time.sleep(0.05)

    def _dismiss_undertaker(self) -> None:
        if self._undertaker.poll() is None:
            self._undertaker.communicate(b"\n")

    def log_end(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]
