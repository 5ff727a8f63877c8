"""`reformwatch deliveries …`: the ledger of alerts, and the channels in it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import typer
from rich.table import Table

from alerts.channel import Alert, DeliveryFailed, DeliveryRefused
from alerts.service import channels_for
from reformwatch.commands.shared import NOT_GOOD_EXIT, AsJson, out, print_json, started
from reformwatch.compose import alert_settings, opened_database
from store.deliveries import STATES, Deliveries

deliveries_app = typer.Typer(no_args_is_help=True, help="See who was told of what, and try again.")


@deliveries_app.command("list")
def deliveries_list(
    channel: Annotated[str | None, typer.Option(help="Only this channel.")] = None,
    state: Annotated[str | None, typer.Option(help=f"Only this state: {', '.join(STATES)}.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most this many, newest first.")] = 100,
    as_json: AsJson = False,
) -> None:
    """The ledger: one line per report and channel, whatever became of it."""
    if state is not None and state not in STATES:
        raise typer.BadParameter(f"expected one of {', '.join(STATES)}, got {state!r}", param_hint="--state")
    with opened_database(started()) as database:
        records = Deliveries(database).records(channel=channel, state=state, limit=limit)
    if as_json:
        print_json([asdict(record) for record in records])
        return
    table = Table("Id", "Since", "Channel", "State", "Attempts", "Why", box=None, pad_edge=False)
    for record in records:
        since = f"{record.created_at:%Y-%m-%d %H:%M}"
        attempts = str(record.attempts)
        table.add_row(record.id, since, record.channel, record.state, attempts, record.last_error or "")
    out.print(table if records else "the ledger has no such delivery")


@deliveries_app.command("retry")
def deliveries_retry(
    channel: Annotated[str, typer.Argument(help="The channel whose failed deliveries to retry.")],
) -> None:
    """Give every failed delivery of a channel a fresh set of attempts, under its old id."""
    with opened_database(started()) as database:
        count = Deliveries(database).retry_failed(channel, datetime.now(UTC))
    out.print(f"{count} deliveries will be tried again")


@deliveries_app.command("test")
def deliveries_test() -> None:
    """Send a message of type "test" to every channel, by the way that alerts take. Nothing enters the ledger."""
    now = datetime.now(UTC)
    payload = {"type": "test", "timestamp": now.isoformat().replace("+00:00", "Z"), "data": {}}
    failed = False
    for channel in channels_for(alert_settings(started())):
        try:
            channel.send(Alert(id=f"test_{uuid4().hex}", payload=payload, found_at=now))
        except (DeliveryFailed, DeliveryRefused) as error:
            failed = True
            out.print(f"{channel.name}: {error}")
        else:
            out.print(f"{channel.name}: confirmed")
    if failed:
        raise typer.Exit(NOT_GOOD_EXIT)
