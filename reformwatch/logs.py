"""Structured logs: one JSON object a line for machines, or a readable line on a terminal.

Values are cut to a bounded length and control characters are escaped, so that no page title can forge a line. Secrets
are masked everywhere, also in the trace of an exception that ends the process.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterable, Mapping, MutableMapping
from types import TracebackType
from typing import Any, Final

import structlog

LONGEST_VALUE: Final = 2_000
MASK: Final = "******"
LEAST_SECRET: Final = 4
"""A shorter password is no secret, and masking its letters would leave nothing of the log."""


def configure_logs(*, log_format: str, level: str, secrets: Iterable[str] = ()) -> None:
    """Send all logs to standard error. Every occurrence of a secret in any value is masked."""
    as_json = log_format == "json" or (log_format == "auto" and not sys.stderr.isatty())
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if not as_json:
        renderer = structlog.dev.ConsoleRenderer(pad_event_to=24)
    # The longest first: one secret may be part of another.
    hidden = tuple(sorted((secret for secret in secrets if len(secret) >= LEAST_SECRET), key=len, reverse=True))

    def clean(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        # The two that begin with an underscore are the library's own.
        return {
            key: value if key.startswith("_") else _clean(value, hidden)
            for key, value in event.items()
            if value is not None
        }

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
    # Python's own way to show a warning is several lines.
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_crash
    threading.excepthook = _log_thread_crash


def _log_crash(kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
    """Python's own report would show messages with secrets in them, over many lines."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, value, trace)
        return
    structlog.get_logger().critical("crashed", exc_info=(kind, value, trace))


def _log_thread_crash(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None and arguments.exc_type is not SystemExit:
        _log_crash(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)


def _clean(value: Any, secrets: tuple[str, ...]) -> Any:
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, Mapping):
        return {_clean(str(key), secrets): _clean(item, secrets) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item, secrets) for item in value]
    return _clean_text(str(value), secrets)


def _clean_text(value: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        value = value.replace(secret, MASK)
    # A line break inside a value stays visible as an escape; everything else that moves a cursor goes.
    escaped = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in value)
    if len(escaped) <= LONGEST_VALUE:
        return escaped
    # Of a trace the end says what happened.
    return f"{escaped[: LONGEST_VALUE // 2]} … {escaped[-LONGEST_VALUE // 2 :]}"
