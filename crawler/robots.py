"""Obeys robots.txt as RFC 9309 has it: absent means allowed, unreachable means not now, and what it says is obeyed.

Scrapy's own middleware takes an unreachable robots.txt for a permission, and reads a server's error page as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request

from crawler.settings import PRODUCT

MAX_ROBOTS_BYTES: Final = 512 * 1024
MAX_CRAWL_DELAY_SECONDS: Final = 300.0
"""A longer crawl-delay is a prohibition by other means; it is obeyed as far as this."""
_REMEMBERED: Final = 300
"""A robots.txt at the limit comes to ten MiB once parsed."""


@dataclass(frozen=True, slots=True)
class RobotsRules:
    parsed: Protego | None
    """None when there is no robots.txt: everything is allowed."""
    expires_at: float

    def allows(self, url: str) -> bool:
        return self.parsed is None or bool(self.parsed.can_fetch(url, PRODUCT))

    @property
    def crawl_delay_seconds(self) -> float | None:
        delay = self.parsed.crawl_delay(PRODUCT) if self.parsed is not None else None
        return min(float(delay), MAX_CRAWL_DELAY_SECONDS) if delay is not None else None


def parse_robots(body: bytes, *, expires_at: float) -> RobotsRules:
    """The rules in a robots.txt that was found. What is past the first half MiB is not read."""
    text = body[:MAX_ROBOTS_BYTES].decode("utf-8-sig", "replace")
    return RobotsRules(Protego.parse(text), expires_at)


class RobotsCache:
    """Rules by origin, for as long as they may be believed."""

    def __init__(self, *, lifetime_seconds: float) -> None:
        self._lifetime = lifetime_seconds
        self._rules: dict[str, RobotsRules] = {}

    def get(self, origin: str, *, now: float) -> RobotsRules | None:
        rules = self._rules.get(origin)
        return rules if rules is not None and rules.expires_at > now else None

    def put(self, origin: str, body: bytes | None, *, now: float) -> RobotsRules:
        while len(self._rules) >= _REMEMBERED:
            del self._rules[next(iter(self._rules))]
        expires_at = now + self._lifetime
        rules = RobotsRules(None, expires_at) if body is None else parse_robots(body, expires_at=expires_at)
        self._rules[origin] = rules
        return rules


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def robots_request(origin: str, meta: dict[str, Any]) -> Request:
    return Request(f"{origin}/robots.txt", meta={**meta, "robots": True, "trail": []}, dont_filter=True)
