"""The articles of the demo portal: the five seeds, laid out by their annotation, and our own about other matters."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml


class Dress(StrEnum):
    """Which of the three sites an article stands on."""

    PORTAL = "portal"
    NEWS = "news"
    BOARD = "board"


class BlockKind(StrEnum):
    PARAGRAPH = "paragraph"
    SUBHEADING = "subheading"
    CAPTION = "caption"


@dataclass(frozen=True, slots=True)
class Block:
    kind: BlockKind
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoArticle:
    slug: str
    dress: Dress
    section: str
    title: str
    lead: str
    blocks: tuple[Block, ...]
    author: str | None
    published: datetime | None
    """None: the page does not say."""
    source: str | None = None
    """The outlet it credits."""
    is_report: bool = False


_SEED_PLACES: Final = {
    "000": (Dress.BOARD, "long-an-chu-dong-day-manh-cai-cach-hanh-chinh"),
    "001": (Dress.PORTAL, "long-an-hoan-thanh-100-nhiem-vu"),
    "002": (Dress.NEWS, "thuc-day-cai-cach-hanh-chinh-nang-cao-y-thuc"),
    "003": (Dress.BOARD, "lap-thach-xay-dung-nen-hanh-chinh"),
    "004": (Dress.NEWS, "nang-cao-chat-luong-doi-ngu-tai-bo-phan-mot-cua"),
}


def seed_articles() -> list[DemoArticle]:
    """The seeds, with title, lead, captions, subheadings, author and date where a page has them."""
    folder = files("seeds")
    gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    return [_seed_article(entry, (folder / entry["file"]).read_text(encoding="utf-8")) for entry in gold["seeds"]]


def _seed_article(gold: dict[str, Any], text: str) -> DemoArticle:
    lines = text.split("\n")
    meta = {name: set(numbers) for name, numbers in gold["meta_lines"].items()}
    titles = meta["title"]
    body = [number for number in gold["main_lines"] if number not in titles]
    captions = meta.get("caption", set())
    subheadings = meta.get("subheading", set())
    blocks = []
    for number in sorted({*body[1:], *captions}):
        kind = BlockKind.CAPTION if number in captions else BlockKind.PARAGRAPH
        blocks.append(Block(BlockKind.SUBHEADING if number in subheadings else kind, lines[number - 1].strip()))
    dress, slug = _SEED_PLACES[gold["file"][:3]]
    return DemoArticle(
        slug=slug,
        dress=dress,
        section="Cải cách hành chính",
        title=gold["title"],
        lead=lines[body[0] - 1].strip(),
        blocks=tuple(_without_repeats(blocks)),
        author=gold["author"],
        published=_vietnam_time(gold["published"]) if gold["published"] else None,
        source=gold["source"],
        is_report=True,
    )


def _without_repeats(blocks: list[Block]) -> list[Block]:
    """A seed prints one caption twice, since its page gave it as the picture's text too; our pages do that anyway."""
    return [block for number, block in enumerate(blocks) if number == 0 or block != blocks[number - 1]]


def _vietnam_time(printed: str) -> datetime:
    value = datetime.fromisoformat(printed)
    return value if value.tzinfo else datetime.fromisoformat(f"{printed}T00:00:00+07:00")


def other_articles(now: datetime) -> list[DemoArticle]:
    """Our own articles, none of which is a reform report; they look as if published in the last day or so."""
    return [
        _own_article(entry, Dress(entry["site"]), entry["section"], now - timedelta(hours=entry["hours_ago"]))
        for entry in _own()["others"]
    ]


def fresh_report(number: int, now: datetime) -> DemoArticle:
    """A reform report that was not there before. Numbers beyond the stock repeat texts under a title of their own."""
    stock = _own()["fresh"]
    entry = dict(stock[number % len(stock)])
    if number >= len(stock):
        entry["slug"] += f"-{number + 1}"
        entry["title"] += f" (tin số {number + 1})"
        entry["lead"] += f" Đây là bản tin số {number + 1} trong ngày."
    return _own_article(entry, Dress.NEWS, "Cải cách hành chính", now, is_report=True)


def _own_article(
    entry: dict[str, Any], dress: Dress, section: str, published: datetime, *, is_report: bool = False
) -> DemoArticle:
    return DemoArticle(
        slug=entry["slug"],
        dress=dress,
        section=section,
        title=entry["title"],
        lead=entry["lead"],
        blocks=tuple(Block(BlockKind.PARAGRAPH, text) for text in entry["paragraphs"]),
        author=entry["author"],
        published=published,
        is_report=is_report,
    )


@cache
def _own() -> dict[str, list[dict[str, Any]]]:
    text = (files("reformwatch.demo") / "pages" / "articles.yml").read_text(encoding="utf-8")
    loaded: dict[str, list[dict[str, Any]]] = yaml.safe_load(text)
    return loaded
