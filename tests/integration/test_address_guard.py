"""Nothing that a site says makes the crawler connect to an address inside: every spelling, on every way there is.

The control runs the same matrix with every network allowed and must reach the canary.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from store import migrate
from store.bus.open import open_bus
from store.database import Database
from store.events import TOPICS
from store.models import FrontierPage
from tests.parts.canary import Canary
from tests.parts.crawler_process import LOOPBACK_NAME, crawl, source, write_registry
from tests.parts.site import Answer, Site, rss

FORMS = {
    "dotted": "127.0.0.1",
    "decimal": "2130706433",
    "hexadecimal": "0x7f000001",
    "octal": "0177.0.0.1",
    "short": "127.1",
    "mapped": "[::ffff:127.0.0.1]",
    "ipv6": "[::1]",
    "localhost": "localhost",
    "trailing-dot": f"{LOOPBACK_NAME}.",
    "unspecified": "0.0.0.0",
    "name": LOOPBACK_NAME,
    "user": "good.example@127.0.0.1",
    "nat64": "[64:ff9b::7f00:1]",
    "private": "10.255.255.1",
    "link-local": "169.254.169.254",
}
NEVER_CONNECTS = {"user", "nat64", "private", "link-local"}
"""Even without the guard: a user name in a URL is refused by itself, and these addresses lead nowhere here."""
WAYS = ("direct", "redirect", "entry", "robots")
DOMAINS = ["127.0.0.2", *{form.rpartition("@")[2].rstrip(".") for form in FORMS.values()}]


@dataclass
class Run:
    hits: set[tuple[str, str]]
    """(form, way) of what the canary saw."""
    pages: dict[str, tuple[str, int, str]]
    """By path: state, attempts, error."""


def sites(canary: Canary, stack: ExitStack) -> Iterator[dict[str, Any]]:
    """For each form a site that tries to lure the crawler there, and a source that goes there by itself."""
    for name, form in FORMS.items():
        there = f"http://{form}:{canary.port}/{name}"
        site = stack.enter_context(Site("127.0.0.2"))
        site.put("/robots.txt", Answer(status=302, headers={"Location": f"{there}/robots"}))
        site.put("/feed.xml", rss([(f"{there}/entry", "x"), (site.url(f"/{name}/redirect"), "y")]))
        site.put(f"/{name}/redirect", Answer(status=302, headers={"Location": f"{there}/redirect"}))
        fields = {"allowed_domains": DOMAINS, "home": "http://127.0.0.2/"}
        yield source(f"lure-{name}", {"feed": site.url("/feed.xml")}, **fields)
        if name != "user":
            yield source(f"direct-{name}", {"feed": f"{there}/direct"}, **fields)


def run_matrix(tmp_path: Path, allowed: tuple[str, ...]) -> Run:
    database_url, bus_url = f"sqlite:///{tmp_path / 'a.db'}", f"embedded:///{tmp_path / 'bus.db'}"
    database, bus = Database(database_url), open_bus(bus_url)
    migrate.upgrade(database)
    bus.create_topics(TOPICS)
    with ExitStack() as stack:
        canary = stack.enter_context(Canary())
        registry = write_registry(tmp_path / "sources.yml", *sites(canary, stack))
        settings = {"allowed_networks": allowed, "timeout_seconds": 2, "attempts": 1, "concurrency": 64}
        crawl(registry, database_url, bus_url, settings=settings)
    with database.read() as connection:
        rows = connection.execute(
            sa.select(FrontierPage.url, FrontierPage.state, FrontierPage.attempts, FrontierPage.last_error)
        )
        pages = {row.url.split("/", 3)[3]: (row.state, row.attempts, row.last_error or "") for row in rows}
    hits = set()
    for line in canary.hits:
        name, _, way = line.split(" ")[1].strip("/").partition("/") if " " in line else ("", "", "")
        # A host that answers is asked for its robots.txt first, whatever the way there.
        hits.add((name, way))
    database.close()
    bus.close()
    return Run(hits, pages)


def test_no_spelling_of_an_inner_address_is_ever_connected_to(tmp_path: Path) -> None:
    run = run_matrix(tmp_path, ("127.0.0.2/32",))
    assert run.hits == set()
    for name in FORMS.keys() - {"user"}:
        for way in ("entry", "redirect"):
            state, attempts, error = run.pages[f"{name}/{way}"]
            assert (state, attempts) == ("refused", 1), (name, way, error)
            assert error.startswith("address_refused"), (name, way, error)
    assert "user/entry" not in run.pages
    assert run.pages["user/redirect"][0] == "refused"


def test_without_the_guard_the_same_matrix_reaches_the_canary(tmp_path: Path) -> None:
    run = run_matrix(tmp_path, ("0.0.0.0/0", "::/0"))
    missing = {
        (name, way) for name in FORMS.keys() - NEVER_CONNECTS - {"ipv6"} for way in WAYS if (name, way) not in run.hits
    }
    assert not missing, f"the matrix proves nothing for {sorted(missing)}"
    assert not {name for name, _ in run.hits} & NEVER_CONNECTS
