"""How a long-running process learns that it must stop: by a signal, or because the supervisor that started it is gone.

Signal handlers run between any two steps of the main thread, also while it holds the lock of the log or of an event:
a handler that logged or set an event could wait for itself for ever. So the handlers here do nothing, and a thread
reads from a socket which signals came.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Final

import structlog

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
SUPERVISOR: Final = "SUPERVISOR_PID"
"""Environment variable by which a supervisor tells its children whom to watch. Not a setting."""
LOOK_SECONDS: Final = 1.0
ORPHAN_GRACE_SECONDS: Final = 35.0

_log = structlog.get_logger()


@contextmanager
def stop_on_signals(environment: Mapping[str, str] = os.environ) -> Iterator[threading.Event]:
    """An event that is set by the first SIGTERM or SIGINT, or by the death of the supervisor. Main thread only.

    A second signal changes nothing: the stop is under way.
    """
    stop, ended = threading.Event(), threading.Event()
    waking, woken = socket.socketpair()
    waking.setblocking(False)
    threads = [threading.Thread(target=_watch_signals, args=[woken, stop], name="signals", daemon=True)]
    if supervisor := environment.get(SUPERVISOR, ""):
        arguments = [int(supervisor), stop, ended]
        threads.append(threading.Thread(target=_watch_supervisor, args=arguments, name="supervisor", daemon=True))
    previous = {number: signal.signal(number, _do_nothing) for number in SIGNALS}
    previous_socket = signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
    for thread in threads:
        thread.start()
    try:
        yield stop
    finally:
        signal.set_wakeup_fd(previous_socket)
        for number, handler in previous.items():
            signal.signal(number, handler)
        ended.set()
        waking.close()
        for thread in threads:
            thread.join()
        woken.close()


def _do_nothing(_: int, __: FrameType | None) -> None:
    """Must exist: without it the system would end the process."""


def _watch_signals(woken: socket.socket, stop: threading.Event) -> None:
    while numbers := woken.recv(64):
        for number in numbers:
            if number in SIGNALS and not stop.is_set():
                _log.info("stopping", signal=signal.Signals(number).name)
                stop.set()


def _watch_supervisor(supervisor: int, stop: threading.Event, ended: threading.Event) -> None:
    while os.getppid() == supervisor:
        if ended.wait(LOOK_SECONDS):
            return
    _log.warning("stopping", reason="the supervisor is gone", supervisor=supervisor)
    stop.set()
    if not ended.wait(ORPHAN_GRACE_SECONDS) and os.getpgrp() == os.getpid():
        # Nobody is left who would end a process that hangs.
        os.killpg(os.getpid(), signal.SIGKILL)
