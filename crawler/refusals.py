"""Why a request was not made or its answer not used: raised in Scrapy's middlewares, read where outcomes are made."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest


class OutsideDomains(IgnoreRequest):
    """The request, often a redirect, goes outside the source's domains."""


class AddressRefused(IgnoreRequest):
    """The host's robots.txt was not asked for, because the host's address may not be connected to."""


class BadEncoding(IgnoreRequest):
    """The response stacks more content encodings than any honest server does."""


class RobotsDenied(IgnoreRequest):
    """robots.txt forbids the URL."""


class RobotsUnreachable(IgnoreRequest):
    """robots.txt could not be read now; until it can, nothing of the host may be."""

    def __init__(self, message: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class RobotsJustRead(IgnoreRequest):
    """robots.txt was read in this moment: the host's pause must pass before its page is asked for."""
