"""What is read from sample pages of real portals that somebody annotated: titles, dates, bodies, refusals, links.

A folder of samples holds pages and a `truth.json` that says of each page, by its file's name, `kind` (post or listing)
and `url`; of a post `title`, `date` (DD/MM/YYYY, empty for none), `paragraphs` (none for an empty post) and `without`
(what must not stand in its text); of a listing `items`, each with `url`, and `next` (a URL or null).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.markup import parse_list
from processor.model import Article, Page
from processor.reading.extract import read_page
from processor.text import normalise
from tests.bench.corpus import BenchPage, f1_score
from tests.bench.processor import bare_extraction

FETCHED = datetime(2026, 1, 2, tzinfo=UTC)

Truth = Mapping[str, Any]


def run(folders: Sequence[Path], real: Sequence[BenchPage]) -> None:
    """Print of every folder how many of its pages are read rightly, and what was wrong with the others.

    Of pages with a known text only: how much of it the general way of reading finds, and trafilatura as it comes.
    """
    if not folders:
        print("no folder of sample pages with truth.json (make bench BENCH=reading SAMPLES=folder)")
    if real:
        # The library first: reading makes some of it faster, and its results should be its own.
        bare = [bare_extraction(page) for page in real]
        ours = [_text(page) for page in real]
        for name, texts in (("read", ours), ("trafilatura", bare)):
            scored = [(page.truth or "", text) for page, text in zip(real, texts, strict=True)]
            f1, precision, recall = f1_score(scored)
            print(
                f"reading {len(real)} real pages, {name}: F1 {f1:.4f}, precision {precision:.4f}, recall {recall:.4f}"
            )
    for folder in folders:
        right, total, wrong = score(folder)
        print(f"reading {folder.name}: " + ", ".join(f"{name} {right[name]} of {total[name]}" for name in total))
        for line in wrong:
            print(f"reading {folder.name}: {line}")


def _text(page: BenchPage) -> str:
    read = read_page(Page(url=f"https://bench.example/{page.id}", body=page.body, fetched_at=FETCHED, charset="utf-8"))
    return read.text if isinstance(read, Article) else ""


def score(folder: Path) -> tuple[Counter[str], Counter[str], list[str]]:
    """By question: how many pages are right, how many were asked; and a line for each wrong answer."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    wrong: list[str] = []
    pages: Mapping[str, Truth] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    for name, truth in pages.items():
        body = (folder / name).read_bytes()
        answers = _listing(body, truth) if truth["kind"] == "listing" else _post(body, truth)
        for question, fault in answers.items():
            total[question] += 1
            right[question] += fault is None
            if fault is not None:
                wrong.append(f"{name}: {question}: {fault}")
    return right, total, wrong


def _post(body: bytes, truth: Truth) -> dict[str, str | None]:
    """By question, what is wrong with what is read from a post; None for nothing."""
    read = read_page(Page(url=truth["url"], body=body, fetched_at=FETCHED, content_type="text/html"))
    if not truth["paragraphs"]:
        return {"empty posts refused": f"read {len(read.text)} characters" if isinstance(read, Article) else None}
    if not isinstance(read, Article):
        return dict.fromkeys(("titles right", "dates right", "bodies right"), f"no article: {read.reason}")
    day = f"{read.published.at:%d/%m/%Y}" if read.published else ""
    return {
        "titles right": None if read.title == normalise(truth["title"]) else f"{read.title!r}",
        "dates right": None if day == truth["date"] else f"{day!r}, not {truth['date']!r}",
        "bodies right": _fault_of_text(read, truth),
    }


def _fault_of_text(article: Article, truth: Truth) -> str | None:
    """Every paragraph, the credits aside, must stand in the text, and nothing of what belongs to the page."""
    credits = {article.author, article.outlet, *map(normalise, truth.get("byline", ()))}
    for paragraph in map(normalise, truth["paragraphs"]):
        is_credit = any(credit and paragraph.endswith(credit) for credit in credits) and len(paragraph) < 100
        if paragraph not in article.text and not is_credit:
            return f"lacks {paragraph[:60]!r}"
    text = article.text
    found = [unwanted for unwanted in map(normalise, truth["without"]) if unwanted in text]
    return f"has {found[0]!r}" if found else None


def _listing(body: bytes, truth: Truth) -> dict[str, str | None]:
    links = {link.url for link in parse_list(body, url=truth["url"], charset=None, selector=None).links}
    wanted = {item["url"] for item in truth["items"]} | ({truth["next"]} if truth["next"] else set())
    page = read_page(Page(url=truth["url"], body=body, fetched_at=FETCHED, content_type="text/html"))
    lacking = sorted(wanted - links)
    return {
        "listings refused as articles": f"read {len(page.text)} characters" if isinstance(page, Article) else None,
        "listings with every link": f"lacks {len(lacking)} of {len(wanted)}: {lacking[0]}" if lacking else None,
    }
