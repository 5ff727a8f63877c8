"""The pages that benchmarks read: a folder of real news pages where there is one, and our own in several dresses."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.dress_parts import seed_articles
from tests.dresses import DRESSES, dress, shown


@dataclass(frozen=True, slots=True)
class BenchPage:
    id: str
    body: bytes
    truth: str | None = None
    """The article's text, where somebody wrote it down."""


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
