"""Runs the real services against the demo portal and watches until every announced page has its outcome."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from reformwatch.compose import opened_database, upgrade_database
from reformwatch.demo.receiver import WebhookReceiver
from reformwatch.demo.site import DemoSite
from reformwatch.demo.sources import demo_registry
from reformwatch.services import SERVICES
from reformwatch.settings import PREFIX, load_settings
from reformwatch.supervisor import supervise
from store.database import Database
from store.errors import TryLater
from store.trace import PageTrace, trace

LOOPBACK: Final = "127.0.0.0/8"
DEADLINE_SECONDS: Final = 150.0
LOOK_EVERY_SECONDS: Final = 0.25


@contextmanager
def running_demo(site: DemoSite, receiver: WebhookReceiver, folder: Path) -> Iterator[Database]:
    """The supervised services on a database and bus in `folder`; yields the database."""
    registry = folder / "sources.yml"
    registry.write_text(demo_registry(site), encoding="utf-8")
    settings = {
        "DATA": str(folder),
        "SOURCES": str(registry),
        "ALLOWED_NETWORKS": LOOPBACK,
        "DELAY_SECONDS": "0.1",
        "WEBHOOK_URL": receiver.url,
        "WEBHOOK_SECRET": receiver.secret,
        # The seed articles are years old, and the demo is about showing their alerts.
        "ALERT_PUBLISHED_WITHIN_DAYS": "0",
        "METRICS_PORT": "0",
        "LOG_LEVEL": "error",
        "CONTACT": "https://example.invalid/reformwatch-demo",
    }
    foreign = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment = foreign | {PREFIX + name: value for name, value in settings.items()}
    own = load_settings(data=folder)
    upgrade_database(own)
    stop = threading.Event()
    services = threading.Thread(
        target=supervise, args=[SERVICES], kwargs={"metrics_port": 0, "environment": environment, "stop": stop}
    )
    services.start()
    try:
        with opened_database(own) as database:
            yield database
    finally:
        stop.set()
        services.join()


def watch(
    database: Database, expected: Sequence[str], *, on_look: Callable[[int], None] = lambda _: None
) -> Sequence[PageTrace]:
    """Look until every expected URL has its outcome and every report was alerted; returns the traces.

    Raises `TryLater` naming what is still open when that takes too long.
    """
    end = time.monotonic() + DEADLINE_SECONDS
    while True:
        pages = {page.url: page for page in trace(database)}
        open_pages = [url for url in expected if url not in pages or not _is_settled(pages[url])]
        on_look(len(expected) - len(open_pages))
        if not open_pages:
            return list(pages.values())
        if time.monotonic() > end:
            raise TryLater(f"after {DEADLINE_SECONDS:.0f} s still without outcome: {', '.join(open_pages)}")
        time.sleep(LOOK_EVERY_SECONDS)


def _is_settled(page: PageTrace) -> bool:
    if page.fetch_state in {"refused", "failed"}:
        return True
    if page.outcome is None:
        return False
    return page.outcome != "report" or ("webhook", "sent") in page.alerts


def outcome_counts(pages: Sequence[PageTrace]) -> Mapping[str, int]:
    """How many pages ended how; pages that were never fetched count under why."""
    return dict(sorted(Counter(page.outcome or page.fetch_state for page in pages).items()))
