"""Polls: conditional requests, sitemaps that nest and loop, sources that break, and what is said of them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.check import check_source
from crawler.outcomes import FetchOutcome
from crawler.registry import load_registry
from crawler.settings import CrawlerSettings
from store.frontier import Frontier
from store.source_health import LASTING_FAILURES
from tests.parts.crawl_scene import CrawlScene, crawl_scene
from tests.parts.crawler_process import LOOPBACK, source
from tests.parts.site import Answer, Arrival, Site, rss


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[CrawlScene]:
    with crawl_scene(tmp_path) as built:
        yield built


def at_once(source_id: str, *entry_points: dict[str, object], **fields: object) -> dict[str, object]:
    """A source that every round polls."""
    return source(source_id, *entry_points, poll_seconds=0.001, **fields)


def test_a_second_poll_is_conditional_and_takes_what_is_new(scene: CrawlScene) -> None:
    def feed(arrival: Arrival) -> Answer:
        if arrival.headers.get("If-None-Match") == '"one"' and not grown:
            return Answer(status=304, content_type=None)
        links = [(site.url("/a"), "A")] + [(site.url("/b"), "B")] * bool(grown)
        tag = '"two"' if grown else '"one"'
        return Answer(rss(links).body, headers={"ETag": tag, "Last-Modified": "Sun, 22 Nov 2026 00:00:00 GMT"})

    grown: list[bool] = []
    with Site() as site:
        site.on("/feed.xml", feed)
        for path in ("/a", "/b"):
            site.put(path, path)
        scene.register(at_once("aa", {"feed": site.url("/feed.xml")}))
        scene.crawl()
        scene.crawl()
        asked = [arrival for arrival in site.arrivals if arrival.path == "/feed.xml"]
        assert asked[1].headers["If-None-Match"] == '"one"'
        assert asked[1].headers["If-Modified-Since"] == "Sun, 22 Nov 2026 00:00:00 GMT"
        assert scene.source("aa").failures == 0
        grown.append(True)
        scene.crawl()
        assert sorted(page.url for page in scene.published()) == [site.url("/a"), site.url("/b")]
        assert site.paths().count("/a") == 1


def test_a_change_of_the_registrys_rules_makes_the_whole_document_be_read_again(scene: CrawlScene) -> None:
    with Site() as site:
        document = rss([(site.url("/a-1"), "A"), (site.url("/b-2"), "B")])
        site.on(
            "/feed.xml",
            lambda arrival: (
                Answer(status=304, content_type=None)
                if "If-None-Match" in arrival.headers
                else Answer(document.body, headers={"ETag": '"x"'})
            ),
        )
        scene.register(at_once("aa", {"feed": site.url("/feed.xml"), "link_pattern": "^/a"}))
        scene.crawl()
        assert set(scene.pages()) == {"/a-1"}
        scene.register(at_once("aa", {"feed": site.url("/feed.xml"), "link_pattern": "^/"}))
        scene.crawl()
        assert set(scene.pages()) == {"/a-1", "/b-2"}


def test_nested_looping_and_gzipped_sitemaps_are_read_once_each(scene: CrawlScene) -> None:
    def index(*paths: str) -> bytes:
        return b"<sitemapindex>%s</sitemapindex>" % b"".join(
            b"<sitemap><loc>%s</loc></sitemap>" % site.url(path).encode() for path in paths
        )

    def urlset(*paths: str) -> bytes:
        return b"<urlset>%s</urlset>" % b"".join(b"<url><loc>%s</loc></url>" % site.url(p).encode() for p in paths)

    with Site() as site:
        site.put("/sitemap.xml", index("/sitemap.xml", "/deeper.xml", "/news.xml.gz"))
        site.put("/deeper.xml", index("/sitemap.xml", "/deepest.xml", "/pages.xml"))
        site.put("/deepest.xml", index("/too-deep.xml"))
        site.put("/pages.xml", urlset("/a", "/b"))
        site.put("/news.xml.gz", Answer(gzip.compress(urlset("/b", "/c")), content_type="application/gzip"))
        scene.register(at_once("aa", {"sitemap": site.url("/sitemap.xml")}))
        scene.crawl()
        assert set(scene.pages()) == {"/a", "/b", "/c"}
        paths = site.paths()
        assert {path: paths.count(path) for path in paths if path.startswith("/sitemap")} == {"/sitemap.xml": 1}
        assert "/too-deep.xml" not in paths
        assert "nested deeper" in scene.source("aa").last_error


def test_a_sitemap_that_did_not_change_by_its_index_is_not_asked_for_again(scene: CrawlScene) -> None:
    with Site() as site:
        child = f"<sitemap><loc>{site.url('/s1.xml')}</loc><lastmod>2026-11-20</lastmod></sitemap>"
        site.put("/sitemap.xml", f"<sitemapindex>{child}</sitemapindex>")
        site.put("/s1.xml", f"<urlset><url><loc>{site.url('/a')}</loc></url></urlset>")
        scene.register(at_once("aa", {"sitemap": site.url("/sitemap.xml")}))
        for _ in range(2):
            scene.crawl()
        assert site.paths().count("/sitemap.xml") == 2
        assert site.paths().count("/s1.xml") == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(b"<html><p>Th\xc3\xb4ng b\xc3\xa1o</html>"), "expected rss or feed or rdf as the root element"),
        (Answer(b"<rss><channel><item>"), "malformed XML"),
        (Answer(b"", status=404), "gone: HTTP 404"),
        (Answer(b"", status=403), "forbidden: HTTP 403"),
        (Answer(status=301, headers={"Location": "http://moved.example/rss"}), "outside_domains: moved.example"),
        (Answer(b"x" * 20_000), "too_large"),
    ],
    ids=["refusal page", "malformed", "gone", "blocked", "moved", "too large"],
)
def test_a_source_that_broke_says_why_and_is_polled_less_and_less(scene: CrawlScene, answer: Answer, said: str) -> None:
    with Site() as site:
        site.put("/feed.xml", rss([(site.url("/a"), "A")]))
        scene.register(source("aa", {"feed": site.url("/feed.xml")}, poll_seconds=0.02))
        scene.crawl(max_body_bytes=10_000)
        good = scene.source("aa")
        assert (good.failures, good.last_error) == (0, None)
        site.put("/feed.xml", answer)
        waits = []
        for _ in range(LASTING_FAILURES):
            assert scene.source("aa").health == good.health, "one bad poll is no state"
            scene.crawl(max_body_bytes=10_000)
            row = scene.source("aa")
            waits.append(row.next_poll_at - row.polled_at)
        assert said in row.last_error
        assert site.url("/feed.xml") in row.last_error
        assert row.failures == LASTING_FAILURES
        assert row.succeeded_at == good.succeeded_at
        assert waits[-1] > waits[0]
        assert row.health == ("blocked" if answer.status == 403 else "failing")
        assert row.last_error in row.health_reason


def test_one_broken_entry_point_of_two_is_named_while_the_other_goes_on(scene: CrawlScene) -> None:
    with Site() as site:
        site.put("/feed.xml", rss([(site.url("/a"), "A")]))
        scene.register(at_once("aa", {"feed": site.url("/feed.xml")}, {"list": site.url("/gone"), "link_pattern": "x"}))
        scene.crawl()
        row = scene.source("aa")
        assert row.failures == 0
        assert "/gone: gone: HTTP 404" in row.last_error
        assert row.new_page_at is not None


def test_a_source_that_left_the_registry_is_disabled_and_keeps_its_pages(scene: CrawlScene) -> None:
    with Site() as site:
        site.put("/feed.xml", rss([(site.url("/a"), "A")]))
        site.put("/b.xml", rss([(site.url("/b"), "B")]))
        scene.register(source("aa", {"feed": site.url("/feed.xml")}))
        scene.crawl()
        scene.register(source("bb", {"feed": site.url("/b.xml")}))
        scene.crawl()
        assert not scene.source("aa").enabled
        assert scene.source("bb").enabled
        assert set(scene.pages()) == {"/a", "/b"}


def test_a_list_page_gives_the_links_its_pattern_names_with_their_texts(scene: CrawlScene) -> None:
    page = """<base href="/muc/"><a href="/">Trang chủ</a><a href="tin-1.html"><img></a>
      <a href="tin-1.html?utm_source=x"> Tin <b>một</b></a><a href="http://other.example/tin-2.html">ngoài</a>"""
    with Site() as site:
        site.put("/list", page)
        site.put("/muc/tin-1.html", "tin")
        scene.register(source("aa", {"list": site.url("/list"), "link_pattern": r"/tin-\d+\.html$"}))
        scene.crawl()
        published = scene.published()
        assert [(event.url, event.link_text) for event in published] == [(site.url("/muc/tin-1.html"), "Tin một")]
        assert (published[0].source_id, published[0].source_province) == ("aa", "Long An")


def test_what_is_no_document_is_not_handed_on(scene: CrawlScene) -> None:
    with Site() as site:
        site.put("/a.jpg", Answer(b"\xff\xd8", content_type="image/jpeg"))
        site.put("/b.pdf", Answer(b"%PDF", content_type="application/pdf"))
        site.put("/feed.xml", rss([(site.url("/a.jpg"), "A"), (site.url("/b.pdf"), "B")]))
        scene.register(source("aa", {"feed": site.url("/feed.xml")}))
        scene.crawl()
        assert [event.url for event in scene.published()] == [site.url("/b.pdf")]
        assert scene.pages()["/a.jpg"].last_error == "not_a_document: got image/jpeg"


def test_checking_a_source_says_what_would_be_collected_or_why_nothing_and_stores_nothing(scene: CrawlScene) -> None:
    settings = CrawlerSettings(delay_seconds=0.05, allowed_networks=LOOPBACK)
    with Site() as site:
        site.put("/feed.xml", rss([(site.url("/a"), "A"), ("http://other.example/b", "B")]))
        scene.register(source("aa", {"feed": site.url("/feed.xml")}, {"feed": site.url("/gone.xml")}))
        checked = check_source(load_registry(scene.registry).sources[0], settings)
        assert not checked.usable
        good, gone = checked.entries
        assert [(link.url, link.text) for link in good.links] == [(site.url("/a"), "A")]
        assert good.problem is None
        assert dict(good.dropped) == {"outside the allowed domains": 1}
        assert (gone.outcome, gone.problem) == (FetchOutcome.GONE, "gone: HTTP 404")
        assert site.paths() == ["/robots.txt", "/feed.xml", "/gone.xml"]
        refused = check_source(load_registry(scene.registry).sources[0], CrawlerSettings(delay_seconds=0.0))
        assert {entry.problem for entry in refused.entries} == {"address_refused: 127.0.0.1 is loopback"}
    assert scene.pages() == {}
    assert Frontier(scene.database).sources() == []


def test_times_are_stored_as_they_passed(scene: CrawlScene) -> None:
    with Site() as site:
        site.put("/feed.xml", rss([(site.url("/a"), "A")]))
        site.put("/a", "a")
        scene.register(source("aa", {"feed": site.url("/feed.xml")}))
        begun = datetime.now(UTC)
        scene.crawl()
        row, page = scene.source("aa"), scene.pages()["/a"]
        for moment in (row.polled_at, row.succeeded_at, row.new_page_at, page.discovered_at, page.fetched_at):
            assert begun <= moment <= datetime.now(UTC)
        assert row.next_poll_at > row.polled_at + timedelta(seconds=60)
        assert page.body_sha256 == scene.published()[0].sha256
