"""Finds the files that an article links as its own: the decision it tells of, the plan, the form to fill in.

Links count that stand in the element around the article's text, or in a box of attachments right behind it. Menus,
side columns and lists of other articles do not, whatever they link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

from lxml.html import HtmlElement

from processor.model import DocumentLink, Page
from processor.reading.boilerplate import Boilerplate
from processor.reading.tree import Block, PageTree, ancestors
from processor.text import normalise
from store.canonical import InvalidUrl, canonical_url

MAX_DOCUMENTS: Final = 32
"""Files told of one article. How many are followed is for those to say who ask for them."""
MAX_TEXT: Final = 300
_MAX_CANDIDATES = 200
_MAX_SIBLINGS = 12
_LEVELS = 3
"""How many elements above the text are looked through for a box of attachments behind it."""
_WHOLE_PAGE = frozenset({"html", "body"})
_TOO_SMALL = frozenset({"p", "span", "font", "strong", "b", "em", "i"})
# Liferay, on which many portals run, puts the file's identity behind its name.
_DOCUMENT_PATH = re.compile(r"\.(?:pdf|docx?)(?:/[0-9a-f]{8}-[0-9a-f-]{27})?$", re.IGNORECASE)
_FILE_NAME = re.compile(r"\A\S{1,300}\.(?:pdf|docx?)")
_ATTACHED = re.compile(r"(?:đính|gửi) kèm|kèm theo|attach", re.IGNORECASE)
_ATTACHMENT_NAMES = re.compile(r"attach|dinh-?_?kem", re.IGNORECASE)
_FILE_IN_BODY = re.compile(rb"\.[pPdD](?:[dD][fF]|[oO][cC][xX]?)[\"'\s/?#&>]")
_WORD = re.compile(r"\w{1,40}")
_CALLS = frozenset(
    "bản bấm chi click các dung down download file here kèm link liệu máy này nhấn nội phụ pdf doc docx tin tiết toàn "  # noqa: SIM905 - reads better than a list
    "tài tải tập tệp tại theo vào văn về xem xuống word và đây đính đầy đủ ở số lục 0 1 2 3 4 5 6 7 8 9".split()
)
"""Words of links that only call to click: none of them says what the document is."""


def find_document_links(
    page: Page, tree: PageTree, kept: Sequence[Block], title: Block | None, rules: Boilerplate
) -> tuple[DocumentLink, ...]:
    """The documents of an article whose text is `kept`, in the order of the page, at most `MAX_DOCUMENTS`."""
    if not page.url or not kept or not _may_link_documents(page.body):
        return ()
    candidates = _candidates(tree.root, page.url)
    if not candidates:
        return ()
    region = _region(kept)
    anchors = [
        *_inside(tree, region, kept, candidates, rules),
        *_behind(tree, region, kept, title, candidates, rules),
    ]
    found: dict[str, DocumentLink] = {}
    for anchor in anchors:
        link = _link(anchor, candidates[anchor])
        known = found.get(link.url)
        # The same file is often linked by an icon first and then by its name.
        if known is None or (known.title is None and link.title is not None):
            found[link.url] = link
    return tuple(islice(found.values(), MAX_DOCUMENTS))


def _may_link_documents(body: bytes) -> bool:
    """Whether an address on the page can be a document's: most pages have none, and walking their links costs more."""
    # UTF-16, whose letters are two bytes each, is let through.
    return b"\0" in body[:200] or _FILE_IN_BODY.search(body) is not None


def _candidates(root: HtmlElement, base_url: str) -> dict[HtmlElement, tuple[str, str]]:
    """All links of the page whose path names a document: canonical URL and URL as it is linked."""
    hrefs = ((anchor, anchor.get("href")) for anchor in root.iter("a"))
    likely = [(anchor, href) for anchor, href in hrefs if href and _may_be_document(href)]
    # Most pages have none: only now is it worth looking for what their addresses start from.
    base = next((href for element in root.iter("base") if (href := element.get("href"))), "") if likely else ""
    found: dict[HtmlElement, tuple[str, str]] = {}
    for anchor, href in likely:
        try:
            url = urljoin(urljoin(base_url, base), href.strip()).partition("#")[0]
            if _DOCUMENT_PATH.search(unquote(urlsplit(url).path).rstrip()):
                found[anchor] = (canonical_url(url), url)
        except (InvalidUrl, ValueError):
            continue
        if len(found) >= _MAX_CANDIDATES:
            break
    return found


