"""What feeds, sitemaps and list pages announce, the broken and the hostile ones too."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery import Discovery, DiscoveryRejected, Dropped, Link, select_links, title_of
from crawler.markup import parse_feed, parse_list, parse_sitemap
from crawler.registry import EntryPoint, Source, parse_registry

BASE = "https://bao.vn/muc/"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def links(parsed: Discovery) -> list[tuple[str, str | None]]:
    return [(link.url, link.text) for link in parsed.links]


# ---- Feeds


def test_rss_items_give_link_and_title_in_order() -> None:
    feed = """\n<?xml version="1.0" encoding="UTF-8"?>
    <rss version="2.0"><channel><title>Báo</title><link>https://bao.vn/</link>
      <item><title><![CDATA[Họp về <b>CCHC</b> &amp; chuyển đổi số]]></title>
        <link> https://bao.vn/a-1.html </link></item>
      <item><title>Tin 2</title><link>/b-2.html</link><guid>https://bao.vn/other</guid></item>
      <item><title/><guid>https://bao.vn/c-3.html</guid></item>
      <item><title>Không có liên kết</title></item>
    </channel></rss>""".encode()
    assert links(parse_feed(feed, url=BASE)) == [
        ("https://bao.vn/a-1.html", "Họp về CCHC & chuyển đổi số"),
        ("https://bao.vn/b-2.html", "Tin 2"),
        ("https://bao.vn/c-3.html", None),
    ]


def test_atom_entries_give_their_alternate_link() -> None:
    feed = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>
      <entry><title type="html">M&#7897;t</title><link rel="self" href="/self"/><link href="/a-1.html"/></entry>
      <entry><title>Hai</title><link rel="alternate" href="https://bao.vn/a-2.html"/></entry></feed>"""
    assert links(parse_feed(feed, url=BASE)) == [
        ("https://bao.vn/a-1.html", "Một"),
        ("https://bao.vn/a-2.html", "Hai"),
    ]


def test_rdf_feeds_are_read() -> None:
    feed = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
      <channel/><item><title>A</title><link>https://bao.vn/a</link></item></rdf:RDF>"""
    assert links(parse_feed(feed, url=BASE)) == [("https://bao.vn/a", "A")]


def test_a_malformed_feed_gives_what_can_be_read_and_says_so() -> None:
    feed = b"<rss><channel><item><title>A & B</title><link>https://bao.vn/a</link></item></channel></rss>"
    parsed = parse_feed(feed, url=BASE)
    assert [link.url for link in parsed.links] == ["https://bao.vn/a"]
    assert "malformed XML" in parsed.warnings[0]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"<html><body>Th\xc3\xb4ng b\xc3\xa1o t\xe1\xbb\xab ch\xe1\xbb\x91i</body></html>", "got 'html'"),
        (b"not xml at all", "malformed XML"),
        (b"<rss><channel><item><title>A</ti", "malformed XML"),
        (b"<rss><channel></channel></rss>", "announces nothing"),
        (b"<rss>" + b"<item/>" * 700_000 + b"</rss>", "larger than|tags"),
        (b"<rss " + b"a" * 70_000 + b"='1'></rss>", "tag longer"),
        (b"x" * (5 * 1024 * 1024 + 1), "larger than"),
        (gzip.compress(b"\0" * (6 * 1024 * 1024), mtime=0), "larger than"),
        (b"\x1f\x8bnot gzip", "gzip"),
        (
            b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&x;</title>'
            b"<link>https://bao.vn/a</link></item></channel></rss>",
            "entities",
        ),
        (
            b'<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">'
            + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
            + b"]><rss><channel><item><title>&j;</title><link>https://bao.vn/a</link></item></channel></rss>",
            "entities",
        ),
    ],
    ids=lambda value: value[:24] if isinstance(value, bytes) else value,
)
def test_what_is_no_usable_feed_is_refused_by_name(body: bytes, reason: str) -> None:
    begun = time.process_time()
    with pytest.raises(DiscoveryRejected, match=reason):
        parse_feed(body, url=BASE)
    assert time.process_time() - begun < 5


