"""The commands that keep running, and `status`, which looks at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Annotated

import typer
from rich.table import Table

from reformwatch.commands.shared import AsJson, out, print_json, started
from reformwatch.compose import opened_bus, opened_database
from store.errors import NeverValid
from store.status import Status, collect
from store.trace import trace

SHOWN_SOURCES = 10


def run() -> None:
    """Watch your sources: crawler, processor and alerts under one supervisor, until Ctrl-C.

    Works at once on SQLite and the embedded bus; REFORMWATCH_BUS and REFORMWATCH_DATABASE change both.
    """
    from reformwatch.services import run_everything

    raise typer.Exit(run_everything(started()))


def crawl(
    once: Annotated[bool, typer.Option("--once", help="Poll and fetch what is due one time, then end.")] = False,
) -> None:
    """Only the crawler: polls the sources and publishes the pages it finds."""
    from reformwatch.services import run_crawler

    raise typer.Exit(run_crawler(started(), once=once))


def process() -> None:
    """Only a processor: judges pages and stores what they say. Several share the work."""
    from reformwatch.services import run_processor

    run_processor(started())


def alert() -> None:
    """Only the alerts: tells people about new reports."""
    from reformwatch.services import run_alerts

    run_alerts(started())


def status(as_json: AsJson = False) -> None:
    """The state of the whole pipeline: what waits, what was done, what failed."""
    settings = started()
    with opened_database(settings) as database, opened_bus(settings) as bus:
        found = collect(database, bus)
        places = {"database": f"{database.server_version()}, {database.description()}", "bus": bus.description()}
    if as_json:
        print_json(places | asdict(found))
        return
    show_status(found, places)


def trace_page(
    url: Annotated[str, typer.Argument(help="The page's canonical URL, as `reports_v1` and the logs name it.")],
    as_json: AsJson = False,
) -> None:
    """What happened to one page, from discovery to alert."""
    with opened_database(started()) as database:
        pages = trace(database, url=url)
    if not pages:
        raise NeverValid(f"{url} was never discovered")
    if as_json:
        print_json(asdict(pages[0]))
        return
    (page,) = pages
    for name, value in asdict(replace(page, documents=())).items():
        if name != "documents":
            out.print(f"{name}: {value}", markup=False)
    for document in page.documents:
        why = f" ({document.reason})" if document.reason else ""
        shown = document.title or document.link_text or "no title"
        out.print(f"document: {document.document_url} {document.outcome}{why}: {shown}", markup=False, soft_wrap=True)


def show_status(found: Status, places: Mapping[str, str]) -> None:
    table = Table(show_header=False, box=None, pad_edge=False)
    rows = {
        **places,
        "articles": f"{found.articles}, of which reports: {found.reports}",
        "sources": _counts(found.source_health),
        "frontier": _counts(found.frontier),
        "last 24 hours": _counts(found.outcomes),
        "lag": _counts(found.lag),
        "quarantine": _counts(found.quarantined),
        "outbox": f"{found.outbox_waiting} waiting",
        "alerts": _counts(found.deliveries),
    }
    if found.gaps:
        rows["lost to retention"] = f"{found.gaps} stretches of the log"
    for name, value in rows.items():
        table.add_row(name, value)
    out.print(table)
    for source in found.sources[:SHOWN_SOURCES]:
        out.print(f"{source.health} source {source.id}: {source.health_reason}", markup=False, soft_wrap=True)
    if len(found.sources) > SHOWN_SOURCES:
        out.print("… and more: `reformwatch sources health` lists them all")


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"
