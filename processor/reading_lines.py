"""From the blocks chosen as an article's body to its lines: captions, dates, furniture and repetitions taken out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from processor.boilerplate import Boilerplate
from processor.reading_date_forms import written_dates
from processor.reading_tree import AFTER_IMAGE, CAPTION, Block, ancestors
from processor.text import fold

_CENTRED = re.compile(r"text-align\s{0,3}:\s{0,3}center", re.IGNORECASE)
_PHOTO = re.compile(
    r"(?:\(|\b)(?:ảnh|photo|hình|nguồn ảnh)(?: minh ho[ạa]| tư liệu| internet)?\s?[:：]\s?[^.:]{1,50}$|"
    r"ảnh minh họa\)?\.?$"
)
_ENDS_SENTENCE = re.compile(r"[.!?:;…。！？」][\"”’)\]]{0,2}$|\./\.$")
_MAX_CAPTION = 260
_MAX_PLAIN_CAPTION = 160
_HEADER_LINES = 3
_MIN_STARTED = 120
"""Characters of text after which a comment form ends it; before, the words stand in a menu."""
_LONG = 100
_SHORT = 60
_BOX_GAP = 2
"""Most blocks between two links of one box: a date, a type of article."""


def clean_blocks(blocks: Sequence[Block], title: str | None, rules: Boilerplate) -> list[Block]:
    """The blocks that are text of the article."""
    blocks = _until_end(blocks, rules)
    title_words = fold(title or "")
    captions = _caption_indices(blocks)
    kept = [
        block
        for position, block in enumerate(blocks)
        if position not in captions and not rules.is_furniture(block.text)
    ]
    while kept and (_is_edge(kept[-1], rules) or (title_words and fold(kept[-1].text) == title_words)):
        kept.pop()
    for _ in range(_HEADER_LINES):
        if kept and (_is_edge(kept[0], rules) or (title_words and fold(kept[0].text) == title_words)):
            del kept[0]
    return kept


def _is_edge(block: Block, rules: Boilerplate) -> bool:
    """A line that stands before or after a text and gives a date, a file or an address."""
    return _is_date_line(block.text) or rules.is_file_or_address(block.text)


def _caption_indices(blocks: Sequence[Block]) -> set[int]:
    """Which blocks describe images.

    Lines under images that nothing but their place marks are captions only while they are few: lists of products
    have one under every image.
    """
    sure: set[int] = set()
    likely: set[int] = set()
    for index, block in enumerate(blocks):
        before = index - 1 in sure or index - 1 in likely
        again = before and blocks[index - 1].text == block.text
        if again or is_marked_caption(block, before) or _is_repeated(block, blocks[index + 1 : index + 2]):
            sure.add(index)
        elif is_likely_caption(block):
            likely.add(index)
    return sure | likely if len(likely) <= max(2, len(blocks) // 4) else sure


def is_sentence_like(block: Block) -> bool:
    """Whether a block reads like running text rather than like an item of a menu."""
    if block.link_share > 0.5:
        return False
    return block.length >= 60 or (block.length >= 25 and _ENDS_SENTENCE.search(block.text) is not None)


def _until_end(blocks: Sequence[Block], rules: Boilerplate) -> list[Block]:
    """Without the lists of other articles and the comment forms that follow, or interrupt, the text."""
    kept: list[Block] = []
    position = seen = 0
    while position < len(blocks):
        block = blocks[position]
        started = seen >= _MIN_STARTED
        if started and rules.is_final(block.text):
            break
        if rules.begins_list(block.text) and (started or not block.heading):
            position = _after_list(blocks, position)
            continue
        kept.append(block)
        seen += block.length if is_sentence_like(block) else 0
        position += 1
    return kept


def _after_list(blocks: Sequence[Block], start: int) -> int:
    """Where the text goes on after a list of links that begins at `start`; the end when it does not.

    A box inside a text holds links alone. Where teasers stand between the links, what follows is teasers too.
    """
    links = [index for index in range(start + 1, len(blocks)) if _is_item(blocks[index])]
    last = links[-1] if links else start
    between = [block for block in blocks[start + 1 : last] if block.length >= _LONG and not _is_item(block)]
    if len(between) >= 2 and len(between) * 3 >= len(links):
        return len(blocks)
    # Links scattered over a whole text, each in a paragraph's place, do not belong to the box.
    box = start
    for index in links:
        if index - box > _BOX_GAP:
            break
        box = index
    following = box + 1
    while following < len(blocks) and blocks[following].length < _SHORT and not is_sentence_like(blocks[following]):
        following += 1
    return following


def _is_item(block: Block) -> bool:
    return block.link_share > 0.5 and block.length >= 15


def is_marked_caption(block: Block, caption_before: bool) -> bool:
    """Whether a block's markup or words say that it describes an image, or it ends the caption before it."""
    if block.flags & CAPTION:
        return True
    if block.length > _MAX_CAPTION or block.heading:
        return False
    if _PHOTO.search(fold(block.text)):
        return True
    ends = _ENDS_SENTENCE.search(block.text) is not None
    if block.flags & AFTER_IMAGE:
        centred_or_italic = bool(_setting(block.element) & {"centred", "italic"})
        return centred_or_italic or (not ends and _shares_table_with_image(block.element))
    return caption_before and block.text[:1].islower() and not ends


