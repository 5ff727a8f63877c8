"""One parse of a page, and one walk over it that yields its blocks of text in the order of the page.

Everything that reads an article (title, date, byline, body) works on these blocks, so the page is walked once. A block
is the text of one block-level element up to the next block or line break, with what is needed to judge it: how
much of it is link, what it stands in, and whether it is a heading or a caption.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

MAX_DEPTH = 250
"""libxml2 gives up below depth 256 and says nothing; the walk stops a little above."""

_IGNORED = frozenset(
    "script style noscript template svg iframe select option button textarea input object embed canvas audio "  # noqa: SIM905 - reads better than a list
    "video map head link meta math datalist".split()
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr picture q s "  # noqa: SIM905 - reads better than a list
    "samp small source span strike strong sub sup time tt u var wbr o:p".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_FRAME_TAGS = frozenset({"nav", "aside", "footer"})
_CAPTION_TAGS = frozenset({"figcaption", "caption"})
_TELLING_TAGS = _FRAME_TAGS | _CAPTION_TAGS | {"form"} | _HEADINGS.keys()
"""Tags that say something about what is in them, without any class."""
_LARGE_FORM = 80
_MAX_ROWS, _MAX_CELL, _MAX_TABLE = 500, 160, 50_000
_PAGE_TAGS = frozenset({"html", "body", "main", "article"})

_HIDDEN_STYLE = re.compile(r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden", re.IGNORECASE)
# Names of classes and ids, in lower case. Substrings first: testing forty of them is five times as fast as one
# regular expression with forty branches, and every element of every page is tested.
_FRAME_PARTS = tuple(
    "sidebar related relate- -share share- sharing social footer breadcrumb newsletter promo advert menu "  # noqa: SIM905 - reads better than a list
    "navbar popup banner recommend cookie author byline most-read mostread trending outbrain taboola subscri signup "
    "sponsor toolbar paginat lien-quan lienquan tin-khac tinkhac tin-moi tinmoi other-news othernews tag-list taglist "
    "readcounter doc-nhieu xem-nhieu docnhieu xemnhieu".split()
)
_FRAME_WORDS = frozenset({"nav", "tag", "tags", "meta", "rating", "print", "share"})
_COMMENT_PARTS = ("commentlist", "commentbody", "commentcontent", "commentarea", "disqus", "binh-luan", "binhluan")
_COMMENT_WORDS = frozenset({"comment", "comments", "respond"})
_CAPTION_PARTS = tuple(
    "caption photo-credit photocredit image-credit imgdesc img-desc img_desc chu-thich chuthich expthumb "  # noqa: SIM905 - reads better than a list
    "image_desc imagedesc".split()
)
_NAME_SEPARATORS = str.maketrans("-_", "  ")
_MAX_NAMES = 300

FRAME = 1
"""Stands in an element whose tag or class names furniture of the page."""
COMMENT = 2
"""Stands among readers' comments."""
CAPTION = 4
AFTER_IMAGE = 8
"""The first text after an image."""


class Block:
    """A stretch of text of one block-level element."""

    __slots__ = ("element", "flags", "frames", "heading", "index", "length", "link_length", "text")

    def __init__(self, index: int, text: str, link_length: int, element: HtmlElement, state: _State) -> None:
        self.index = index
        self.text = text
        self.length = len(text)
        self.link_length = min(link_length, self.length)
        self.element = element
        self.flags, self.frames, self.heading, _ = state

    @property
    def link_share(self) -> float:
        return self.link_length / self.length


_State = tuple[int, int, int, bool]
"""What an element passes down: flags, number of furniture elements around, heading level (0 to 6), inside a link."""
_OUTSIDE: _State = (0, 0, 0, False)


