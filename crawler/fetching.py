"""One request through Scrapy's downloader, its redirects included, turned into one of the outcomes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from email.message import Message
from typing import Any, Final

import structlog
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from twisted.internet.error import ConnectError, ConnectionClosed

from crawler.outcomes import FetchOutcome, FetchResult, outcome_of_status
from crawler.refusals import (
    AddressRefused,
    BadEncoding,
    OutsideDomains,
    RobotsDenied,
    RobotsJustRead,
    RobotsUnreachable,
)
from crawler.registry import Source
from crawler.schedule import retry_after_seconds
from crawler.transport import HeadersTooLarge

Download = Callable[[Request], Coroutine[Any, Any, Response]]
Refusal = Callable[[str], str | None]
"""Says why the address guard refused a host, or None."""

_DETAIL_LENGTH: Final = 300
_log = structlog.get_logger()


def page_request(url: str, source: Source, headers: Mapping[str, str] | None = None) -> Request:
    """Raises `ValueError` for a URL that Scrapy cannot ask for."""
    meta = {"source": source.id, "allowed_domains": source.allowed_domains, "trail": []}
    return Request(url, headers=dict(headers or {}), meta=meta, dont_filter=True)


async def fetch(download: Download, request: Request, *, refusal: Refusal) -> FetchResult:
    """Never raises for what a server or the network may do.

    The libraries below raise more than they document, at the choice of a stranger's server. So what they raise is
    looked at, not caught by type: an exception that nobody foresaw is an outcome of its own, and fails the attempt.
    """
    asking = asyncio.ensure_future(download(request))
    try:
        await asyncio.wait([asking])
    finally:
        asking.cancel()
    error = asking.exception()
    if error is None:
        return _answered(asking.result(), _last_host(request))
    if not isinstance(error, Exception):
        raise error
    return _failed(error, request, refusal)


def _answered(response: Response, host: str) -> FetchResult:
    retry_after = retry_after_seconds(_header(response, "Retry-After"), datetime.now(UTC))
    content_type = _header(response, "Content-Type")
    return FetchResult(
        outcome=outcome_of_status(response.status, has_retry_after=retry_after is not None),
        detail=f"HTTP {response.status}",
        status=response.status,
        host=host,
        final_url=response.url,
        body=response.body,
        content_type=media_type(content_type),
        charset=charset_of(content_type),
        etag=_header(response, "ETag"),
        last_modified=_header(response, "Last-Modified"),
        retry_after_seconds=retry_after,
    )


def _failed(error: Exception, request: Request, refusal: Refusal) -> FetchResult:
    outcome = _outcome_of(error)
    detail = _message(error)
    host = _last_host(request)
    if outcome is FetchOutcome.NAME_UNKNOWN and (refused := refusal(host)) is not None:
        outcome, detail = FetchOutcome.ADDRESS_REFUSED, refused
    retry_after = error.retry_after_seconds if isinstance(error, RobotsUnreachable) else None
    return FetchResult(outcome=outcome, detail=detail[:_DETAIL_LENGTH], host=host, retry_after_seconds=retry_after)


def _last_host(request: Request) -> str:
    """The host that was asked last: redirects copy the metadata, so that all of them share one trail."""
    trail: list[str] = request.meta["trail"]
    return trail[-1] if trail else ""


_BY_TYPE: Final[tuple[tuple[type[Exception], FetchOutcome], ...]] = (
    (RobotsDenied, FetchOutcome.ROBOTS_DENIED),
    (RobotsUnreachable, FetchOutcome.ROBOTS_UNREACHABLE),
    (RobotsJustRead, FetchOutcome.POSTPONED),
    (OutsideDomains, FetchOutcome.OUTSIDE_DOMAINS),
    (AddressRefused, FetchOutcome.ADDRESS_REFUSED),
    (BadEncoding, FetchOutcome.BAD_ENCODING),
    (CannotResolveHostError, FetchOutcome.NAME_UNKNOWN),
    (DownloadTimeoutError, FetchOutcome.TIMED_OUT),
    (DownloadConnectionRefusedError, FetchOutcome.CONNECTION_FAILED),
    (ResponseDataLossError, FetchOutcome.CUT_SHORT),
    (DownloadCancelledError, FetchOutcome.TOO_LARGE),
    (UnsupportedURLSchemeError, FetchOutcome.CLIENT_ERROR),
    (DownloadFailedError, FetchOutcome.CONNECTION_FAILED),
    (ConnectError, FetchOutcome.CONNECTION_FAILED),
    (ConnectionClosed, FetchOutcome.CONNECTION_FAILED),
    (OSError, FetchOutcome.CONNECTION_FAILED),
    # What a Location header that is no URL comes to.
    (ValueError, FetchOutcome.REDIRECT_ERROR),
)


_BARE: Final[dict[type[Exception], str]] = {DownloadCancelledError: "the body went past the limit"}


def _outcome_of(error: Exception) -> FetchOutcome:
    if any(isinstance(reason, HeadersTooLarge) for reason in _reasons(error)):
        return FetchOutcome.BAD_HEADERS
    for kind, outcome in _BY_TYPE:
        if isinstance(error, kind):
            return outcome
    if isinstance(error, IgnoreRequest):
        # Scrapy raises it bare in two places: past the redirect limit, and for a body too large once unpacked.
        return FetchOutcome.REDIRECT_ERROR if "redirection" in str(error) else FetchOutcome.TOO_LARGE
    _log.warning("unforeseen exception", action="fetch", type=type(error).__name__, error=str(error)[:_DETAIL_LENGTH])
    return FetchOutcome.UNFORESEEN


def _reasons(error: BaseException) -> list[BaseException]:
    """What Twisted wraps in a failed response."""
    cause: Any = error.__cause__
    return [failure.value for failure in getattr(cause, "reasons", ())]


def _message(error: Exception) -> str:
    texts = [str(reason) for reason in _reasons(error)] or [str(error)]
    text = " ".join("; ".join(texts).split())
    return text or _BARE.get(type(error), type(error).__name__)


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    # What comes back in the next request's headers, and into the database, must be one line of plain letters.
    return "".join(filter(str.isprintable, value[:1000].decode("latin-1"))) if value is not None else None


_MEDIA_TYPE: Final = re.compile(r"\A[a-z0-9.+_-]{1,60}/[a-z0-9.+_-]{1,80}")
_CHARSET: Final = re.compile(r"[a-z0-9._:-]{1,40}")


def media_type(content_type: str | None) -> str | None:
    """`text/html` of `text/html; charset=utf-8`; None for what is no media type."""
    text = (content_type or "").partition(";")[0].strip().lower()
    return text if _MEDIA_TYPE.fullmatch(text) else None


def charset_of(content_type: str | None) -> str | None:
    if not content_type:
        return None
    message = Message()
    message["Content-Type"] = "".join(filter(str.isprintable, content_type[:1000]))
    charset = message.get_param("charset")
    text = charset.strip().lower() if isinstance(charset, str) else ""
    return text if _CHARSET.fullmatch(text) else None
