"""`reformwatch db …` and `reformwatch config …`."""

from __future__ import annotations

import json

import typer
from rich.table import Table

from reformwatch.commands.shared import AsJson, out, print_json, started
from reformwatch.compose import upgrade_database
from reformwatch.settings import PREFIX, Settings
from store.database import Database
from store.view_columns import COLUMNS

db_app = typer.Typer(no_args_is_help=True, help="Create and upgrade the database; explain its views.")
config_app = typer.Typer(no_args_is_help=True, help="Show the settings in force.")


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Create the tables, or bring them to this version. Safe to run again."""
    settings = started()
    revision = upgrade_database(settings)
    out.print(f"{Database(settings.database_url).description()} is at schema {revision}", markup=False)


@db_app.command("views")
def db_views(as_json: AsJson = False) -> None:
    """The views that other programs read, column by column."""
    if as_json:
        print_json(COLUMNS)
        return
    for view, columns in COLUMNS.items():
        table = Table("Column", "Meaning", title=view, title_justify="left", box=None, pad_edge=False)
        for name, meaning in columns.items():
            table.add_row(name, meaning)
        out.print(table, "")


@config_app.command("show")
def config_show(as_json: AsJson = False) -> None:
    """Every setting with its value in force; secrets are masked."""
    settings = started()
    values = json.loads(settings.model_dump_json())
    if as_json:
        print_json(values)
        return
    table = Table("Setting", "Value", "Meaning", box=None, pad_edge=False)
    for name, field in Settings.model_fields.items():
        value = values[name]
        table.add_row(PREFIX + name.upper(), "" if value is None else str(value), field.description or "")
    out.print(table)
