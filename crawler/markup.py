"""Parsers for the three kinds of documents that announce pages."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final, TypeVar

from lxml import etree, html
from lxml.cssselect import CSSSelector

from crawler.discovery import MAX_LINKS, Discovery, DiscoveryRejected, Link, absolute, checked_document, title_of
from crawler.registry import EntryKind, EntryPoint

T = TypeVar("T")
# lxml ships no types; its elements are Any here and nowhere else.
Element = Any

_HARDENED: Final[dict[str, Any]] = {
    "resolve_entities": False,
    "no_network": True,
    "huge_tree": False,
    "load_dtd": False,
    "dtd_validation": False,
    "remove_comments": True,
}


def discover(entry: EntryPoint, body: bytes, *, url: str, charset: str | None = None) -> Discovery:
    """The links in an entry point's document, which came from `url`. Raises `DiscoveryRejected`."""
    if entry.kind is EntryKind.LIST:
        return parse_list(body, url=url, charset=charset, selector=entry.link_selector)
    return parse_feed(body, url=url) if entry.kind is EntryKind.FEED else parse_sitemap(body, url=url)


def parse_feed(body: bytes, *, url: str) -> Discovery:
    """RSS 0.9 to 2.0 and Atom."""
    found = _parse_xml(
        body,
        roots=("rss", "feed", "rdf"),
        items=("item", "entry"),
        read=lambda element: _feed_link(element, url),
        collect=lambda links: Discovery(links=tuple(links)),
    )
    if not found.links:
        raise DiscoveryRejected(f"expected a feed with entries, got one that announces nothing ({len(body)} bytes)")
    return found


def parse_sitemap(body: bytes, *, url: str) -> Discovery:
    """A urlset, with or without the news extension, or an index of sitemaps. A news sitemap may well be empty."""

    def collect(found: list[tuple[str, Link]]) -> Discovery:
        return Discovery(
            links=tuple(link for name, link in found if name == "url"),
            sitemaps=tuple(link for name, link in found if name == "sitemap"),
        )

    return _parse_xml(
        body,
        roots=("urlset", "sitemapindex"),
        items=("url", "sitemap"),
        read=lambda element: _sitemap_link(element, url),
        collect=collect,
    )


