"""What a page says about itself in its head: meta tags, JSON-LD and microdata, gathered but not yet believed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from lxml.etree import XPath
from lxml.html import HtmlElement

from processor.reading.tree import PageTree
from processor.text import normalise

_MAX_JSON = 400_000
_MAX_NODES = 2_000
_TITLE_META = ("og:title", "twitter:title", "dc.title", "dcterms.title")
_DESCRIPTION_META = ("og:description", "description", "twitter:description")
_PUBLISHED_META = tuple(
    "article:published_time og:published_time datepublished pubdate publishdate publish_date publish-date "  # noqa: SIM905 - reads better than a list
    "dc.date.issued dc.date.created dc.date dcterms.created dcterms.issued article.published published_time "
    "parsely-pub-date sailthru.date its_publication creation_date date".split()
)
_AUTHOR_META = ("author", "article:author", "dc.creator", "dcterms.creator")
_ARTICLE_TYPES = ("Article", "NewsArticle", "BlogPosting", "ReportageNewsArticle", "Report", "WebPage", "TechArticle")
_PUBLISHED_ELEMENTS = XPath("descendant::*[@itemprop='datePublished']")
_TRAILING_COMMA = re.compile(r",\s{0,20}([}\]])")


@dataclass(slots=True)
class Metadata:
    """Claims of the page's head, in the order of trust within each list."""

    title: str | None = None
    """The content of <title>, which often carries the site's name."""
    titles: list[str] = field(default_factory=list)
    site_name: str | None = None
    description: str | None = None
    authors: list[str] = field(default_factory=list)
    published: list[tuple[str, str]] = field(default_factory=list)
    """Dates as written, each with where it stood: json-ld, meta or time."""
    modified: list[str] = field(default_factory=list)
    kind: str | None = None
    """og:type, lower case."""
    language: str | None = None
    refresh: bool = False
    """True when the page only sends its reader on to another address."""


def read_metadata(page: PageTree) -> Metadata:
    metadata = Metadata()
    root = page.root
    metadata.language = (root.get("lang") or "").lower() or None
    title = next(root.iter("title"), None)
    if title is not None:
        metadata.title = normalise(title.text_content()[:1000]).replace("\n", " ") or None
    _read_json_ld(root, metadata)
    _read_meta(root, metadata)
    _read_time_elements(root, metadata)
    return metadata


def _read_meta(root: HtmlElement, metadata: Metadata) -> None:
    values: dict[str, str] = {}
    for meta in root.iter("meta"):
        content = meta.get("content")
        if not content:
            continue
        if (meta.get("http-equiv") or "").lower() == "refresh" and "url" in content[:300].lower():
            metadata.refresh = True
        name = meta.get("property") or meta.get("name") or meta.get("itemprop")
        if name:
            values.setdefault(name.lower()[:60], content[:2000])
    metadata.titles.extend(_clean(values[name]) for name in _TITLE_META if name in values)
    metadata.description = next((_clean(values[name]) for name in _DESCRIPTION_META if values.get(name)), None)
    metadata.authors.extend(_clean(values[name]) for name in _AUTHOR_META if name in values)
    metadata.published.extend((values[name], "meta") for name in _PUBLISHED_META if name in values)
    for name in ("article:modified_time", "og:updated_time", "datemodified", "lastmod"):
        if name in values:
            metadata.modified.append(values[name])
    metadata.site_name = metadata.site_name or (_clean(values["og:site_name"]) if "og:site_name" in values else None)
    metadata.kind = values.get("og:type", "").strip().lower() or None


def _read_time_elements(root: HtmlElement, metadata: Metadata) -> None:
    for time in root.iter("time"):
        value = time.get("datetime") or time.get("content")
        if value and (
            time.get("itemprop") in {"datePublished", "datecreated", "dateCreated"} or time.get("pubdate") is not None
        ):
            metadata.published.append((value[:100], "time"))
    if not any(origin == "time" for _, origin in metadata.published):
        for element in _PUBLISHED_ELEMENTS(root):
            if element.tag != "meta" and (value := element.get("content") or element.get("datetime")):
                metadata.published.append((value[:100], "time"))


def _read_json_ld(root: HtmlElement, metadata: Metadata) -> None:
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json" or not script.text:
            continue
        for node in _nodes(_load(script.text)):
            _read_node(node, metadata)


def _load(text: str) -> object:
    text = text.strip()[:_MAX_JSON]
    for candidate in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            loaded: object = json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
        return loaded
    return None


def _nodes(loaded: object) -> Iterator[dict[str, object]]:
    """Every object in a JSON-LD document, outer ones first."""
    queue = [loaded]
    for _ in range(_MAX_NODES):
        if not queue:
            return
        item = queue.pop(0)
        if isinstance(item, dict):
            yield item
            queue.extend(
                item[key] for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemReviewed") if key in item
            )
        elif isinstance(item, list):
            queue.extend(item[:100])


def _read_node(node: dict[str, object], metadata: Metadata) -> None:
    types = node.get("@type")
    names = types if isinstance(types, list) else [types]
    if any(name in {"Organization", "NewsMediaOrganization", "WebSite"} for name in names):
        metadata.site_name = metadata.site_name or _string(node.get("name"))
    if not any(name in _ARTICLE_TYPES for name in names):
        return
    is_article = any(name != "WebPage" for name in names)
    if is_article and (headline := _string(node.get("headline")) or _string(node.get("name"))):
        metadata.titles.append(headline)
    if published := _string(node.get("datePublished")) or (_string(node.get("dateCreated")) if is_article else None):
        metadata.published.append((published, "json-ld"))
    if modified := _string(node.get("dateModified")):
        metadata.modified.append(modified)
    authors = node.get("author")
    for author in authors if isinstance(authors, list) else [authors]:
        if name := _string(author.get("name") if isinstance(author, dict) else author):
            metadata.authors.append(name)
    publisher = node.get("publisher")
    if isinstance(publisher, dict) and (name := _string(publisher.get("name"))):
        metadata.site_name = metadata.site_name or name


def _string(value: object) -> str | None:
    return _clean(value[:2000]) or None if isinstance(value, str) else None


def _clean(value: str) -> str:
    return normalise(unescape(value)).replace("\n", " ")