class PageTree:
    """A parsed page and its blocks."""

    __slots__ = ("blocks", "depth", "frame_counts", "root")

    def __init__(self, root: HtmlElement, start: HtmlElement | None = None) -> None:
        """Walk the page, or only what is below `start`."""
        self.root = root
        if start is None:
            start = root.find("body")
        start = root if start is None else start
        walk = _Walk()
        walk.visit(start, start, _OUTSIDE, 0)
        self.blocks: list[Block] = walk.blocks
        self.frame_counts: dict[HtmlElement, int] = walk.frame_counts
        """For each furniture element, how many it and its ancestors are."""
        self.depth: int = walk.deepest

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
_CONTROLS_TO_SPACES = bytes(32 if byte < 32 and byte not in b"\t\n\r" else byte for byte in range(256))
_SELF_CLOSED_ROOT = re.compile(r"<(/?)html\b([^<>]{0,500}?)/>|</html\s{0,5}>", re.IGNORECASE)
_ROOTS_CHILD = re.compile(r"<(?:head|body)\b", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!doctype[^<>]{0,1000}>", re.IGNORECASE)


def parse(text: str) -> PageTree | None:
    """Parse a decoded page and walk it; None when there is no markup in it to speak of."""
    root = parse_root(text)
    return None if root is None else PageTree(root)


def parse_root(text: str) -> HtmlElement | None:
    """Parse a decoded page without walking it."""
    head = text[:4096]
    if _DOCTYPE.search(head) or _SELF_CLOSED_ROOT.search(head):
        # A root that closes before <head> makes the parser lose the rest of the page.
        head = _DOCTYPE.sub("", head)
        last = max((child.start() for child in _ROOTS_CHILD.finditer(head)), default=-1)
        text = _SELF_CLOSED_ROOT.sub(lambda tag: _reopen(tag, last), head) + text[4096:]
    try:
        root = etree.fromstring(text.encode("utf-8", "replace").translate(_CONTROLS_TO_SPACES), _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root is None or not len(root) else root


def _reopen(match: re.Match[str], last_child: int) -> str:
    """The root's tag without its early end; an end that stands before `last_child` is dropped."""
    if match.group(2) is None:
        return match.group() if match.start() > last_child else ""
    return "" if match.group(1) else f"<html{match.group(2)}>"


class _Walk:
    """Collects the blocks below an element. The recursion is bounded by MAX_DEPTH."""

    __slots__ = ("_image", "_link_length", "_parts", "blocks", "deepest", "frame_counts")

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.frame_counts: dict[HtmlElement, int] = {}
        self.deepest = 0
        self._parts: list[str] = []
        self._link_length = 0
        self._image = False

    def _flush(self, owner: HtmlElement, state: _State) -> None:
        text = "".join(self._parts).strip()
        # No space but the ordinary one is printable: most blocks need not be taken apart to be in order.
        if "  " in text or not text.isprintable():
            text = " ".join(text.split())
        self._parts.clear()
        if text:
            block = Block(len(self.blocks), text, self._link_length, owner, state)
            if self._image:
                block.flags |= AFTER_IMAGE
                self._image = False
            self.blocks.append(block)
        self._link_length = 0

    def visit(self, element: HtmlElement, owner: HtmlElement, state: _State, depth: int) -> None:
        """Read one element; in few steps, because this runs for every element of every page."""
        tag = element.tag
        attributes = element.keys()
        if tag in _IGNORED or depth > MAX_DEPTH or (attributes and _is_hidden(element, attributes)):
            self.deepest = max(self.deepest, depth)
            return
        if tag == "br" or tag == "img":  # noqa: PLR1714 - twice as fast as a set of two
            self._break(tag, owner, state)
            return
        block = tag not in _INLINE
        if block:
            inner = self._open(element, owner, state, bool(attributes) or tag in _TELLING_TAGS)
            if inner is None:
                return
            owner, state = element, inner
        elif tag == "a" and not state[3]:
            state = (*state[:3], True)
        parts, linked = self._parts, state[3]
        # White space between blocks, most of all strings, opens none.
        if (text := element.text) and (parts or not text.isspace()):
            parts.append(text)
            self._link_length += len(text.strip()) if linked else 0
        for child in element:
            self.visit(child, owner, state, depth + 1)
            if (text := child.tail) and (parts or not text.isspace()):
                parts.append(text)
                self._link_length += len(text.strip()) if linked else 0
        if block and parts:
            self._flush(owner, state)
        if depth > self.deepest:  # noqa: PLR1730 - a call to max is dearer
            self.deepest = depth

    def _break(self, tag: str, owner: HtmlElement, state: _State) -> None:
        if tag == "img":
            self._image = True
        elif self._parts:
            self._flush(owner, state)

    def _open(self, element: HtmlElement, owner: HtmlElement, state: _State, telling: bool) -> _State | None:
        """Begin a block-level element: its state, or None when it is a table of figures, read as a whole."""
        if self._parts:
            self._flush(owner, state)
        tag = element.tag
        if tag == "table" and self._add_figures(element, state):
            return None
        if not telling:
            return state
        inner = _inner_state(element, tag, state)
        if inner[1] != state[1]:
            self.frame_counts[element] = inner[1]
        return inner

    def _add_figures(self, table: HtmlElement, state: _State) -> bool:
        rows = _data_rows(table)
        for row, text in rows:
            self.blocks.append(Block(len(self.blocks), text, 0, row, state))
        return bool(rows)


def _is_hidden(element: HtmlElement, attributes: Sequence[str]) -> bool:
    if "style" in attributes:
        style = element.get("style") or ""
        if ("none" in style or "hidden" in style) and _HIDDEN_STYLE.search(style[:2000]):
            return True
    return "hidden" in attributes or ("aria-hidden" in attributes and element.get("aria-hidden") == "true")


def _inner_state(element: HtmlElement, tag: str, state: _State) -> _State:
    """What a block-level element passes down."""
    name, identity = element.get("class"), element.get("id")
    verdict = 0
    if (name or identity) and tag not in _PAGE_TAGS:
        verdict = _judge(f"{name or ''} {identity or ''}"[:_MAX_NAMES])
    if tag in _FRAME_TAGS or (tag == "form" and _is_small(element)):
        verdict |= FRAME
    elif tag in _CAPTION_TAGS:
        verdict |= CAPTION
    heading = _HEADINGS.get(tag, state[2])
    if not verdict and heading == state[2]:
        return state
    return state[0] | verdict, state[1] + bool(verdict & (FRAME | COMMENT)), heading, state[3]


@lru_cache(maxsize=8192)
def _judge(names: str) -> int:
    """What the names of an element's class and id say it is. Sites repeat theirs on every page."""
    names = names.lower()
    words = set(names.translate(_NAME_SEPARATORS).split())
    verdict = 0
    is_widget = "widget" in names and "content" not in names.partition("widget")[2]
    is_word = bool(words & _FRAME_WORDS) and "content" not in names
    if is_widget or is_word or _holds(names, _FRAME_PARTS):
        verdict |= FRAME
    if words & _COMMENT_WORDS or _holds(names, _COMMENT_PARTS):
        verdict |= COMMENT
    if "credit" in words or _holds(names, _CAPTION_PARTS):
        verdict |= CAPTION
    return verdict


def _holds(names: str, parts: Sequence[str]) -> bool:
    for part in parts:  # noqa: SIM110 - any() over a generator takes three times as long
        if part in names:
            return True
    return False


def _data_rows(table: HtmlElement) -> list[tuple[HtmlElement, str]]:
    """The rows of a table of figures, each as one line; nothing for a table that only lays out the page."""
    if not _holds_figures(table):
        return []
    rows = []
    for row in islice(table.iter("tr"), _MAX_ROWS):
        cells = [" ".join("".join(cell.itertext()).split()) for cell in row.iterchildren("td", "th")]
        if any(len(cell) > _MAX_CELL for cell in cells):
            return []
        if any(cells):
            rows.append((row, " | ".join(cell for cell in cells if cell), len(cells)))
    wide = sum(1 for _, _, count in rows if count > 1)
    return [(row, text) for row, text, _ in rows] if wide >= 2 and 2 * wide > len(rows) else []


def _holds_figures(table: HtmlElement) -> bool:
    """Whether a table has numbers in its cells, and neither another table nor links in it."""
    if next(islice(table.iter("table"), 1, None), None) is not None:
        return False
    if next(table.iter("a", "input", "script", "form", "img"), None) is not None:
        return False
    text = "".join(table.itertext())[:_MAX_TABLE]
    return sum(map(str.isdigit, text)) * 50 >= len(text)


def _is_small(form: HtmlElement) -> bool:
    """Whether a form is one to fill in, and not the one that ASP.NET wraps around the whole page."""
    return sum(1 for _ in islice(form.iter(), _LARGE_FORM)) < _LARGE_FORM


def ancestors(element: HtmlElement) -> Iterator[HtmlElement]:
    """The element's parents, nearest first."""
    parent = element.getparent()
    while parent is not None:
        yield parent
        parent = parent.getparent()
