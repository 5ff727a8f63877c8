"""One parse of a page, and one walk over it that yields its blocks of text in the order of the page.

Everything that reads an article (title, date, byline, body) works on these blocks, so the page is walked once. A block
is the text of one block-level element up to the next block or line break, with what is needed to judge it: how
much of it is link, what it stands in, and whether it is a heading or a caption.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

MAX_DEPTH = 250
"""libxml2 gives up below depth 256 and says nothing; the walk stops a little above."""

_IGNORED = frozenset(
    ["script", "style", "noscript", "template", "svg", "iframe", "select", "option", "button", "textarea", "input", "object", "embed", "canvas", "audio", "video", "map", "head", "link", "meta", "math", "datalist"]
)
_INLINE = frozenset(
    ["a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins", "kbd", "label", "mark", "nobr", "picture", "q", "s", "samp", "small", "source", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "o:p"]
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_FRAME_TAGS = frozenset({"nav", "aside", "footer", "form"})
_CAPTION_TAGS = frozenset({"figcaption", "caption"})
_PAGE_TAGS = frozenset({"html", "body", "main", "article"})

_HIDDEN_STYLE = re.compile(r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden", re.IGNORECASE)
_FRAME_CLASS = re.compile(
    r"sidebar|related|relate-|shar(?:e|ing)\b|-share|share-|social|footer|breadcrumb|newsletter|promo|advert|menu|"
    r"(?:^|[-_ ])nav(?:[-_ ]|$)|navbar|popup|banner|recommend|(?:^|[-_ ])tags?(?:[-_ ]|$)|cookie|author|byline|"
    r"(?:^|[-_ ])meta(?:[-_ ]|$)|most-?read|trending|outbrain|taboola|subscri|signup|sponsor|toolbar|paginat|"
    r"(?:^|[-_ ])rating|(?:^|[-_ ])print|tin-?lien-?quan|lienquan|tin-?khac|tin-?moi|other-?news|tag-?list|"
    r"read-?more|readcounter|doc-?nhieu|xem-?nhieu",
    re.IGNORECASE,
)
_WIDGET_CLASS = re.compile(r"widget(?!.{0,60}content)", re.IGNORECASE)
_COMMENT_CLASS = re.compile(
    r"(?:^|[-_ ])comments?(?:[-_ ]|$)|commentlist|comment[-_]?(?:body|content|list|area)|disqus|binh-?luan|^respond",
    re.IGNORECASE,
)
_CAPTION_CLASS = re.compile(
    r"caption|photo-?credit|image-?credit|(?:^|[-_ ])credit|pcaption|img-?desc|imgdesc|chu-?thich|expthumb|"
    r"(?:^|[-_ ])image_?desc",
    re.IGNORECASE,
)

FRAME = 1
"""Stands in an element whose tag or class names furniture of the page."""
COMMENT = 2
"""Stands among readers' comments."""
CAPTION = 4
AFTER_IMAGE = 8
"""The first text after an image."""


class Block:
    """A stretch of text of one block-level element. Mutable only while the walk builds it."""

    __slots__ = ("element", "flags", "frames", "heading", "index", "length", "link_length", "text")

    def __init__(self, index: int, text: str, link_length: int, element: HtmlElement, state: _State) -> None:
        self.index = index
        self.text = text
        self.length = len(text)
        self.link_length = min(link_length, self.length)
        self.element = element
        self.flags = state.flags
        self.frames = state.frames
        """How many furniture elements it stands in; compared with the container's own count."""
        self.heading = state.heading
        """1 to 6 for a heading, else 0."""

    @property
    def link_share(self) -> float:
        return self.link_length / self.length


class _State:
    """What an element passes down to its descendants."""

    __slots__ = ("flags", "frames", "heading", "linked")

    def __init__(self, flags: int = 0, frames: int = 0, heading: int = 0, linked: bool = False) -> None:
        self.flags = flags
        self.frames = frames
        self.heading = heading
        self.linked = linked


class PageTree:
    """A parsed page and its blocks."""

    __slots__ = ("blocks", "depth", "frame_counts", "root")

    def __init__(self, root: HtmlElement) -> None:
        self.root = root
        walk = _Walk()
        body = root.find("body")
        walk.visit(root if body is None else body, root, _State(), 0)
        walk.flush(root, _State())
        self.blocks: list[Block] = walk.blocks
        self.depth: int = walk.deepest
        self.frame_counts: dict[HtmlElement, int] = walk.frame_counts

    @property
    def truncated(self) -> bool:
        """True when the page is so deep that the parser dropped some of it."""
        return self.depth >= MAX_DEPTH


