"""`reformwatch analyze`: the pure pipeline on files and streams."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from processor.model import Page, PlainText
from reformwatch.analyze import analyze_lines, analyze_one, bounded_lines, parse_published
from reformwatch.commands.shared import AsJson, out, print_json, started
from reformwatch.compose import loaded_pipeline, started_workers
from reformwatch.verdict_json import verdict_json
from store.errors import NeverValid


def analyze(
    file: Annotated[Path | None, typer.Argument(help="An HTML page. Leave out with --text or --jsonl.")] = None,
    text: Annotated[Path | None, typer.Option(help="A plain text instead of a page.")] = None,
    url: Annotated[str | None, typer.Option(help="The page's address; helps with dates and links.")] = None,
    published: Annotated[str | None, typer.Option(help="Publication date, when the page does not say it.")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Read JSON lines on standard input, write them out.")] = False,
    as_json: AsJson = False,
) -> None:
    """Judge a page or text without bus or database.

    With `--jsonl`, every input line is `{"id", "url"?, "html"? | "text"?, "title"?, "published"?, "source"?}` and gives
    one output line in the same order; a bad line gives `{"id", "error"}` and the run goes on.
    """
    settings = started()
    if sum([file is not None, text is not None, jsonl]) != 1:
        raise typer.BadParameter("give exactly one of FILE, --text FILE and --jsonl")
    if jsonl:
        loaded_pipeline(settings)
        with started_workers(settings) as workers:
            for answer in analyze_lines(bounded_lines(sys.stdin.buffer), workers):
                print_json(answer)
        return
    source = file or text
    assert source is not None
    try:
        body = source.read_bytes()
    except OSError as error:
        raise NeverValid(f"cannot read {source}: {error.strerror}") from error
    published_at = parse_published(published) if published else None
    item: Page | PlainText
    if file:
        item = Page(url=url or file.absolute().as_uri(), body=body, fetched_at=None, published_at=published_at)
    else:
        item = PlainText(text=body.decode("utf-8", "replace"), published_at=published_at, url=url)
    loaded_pipeline(settings)
    with started_workers(settings, count=1) as workers:
        answer = verdict_json(analyze_one(item, workers))
    if as_json:
        print_json(answer)
    else:
        show_verdict(answer)


def show_verdict(answer: dict[str, Any]) -> None:
    """A verdict for people."""
    relevance, place = answer["relevance"], answer["primary_place"]
    rows = {
        "Outcome": answer["outcome"] + (f" ({answer['reason']})" if answer["reason"] else ""),
        "Title": answer["title"],
        "Author": answer["author"],
        "Published": answer["published_at"],
        "Place": f"{place['then']} (today {place['province_now']})" if place else "national or unknown",
        "Score": f"{relevance['score']:.2f}" if relevance else None,
        "Pillars": ", ".join(f"{tag['id']} ({tag['role']})" for tag in answer["pillars"]),
        "Nearest seeds": ", ".join(f"{s['seed']} {s['similarity']:.2f}" for s in relevance["seeds"])
        if relevance
        else None,
        "Deciding terms": ", ".join(f"{t['term']} {t['weight']:+.2f}" for t in relevance["terms"])
        if relevance
        else None,
        "References": ", ".join(reference["code"] for reference in answer["references"]),
        "Documents": ", ".join(document["url"] for document in answer["documents"]),
    }
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, value in rows.items():
        if value:
            table.add_row(name, value)
    out.print(table, markup=False)
    for fact in answer["facts"]:
        number = fact["value"] if fact["value"] is not None else f"rank {fact['rank']}"
        place_name = fact["place"]["then"] or "national"
        line = f"  {fact['indicator']}: {number} {fact['unit'] or ''} · {fact['kind']} · {fact['year']} · {place_name}"
        out.print(line, markup=False)