# ---- Sitemaps


def test_a_sitemap_gives_urls_with_their_times_and_news_titles() -> None:
    sitemap = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
      xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
      <url><loc>https://bao.vn/a</loc><lastmod>2026-11-20</lastmod></url>
      <url><loc>https://bao.vn/b</loc><news:news><news:publication_date>2026-11-21T08:00:00+07:00</news:publication_date>
        <news:title>Tin b</news:title></news:news></url></urlset>"""
    assert parse_sitemap(sitemap, url=BASE).links == (
        Link("https://bao.vn/a", None, datetime(2026, 11, 20, tzinfo=UTC)),
        Link("https://bao.vn/b", "Tin b", datetime(2026, 11, 21, 1, tzinfo=UTC)),
    )


def test_a_gzipped_index_gives_its_sitemaps() -> None:
    index = b"<sitemapindex><sitemap><loc>/s-1.xml.gz</loc><lastmod>2026-11-20</lastmod></sitemap></sitemapindex>"
    parsed = parse_sitemap(gzip.compress(index, mtime=0), url=BASE)
    assert [link.url for link in parsed.sitemaps] == ["https://bao.vn/s-1.xml.gz"]
    assert not parsed.links


def test_a_full_sitemap_is_read_within_seconds() -> None:
    entry = b"<url><loc>https://bao.vn/tin-tuc/bai-viet-%d.html</loc><lastmod>2026-11-20</lastmod></url>"
    body = b"<urlset>" + b"".join(entry % number for number in range(50_000)) + b"</urlset>"
    begun = time.process_time()
    assert len(parse_sitemap(body, url=BASE).links) == 50_000
    assert time.process_time() - begun < 10


# ---- List pages


def listing(html: str, *, selector: str | None = None, charset: str | None = "utf-8") -> list[tuple[str, str | None]]:
    return links(parse_list(html.encode(), url=BASE, charset=charset, selector=selector))


def test_links_are_made_absolute_and_carry_their_text() -> None:
    page = '<div><a href="x-1.html">  Tin\n <b>một</b> </a><a href="//cdn.vn/y">y</a><a name="z">z</a></div>'
    assert listing(page) == [("https://bao.vn/muc/x-1.html", "Tin một"), ("https://cdn.vn/y", "y")]


def test_the_base_element_is_honoured() -> None:
    page = (
        '<html><head><base href="https://dongkhoi.baovl.vn/"></head><body><a href="tin-a1.html">Tin</a></body></html>'
    )
    assert listing(page) == [("https://dongkhoi.baovl.vn/tin-a1.html", "Tin")]


def test_a_selector_takes_anchors_or_what_holds_them() -> None:
    page = '<a href="/menu">m</a><h3 class="t"><a href="/a">A</a></h3><p><a class="t" href="/b">B</a></p>'
    assert [url for url, _ in listing(page, selector=".t")] == ["https://bao.vn/a", "https://bao.vn/b"]


def test_a_page_that_closes_its_root_early_is_read_to_its_end() -> None:
    page = '<html></html><head><title>t</title></head><body><div><a href="/a1.html">A</a></div></body>'
    assert [url for url, _ in listing(page)] == ["https://bao.vn/a1.html"]


def test_a_page_without_a_declared_charset_is_read_as_utf8_when_it_is_that() -> None:
    assert listing('<a href="/a">Cải cách hành chính</a>', charset=None) == [
        ("https://bao.vn/a", "Cải cách hành chính")
    ]


def test_an_unknown_charset_does_not_hide_the_links() -> None:
    assert listing('<a href="/a">Cải cách</a>', charset="no-such") == [("https://bao.vn/a", "Cải cách")]


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("", "empty"),
        ("<p>Thông báo từ chối truy cập</p>", "without any"),
        ("<a href='/x'>x</a>" * 70_000, "tags"),
        ("<a " + " ".join(f"x{n}=''" for n in range(20_000)) + " href='/x'>x</a>", "tag longer"),
    ],
    ids=["empty", "refusal", "many tags", "many attributes"],
)
def test_what_is_no_usable_list_is_refused_by_name(html: str, reason: str) -> None:
    with pytest.raises(DiscoveryRejected, match=reason):
        listing(html)


def test_a_list_page_at_the_limits_is_parsed_within_seconds() -> None:
    pages = [
        "<a href='/x'>" + "</a><a href='/y'>" * 29_000,
        "<p>" * 59_000 + "<a href='/x'>x</a>",
        ("<a " + " ".join(f"x{n}=''" for n in range(7_000)) + " href='/x'>x</a>") * 3,
        "<a href='/x'>" + " " * 4_900_000 + "</a>",
    ]
    for page in pages:
        begun = time.process_time()
        with suppress(DiscoveryRejected):
            listing(page)
        assert time.process_time() - begun < 5


@given(st.binary(max_size=300))
def test_any_bytes_are_links_or_refused(body: bytes) -> None:
    parsers: list[Callable[[], Discovery]] = [
        lambda: parse_feed(b"<rss>" + body, url=BASE),
        lambda: parse_feed(body, url=BASE),
        lambda: parse_sitemap(b"<urlset>" + body + b"</urlset>", url=BASE),
        lambda: parse_list(b"<a href=x>" + body, url=BASE, charset=None, selector=None),
    ]
    for parse in parsers:
        with suppress(DiscoveryRejected):
            parse()


# ---- Selecting


def source_and_entry(**entry: str) -> tuple[Source, EntryPoint]:
    fields = "".join(f", {name}: '{value}'" for name, value in entry.items())
    text = f"""sources:
  - {{id: bao, name: B, kind: newspaper, home: "https://bao.vn/", province: null, official: true,
     entry_points: [{{sitemap: "https://bao.vn/s.xml"{fields}}}], allowed_domains: [bao.vn], exclude: ['-event'],
     established: 2026-11-22, evidence: x}}"""
    source = parse_registry(text, name="t").sources[0]
    return source, source.entry_points[0]


def test_links_are_kept_by_domain_pattern_and_age_and_each_page_once() -> None:
    source, entry = source_and_entry(link_pattern=r"-\d+\.html$")
    selection = select_links(
        [
            Link("https://bao.vn/a-1.html?utm_source=x"),
            Link("https://bao.vn/a-1.html", "Tin 1"),
            Link("https://evil.vn/a-2.html"),
            Link("https://bao.vn/muc/"),
            Link("https://bao.vn/a-event-3.html"),
            Link("javascript:void(0)"),
            Link("https://bao.vn/a-4.html", "cũ", datetime(2025, 1, 1, tzinfo=UTC)),
            Link("https://en.bao.vn/a-5.html", "mới", datetime(2026, 11, 20, tzinfo=UTC)),
        ],
        source=source,
        entry=entry,
        now=NOW,
    )
    assert [(link.url, link.text) for link in selection.taken] == [
        ("https://bao.vn/a-1.html", "Tin 1"),
        ("https://en.bao.vn/a-5.html", "mới"),
    ]
    assert selection.taken[0].fetch_url == "https://bao.vn/a-1.html?utm_source=x"
    assert selection.dropped == {
        Dropped.REPEATED: 1,
        Dropped.OUTSIDE: 1,
        Dropped.NOT_INCLUDED: 1,
        Dropped.EXCLUDED: 1,
        Dropped.INVALID: 1,
        Dropped.TOO_OLD: 1,
    }


def test_a_title_of_any_size_is_one_short_line() -> None:
    assert title_of("a" * 5_000_000) == "a" * 300
    assert title_of("\n\t ") is None
