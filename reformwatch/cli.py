"""The command line: its commands, and how failures become messages and exit codes.

Exit codes: 0 done, 1 done but not good, 2 wrong usage, 3 bad configuration or input, 75 try later.
"""

from __future__ import annotations

import sys

import typer

from reformwatch.commands import services
from reformwatch.commands.admin import config_app, db_app
from reformwatch.commands.analyze import analyze
from reformwatch.commands.claims import claims
from reformwatch.commands.deliveries import deliveries_app
from reformwatch.commands.demo import demo
from reformwatch.commands.evaluate import evaluate
from reformwatch.commands.quarantine import quarantine_app
from reformwatch.commands.seeds import seeds_app
from reformwatch.commands.shared import CONFIGURATION_EXIT, TRY_LATER_EXIT, err
from reformwatch.commands.sources import sources_app
from store.errors import NeverValid, TryLater

app = typer.Typer(
    name="reformwatch",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Watches Vietnamese provincial news for administrative-reform reports.\n\n"
        "`reformwatch demo` shows the whole way of a page on a sample portal; `reformwatch run` watches your sources. "
        "Settings come from the environment; `reformwatch config show` lists them."
    ),
)
for command in (
    demo,
    services.run,
    services.crawl,
    services.process,
    services.alert,
    services.status,
    services.trace_page,
    claims,
    analyze,
    evaluate,
):
    app.command(command.__name__.removesuffix("_page"))(command)
for name, group in {
    "sources": sources_app,
    "quarantine": quarantine_app,
    "deliveries": deliveries_app,
    "seeds": seeds_app,
    "db": db_app,
    "config": config_app,
}.items():
    app.add_typer(group, name=name)


def main() -> None:
    """The entry point: turns the two failure families into messages and exit codes."""
    try:
        app()
    except NeverValid as error:
        err.print(f"error: {error}", markup=False)
        sys.exit(CONFIGURATION_EXIT)
    except TryLater as error:
        err.print(f"try later: {error}", markup=False)
        sys.exit(TRY_LATER_EXIT)
