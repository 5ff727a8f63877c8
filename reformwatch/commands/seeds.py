"""`reformwatch seeds …`: the articles that relevance is judged against, and your own additions to them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from processor.model import Article
from processor.relevance.model import score_seed_effect
from processor.relevance.seeds import SeedArticle, load_seed_corpus, read_seed
from processor.text import normalise
from reformwatch.commands.shared import AsJson, out, print_json, started
from reformwatch.compose import opened_database
from reformwatch.settings import PREFIX
from store.articles import latest_texts
from store.errors import NeverValid

seeds_app = typer.Typer(no_args_is_help=True, help="List the seed articles, add your own, see what one would change.")

SeedFile = Annotated[Path, typer.Argument(metavar="FILE", help="UTF-8 text; the first line is the title.")]


@seeds_app.command("list")
def seeds_list(as_json: AsJson = False) -> None:
    """The seeds in force: the five that come with the program and your own."""
    seeds = _corpus(started().seeds)
    if as_json:
        print_json([{"id": seed.id, "title": seed.title, "characters": len(seed.text)} for seed in seeds])
        return
    table = Table("Id", "Title", "Characters", box=None, pad_edge=False)
    for seed in seeds:
        table.add_row(seed.id, seed.title, str(len(seed.text)))
    out.print(table)


@seeds_app.command("add")
def seeds_add(file: SeedFile) -> None:
    """Copy an article into your seeds folder. Processors use it from their next start on."""
    settings = started()
    if settings.seeds is None:
        raise NeverValid(f"set {PREFIX}SEEDS to the folder that is to hold your seeds")
    seed = _read(file)
    if seed.id in {known.id for known in _corpus(settings.seeds)}:
        raise NeverValid(f"there is already a seed {seed.id!r}; rename {file}")
    settings.seeds.mkdir(parents=True, exist_ok=True)
    target = settings.seeds / f"{seed.id}.txt"
    target.write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    out.print(f"added {target}; restart the processors to use it", markup=False)


@seeds_app.command("score")
def seeds_score(
    file: SeedFile,
    articles: Annotated[int, typer.Option(min=1, help="Judge this many stored articles, the latest first.")] = 500,
    as_json: AsJson = False,
) -> None:
    """What would change if this article were a seed: every stored article judged without and with it."""
    settings = started()
    with opened_database(settings) as database:
        texts = latest_texts(database, limit=articles)
    stored = [Article(text=row.text, title=row.title, lead=row.lead, url=row.url) for row in texts]
    effects = score_seed_effect(_corpus(settings.seeds), _read(file), stored, settings.threshold)
    changed = [effect for effect in effects if effect.before.is_report != effect.after.is_report]
    if as_json:
        rows = [
            {
                "url": effect.article.url,
                "title": effect.article.title,
                "before": effect.before.score,
                "after": effect.after.score,
                "changes": effect.before.is_report != effect.after.is_report,
            }
            for effect in effects
        ]
        print_json(rows)
        return
    table = Table("Before", "After", "Title", box=None, pad_edge=False)
    for effect in effects[:20]:
        table.add_row(f"{effect.before.score:.3f}", f"{effect.after.score:.3f}", effect.article.title or "")
    out.print(table)
    out.print(f"{len(changed)} of {len(effects)} articles would be judged otherwise")


def _corpus(folder: Path | None) -> tuple[SeedArticle, ...]:
    try:
        return load_seed_corpus(folder)
    except (OSError, ValueError) as error:
        raise NeverValid(f"seeds folder {folder}: {error}") from error


def _read(file: Path) -> SeedArticle:
    try:
        return read_seed(file.stem.split("_")[0], normalise(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise NeverValid(f"{file}: {error}") from error
