"""`reformwatch sources …`: the registry, and whether its sources give pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from crawler.registry import Source, load_registry
from reformwatch.commands.shared import NOT_GOOD_EXIT, AsJson, err, out, print_json, started
from reformwatch.compose import crawler_settings, opened_database
from store.errors import NeverValid
from store.profiles import profiles, selectors
from store.source_health import WORST_FIRST, reports

if TYPE_CHECKING:
    from crawler.check import SourceCheck

SHOWN_LINKS = 10

sources_app = typer.Typer(no_args_is_help=True, help="List the sources, and fetch one politely to see what it gives.")


@sources_app.command("list")
def sources_list(as_json: AsJson = False) -> None:
    """The registry in force."""
    registry = load_registry(crawler_settings(started()).registry)
    if as_json:
        print_json([source.model_dump(mode="json") for source in registry.sources])
        return
    table = Table("Id", "Name", "Kind", "Province", "Entries", "Established", box=None, pad_edge=False)
    for source in registry.sources:
        entries = ", ".join(point.kind for point in source.entry_points)
        off = "" if source.enabled else " (off)"
        table.add_row(
            source.id + off, source.name, source.kind, source.province or "", entries, str(source.established)
        )
    out.print(table)


@sources_app.command("check")
def sources_check(
    identity: Annotated[str | None, typer.Argument(metavar="[ID]", help="One source; default: all enabled.")] = None,
    as_json: AsJson = False,
) -> None:
    """Fetch the entry points of a source once, and show what would be collected, or why not.

    Obeys robots.txt and all limits of the crawler; stores and publishes nothing. Ends with 1 when an entry point
    gives nothing.
    """
    # Scrapy takes half a second to import: only this command pays for it.
    from crawler.check import check_source

    settings = crawler_settings(started())
    chosen = _chosen(load_registry(settings.registry).sources, identity)
    checks = []
    for number, source in enumerate(chosen, start=1):
        if not as_json:
            err.print(f"[{number}/{len(chosen)}] {source.id}", markup=False)
        checks.append(check_source(source, settings))
        if not as_json:
            _show(checks[-1])
    if as_json:
        print_json([asdict(check) | {"usable": check.usable} for check in checks])
    if not all(check.usable for check in checks):
        raise typer.Exit(NOT_GOOD_EXIT)


@sources_app.command("profile")
def sources_profile(identity: Annotated[str, typer.Argument(metavar="ID")], as_json: AsJson = False) -> None:
    """Where a source keeps title and text: selectors written by hand, which win, and what was learned, newest first."""
    with opened_database(started()) as database:
        stored = profiles(database, source_id=identity)
        written = selectors(database).get(identity)
    if as_json:
        by_hand = [{"source_id": identity, "hand_written": True, "selectors": dict(written)}] if written else []
        print_json([*by_hand, *(asdict(profile) | {"hand_written": False} for profile in stored)])
        return
    if written:
        out.print("written by hand in the registry, in use", markup=False)
        for name, css in written.items():
            out.print(f"  {name}: {css}", markup=False)
    for profile in stored:
        unretired = "overruled by hand" if written else "in use"
        state = f"retired {profile.retired_at:%Y-%m-%d %H:%M}" if profile.retired_at else unretired
        out.print(f"version {profile.version}, learned {profile.learned_at:%Y-%m-%d %H:%M}, {state}", markup=False)
        for name, value in profile.profile.items():
            out.print(f"  {name}: {value}", markup=False)
        for url in profile.evidence:
            out.print(f"  learned from {url}", markup=False)
    if not stored and not written:
        out.print("nothing learned yet: a profile needs a handful of articles of the source")


@sources_app.command("health")
def sources_health(as_json: AsJson = False) -> None:
    """How each source fared at its last poll, with the evidence; those that need a look first."""
    with opened_database(started()) as database:
        found = sorted(reports(database), key=lambda report: WORST_FIRST.index(report.health))
    if as_json:
        print_json([asdict(report) for report in found])
        return
    for report in found:
        since = f" since {report.health_changed_at:%Y-%m-%d %H:%M}" if report.health_changed_at else ""
        out.print(f"{report.health:8} {report.id}{since}: {report.health_reason}", markup=False, soft_wrap=True)
    if not found:
        out.print("no source is watched yet: `reformwatch crawl` registers them")


def _chosen(sources: Sequence[Source], identity: str | None) -> Sequence[Source]:
    if identity is None:
        return [source for source in sources if source.enabled]
    chosen = [source for source in sources if source.id == identity]
    if not chosen:
        raise NeverValid(f"no source {identity!r} in the registry; `reformwatch sources list` shows the ids")
    return chosen


def _show(check: SourceCheck) -> None:
    for entry in check.entries:
        state = entry.problem or f"{len(entry.links)} pages would be collected"
        out.print(f"  {entry.kind} {entry.url}: {state}", markup=False)
        for link in entry.links[:SHOWN_LINKS]:
            out.print(f"    {link.text or '(no text)'}  {link.url}", markup=False)
        if len(entry.links) > SHOWN_LINKS:
            out.print(f"    … and {len(entry.links) - SHOWN_LINKS} more")
        for reason, count in entry.dropped:
            out.print(f"    not taken: {count} ({reason})", markup=False)
        for warning in entry.warnings:
            out.print(f"    note: {warning}", markup=False)
