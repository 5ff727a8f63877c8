"""Which blocks of an article describe its images: by markup, by setting, by words, or only by where they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from lxml.html import HtmlElement

from processor.reading.tree import AFTER_IMAGE, CAPTION, Block, ancestors
from processor.text import fold

_SENTENCE_END = re.compile(r"[.!?:;…。！？」][\"”’)\]]{0,2}$")
_END_LENGTH = 3
_CENTRED = re.compile(r"text-align\s{0,3}:\s{0,3}center", re.IGNORECASE)
_PHOTO = re.compile(
    r"(?:\(|\b)(?:ảnh|photo|hình|nguồn ảnh)(?: minh ho[ạa]| tư liệu| internet)?\s?[:：]\s?[^.:]{1,50}$|"
    r"ảnh minh họa\)?\.?$"
)
_IMAGE_FILE = re.compile(r"\A[\w .,()%-]{1,120}\.(?:jpe?g|png|gif|webp|bmp)$", re.IGNORECASE)
"""A bare file name stands where a page's image was when the page was saved as text."""
_MAX_CAPTION = 260
_MAX_PLAIN_CAPTION = 160
_FEW, _MANY = 3, 12
"""How many paragraphs show how a text is set."""


def caption_indices(blocks: Sequence[Block]) -> set[int]:
    """The positions of captions, and of file names that stand for images, in a list of blocks.

    Lines under images that nothing but their place marks are captions only while they are few: lists of products
    have one under every image.
    """
    sure: set[int] = set()
    likely: set[int] = set()
    image = False
    usual = cache(lambda: _usual_setting(blocks))
    for index, block in enumerate(blocks):
        before = index - 1 in sure or index - 1 in likely
        again = before and blocks[index - 1].text == block.text
        if block.length <= _MAX_PLAIN_CAPTION and _IMAGE_FILE.match(block.text):
            sure.add(index)
            image = True
            continue
        marked = _is_marked(block, before and not image, usual)
        if again or marked or _is_repeated(block, blocks[index + 1 : index + 2]):
            sure.add(index)
        elif _is_likely(block, image or bool(block.flags & AFTER_IMAGE)):
            likely.add(index)
        image = False
    return sure | likely if len(likely) <= max(3, len(blocks) // 4) else sure


def ends_sentence(text: str) -> bool:
    """Whether a text ends as sentences do."""
    return _SENTENCE_END.search(text[-_END_LENGTH:]) is not None


def credits_photo(line: str) -> bool:
    """Whether a line ends by naming who took a picture."""
    return len(line) <= _MAX_CAPTION and _PHOTO.search(fold(line)) is not None


def _usual_setting(blocks: Sequence[Block]) -> set[str]:
    """How most paragraphs are set that stand under no image: where all are centred, that says nothing of a line."""
    if not any(block.flags & AFTER_IMAGE for block in blocks):
        return set()
    plain = [block for block in blocks if not block.flags & AFTER_IMAGE][:_MANY]
    if len(plain) < _FEW:
        return set()
    settings = [_setting(block.element) for block in plain]
    return {way for way in ("centred", "italic") if 2 * sum(way in setting for setting in settings) > len(settings)}


def _is_marked(block: Block, caption_before: bool, usual: Callable[[], set[str]]) -> bool:
    """Whether a block's markup or words say that it describes an image, or it ends the caption before it."""
    if block.flags & CAPTION:
        return True
    if block.length > _MAX_CAPTION or block.heading:
        return False
    if credits_photo(block.text):
        return True
    ends = ends_sentence(block.text)
    if block.flags & AFTER_IMAGE:
        setting = _setting(block.element) & {"centred", "italic"}
        if setting and setting - usual():
            return True
        return not ends and _shares_table_with_image(block.element)
    return caption_before and block.text[:1].islower() and not ends


def _is_likely(block: Block, after_image: bool) -> bool:
    """Whether a block is a short line without a full stop right after an image."""
    if not after_image or block.heading or block.length > _MAX_PLAIN_CAPTION:
        return False
    return not ends_sentence(block.text) and "bold" not in _setting(block.element)


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
    return 20 <= block.length <= _MAX_CAPTION and not ends_sentence(block.text)
