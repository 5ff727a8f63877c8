"""What every command shares: its output, its settings and its exit codes."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any, Final

import typer
from rich.console import Console

from reformwatch.compose import secret_values
from reformwatch.logs import configure_logs
from reformwatch.settings import Settings, load_settings

NOT_GOOD_EXIT: Final = 1
CONFIGURATION_EXIT: Final = 3
TRY_LATER_EXIT: Final = 75

WIDE_COLUMNS: Final = 400
"""Width of tables that go to a file or a pipe: nothing in them may be cut to fit a terminal that is not there."""


def _console(*, stderr: bool) -> Console:
    # Titles and URLs come from the web: square brackets and colons in them are text, never markup or emoji.
    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = WIDE_COLUMNS
    return console


out: Final = _console(stderr=False)
err: Final = _console(stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text for people.")]


def started(**overrides: Any) -> Settings:
    """Settings with logs configured: the beginning of every command."""
    settings = load_settings(**overrides)
    configure_logs(log_format=settings.log_format, level=settings.log_level, secrets=secret_values(settings))
    return settings


def print_json(value: object) -> None:
    line = json.dumps(value, ensure_ascii=False, default=str)
    try:
        line.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        # Half a surrogate pair in the input, or a terminal without Vietnamese: JSON's own escapes always fit.
        line = json.dumps(value, default=str)
    sys.stdout.write(line + "\n")
