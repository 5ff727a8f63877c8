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

out: Final = Console(highlight=False)
err: Final = Console(stderr=True, highlight=False)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text for people.")]


def started(**overrides: Any) -> Settings:
    """Settings with logs configured: the beginning of every command."""
    settings = load_settings(**overrides)
    configure_logs(log_format=settings.log_format, level=settings.log_level, secrets=secret_values(settings))
    return settings


def print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