def _may_be_document(href: str) -> bool:
    lowered = href[:4096].lower()
    return ".pdf" in lowered or ".doc" in lowered


def _region(kept: Sequence[Block]) -> HtmlElement:
    """The smallest element around the text that may hold more than one paragraph."""
    first = kept[0].element
    chain = [first, *ancestors(first)]
    for element in {block.element for block in kept} - {first}:
        above = {element, *ancestors(element)}
        chain = [candidate for candidate in chain if candidate in above]
    wide = [candidate for candidate in chain if candidate.tag not in _TOO_SMALL]
    return (wide or chain)[0]


def _inside(
    tree: PageTree,
    region: HtmlElement,
    kept: Sequence[Block],
    candidates: dict[HtmlElement, tuple[str, str]],
    rules: Boilerplate,
) -> Iterator[HtmlElement]:
    """The links within the element of the text, but for those in furniture and in lists of other articles."""
    inner = set(region.iter())
    frames = max(block.frames for block in kept)
    closed = _closed(tree, inner, kept, rules, whole_page=region.tag in _WHOLE_PAGE)
    for anchor in candidates:
        if anchor not in inner:
            continue
        above = [anchor, *ancestors(anchor)]
        framed = next((tree.frame_counts[one] for one in above if one in tree.frame_counts), 0)
        if framed <= frames and not any(one in closed for one in above[: above.index(region) + 1]):
            yield anchor


def _closed(
    tree: PageTree, inner: set[HtmlElement], kept: Sequence[Block], rules: Boilerplate, *, whole_page: bool
) -> set[HtmlElement]:
    """The elements of blocks that belong to other articles: those that follow a list's heading up to more text.

    Where nothing narrower than the page holds the text, what stands before and behind it is not the article's either.
    """
    text = {block.index for block in kept}
    own = {block.element for block in kept}
    first, last = kept[0].index, kept[-1].index
    closed: set[HtmlElement] = set()
    listed = False
    for block in tree.blocks:
        if block.element not in inner:
            continue
        if block.index in text:
            listed = False
        elif rules.is_end(block.text):
            listed = True
        if listed or (whole_page and not first <= block.index <= last):
            closed.add(block.element)
    return closed - own


def _behind(
    tree: PageTree,
    region: HtmlElement,
    kept: Sequence[Block],
    title: Block | None,
    candidates: dict[HtmlElement, tuple[str, str]],
    rules: Boilerplate,
) -> Iterator[HtmlElement]:
    """The links in boxes of attachments that follow the element of the text, inside the frame of title and text."""
    around = set(ancestors(title.element)) if title is not None else set()
    element = region
    for level in range(_LEVELS):
        parent = element.getparent()
        if element.tag in _WHOLE_PAGE or element in around or parent is None or parent.tag == "html":
            return
        for sibling in islice(element.itersiblings(), _MAX_SIBLINGS):
            box = PageTree(tree.root, sibling)
            if any(rules.is_end(block.text) for block in box.blocks[:2]):
                return
            yield from _attachments(box, sibling, candidates, near=level == 0)
        element = parent


def _attachments(
    box: PageTree, element: HtmlElement, candidates: dict[HtmlElement, tuple[str, str]], *, near: bool
) -> list[HtmlElement]:
    """The links of a box that is one of attachments: by its words or its name, or near the text by having no other."""
    links = [anchor for anchor in element.iter("a") if anchor.get("href")]
    files = [anchor for anchor in links if anchor in candidates]
    if not files or element in box.frame_counts:
        return []
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:MAX_TEXT]
    told = any(_ATTACHED.search(block.text[:MAX_TEXT]) for block in box.blocks[:3])
    if not (told or _ATTACHMENT_NAMES.search(names) or (near and len(files) == len(links))):
        return []
    return [anchor for anchor in files if not any(one in box.frame_counts for one in ancestors(anchor))]


def _link(anchor: HtmlElement, urls: tuple[str, str]) -> DocumentLink:
    words = "".join(islice(anchor.itertext(), 50))[: 4 * MAX_TEXT].split() or (anchor.get("title") or "").split()
    text = normalise(" ".join(words))[:MAX_TEXT].rstrip() or None
    return DocumentLink(url=urls[0], fetch_url=urls[1], text=text, title=_title(text))


def _title(text: str | None) -> str | None:
    """The words of a link where they say what the document is, and do not only call to fetch it."""
    if text is None or _FILE_NAME.fullmatch(text):
        return None
    return text if any(word.casefold() not in _CALLS for word in _WORD.findall(text)) else None
