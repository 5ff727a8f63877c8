"""The pages that benchmarks read: a folder of real news pages where there is one, and our own in several dresses."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tests.bench.news import ordinary_news
from tests.dress_parts import seed_articles, view_state
from tests.dresses import DRESSES, Worn, dress, shown


@dataclass(frozen=True, slots=True)
class BenchPage:
    id: str
    body: bytes
    truth: str | None = None
    """The article's text, where somebody wrote it down."""
    url: str | None = None


def real_pages(folder: Path) -> list[BenchPage]:
    """Pages in the layout of the article extraction benchmark: html/ID.html.gz and ground-truth.json."""
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    return [
        BenchPage(identity, gzip.decompress((folder / "html" / f"{identity}.html.gz").read_bytes()), row["articleBody"])
        for identity, row in sorted(truth.items())
    ]


def own_pages() -> list[BenchPage]:
    """The seeds in every dress there is: menus, sidebars and forms around real texts."""
    pages = []
    for seed, worn in seed_articles().items():
        for name in DRESSES:
            wanted = shown(worn, name)
            text = "\n".join(filter(None, (wanted.lead, *wanted.paragraphs)))
            pages.append(BenchPage(f"{seed}-{name}", dress(worn, name).body, text))
    return pages


LEARNED_FROM = 6
"""Pages that teach a source's layout."""
_MEASURED = 20
"""Pages of a source that publishes mixed news."""
_PARTS = 6
"""Articles that one seed is cut into, so that a source has more pages than there are seeds."""


def report_sources() -> dict[str, list[BenchPage]]:
    """By dress, pages of one source that publishes nothing but reports full of figures, the dearest to judge."""
    articles = [part for number in range(_PARTS) for worn in seed_articles().values() if (part := _part(worn, number))]
    return {name: _source(name, articles) for name in DRESSES}


def mixed_sources() -> dict[str, list[BenchPage]]:
    """By dress, pages of one source as sources are: ordinary news, and one report in ten."""
    reports = [part for number in range(_PARTS) for worn in seed_articles().values() if (part := _part(worn, number))]
    sources: dict[str, list[BenchPage]] = {}
    for turn, name in enumerate(DRESSES):
        first = turn * (LEARNED_FROM + _MEASURED)
        articles = [
            reports[number // 10 % len(reports)] if number % 10 == 9 else ordinary_news(number)
            for number in range(first, first + LEARNED_FROM + _MEASURED)
        ]
        sources[name] = _source(name, articles)
    return sources


def _source(name: str, articles: Iterable[Worn]) -> list[BenchPage]:
    """The articles in one dress, padded to the size that pages of real portals have."""
    pages = []
    for number, worn in enumerate(articles):
        wanted, page = shown(worn, name), dress(worn, name)
        body = page.body.decode().replace("</body>", f"{_padding()}</body>")
        text = "\n".join(filter(None, (wanted.lead, *wanted.paragraphs)))
        pages.append(BenchPage(f"{name}-{number}", body.encode(), text, page.url))
    return pages


def _part(worn: Worn, number: int) -> Worn | None:
    """An article made of every paragraph of a seed but some, under a title of its own."""
    paragraphs = tuple(text for index, text in enumerate(worn.paragraphs) if index % _PARTS != number)
    if len(paragraphs) < 4:
        return None
    return replace(worn, title=f"{worn.title} (kỳ {number + 1})", paragraphs=paragraphs)


@cache
def _padding() -> str:
    """Menus of all offices, a calendar and scripts, as portals put below their articles: about 110 KB."""
    links = "".join(
        f'<li class="item menu-{number}"><a href="/chuyen-muc/{number}.html" title="Chuyên mục số {number}">'
        f'<span class="icon"></span>Chuyên mục số {number}</a>'
        f'<span class="d">({number % 28 + 1:02d}/07/2024)</span></li>\n'
        for number in range(300)
    )
    script = f"<script>var data = '{view_state(40_000)}';</script>"
    return f'<div class="wide-menu"><ul>{links}</ul></div>{script}'


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Four-token shingles as a multiset; a shorter text is one shingle."""
    tokens = re.findall(r"\w+", text)
    if len(tokens) < 4:
        return Counter([tuple(tokens)] if tokens else [])
    return Counter(tuple(tokens[start : start + 4]) for start in range(len(tokens) - 3))


def f1_score(pairs: list[tuple[str, str]]) -> tuple[float, float, float]:
    """F1, precision and recall of (truth, found) texts: the means over pages of both, and the F1 of the means."""
    precisions, recalls = [], []
    for truth, found in pairs:
        true, got = shingles(truth), shingles(found)
        common = (true & got).total()
        if got:
            precisions.append(common / got.total())
        if true:
            recalls.append(common / true.total())
    precision = sum(precisions) / len(precisions)
    recall = sum(recalls) / len(recalls)
    return 2 * precision * recall / (precision + recall), precision, recall
