"""The step from a fetched page to an article: title, text, lead, author, outlet and date, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from processor.model import Article, Page
from processor.reading.body import Body, choose_body
from processor.reading.boilerplate import Boilerplate
from processor.reading.byline import Byline, find_byline
from processor.reading.container import container_below, find_container
from processor.reading.dates import Position, find_date
from processor.reading.decode import decode
from processor.reading.document_links import find_document_links
from processor.reading.fast_trafilatura import second_reading
from processor.reading.lead import find_lead
from processor.reading.lines import clean_blocks, is_sentence_like, join_broken
from processor.reading.metadata import Metadata, read_metadata
from processor.reading.not_article import (
    MIN_TEXT,
    NotArticle,
    NotArticleReason,
    is_encrypted,
    is_listing,
    refusal,
)
from processor.reading.prescan import ScanVerdict, prescan
from processor.reading.title import TitleChoice, find_title, first_line
from processor.reading.tree import Block, PageTree, parse
from processor.text import normalise

__all__ = ["NotArticle", "NotArticleReason", "ReadingRules", "read_page"]

EXTRACTOR_VERSION = "1"
"""Changes when the same page may give another article."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Located:
    """Where on a page things are, before they are read."""

    tree: PageTree
    metadata: Metadata
    title: TitleChoice
    body: Body


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """The data that reading needs, loaded once."""

    boilerplate: Boilerplate

    @classmethod
    def load(cls) -> ReadingRules:
        """Read the data shipped with the package."""
        return cls(boilerplate=Boilerplate.load())


_HEAD_ZONE, _HEAD_LINE = 6, 60
"""Blocks at the beginning of a text, and length, in which author and date may stand below the lead."""
_TAIL = 5
"""Blocks at the end of a text among which its byline stands."""
_NEAR_TITLE = 14
_SHORT_TEXT = 600
_PROSE_LENGTH = 80
_MIN_ABOVE = 600
"""Characters of prose before a title for which the title is taken to stand below its text, or to be another's."""


@cache
def _shipped_rules() -> ReadingRules:
    return ReadingRules.load()


def read_page(page: Page, *, rules: ReadingRules | None = None) -> Article | NotArticle:
    """Read an article from a page.

    Never raises for what a page contains; the time it takes is bounded only by the caller's deadline, because the
    parser's worst cases are. `rules` are the shipped ones unless given.
    """
    scan = prescan(page.body)
    if scan.verdict is ScanVerdict.REFUSE:
        return NotArticle(reason=NotArticleReason.UNREADABLE, detail=scan.reason)
    decoded = decode(scan.body, page.charset)
    tree = parse(decoded.text)
    if tree is None:
        return NotArticle(reason=NotArticleReason.UNREADABLE, detail="no_markup")
    truncated = scan.verdict is ScanVerdict.SUSPECT or tree.truncated
    return assemble(locate(tree, page), page, truncated, rules or _shipped_rules())


def locate(tree: PageTree, page: Page) -> Located:
    """Find title and text on a page, the general way."""
    metadata = read_metadata(tree)
    container = find_container(tree)
    prose = container.kept if container is not None else ()
    title = find_title(tree.blocks, metadata, page.url, page.link_text, prose)
    if title.block is not None:
        container = container_below(tree, title.block, container)
    body = choose_body(tree, container, lambda: second_reading(tree.root), title.block)
    if title.text is None:
        title = first_line(body.blocks)
    return Located(tree=tree, metadata=metadata, title=title, body=body)


