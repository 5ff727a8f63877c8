"""The lead (sapo): the paragraph that opens an article, often set apart from its body and lost with it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from lxml.html import HtmlElement

from processor.reading.captions import ends_sentence
from processor.reading.metadata import Metadata
from processor.reading.title import unaccented
from processor.reading.tree import AFTER_IMAGE, CAPTION, COMMENT, FRAME, Block, ancestors
from processor.text import normalise

_LEAD_CLASS = re.compile(
    r"sapo|\blead\b|summary|description|tom-?tat|chapeau|standfirst|abstract|trich-?dan|mo-?ta|intro|excerpt|subtitle|"
    r"dek\b|hometext|short-?content"
)
_MIN_LENGTH = 40
_MAX_LENGTH = 1_200
_PROSE = 80


def find_lead(before: Sequence[Block], body: Sequence[Block], metadata: Metadata, spent: Collection[int]) -> str | None:
    """The lead in normal form, from between title and text or as the first paragraph; None when nothing marks one."""
    described = unaccented(metadata.description or "")
    for block in reversed(before):
        if block.index in spent or not _MIN_LENGTH <= block.length <= _MAX_LENGTH or block.link_share > 0.3:
            continue
        if block.flags & (CAPTION | COMMENT):
            continue
        if _is_marked(block) or _agrees(block, described) or _is_bold(block.element) or _is_alone(block, before):
            return normalise(block.text)
    first = next((block for block in body if block.index not in spent), None)
    if first is None or not _MIN_LENGTH <= first.length <= _MAX_LENGTH:
        return None
    if _is_marked(first) or _agrees(first, described) or _is_bold(first.element):
        return normalise(first.text)
    return None


def _is_marked(block: Block) -> bool:
    element: HtmlElement = block.element
    for node in (
        element,
        *(parent for parent, _ in zip(ancestors(element), range(2), strict=False)),
        *list(element)[:2],
    ):
        names = f"{node.get('class') or ''} {node.get('id') or ''}"
        if _LEAD_CLASS.search(names[:200].lower()) and (node is element or len(node) <= 3):
            return True
    return False


def _agrees(block: Block, described: str) -> bool:
    """Whether the page's description repeats the block, or its beginning."""
    words = unaccented(block.text[:400])
    if len(described) < 40 or len(words) < 40:
        return False
    length = min(len(described), len(words), 120)
    return described[:length] == words[:length]


def _is_alone(block: Block, before: Sequence[Block]) -> bool:
    """Whether a block is the only prose between title and text: it stands there to open it."""
    prose = [other for other in before if other.length >= _PROSE and other.link_share <= 0.3]
    if prose != [block] or block.flags & (FRAME | AFTER_IMAGE) or block.heading:
        return False
    return block.text[:1].isupper() and ends_sentence(block.text)


def _is_bold(element: HtmlElement) -> bool:
    if element.tag in {"h2", "h3", "strong", "b"}:
        return True
    children = [child for child in element if isinstance(child.tag, str) and child.tag != "br"]
    if len(children) != 1 or (element.text or "").strip() or (children[0].tail or "").strip():
        return False
    return children[0].tag in {"strong", "b"} or (children[0].tag in {"span", "font"} and _is_bold(children[0]))
