"""`reformwatch quarantine …`: pages that could not be processed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from reformwatch.commands.shared import AsJson, out, print_json, started
from reformwatch.compose import opened_bus, opened_database
from store import quarantine
from store.errors import NeverValid

quarantine_app = typer.Typer(no_args_is_help=True, help="See pages that could not be processed, and try them again.")


@quarantine_app.command("list")
def quarantine_list(
    reason: Annotated[str | None, typer.Option(help="Only this reason.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Requeued and resolved pages too.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most this many, newest first.")] = 100,
    as_json: AsJson = False,
) -> None:
    """The pages that are held, with why."""
    with opened_database(started()) as database:
        state = None if everything else "held"
        pages = quarantine.list_held(database, state=state, reason=reason, limit=limit)
    if as_json:
        print_json([asdict(page) for page in pages])
        return
    table = Table("Id", "Since", "Reason", "State", "URL", box=None, pad_edge=False)
    for page in pages:
        table.add_row(page.id, f"{page.created_at:%Y-%m-%d %H:%M}", page.reason, page.state, page.url or "?")
    out.print(table if pages else "nothing is held")


@quarantine_app.command("show")
def quarantine_show(
    identity: Annotated[str, typer.Argument(metavar="ID")],
    save: Annotated[Path | None, typer.Option(help="Write the page's bytes to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """One held page: its diagnosis, and its bytes on request."""
    with opened_database(started()) as database:
        page = quarantine.show(database, identity)
        body = quarantine.body(database, identity) if save else None
    if save:
        if body is None:
            raise NeverValid(f"{identity} holds no page body: {page.detail}")
        save.write_bytes(body)
    if as_json:
        print_json(asdict(page))
        return
    for name, value in asdict(page).items():
        out.print(f"{name}: {value}", markup=False)


@quarantine_app.command("requeue")
def quarantine_requeue(
    identities: Annotated[list[str] | None, typer.Argument(metavar="ID...")] = None,
    reason: Annotated[str | None, typer.Option(help="All held pages with this reason.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All held pages.")] = False,
) -> None:
    """Send held pages through the processor again, under the same event ids."""
    settings = started()
    if not (identities or reason or everything):
        raise typer.BadParameter("give ids, --reason or --all")
    with opened_database(settings) as database, opened_bus(settings) as bus:
        chosen = identities or [page.id for page in quarantine.list_held(database, reason=reason, limit=100_000)]
        count = quarantine.requeue(database, bus, chosen)
    out.print(f"{count} pages requeued")