def parse_list(body: bytes, *, url: str, charset: str | None, selector: str | None) -> Discovery:
    """An HTML page's anchors, or those at or under what the selector finds."""
    document = checked_document(body, kind="html")
    parser = html.HTMLParser(
        encoding=_encoding(document, charset), no_network=True, huge_tree=False, remove_comments=True
    )
    try:
        root = html.document_fromstring(document, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise DiscoveryRejected(f"the list page cannot be parsed: {error}") from error
    # Some sites close the html element early and go on: all roots of the document belong to the page.
    roots = [*reversed(list(root.itersiblings(preceding=True))), root, *root.itersiblings()]
    base = next((href for top in roots for href in top.xpath("descendant-or-self::base/@href")), None)
    base_url = (absolute(url, base) if base else None) or url
    links: list[Link] = []
    for anchor in _anchors(roots, selector):
        href = anchor.get("href")
        target = absolute(base_url, href) if href is not None else None
        if target is not None:
            links.append(Link(target, title_of("".join(anchor.itertext())) or title_of(anchor.get("title"))))
    if not links:
        expected = f"links at {selector!r}" if selector else "links"
        raise DiscoveryRejected(f"expected a page with {expected}, got one without any ({len(body)} bytes)")
    return Discovery(links=tuple(links[:MAX_LINKS]))


def _anchors(roots: list[Element], selector: str | None) -> Iterator[Element]:
    for top in roots:
        if not isinstance(top.tag, str):
            continue
        if selector is None:
            yield from top.iter("a", "area")
            continue
        for found in CSSSelector(selector, translator="html")(top):
            yield from (found,) if found.tag in {"a", "area"} else found.iter("a", "area")


def _encoding(document: bytes, charset: str | None) -> str | None:
    """The server's word if it is a known one; else UTF-8 if it is that; else what the page declares."""
    if charset is not None:
        try:
            return codecs.lookup(charset).name
        except (LookupError, ValueError):
            pass
    try:
        document.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


# ---- XML


def _parse_xml(
    body: bytes,
    *,
    roots: tuple[str, ...],
    items: tuple[str, ...],
    read: Callable[[Element], T | None],
    collect: Callable[[list[T]], Discovery],
) -> Discovery:
    # A blank line before the XML declaration is a syntax error, and common.
    document = checked_document(body, kind="xml").lstrip()
    found, problem = _read_items(document, roots, items, read, recover=False)
    if problem is not None:
        # Feeds with a bare "&" are common too: take what can be read, and say so.
        recovered, _ = _read_items(document, roots, items, read, recover=True)
        if not recovered:
            raise DiscoveryRejected(f"expected {' or '.join(roots)}, got malformed XML: {problem}")
        result = collect(recovered)
        return Discovery(result.links, result.sitemaps, (f"malformed XML, read as far as it goes: {problem}",))
    return collect(found)


def _read_items(
    document: bytes,
    roots: tuple[str, ...],
    items: tuple[str, ...],
    read: Callable[[Element], T | None],
    *,
    recover: bool,
) -> tuple[list[T], str | None]:
    """What could be read, and what is wrong with the document. Elements are dropped as soon as they are read."""
    found: list[T] = []
    depth = 0
    try:
        for event, element in etree.iterparse(BytesIO(document), events=("start", "end"), recover=recover, **_HARDENED):
            name = _local(element)
            if event == "start":
                if depth == 0:
                    _expect_root(element, name, roots)
                depth += 1
                continue
            depth -= 1
            if name not in items:
                continue
            if len(found) < MAX_LINKS and (item := read(element)) is not None:
                found.append(item)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        return found, str(error)
    return found, None


def _expect_root(element: Element, name: str, roots: tuple[str, ...]) -> None:
    if element.getroottree().docinfo.internalDTD is not None and _declares_entities(element):
        raise DiscoveryRejected("the document declares XML entities")
    if name not in roots:
        raise DiscoveryRejected(f"expected {' or '.join(roots)} as the root element, got {name[:40]!r}")


def _declares_entities(element: Element) -> bool:
    return next(iter(element.getroottree().docinfo.internalDTD.iterentities()), None) is not None


def _local(element: Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _child_text(element: Element, *names: str) -> str | None:
    for child in element.iter():
        if child is not element and _local(child) in names:
            text = "".join(child.itertext()).strip()
            if text:
                return text
    return None


def _feed_link(item: Element, url: str) -> Link | None:
    href = None
    for child in item:
        name = _local(child)
        if name == "link":
            href = (child.text or "").strip() or (
                child.get("href") if child.get("rel", "alternate") == "alternate" else None
            )
        elif name == "guid" and child.get("isPermaLink", "true").lower() == "true" and href is None:
            candidate = (child.text or "").strip()
            href = candidate if candidate.startswith(("http://", "https://")) else None
        if href and name == "link":
            break
    target = absolute(url, href) if href else None
    if target is None:
        return None
    title = next((child for child in item if _local(child) == "title"), None)
    return Link(target, title_of(_plain("".join(title.itertext()))) if title is not None else None)


def _plain(text: str) -> str:
    """Titles hold HTML as often as text."""
    if "<" not in text and "&" not in text:
        return text
    try:
        fragment = html.fragment_fromstring(text[:4000], create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return text
    return str(fragment.text_content())


def _sitemap_link(element: Element, url: str) -> tuple[str, Link] | None:
    location = next((child for child in element if _local(child) == "loc"), None)
    target = absolute(url, location.text) if location is not None and location.text else None
    if target is None:
        return None
    modified = _child_text(element, "lastmod") or _child_text(element, "publication_date")
    link = Link(target, title_of(_child_text(element, "title")), _parse_time(modified))
    return _local(element), link


def _parse_time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
