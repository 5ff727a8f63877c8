"""The command line. Exit codes: 0 done, 1 not good, 2 wrong usage, 3 bad configuration or input, 75 try later."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from processor.model import Page, PlainText
from reformwatch.analyze import analyze_lines, analyze_one, parse_published
from reformwatch.compose import opened_bus, opened_database, secret_values, started_workers
from reformwatch.logs import configure_logs
from reformwatch.settings import PREFIX, Settings, load_settings
from reformwatch.verdict_json import verdict_json
from store import migrate, quarantine
from store.errors import NeverValid, TryLater

CONFIGURATION_EXIT: Final = 3
TRY_LATER_EXIT: Final = 75

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

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
db_app = typer.Typer(no_args_is_help=True, help="Create and upgrade the database.")
quarantine_app = typer.Typer(
    no_args_is_help=True, help="Look at pages that could not be processed, and try them again."
)
config_app = typer.Typer(no_args_is_help=True, help="Show the settings in force.")
app.add_typer(db_app, name="db")
app.add_typer(quarantine_app, name="quarantine")
app.add_typer(config_app, name="config")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text for people.")]


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


def started(**overrides: Any) -> Settings:
    """Settings with logs configured: the beginning of every command."""
    settings = load_settings(**overrides)
    configure_logs(log_format=settings.log_format, level=settings.log_level, secrets=secret_values(settings))
    return settings


def print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


@app.command()
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
        with started_workers(settings) as workers:
            for answer in analyze_lines(sys.stdin, workers):
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


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Create the tables, or bring them to this version. Safe to run again."""
    settings = started()
    with opened_database(settings, checked=False) as database:
        revision = migrate.upgrade(database)
        out.print(f"{database.description()} is at schema {revision}", markup=False)


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
        print_json([_row(page) for page in pages])
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
        print_json(_row(page))
        return
    for name, value in _row(page).items():
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


def _row(page: quarantine.HeldPage) -> dict[str, Any]:
    return {name: str(value) if hasattr(value, "isoformat") else value for name, value in _fields(page)}


def _fields(page: quarantine.HeldPage) -> list[tuple[str, Any]]:
    return [(name, getattr(page, name)) for name in page.__dataclass_fields__]