def is_likely_caption(block: Block) -> bool:
    """Whether a block is a short line without a full stop right after an image."""
    if not block.flags & AFTER_IMAGE or block.heading or block.length > _MAX_PLAIN_CAPTION:
        return False
    return not _ENDS_SENTENCE.search(block.text) and "bold" not in _setting(block.element)


def _setting(element: HtmlElement) -> set[str]:
    """How a block is set: centred, italic, bold; of its own or by an only child around all its text."""
    found: set[str] = set()
    for node in (element, *(parent for parent, _ in zip(ancestors(element), range(2), strict=False))):
        centred = (
            _CENTRED.search((node.get("style") or "")[:500]) or node.get("align") == "center" or node.tag == "center"
        )
        if centred and (node is element or len(node) <= 3):
            found.add("centred")
    inner = element
    for _ in range(4):
        children = [child for child in inner if isinstance(child.tag, str) and child.tag not in {"br", "img"}]
        if len(children) != 1 or (inner.text or "").strip() or (children[0].tail or "").strip():
            break
        inner = children[0]
        if inner.tag in {"em", "i"}:
            found.add("italic")
        elif inner.tag in {"b", "strong"}:
            found.add("bold")
    return found


def _shares_table_with_image(element: HtmlElement) -> bool:
    for node in (element, *ancestors(element)):
        if node.tag == "table":
            return next(node.iter("img"), None) is not None and len(" ".join(node.itertext())) < 2 * _MAX_CAPTION
    return False


def _is_repeated(block: Block, following: Sequence[Block]) -> bool:
    """A caption that stands twice, once for the eye and once for the enlarged image."""
    if not following or block.text != following[0].text:
        return False
    return 20 <= block.length <= _MAX_CAPTION and not _ENDS_SENTENCE.search(block.text)


def _is_date_line(text: str) -> bool:
    """A line that gives the date and hardly anything else."""
    if len(text) > 90:
        return False
    written = next(written_dates(text), None)
    return written is not None and len(text) - (written.end - written.start) <= 42 and not _ENDS_SENTENCE.search(text)


def join_broken(lines: Sequence[str]) -> list[str]:
    """Lines that a break inside a sentence cut apart, put together again."""
    joined: list[str] = []
    for line in lines:
        if joined and line[:1].islower() and not _ENDS_SENTENCE.search(joined[-1]) and joined[-1][-1:].isalnum():
            joined[-1] = f"{joined[-1]} {line}"
        else:
            joined.append(line)
    return joined
