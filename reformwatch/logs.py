"""Structured logs: one JSON object a line for machines, or a readable line on a terminal.

Values are cut to a bounded length and control characters are escaped, so that no page title can forge a line.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any, Final

import structlog

LONGEST_VALUE: Final = 2_000
MASK: Final = "******"


def configure_logs(*, log_format: str, level: str, secrets: Iterable[str] = ()) -> None:
    """Send all logs to standard error. Every occurrence of a secret in any value is masked."""
    as_json = log_format == "json" or (log_format == "auto" and not sys.stderr.isatty())
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if not as_json:
        renderer = structlog.dev.ConsoleRenderer(pad_event_to=24)
    hidden = tuple(secret for secret in secrets if secret)

    def clean(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {key: _clean(value, hidden) for key, value in event.items() if value is not None}

    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        clean,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


def _clean(value: Any, secrets: tuple[str, ...]) -> Any:
    if not isinstance(value, str):
        return value
    for secret in secrets:
        value = value.replace(secret, MASK)
    # A line break inside a value stays visible as an escape; everything else that moves a cursor goes.
    escaped = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in value)
    return escaped if len(escaped) <= LONGEST_VALUE else f"{escaped[:LONGEST_VALUE]}…"