def _parser() -> etree.HTMLParser:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    # One class for all elements, so that lxml need not ask Python for the class of each.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    return parser


_PARSER = _parser()
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SELF_CLOSED_ROOT = re.compile(
    r"<(/?)html\b([^>]{0,500}?)/>|</html\s{0,5}>(?=.{0,200000}<(?:head|body)\b)", re.IGNORECASE | re.DOTALL
)
_DOCTYPE = re.compile(r"<!doctype[^>]{0,1000}>", re.IGNORECASE)


def parse(text: str) -> PageTree | None:
    """Parse a decoded page; None when there is no markup in it to speak of."""
    text = _NOT_XML.sub(" ", text)
    head = text[:4096]
    if _DOCTYPE.search(head) or _SELF_CLOSED_ROOT.search(head):
        # A root that closes before <head> makes the parser lose the rest of the page.
        text = _SELF_CLOSED_ROOT.sub(_reopen, _DOCTYPE.sub("", head)) + text[4096:]
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root is None or not len(root) else PageTree(root)


def _reopen(match: re.Match[str]) -> str:
    return f"<html{match.group(2)}>" if match.group(2) is not None and not match.group(1) else ""


class _Walk:
    """The walk's accumulators. Recursion is bounded by the parser's own limit of depth."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.frame_counts: dict[HtmlElement, int] = {}
        self.deepest = 0
        self._parts: list[str] = []
        self._link_length = 0
        self._image = False
        self._verdicts: dict[str, int] = {}

    def flush(self, owner: HtmlElement, state: _State) -> None:
        if self._parts:
            text = " ".join("".join(self._parts).split())
            if text:
                block = Block(len(self.blocks), text, self._link_length, owner, state)
                if self._image:
                    block.flags |= AFTER_IMAGE
                    self._image = False
                self.blocks.append(block)
            self._parts.clear()
        self._link_length = 0

    def visit(self, element: HtmlElement, owner: HtmlElement, state: _State, depth: int) -> None:
        tag = element.tag
        if tag in _IGNORED or depth > MAX_DEPTH:
            self.deepest = max(self.deepest, depth if depth > MAX_DEPTH else 0)
            return
        if tag == "img":
            self._image = True
            return
        if tag == "br":
            self.flush(owner, state)
            return
        attributes = element.attrib
        if attributes and _is_hidden(attributes):
            return
        block = tag not in _INLINE
        if block:
            self.flush(owner, state)
            owner = element
            inner = self._inner_state(element, tag, attributes, state)
            if inner.frames != state.frames:
                self.frame_counts[element] = inner.frames
        elif tag == "a" and not state.linked:
            inner = _State(state.flags, state.frames, state.heading, True)
        else:
            inner = state
        self.deepest = max(self.deepest, depth)
        self._add(element.text, inner)
        for child in element:
            self.visit(child, owner, inner, depth + 1)
            self._add(child.tail, inner)
        if block:
            self.flush(owner, inner)

    def _add(self, text: str | None, state: _State) -> None:
        if text:
            self._parts.append(text)
            if state.linked:
                self._link_length += len(text.strip())

    def _inner_state(self, element: HtmlElement, tag: str, attributes: etree._Attrib, state: _State) -> _State:
        verdict = 0
        if attributes:
            names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
            if len(names) > 2 and tag not in _PAGE_TAGS:
                known = self._verdicts.get(names)
                verdict = self._verdicts[names] = _judge(names) if known is None else known
        if tag in _FRAME_TAGS:
            verdict |= FRAME
        elif tag in _CAPTION_TAGS:
            verdict |= CAPTION
        heading = _HEADINGS.get(tag, state.heading)
        if not verdict and heading == state.heading:
            return state
        return _State(state.flags | verdict, state.frames + bool(verdict & (FRAME | COMMENT)), heading, state.linked)


def _is_hidden(attributes: etree._Attrib) -> bool:
    style = attributes.get("style")
    if style and _HIDDEN_STYLE.search(style[:2000]):
        return True
    return "hidden" in attributes or attributes.get("aria-hidden") == "true"


def _judge(names: str) -> int:
    names = names[:300]
    verdict = 0
    if _FRAME_CLASS.search(names) or _WIDGET_CLASS.search(names):
        verdict |= FRAME
    if _COMMENT_CLASS.search(names):
        verdict |= COMMENT
    if _CAPTION_CLASS.search(names):
        verdict |= CAPTION
    return verdict


def ancestors(element: HtmlElement) -> Iterator[HtmlElement]:
    """The element's parents, nearest first."""
    parent = element.getparent()
    while parent is not None:
        yield parent
        parent = parent.getparent()