def assemble(located: Located, page: Page, truncated: bool, rules: ReadingRules) -> Article | NotArticle:
    """The article from what was located on the page, or why it is none."""
    tree, metadata, title = located.tree, located.metadata, located.title
    blocks = _after_title(located.body, title)
    kept = clean_blocks(blocks, title.text, rules.boilerplate)
    refused = _refused(tree, kept, metadata, title)
    if refused is not None:
        return NotArticle(reason=refused)
    before, after = _surroundings(tree, kept, title, rules)
    tail = tree.blocks[max(kept[0].index + 1, kept[-1].index - _TAIL) : kept[-1].index + 1]
    byline = find_byline(tail, before, after, metadata)
    published = find_date(tree.blocks, _position(kept, title), metadata, page.url, page.fetched_at)
    lead = find_lead(before, kept, metadata, byline.spent)
    text = _text(kept, byline, lead)
    if len(text) < MIN_TEXT:
        return NotArticle(reason=NotArticleReason.EMPTY_POST if title.block is not None else NotArticleReason.NO_TEXT)
    return Article(
        text=text,
        title=title.text,
        author=byline.author,
        outlet=byline.outlet,
        lead=lead,
        published=published,
        url=page.url,
        source_id=page.source_id,
        truncated=truncated,
        documents=find_document_links(page, tree, kept, title.block, rules.boilerplate),
    )


def _after_title(body: Body, title: TitleChoice) -> list[Block]:
    """The body without what stands before its title, unless the title stands after all of it."""
    if title.block is None:
        return list(body.blocks)
    index = title.block.index
    later = [block for block in body.blocks if block.index > index]
    below = sum(block.length for block in later if block.length >= _PROSE_LENGTH)
    above = sum(block.length for block in body.blocks if block.index < index and block.length >= _PROSE_LENGTH)
    if above < _MIN_ABOVE or below * 4 >= above:
        return later
    return [block for block in body.blocks if block.index != index]


def _refused(tree: PageTree, kept: list[Block], metadata: Metadata, title: TitleChoice) -> NotArticleReason | None:
    length = sum(block.length for block in kept if is_sentence_like(block))
    reason = refusal(tree, metadata, length)
    if reason is not None:
        return reason
    listing = is_listing(tree, kept, metadata)
    if (listing or length < _SHORT_TEXT or not _stands_below(title, kept)) and is_encrypted(tree):
        return NotArticleReason.ENCRYPTED_BODY
    if listing:
        if length < MIN_TEXT and title.block is not None and title.block.heading != 0:
            return NotArticleReason.EMPTY_POST
        return NotArticleReason.LISTING
    if length < MIN_TEXT:
        return NotArticleReason.EMPTY_POST if title.block is not None else NotArticleReason.NO_TEXT
    return None


def _stands_below(title: TitleChoice, kept: list[Block]) -> bool:
    """Whether the text begins where texts begin: a few lines below its title."""
    if title.block is None or not kept:
        return title.block is None
    return 0 < kept[0].index - title.block.index <= _NEAR_TITLE


def _surroundings(
    tree: PageTree, kept: list[Block], title: TitleChoice, rules: ReadingRules
) -> tuple[list[Block], list[Block]]:
    """The blocks between title and text, and the few after the text up to where other articles begin."""
    first, last = kept[0].index, kept[-1].index
    start = title.block.index + 1 if title.block is not None and title.block.index < first else max(0, first - 4)
    head = [block for block in tree.blocks[first : first + _HEAD_ZONE] if block.length <= _HEAD_LINE]
    before = tree.blocks[start:first][-12:] + head
    after: list[Block] = []
    for block in tree.blocks[last + 1 : last + 7]:
        if rules.boilerplate.is_end(block.text):
            break
        if not rules.boilerplate.is_furniture(block.text):
            after.append(block)
    return before, after


def _position(kept: list[Block], title: TitleChoice) -> Position:
    return Position(
        title=title.block.index if title.block is not None else None, first=kept[0].index, last=kept[-1].index
    )


def _text(kept: list[Block], byline: Byline, lead: str | None) -> str:
    lines = [block.text for block in kept if block.index not in byline.spent]
    if lead is not None and normalise(lines[0] if lines else "") != lead:
        lines.insert(0, lead)
    return normalise("\n".join(join_broken(lines))).replace("\n\n", "\n")
