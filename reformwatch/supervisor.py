"""`reformwatch run`: crawler, processor and alerts as child processes, restarted when they end unasked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from reformwatch.stopping import SUPERVISOR

STOP_GRACE_SECONDS: Final = 35.0
"""A little more than every child's own limit for finishing what is in flight."""
FIRST_PAUSE_SECONDS: Final = 1.0
LONGEST_PAUSE_SECONDS: Final = 60.0
STEADY_SECONDS: Final = 60.0
"""A child that ran this long starts again without a pause that grew."""
CONFIGURATION_EXIT: Final = 3
"""Restarting cannot mend a bad setting: the whole service stops and says so."""

_log = structlog.get_logger()


@dataclass(slots=True)
class Child:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    start_at: float = field(default_factory=time.monotonic)

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, env=dict(self.environment), start_new_session=True)  # noqa: S603
        self.started_at = time.monotonic()
        _log.info("child_started", child=self.name, pid=self.process.pid)

    def poll(self) -> int | None:
        """Start when it is time; returns the exit code once when the child has ended."""
        if self.process is None:
            if time.monotonic() >= self.start_at:
                self.start()
            return None
        code = self.process.poll()
        if code is not None:
            self.process = None
            self.pause = (
                FIRST_PAUSE_SECONDS
                if time.monotonic() - self.started_at > STEADY_SECONDS
                else min(self.pause * 2, LONGEST_PAUSE_SECONDS)
            )
            self.start_at = time.monotonic() + self.pause
            _log.warning("child_ended", child=self.name, exit_code=code, restart_in_seconds=self.pause)
        return code

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()

    def kill(self) -> None:
        """End it, if it still runs, with the worker processes it started."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def supervise(
    commands: Mapping[str, Sequence[str]],
    *,
    metrics_port: int,
    environment: Mapping[str, str],
    stop: threading.Event,
) -> int:
    """Run `reformwatch ARGUMENTS` for each name until told to stop; returns the exit code for the whole.

    A child that ends with 3 (bad configuration) stops everything, since restarting it cannot help.
    """
    children = [
        Child(
            name=name,
            command=[sys.executable, "-m", "reformwatch", *arguments],
            environment={
                **environment,
                SUPERVISOR: str(os.getpid()),
                "REFORMWATCH_METRICS_PORT": str(metrics_port + number if metrics_port else 0),
            },
        )
        for number, (name, arguments) in enumerate(commands.items())
    ]
    exit_code = 0
    try:
        while not stop.wait(0.2):
            if CONFIGURATION_EXIT in [child.poll() for child in children]:
                exit_code = CONFIGURATION_EXIT
                break
    finally:
        _stop_all(children)
    return exit_code


def _stop_all(children: Sequence[Child]) -> None:
    for child in children:
        child.stop()
    deadline = time.monotonic() + STOP_GRACE_SECONDS
    while any(child.process and child.process.poll() is None for child in children) and time.monotonic() < deadline:
        time.sleep(0.1)
    for child in children:
        if child.process and child.process.poll() is None:
            _log.error("child_killed", child=child.name, after_seconds=STOP_GRACE_SECONDS)
        child.kill()
