"""The demo portal and its receiver: what the demo shows must really be there, and be what it says it is."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from urllib.parse import urlsplit

import pytest

from alerts.channel import Alert, DeliveryFailed
from alerts.message import message_for
from alerts.settings import WebhookSettings
from alerts.webhook import WebhookChannel
from crawler.discovery import Selection, select_links
from crawler.markup import discover
from crawler.registry import Registry, parse_registry
from processor.model import Outcome, Page
from processor.pipeline import Pipeline
from processor.reading.prescan import ScanVerdict, prescan
from reformwatch.demo.articles import Dress
from reformwatch.demo.receiver import ReceivedAlert, WebhookReceiver
from reformwatch.demo.site import PRIVATE_ADDRESS, DemoPage, DemoSite, PageKind
from reformwatch.demo.sources import SOURCE_IDS, demo_registry
from store.addresses import parse_networks
from store.canonical import canonical_url
from tests.parts.alert_process import SECRET
from tests.parts.reports import report


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite() as site:
        yield site


@pytest.fixture(scope="module")
def registry(site: DemoSite) -> Registry:
    return parse_registry(demo_registry(site), name="demo")


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline.load()


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Answer with the redirect itself."""


def get(url: str, **headers: str) -> tuple[int, Message, bytes]:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.build_opener(Stay, urllib.request.ProxyHandler({})).open(request, timeout=10) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def announced(registry: Registry, dress: Dress) -> Selection:
    """What the crawler's own parsers find on a site."""
    source = registry.find(SOURCE_IDS[dress])
    assert source is not None
    [entry] = source.entry_points
    discovery = discover(entry, get(entry.url)[2], url=entry.url)
    links = [*discovery.links]
    for sitemap in discovery.sitemaps:
        links += discover(entry, get(sitemap.url)[2], url=sitemap.url).links
    return select_links(links, source=source, entry=entry, now=datetime.now(UTC))


def test_the_crawlers_parsers_find_every_page_once_and_nothing_else(site: DemoSite, registry: Registry) -> None:
    found = {link.url: link.text for dress in Dress for link in announced(registry, dress).taken}
    assert set(found) == {canonical_url(page.url) for page in site.pages}
    titled = {
        page.title for page in site.pages if page.url.startswith((site.bases[Dress.PORTAL], site.bases[Dress.NEWS]))
    }
    assert titled <= set(found.values()), "list and feed name what they link"


def test_doubles_with_tracking_marks_are_there_to_be_recognised(registry: Registry) -> None:
    for dress in (Dress.PORTAL, Dress.NEWS):
        assert sum(announced(registry, dress).dropped.values()) >= 1


def verdict_of(pipeline: Pipeline, page: DemoPage) -> tuple[Outcome, str | None]:
    status, headers, body = get(page.url)
    assert status == 200
    verdict = pipeline.analyze(
        Page(
            url=page.url,
            body=body,
            fetched_at=datetime.now(UTC),
            content_type=headers.get_content_type(),
            charset=headers.get_content_charset(),
            link_text=page.title,
        )
    )
    return verdict.outcome, verdict.article.title if verdict.article else None


def test_every_report_is_found_under_its_title_and_nothing_else_is_one(site: DemoSite, pipeline: Pipeline) -> None:
    expected = {
        PageKind.REPORT: Outcome.REPORT,
        PageKind.OTHER: Outcome.NOT_A_REPORT,
        PageKind.EMPTY: Outcome.NOT_AN_ARTICLE,
        PageKind.LOGIN: Outcome.NOT_AN_ARTICLE,
        PageKind.FOREIGN: Outcome.NOT_VIETNAMESE,
        PageKind.DOCUMENT: Outcome.NOT_AN_ARTICLE,
        PageKind.PICTURE: Outcome.UNSUPPORTED,
    }
    pages = [page for page in site.pages if page.kind in expected]
    verdicts = {page: verdict_of(pipeline, page) for page in pages}
    wrong = [(page.title, verdicts[page][0]) for page in pages if verdicts[page][0] is not expected[page.kind]]
    assert wrong == []
    reports = [page for page in pages if page.kind is PageKind.REPORT]
    assert [verdicts[page][1] for page in reports] == [page.title for page in reports]
    counts = Counter(page.kind for page in pages)
    assert counts[PageKind.REPORT] >= 5
    assert counts[PageKind.OTHER] >= 12


def test_the_hostile_pages_are_hostile(site: DemoSite) -> None:
    bombs = [get(page.url)[2] for page in site.pages if page.kind is PageKind.HOSTILE]
    assert len(bombs) == 2
    assert all(prescan(bomb).verdict is ScanVerdict.REFUSE for bomb in bombs)


def test_a_page_leads_to_a_private_address(site: DemoSite) -> None:
    [page] = [page for page in site.pages if page.kind is PageKind.REDIRECT]
    status, headers, _ = get(page.url)
    assert (status, headers["Location"]) == (302, PRIVATE_ADDRESS)


def test_robots_forbid_a_page_that_the_sitemap_announces(site: DemoSite) -> None:
    [page] = [page for page in site.pages if page.kind is PageKind.FORBIDDEN]
    robots = get(f"{site.bases[Dress.BOARD]}/robots.txt")[2].decode()
    [rule] = [line.removeprefix("Disallow: ") for line in robots.splitlines() if "noi-bo" in line]
    assert urlsplit(page.url).path.startswith(rule)


def test_an_unchanged_page_is_not_sent_again(site: DemoSite) -> None:
    url = f"{site.bases[Dress.NEWS]}/rss/home.rss"
    _, headers, _ = get(url)
    status, _, body = get(url, **{"If-None-Match": headers["ETag"]})
    assert (status, body) == (304, b"")


def test_a_new_report_appears_in_the_feed_and_is_one(pipeline: Pipeline) -> None:
    with DemoSite() as site:
        registry = parse_registry(demo_registry(site), name="demo")
        before = {link.url for link in announced(registry, Dress.NEWS).taken}
        fresh = [site.publish_new_article() for _ in range(4)]
        after = {link.url for link in announced(registry, Dress.NEWS).taken}
        assert after - before == {page.url for page in fresh}
        assert [verdict_of(pipeline, page) for page in fresh] == [(Outcome.REPORT, page.title) for page in fresh]
        assert len({page.title for page in fresh}) == 4
        assert {page.url for page in fresh} <= set(site.reports)


def test_the_receiver_accepts_its_secret_only_and_recognises_repeats() -> None:
    alert = Alert(id="msg_1", payload=message_for(report(1)), found_at=datetime.now(UTC))
    seen: list[ReceivedAlert] = []
    with WebhookReceiver(on_alert=seen.append) as receiver:

        def channel(secret: str) -> WebhookChannel:
            settings = WebhookSettings(name="demo", url=receiver.url, secrets=(secret,))
            return WebhookChannel(settings, allowed_networks=parse_networks(["127.0.0.0/8"]))

        for _ in range(2):
            channel(receiver.secret).send(alert)
        with pytest.raises(DeliveryFailed, match="401"):
            channel(SECRET).send(alert)
        assert receiver.wait_for(1, timeout_seconds=5)
        assert [item.repeated for item in receiver.alerts] == [False, True]
        assert receiver.refused == 1
    assert seen[0].message["data"]["report_id"] == report(1).report_id
