"""No server can hold the crawler up or fill its memory: every limit ends the request by name."""

from __future__ import annotations

import subprocess
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from tests.parts.crawl_scene import crawl_scene
from tests.parts.crawler_process import source
from tests.parts.hostile_site import BEHAVIOURS, MIB, HostileSite
from tests.parts.site import Answer, Site, rss

OUTCOMES = {
    "/drip-body": "timed_out",
    "/drip-head": "timed_out",
    "/flood-head": "bad_headers",
    "/long-header": "bad_headers",
    "/flood-continue": "bad_headers",
    "/endless-chunks": "too_large",
    "/announce-too-much": "too_large",
    "/gzip-bomb": "too_large",
    "/stacked-encodings": "bad_encoding",
    "/three-encodings": "bad_encoding",
    "/cut-short": "cut_short",
    "/not-http": "connection_failed",
    "/close-at-once": "connection_failed",
    "/redirect-loop": "redirect_error",
    "/redirect-bad": "redirect_error",
    "/redirect-file": "redirect_error",
    "/redirect-outside": "outside_domains",
    "/redirect-nowhere": "redirect_error",
}
TIMEOUT_SECONDS = 2.0


def memory_bytes(process: subprocess.Popen[bytes]) -> int:
    return int(psutil.Process(process.pid).memory_info().rss)


def stop(process: subprocess.Popen[bytes]) -> int:
    process.terminate()
    return process.wait(timeout=30)


def test_every_kind_of_hostile_answer_is_bounded_and_named(tmp_path: Path) -> None:
    assert OUTCOMES.keys() == BEHAVIOURS.keys()
    with ExitStack() as stack:
        scene = stack.enter_context(crawl_scene(tmp_path))
        good = stack.enter_context(Site("127.0.0.9"))
        addresses = [f"127.0.1.{number + 1}" for number in range(len(OUTCOMES))]
        sites = [stack.enter_context(HostileSite(address)) for address in addresses]
        good.put("/feed.xml", rss([(site.url(path), "x") for site, path in zip(sites, OUTCOMES, strict=True)]))
        domains = ["127.0.0.9", *addresses]
        scene.register(source("hostile", {"feed": good.url("/feed.xml")}, allowed_domains=domains, home=good.url()))
        with scene.crawling(timeout_seconds=TIMEOUT_SECONDS, attempts=1) as process:
            scene.wait_until(lambda: sum(row.state != "discovered" for row in scene.pages().values()) == len(OUTCOMES))
            peak = memory_bytes(process)
            assert stop(process) == 0
        found = {path: (row.last_error or "").partition(":")[0] for path, row in scene.pages().items()}
        assert found == OUTCOMES
        assert peak < 300 * MIB
        assert scene.published() == []


def test_memory_stays_bounded_while_bombs_go_off_and_good_sites_go_on(tmp_path: Path) -> None:
    bombs = ("/endless-chunks", "/gzip-bomb", "/flood-head", "/announce-too-much") * 2
    with ExitStack() as stack:
        scene = stack.enter_context(crawl_scene(tmp_path))
        good = stack.enter_context(Site("127.0.0.9"))
        addresses = [f"127.0.1.{number + 1}" for number in range(len(bombs))]
        sites = [stack.enter_context(HostileSite(address)) for address in addresses]
        placed = list(zip(sites, bombs, strict=True)) * 5
        lures = [site.url(f"{path}?n={number}") for number, (site, path) in enumerate(placed)]
        good.put("/feed.xml", rss([(url, "x") for url in lures]))
        good.put("/good.xml", rss([(good.url(f"/good-{n}"), "x") for n in range(20)]))
        for number in range(20):
            good.put(f"/good-{number}", "good")
        fields = {"allowed_domains": ["127.0.0.9", *addresses], "home": good.url()}
        scene.register(
            source("hostile", {"feed": good.url("/feed.xml")}, **fields),
            source("good", {"feed": good.url("/good.xml")}, **fields),
        )
        peak = 0

        def all_done() -> bool:
            nonlocal peak
            peak = max(peak, memory_bytes(process))
            states = [row.state for row in scene.pages().values()]
            return len(states) == 20 + len(lures) and "discovered" not in states

        with scene.crawling(timeout_seconds=TIMEOUT_SECONDS, attempts=1) as process:
            scene.wait_until(all_done, seconds=60)
            assert stop(process) == 0
        states = [row.state for row in scene.pages().values()]
        assert (states.count("fetched"), states.count("refused")) == (20, len(lures))
        assert peak < 300 * MIB


def test_a_page_of_exactly_the_limit_is_kept_and_one_byte_more_is_not(tmp_path: Path) -> None:
    with crawl_scene(tmp_path) as scene, Site() as site:
        site.put("/fits", Answer(b"x" * 10_000))
        site.put("/bursts", Answer(b"x" * 10_001))
        site.put("/feed.xml", rss([(site.url("/fits"), "a"), (site.url("/bursts"), "b")]))
        scene.register(source("aa", {"feed": site.url("/feed.xml")}))
        scene.crawl(max_body_bytes=10_000)
        assert [page.url for page in scene.published()] == [site.url("/fits")]
        assert scene.pages()["/bursts"].state == "refused"


def test_five_redirects_are_followed_and_six_are_not(tmp_path: Path) -> None:
    with crawl_scene(tmp_path) as scene, Site() as site:
        for hop in range(6):
            site.put(f"/hop-{hop}", Answer(status=302, headers={"Location": f"/hop-{hop + 1}"}))
        site.put("/hop-6", "here")
        site.put("/feed.xml", rss([(site.url("/hop-0"), "six"), (site.url("/hop-1"), "five")]))
        scene.register(source("aa", {"feed": site.url("/feed.xml")}))
        scene.crawl()
        assert [(page.url, page.final_url) for page in scene.published()] == [(site.url("/hop-1"), site.url("/hop-6"))]
        assert "redirect" in scene.pages()["/hop-0"].last_error


@pytest.mark.parametrize("status", [404, 410, 403, 500, 429, 204])
def test_what_a_status_means_for_the_page(tmp_path: Path, status: int) -> None:
    expected = {404: "refused", 410: "refused", 403: "failed", 500: "failed", 429: "discovered", 204: "fetched"}
    with crawl_scene(tmp_path) as scene, Site() as site:
        site.put("/page", Answer(b"" if status == 204 else b"x", status=status))
        site.put("/feed.xml", rss([(site.url("/page"), "a")]))
        scene.register(source("aa", {"feed": site.url("/feed.xml")}))
        scene.crawl(attempts=2, host_pause_seconds=60)
        row = scene.pages()["/page"]
        assert (row.state, row.status) == (expected[status], status)
        assert row.attempts == {404: 1, 410: 1, 403: 2, 500: 2, 429: 0, 204: 1}[status]
