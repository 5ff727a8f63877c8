"""One line an event, whatever a page's title holds, and no secret in any of them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

SECRETS = ("MARKER-long-secret", "MARKER")
PREAMBLE = f"""
import logging, sys, threading, warnings
import structlog
from reformwatch.logs import configure_logs
configure_logs(log_format=sys.argv[1], level="info", secrets={SECRETS!r})
log = structlog.get_logger()
"""
CRASH = 'raise ValueError("postgresql://u:MARKER@h\\nfailed")'


def logged(code: str, *, log_format: str = "json") -> list[str]:
    """The lines a process of its own logs: the configuration is for whole processes."""
    done = subprocess.run(
        [sys.executable, "-c", PREAMBLE + code, log_format], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == ""
    assert "MARKER" not in done.stderr
    return done.stderr.splitlines()


FORGED = 'Tin\n{"event": "forged"}\r\x1b[2J\x9b2J\u2028{"event": "forged"}\x00\x85'
EVENTS = f"""
title = {FORGED!r}
log.info("page_processed", title=title)
log.info(title, nested={{"a": [title, "MARKER"], title: 1}}, error=ValueError("MARKER\\n" + title), none=None)
logging.getLogger("kafka").warning("no answer from %s", "MARKER\\n" + title)
warnings.warn("MARKER is old\\n" + title)
try:
    {CRASH}
except ValueError:
    log.exception("failed")
    logging.getLogger("x").exception("failed")
thread = threading.Thread(target=lambda: exec({CRASH!r}))
thread.start(); thread.join()
{CRASH}
"""


def test_every_event_is_one_line_of_json_that_nothing_can_forge_and_no_secret_is_in_it() -> None:
    events: list[dict[str, Any]] = [json.loads(line) for line in logged(EVENTS)]
    assert len(events) == 8
    assert not [event for event in events if event["event"] == "forged"]
    assert events[0]["title"].startswith('Tin\\n{"event": "forged"}\\r\\x1b[2J\\x9b2J\\u2028')
    assert events[1]["nested"]["a"][1] == "******"
    assert [event["event"] for event in events[4:]] == ["failed", "failed", "crashed", "crashed"]
    for event in events[4:]:
        assert "ValueError: postgresql://u:******@h" in event["exception"]
        assert event["timestamp"].endswith("Z")


def test_on_a_terminal_too_nothing_moves_the_cursor() -> None:
    lines = logged(EVENTS, log_format="console")
    assert len(lines) == 8 + 4, "an event is a line, the trace of an exception is one more"
    assert not [line for line in lines for char in ("\x1b[2J", "\x9b", "\r", "\0") if char in line]


@pytest.mark.parametrize("length", [1_999, 2_000])
def test_values_of_bounded_length_stay_whole(length: int) -> None:
    [line] = logged(f'log.info("a", text="b" * {length})')
    assert json.loads(line)["text"] == "b" * length


def test_of_a_longer_value_beginning_and_end_are_kept() -> None:
    [line] = logged('log.info("a", text="begin" + "b" * 1_000_000 + "end")')
    text = json.loads(line)["text"]
    assert len(text) < 2_100
    assert text.startswith("begin")
    assert text.endswith("end")


def test_a_password_of_two_letters_does_not_blacken_the_log() -> None:
    code = 'configure_logs(log_format="json", level="info", secrets=("e",)); log.info("event")'
    assert json.loads(logged(code)[0])["event"] == "event"
