"""`reformwatch demo`: the whole way of a page on a sample portal, with the real services."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from processor.model import VIETNAM_TIME
from reformwatch.commands.shared import AsJson, err, out, print_json, started

if TYPE_CHECKING:
    from reformwatch.demo.receiver import WebhookReceiver
    from reformwatch.demo.site import DemoSite
    from store.database import Database
    from store.trace import PageTrace

NEW_ARTICLE_AFTER_SECONDS = 5


def demo(
    keep: Annotated[
        bool, typer.Option("--keep", help="Go on monitoring; publishes a new article to show a live alert.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Crawl, judge, store and alert on a sample portal made for the purpose, in under a minute.

    Starts three sites on loopback with the five seed articles, other news and traps, watches them with the real
    crawler, processor and alerts, and shows what became of every page.
    """
    from reformwatch.demo.receiver import WebhookReceiver
    from reformwatch.demo.run import running_demo
    from reformwatch.demo.site import DemoSite

    started(log_level="error")
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="reformwatch-demo-") as folder,
        DemoSite() as site,
        WebhookReceiver() as receiver,
        running_demo(site, receiver, Path(folder)) as database,
    ):
        pages = _watched(site, database, quiet=as_json)
        if as_json:
            print_json(answer(pages))
        else:
            show(pages)
            out.print(
                f"{len(receiver.alerts)} alerts arrived at the local webhook, all signatures verified; "
                f"{time.monotonic() - begun:.0f} s in all"
            )
        if keep:
            _keep(site, receiver)


def _watched(site: DemoSite, database: Database, *, quiet: bool) -> Sequence[PageTrace]:
    from reformwatch.demo.run import watch

    expected = [page.url for page in site.pages]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True, disable=quiet or not err.is_terminal) as progress:
        task = progress.add_task("pages with an outcome", total=len(expected))
        return watch(database, expected, on_look=lambda done: progress.update(task, completed=done))


def answer(pages: Sequence[PageTrace]) -> dict[str, Any]:
    """The demo's result for programs."""
    from reformwatch.demo.run import outcome_counts

    return {
        "reports": [
            {
                "title": page.title,
                "url": page.url,
                "published_at": page.published_at.astimezone(VIETNAM_TIME).isoformat() if page.published_at else None,
                "score": page.score,
                "pillars": list(page.pillars),
                "alerted": ("webhook", "sent") in page.alerts,
            }
            for page in pages
            if page.outcome == "report"
        ],
        "outcomes": outcome_counts(pages),
    }


def show(pages: Sequence[PageTrace]) -> None:
    reports = Table("Report", "Place then → now", "Published", "Pillars", "Score", box=None, pad_edge=False)
    for page in pages:
        if page.outcome == "report":
            place = f"{page.place_then} → {page.province_now}" if page.place_then else "national or unknown"
            date = f"{page.published_at.astimezone(VIETNAM_TIME):%d/%m/%Y}" if page.published_at else "unknown"
            score = f"{page.score:.2f}" if page.score is not None else ""
            reports.add_row(page.title or "", place, date, ", ".join(page.pillars), score)
    out.print(reports, "")
    outcomes = Table("Outcome", "Why", "Page", box=None, pad_edge=False)
    for page in pages:
        why = page.reason or (page.fetch_error if page.outcome is None else None) or ""
        outcomes.add_row(page.outcome or page.fetch_state, why, page.title or page.link_text or page.url)
    out.print(outcomes, "")


def _keep(site: DemoSite, receiver: WebhookReceiver) -> None:
    seen = len(receiver.alerts)
    out.print(f"watching on; a new article appears in {NEW_ARTICLE_AFTER_SECONDS} s. Ctrl-C ends the demo.")
    try:
        time.sleep(NEW_ARTICLE_AFTER_SECONDS)
        article = site.publish_new_article()
        published = time.monotonic()
        out.print(f"published: {article.title}", markup=False)
        while True:
            for alert in receiver.alerts[seen:]:
                title = alert.message["data"]["title"]
                out.print(f"alert after {time.monotonic() - published:.1f} s: {title}", markup=False)
            seen = len(receiver.alerts)
            time.sleep(0.2)
    except KeyboardInterrupt:
        out.print("ending")
