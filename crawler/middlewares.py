"""Scrapy middlewares and one extension: domains, robots.txt, stacked encodings, and one clock for every pause."""

from __future__ import annotations

from time import monotonic
from typing import Any, Final, Self

from scrapy import Request, signals
from scrapy.http import Response

from crawler import metrics
from crawler.fetching import fetch
from crawler.outcomes import FetchOutcome
from crawler.refusals import (
    AddressRefused,
    BadEncoding,
    OutsideDomains,
    RobotsDenied,
    RobotsJustRead,
    RobotsUnreachable,
)
from crawler.robots import RobotsCache, origin_of, robots_request
from store.canonical import InvalidUrl, canonical_url, host_of, within_domains

MAX_ENCODINGS: Final = 2


class _Middleware:
    """The crawl's shared state hangs on the spider, because Scrapy copies its settings."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        return cls(crawler)

    @property
    def _shared(self) -> Any:
        return self._crawler.spider.shared


class DomainMiddleware(_Middleware):
    """Every request, redirects and robots.txt included, stays inside the domains of the source it is made for."""

    def process_request(self, request: Request) -> None:
        try:
            host = host_of(canonical_url(request.url))
        except InvalidUrl as error:
            raise OutsideDomains(str(error)) from error
        domains = request.meta["allowed_domains"]
        if not within_domains(host, domains):
            raise OutsideDomains(f"{host} lies outside {', '.join(domains)}")
        # A redirect copies the metadata of the request before it, whose host may have been another.
        request.meta["download_slot"] = host
        request.meta["trail"].append(host)


class RobotsMiddleware(_Middleware):
    async def process_request(self, request: Request) -> None:
        if request.meta.get("robots") or not self._crawler.settings.getbool("ROBOTSTXT_OBEY"):
            return
        cache: RobotsCache = self._shared.robots
        origin = origin_of(request.url)
        rules = cache.get(origin, now=monotonic())
        if rules is None:
            await self._read(origin, request)
            raise RobotsJustRead(f"{origin}/robots.txt was read")
        if not rules.allows(request.url):
            metrics.ROBOTS_DENIED.inc()
            raise RobotsDenied(f"{origin}/robots.txt forbids {request.url}")

    async def _read(self, origin: str, request: Request) -> None:
        kept = {name: request.meta[name] for name in ("source", "allowed_domains")}
        result = await fetch(
            self._crawler.engine.download_async, robots_request(origin, kept), refusal=self._shared.refusal
        )
        if result.outcome is FetchOutcome.OK:
            body: bytes | None = result.body
        elif result.outcome in _NO_ROBOTS or (result.status is not None and 400 <= result.status < 429):
            body = None
        elif result.outcome is FetchOutcome.ADDRESS_REFUSED and self._shared.refusal(host_of(origin)) is not None:
            # The host itself, not a place its robots.txt redirects to, may not be connected to.
            raise AddressRefused(result.detail)
        elif result.outcome is FetchOutcome.ADDRESS_REFUSED:
            body = None
        else:
            message = f"{origin}/robots.txt: {result.outcome.value}: {result.detail}"
            raise RobotsUnreachable(message, result.retry_after_seconds)
        rules = self._shared.robots.put(origin, body, now=monotonic())
        if rules.crawl_delay_seconds is not None:
            self._shared.crawl_delay(request.meta["source"], host_of(origin), rules.crawl_delay_seconds)


_NO_ROBOTS: Final = frozenset(
    {
        FetchOutcome.GONE,
        FetchOutcome.FORBIDDEN,
        FetchOutcome.CLIENT_ERROR,
        FetchOutcome.REDIRECT_ERROR,
        FetchOutcome.OUTSIDE_DOMAINS,
        FetchOutcome.TOO_LARGE,
        FetchOutcome.BAD_ENCODING,
        FetchOutcome.BAD_HEADERS,
    }
)
"""Answers that leave no rules to obey: RFC 9309 calls the file unavailable then, and the site may be crawled."""


class EncodingMiddleware(_Middleware):
    """Stands before decompression: 2,000 stacked encodings would be 2,000 passes over the body."""

    def process_response(self, request: Request, response: Response) -> Response:
        stacked = sum(len(value.split(b",")) for value in response.headers.getlist("Content-Encoding"))
        if stacked > MAX_ENCODINGS:
            raise BadEncoding(f"{stacked} content encodings are stacked, at most {MAX_ENCODINGS} are undone")
        return response


class PauseExtension:
    """Counts every pause from the end of the last request to the host, for Scrapy's slots and for the gate alike."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        crawler.signals.connect(self._response_downloaded, signal=signals.response_downloaded)
        crawler.signals.connect(self._left, signal=signals.request_left_downloader)

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        return cls(crawler)

    def _response_downloaded(self, request: Request) -> None:
        # Sent before the slot looks at its queue; a failed request is noticed only by `_left`.
        slot = self._crawler.engine.downloader.slots.get(request.meta["download_slot"])
        if slot is not None:
            slot.lastseen = monotonic()

    def _left(self, request: Request) -> None:
        host = request.meta["download_slot"]
        gate = self._crawler.spider.shared.gate
        slot = self._crawler.engine.downloader.slots.get(host)
        now = monotonic()
        if slot is not None:
            # AutoThrottle has set the delay by the latency; it knows nothing of crawl-delay.
            slot.delay = max(slot.delay, gate.delay(host))
            slot.lastseen = now
        gate.asked(host, now=now, delay=slot.delay if slot is not None else 0.0)
