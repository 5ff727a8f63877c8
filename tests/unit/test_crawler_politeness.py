"""Pauses, robots.txt, and what outcomes mean: the rules without a network."""

from __future__ import annotations

import pytest

from crawler.fetching import charset_of, media_type
from crawler.outcomes import Consequence, FetchOutcome, consequence, is_document, outcome_of_status
from crawler.politeness import HostGate
from crawler.robots import RobotsCache, origin_of, parse_robots


def test_a_host_never_seen_waits_its_pause_after_the_start() -> None:
    gate = HostGate(delay_seconds=2.0, begun_at=100.0)
    assert gate.ready_at("a.vn") == 102.0


def test_a_host_is_not_ready_while_it_is_asked_and_then_after_its_pause() -> None:
    gate = HostGate(delay_seconds=2.0, begun_at=0.0)
    gate.take("a.vn")
    assert gate.ready_at("a.vn") is None
    gate.asked("a.vn", now=10.0)
    gate.release("a.vn")
    assert gate.ready_at("a.vn") == 12.0
    assert gate.ready_at("b.vn") == 2.0


def test_the_longest_wish_for_a_pause_wins() -> None:
    gate = HostGate(delay_seconds=2.0, begun_at=0.0)
    gate.require_delay("a.vn", 10.0)
    gate.require_delay("a.vn", 5.0)
    assert gate.ready_at("a.vn") == 10.0
    gate.asked("a.vn", now=20.0, delay=3.0)
    assert gate.ready_at("a.vn") == 30.0
    gate.asked("a.vn", now=40.0, delay=30.0)
    assert gate.ready_at("a.vn") == 70.0


def test_a_closed_host_stays_closed_whatever_else_ends_meanwhile() -> None:
    gate = HostGate(delay_seconds=2.0, begun_at=0.0)
    gate.close_until("a.vn", 500.0)
    gate.asked("a.vn", now=10.0)
    assert gate.ready_at("a.vn") == 500.0


def test_troubles_are_counted_until_the_host_recovers() -> None:
    gate = HostGate(delay_seconds=2.0, begun_at=0.0)
    assert [gate.troubled("a.vn") for _ in range(3)] == [1, 2, 3]
    gate.recovered("a.vn")
    assert gate.troubled("a.vn") == 1


def test_endless_subdomains_do_not_fill_the_memory() -> None:
    gate = HostGate(delay_seconds=2.0, begun_at=0.0)
    gate.take("busy.vn")
    gate.close_until("closed.vn", 1e9)
    for number in range(30_000):
        gate.ready_at(f"n{number}.vn")
    assert len(gate._hosts) <= 10_000
    assert gate.ready_at("busy.vn") is None
    assert gate.ready_at("closed.vn") == 1e9


def test_the_rules_for_our_name_win_over_those_for_everyone() -> None:
    rules = parse_robots(
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n\nUser-agent: Reformwatch\nDisallow: /x\nCrawl-delay: 7",
        expires_at=0.0,
    )
    assert rules.allows("https://a.vn/tin")
    assert not rules.allows("https://a.vn/x/1")
    assert rules.crawl_delay_seconds == 7.0


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00garbage", b"<html>not found</html>", b"Disallow: /" * 100_000])
def test_a_robots_txt_without_rules_for_anybody_allows(body: bytes) -> None:
    rules = parse_robots(body, expires_at=0.0)
    assert rules.allows("https://a.vn/tin")
    assert rules.crawl_delay_seconds is None


def test_an_absurd_crawl_delay_is_bounded() -> None:
    rules = parse_robots(b"User-agent: *\nCrawl-delay: 999999999", expires_at=0.0)
    assert rules.crawl_delay_seconds == 300.0


def test_rules_are_believed_for_their_time_and_by_origin() -> None:
    cache = RobotsCache(lifetime_seconds=100.0)
    cache.put(origin_of("https://a.vn/x"), b"User-agent: *\nDisallow: /x", now=0.0)
    rules = cache.get("https://a.vn", now=99.0)
    assert rules is not None
    assert not rules.allows("https://a.vn/x")
    assert cache.get("https://a.vn", now=100.0) is None
    assert cache.get("http://a.vn", now=1.0) is None


def test_every_outcome_has_a_consequence_for_the_page() -> None:
    by_consequence = {kind: {o for o in FetchOutcome if consequence(o) is kind} for kind in Consequence}
    assert by_consequence[Consequence.PUBLISH] == {FetchOutcome.OK}
    assert by_consequence[Consequence.POSTPONE] == {
        FetchOutcome.THROTTLED,
        FetchOutcome.ROBOTS_UNREACHABLE,
        FetchOutcome.POSTPONED,
    }
    assert FetchOutcome.ADDRESS_REFUSED in by_consequence[Consequence.REFUSE]
    assert FetchOutcome.UNFORESEEN in by_consequence[Consequence.RETRY]


def test_every_status_has_an_outcome_and_only_success_is_one() -> None:
    for status in range(100, 1000):
        assert (outcome_of_status(status) is FetchOutcome.OK) == (200 <= status < 300)


def test_a_503_is_a_wish_to_be_left_alone_only_when_it_says_so() -> None:
    assert outcome_of_status(503) is FetchOutcome.SERVER_ERROR
    assert outcome_of_status(503, has_retry_after=True) is FetchOutcome.THROTTLED


@pytest.mark.parametrize(
    ("header", "kind", "charset"),
    [
        ("text/html; charset=UTF-8", "text/html", "utf-8"),
        ('Text/HTML;charset="windows-1258"', "text/html", "windows-1258"),
        ("text/html", "text/html", None),
        ("", None, None),
        (None, None, None),
        (";charset=utf-8", None, "utf-8"),
        ("text/html; charset=utf-8\r\nX: y", "text/html", None),
        ("image/\0png; charset=\0", None, None),
        ("x" * 500 + "/y; charset=" + "z" * 500, None, None),
    ],
)
def test_content_types_are_taken_apart(header: str | None, kind: str | None, charset: str | None) -> None:
    assert media_type(header) == kind
    assert charset_of(header) == charset


def test_pictures_and_films_are_no_documents_but_unknown_types_may_be() -> None:
    assert is_document("text/html")
    assert is_document("application/pdf")
    assert is_document(None)
    assert not is_document("image/jpeg")
    assert not is_document("video/mp4")
