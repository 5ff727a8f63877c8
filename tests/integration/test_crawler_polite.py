"""A good guest: one request at a time, pauses kept, robots.txt and Retry-After obeyed, also after a crash."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.parts.crawl_scene import CrawlScene, crawl_scene
from tests.parts.crawler_process import source
from tests.parts.site import Answer, Arrival, Site, rss


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[CrawlScene]:
    with crawl_scene(tmp_path) as built:
        yield built


def feed_of(site: Site, pages: int, *, robots: str | None = None) -> list[str]:
    """A feed with so many pages on the site; returns their paths."""
    paths = [f"/tin-{number}.html" for number in range(pages)]
    for path in paths:
        site.put(path, f"<p>{path}")
    site.put("/feed.xml", rss([(site.url(path), path) for path in paths]))
    if robots is not None:
        site.put("/robots.txt", Answer(robots.encode(), content_type="text/plain"))
    return paths


def wait_for(site: Site, arrivals: int, scene: CrawlScene) -> None:
    """However slow the machine is, the crawler is ended only after it asked for something."""
    scene.wait_until(lambda: len(site.arrivals) >= arrivals, seconds=60)


def test_a_host_is_asked_one_thing_at_a_time_with_the_pause_between_even_over_kills(scene: CrawlScene) -> None:
    delay = 0.3
    with Site() as site:
        feed_of(site, 200, robots="User-agent: *\nDisallow: /geheim")
        site.put("/feed2.xml", rss([(site.url(f"/x-{n}"), "x") for n in range(50)]))
        # Two sources on one host must share its pauses.
        scene.register(source("aa", {"feed": site.url("/feed.xml")}), source("bb", {"feed": site.url("/feed2.xml")}))
        for enough in (5, 9, 13):
            with scene.crawling(delay_seconds=delay):
                wait_for(site, enough, scene)
        assert min(site.gaps()) >= delay
        assert site.most_at_once == 1


def test_a_crawl_delay_is_kept_also_by_the_next_process(scene: CrawlScene) -> None:
    with Site() as site:
        feed_of(site, 50, robots="User-agent: *\nCrawl-delay: 0.8")
        scene.register(source("aa", {"feed": site.url("/feed.xml")}))
        for enough in (4, 7):
            with scene.crawling(delay_seconds=0.01):
                wait_for(site, enough, scene)
        assert min(site.gaps()[1:]) >= 0.8


def test_a_source_may_ask_for_a_longer_pause_than_the_crawler_keeps(scene: CrawlScene) -> None:
    with Site() as site:
        feed_of(site, 3)
        scene.register(source("aa", {"feed": site.url("/feed.xml")}, delay_seconds=0.5))
        scene.crawl(delay_seconds=0.01)
        assert len(site.arrivals) == 5
        assert min(site.gaps()) >= 0.5


def test_what_robots_txt_forbids_is_never_asked_for(scene: CrawlScene) -> None:
    with Site() as site:
        feed_of(site, 3, robots="User-agent: Reformwatch\nDisallow: /tin-1\n\nUser-agent: *\nDisallow: /")
        scene.register(source("aa", {"feed": site.url("/feed.xml")}))
        scene.crawl()
        assert site.paths() == ["/robots.txt", "/feed.xml", "/tin-0.html", "/tin-2.html"]
        row = scene.pages()["/tin-1.html"]
        assert (row.state, row.attempts) == ("refused", 1)
        assert row.last_error.startswith("robots_denied")


def test_a_redirect_is_subject_to_the_robots_txt_of_where_it_leads(scene: CrawlScene) -> None:
    with Site() as site, Site("127.0.0.2") as other:
        site.put("/a", Answer(status=301, headers={"Location": other.url("/private/a")}))
        site.put("/b", Answer(status=301, headers={"Location": other.url("/b")}))
        other.put("/b", "b")
        other.put("/private/a", "a")
        other.put("/robots.txt", Answer(b"User-agent: *\nDisallow: /private", content_type="text/plain"))
        site.put("/feed.xml", rss([(site.url("/a"), "a"), (site.url("/b"), "b")]))
        scene.register(source("aa", {"feed": site.url("/feed.xml")}, allowed_domains=["127.0.0.1", "127.0.0.2"]))
        scene.crawl()
        assert "/private/a" not in other.paths()
        assert [page.final_url for page in scene.published()] == [other.url("/b")]


@pytest.mark.parametrize(("status", "crawled"), [(404, True), (403, True), (500, False), (503, False), (429, False)])
def test_an_absent_robots_txt_allows_and_an_unreachable_one_does_not(
    scene: CrawlScene, status: int, crawled: bool
) -> None:
    with Site() as site:
        feed_of(site, 1)
        site.put("/robots.txt", Answer(b"User-agent: *\nDisallow: /", status=status))
        scene.register(source("aa", {"feed": site.url("/feed.xml")}))
        scene.crawl(host_pause_seconds=60)
        assert site.paths() == (["/robots.txt", "/feed.xml", "/tin-0.html"] if crawled else ["/robots.txt"])
        assert (scene.source("aa").last_error is None) == crawled


def test_retry_after_is_waited_for_by_the_whole_host_also_after_a_restart(scene: CrawlScene) -> None:
    answered: list[float] = []

    def busy_once(arrival: Arrival) -> Answer:
        answered.append(arrival.at)
        return Answer(status=429, headers={"Retry-After": "3"}) if len(answered) == 1 else Answer(b"calm")

    with Site() as site:
        feed_of(site, 3)
        site.on("/tin-0.html", busy_once)
        scene.register(source("aa", {"feed": site.url("/feed.xml")}))
        with scene.crawling():
            scene.wait_until(lambda: bool(answered) and "not_before" in str(scene.source("aa").state))
        with scene.crawling():
            scene.wait_until(lambda: all(row.state == "fetched" for row in scene.pages().values()))
        after = [arrival for arrival in site.arrivals if arrival.at > answered[0]]
        assert min(arrival.at for arrival in after) - answered[0] >= 2.9
        assert scene.pages()["/tin-0.html"].attempts == 1


def test_hosts_are_asked_side_by_side(scene: CrawlScene) -> None:
    with ExitStack() as stack:
        sites = [stack.enter_context(Site(f"127.0.0.{number}")) for number in range(1, 7)]
        sources = []
        for number, site in enumerate(sites):
            site.put("/slow", Answer(b"slow", delay_seconds=1.0))
            site.put("/feed.xml", rss([(site.url("/slow"), "x")]))
            fields = {"allowed_domains": [site.address], "home": site.url()}
            sources.append(source(f"s{number}", {"feed": site.url("/feed.xml")}, **fields))
        scene.register(*sources)
        scene.crawl(concurrency=3)
        times = sorted(a.at for site in sites for a in site.arrivals if a.path == "/slow")
        # Three at a time: six pages of a second each take two rounds.
        assert 0.9 <= times[-1] - times[0] <= 2.5
        assert len(scene.published()) == 6


def test_every_request_names_a_contact_and_carries_no_referrer_or_cookie(scene: CrawlScene) -> None:
    with Site() as site:
        feed_of(site, 2)
        site.put("/tin-0.html", Answer(b"x", headers={"Set-Cookie": "a=b"}))
        scene.register(source("aa", {"feed": site.url("/feed.xml")}))
        scene.crawl(contact="mailto:crawl@example.org")
        for arrival in site.arrivals:
            assert arrival.headers["User-Agent"] == "Reformwatch/0.1 (+mailto:crawl@example.org)"
            assert not {"Referer", "Cookie", "Authorization"} & set(arrival.headers)
