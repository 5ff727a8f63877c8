"""Finds the element that holds an article's text, from the blocks of the page alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from lxml.html import HtmlElement

from processor.reading.tree import CAPTION, COMMENT, FRAME, Block, PageTree, ancestors

_LEVELS = 3
"""How many elements above a paragraph share its score, each half of the one below."""
_TAG_BONUS = {
    "article": 8, "main": 5, "div": 5, "section": 3, "td": 3, "pre": 3, "ul": -3, "ol": -3, "li": -3, "dl": -3,
    "header": -5, "form": -3, "aside": -8, "footer": -8, "nav": -8,
}  # fmt: skip
# Substrings of names in lower case: a search for each takes a tenth of the time of one with a regular expression.
_CONTENT_NAMES = tuple(
    "article body content entry main post text story detail noi-dung noidung chi-tiet chitiet bai-viet baiviet".split()  # noqa: SIM905 - reads better than a list
)
_BODY_CLASS = re.compile(
    r"article[-_]{0,2}(?:body|content|text)|(?:entry|post|story|detail|news|body|cms|singular|knc)[-_]{0,2}(?:content|body)|"
    r"content[-_]{0,2}(?:body|detail|news|print|article)|body__|noi-?dung|fck_?detail|dcontent|maincontent|externalclass|"
    r"articlebody|body-?text"
)
_FURNITURE_NAMES = tuple(
    "comment sidebar related footer menu banner widget lien-quan lienquan tin-khac tinkhac header".split()  # noqa: SIM905 - reads better than a list
)
_CHUNK_SHARE = 0.2
_NEAR_CHUNKS, _FAR_CHUNKS = 4, 8
"""Elements above a chunk among which the parent of all chunks is sought; far ones only where their name says "text"."""
_NEAR_BELOW = 14
"""Blocks between a title and its text: date, byline, counters, type sizes, lead, caption."""
_FAR_BELOW = 60
_MIN_BELOW = 200
_BELOW_SHARE = 0.3


class Container:
    """The element chosen, and the blocks in it that look like text of the article."""

    __slots__ = ("blocks", "element", "kept")

    def __init__(self, element: HtmlElement, blocks: list[Block], kept: list[Block]) -> None:
        self.element = element
        self.blocks = blocks
        self.kept = kept


def is_declared(container: Container) -> bool:
    """Whether the container's own markup says that it is an article's body."""
    element = container.element
    if element.get("itemprop") == "articleBody":
        return True
    return _is_called_body(f"{element.get('class') or ''} {element.get('id') or ''}")


@lru_cache(maxsize=2048)
def _is_called_body(names: str) -> bool:
    return _BODY_CLASS.search(names[:300].lower()) is not None


def is_prose(block: Block) -> bool:
    """A block long enough, and free enough of links, to say something about where the text is."""
    return block.length >= 25 and block.link_length * 2 <= block.length


def find_container(page: PageTree) -> Container | None:
    """The element whose blocks carry most of the page's prose; None when the page has none."""
    scores = _scores(page.blocks)
    return _container(page, _best(scores), scores) if scores else None


def container_below(page: PageTree, title: Block, rival: Container | None) -> Container | None:
    """The container that begins right below the title, if the page's largest does not and this one is not too small.

    A short article has less text than the teasers beside it, but only the article stands below its own title.
    """
    if rival is not None and begins_below(rival, title):
        return rival
    enough = max(_MIN_BELOW, _BELOW_SHARE * _prose_length(rival) if rival is not None else 0.0)
    scores = _scores(page.blocks[title.index + 1 : title.index + 1 + _FAR_BELOW])
    while scores:
        best = _best(scores)
        found = _container(page, best, scores)
        if begins_below(found, title) and _prose_length(found) >= enough:
            return found
        scores.pop(found.element, None)
        scores.pop(best, None)
    return rival


def _prose_length(container: Container) -> int:
    return sum(block.length for block in container.kept if block.length >= 80 and block.link_share < 0.3)


def begins_below(container: Container, title: Block) -> bool:
    """Whether the container's prose begins where texts begin: a few lines below the title."""
    first = next((block.index for block in container.kept if is_prose(block) and block.index > title.index), None)
    return first is not None and first - title.index <= _NEAR_BELOW


def _best(scores: dict[HtmlElement, float]) -> HtmlElement:
    return max(scores, key=lambda element: scores[element] + min(scores[element], _bonus(element)))


def _container(page: PageTree, element: HtmlElement, scores: dict[HtmlElement, float]) -> Container:
    return container_at(page, _with_chunks(element, scores))


def container_at(page: PageTree, element: HtmlElement) -> Container:
    """The blocks of an element, and those among them that look like text."""
    frames = _frames_at(page, element)
    inside = set(element.iter())
    blocks = [block for block in page.blocks if block.element in inside]
    kept = [
        block for block in blocks if block.frames <= frames and not block.flags & CAPTION and block.link_share <= 0.5
    ]
    return Container(element, blocks, kept)


def _scores(blocks: Sequence[Block]) -> dict[HtmlElement, float]:
    scores: dict[HtmlElement, float] = defaultdict(float)
    for block in blocks:
        if not is_prose(block) or block.flags & COMMENT:
            continue
        score = (1 + block.text.count(",") + min(block.length / 100, 3)) * (1 - block.link_share)
        if block.flags & FRAME:
            score *= 0.3
        if block.heading or block.flags & CAPTION:
            score *= 0.2
        for element, _ in zip(ancestors(block.element), range(_LEVELS), strict=False):
            if element.tag == "html":
                break
            scores[element] += score
            score /= 2
    return scores


def _bonus(element: HtmlElement) -> float:
    bonus = float(_TAG_BONUS.get(element.tag, 0))
    name, identity = element.get("class"), element.get("id")
    if name or identity:
        bonus += _name_bonus(f"{name or ''} {identity or ''}"[:300])
    if element.get("itemprop") == "articleBody":
        bonus += 50
    return bonus


@lru_cache(maxsize=4096)
def _name_bonus(names: str) -> int:
    names = names.lower()
    bonus = -25 if any(name in names for name in _FURNITURE_NAMES) else 0
    return bonus + 25 if any(name in names for name in _CONTENT_NAMES) else bonus


def _with_chunks(best: HtmlElement, scores: dict[HtmlElement, float]) -> HtmlElement:
    """The common parent, when the text stands in several elements of the same class, as with ads in between."""
    name = best.get("class")
    if not name:
        return best
    limit = scores[best] * _CHUNK_SHARE
    twins = [element for element, score in scores.items() if element is not best and score > limit]
    twins = [element for element in twins if element.tag == best.tag and _alike(name, element.get("class") or "")]
    chain = [best, *ancestors(best)][: _FAR_CHUNKS if _is_called_body(name) else _NEAR_CHUNKS]
    for twin in twins:
        for common in ancestors(twin):
            if common in chain[1:]:
                return common
    return best


def _alike(one: str, other: str) -> bool:
    """Whether two class attributes are the same but for what one of them adds."""
    if one == other:
        return True
    words, others = set(one.split()), set(other.split())
    return bool(words and others) and (words <= others or others <= words)


def _frames_at(page: PageTree, element: HtmlElement) -> int:
    """How many furniture elements the container itself stands in, itself included."""
    for candidate in (element, *ancestors(element)):
        if candidate in page.frame_counts:
            return page.frame_counts[candidate]
    return 0
