"""What can become of one request: a closed list, and what each means for the page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class FetchOutcome(StrEnum):
    OK = "ok"
    NOT_MODIFIED = "not_modified"
    NOT_CHANGED = "not_changed"
    """A page that was fetched again and is, byte by byte, what was published of it last."""
    GONE = "gone"
    FORBIDDEN = "forbidden"
    THROTTLED = "throttled"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    NOT_A_DOCUMENT = "not_a_document"
    REDIRECT_ERROR = "redirect_error"
    OUTSIDE_DOMAINS = "outside_domains"
    ROBOTS_DENIED = "robots_denied"
    ROBOTS_UNREACHABLE = "robots_unreachable"
    ADDRESS_REFUSED = "address_refused"
    NAME_UNKNOWN = "name_unknown"
    CONNECTION_FAILED = "connection_failed"
    TIMED_OUT = "timed_out"
    TOO_LARGE = "too_large"
    BAD_HEADERS = "bad_headers"
    BAD_ENCODING = "bad_encoding"
    CUT_SHORT = "cut_short"
    UNFORESEEN = "unforeseen"
    """An exception nobody thought of; the log names it."""
    POSTPONED = "postponed"
    """Not asked yet: the host's robots.txt had to be read first, or the crawler is stopping."""


class Consequence(StrEnum):
    PUBLISH = "publish"
    ADVANCE = "advance"
    """There is nothing to hand on."""
    REFUSE = "refuse"
    """Never again."""
    RETRY = "retry"
    """Again after a back-off, until the attempts are used up."""
    POSTPONE = "postpone"
    """Again when the host is willing; does not count as an attempt."""


_REFUSED: Final = frozenset(
    {
        FetchOutcome.GONE,
        FetchOutcome.CLIENT_ERROR,
        FetchOutcome.NOT_A_DOCUMENT,
        FetchOutcome.REDIRECT_ERROR,
        FetchOutcome.OUTSIDE_DOMAINS,
        FetchOutcome.ROBOTS_DENIED,
        FetchOutcome.ADDRESS_REFUSED,
        FetchOutcome.TOO_LARGE,
        FetchOutcome.BAD_HEADERS,
        FetchOutcome.BAD_ENCODING,
    }
)
_POSTPONED: Final = frozenset({FetchOutcome.THROTTLED, FetchOutcome.ROBOTS_UNREACHABLE, FetchOutcome.POSTPONED})
HOST_TROUBLES: Final = frozenset(
    {
        FetchOutcome.THROTTLED,
        FetchOutcome.ROBOTS_UNREACHABLE,
        FetchOutcome.NAME_UNKNOWN,
        FetchOutcome.CONNECTION_FAILED,
        FetchOutcome.TIMED_OUT,
    }
)
"""Outcomes after which the whole host is left alone for a while, not only the page."""


def consequence(outcome: FetchOutcome) -> Consequence:
    """What follows for a page. Not for entry points, which are polled again in any case."""
    if outcome is FetchOutcome.OK:
        return Consequence.PUBLISH
    if outcome is FetchOutcome.NOT_CHANGED:
        return Consequence.ADVANCE
    if outcome in _REFUSED:
        return Consequence.REFUSE
    return Consequence.POSTPONE if outcome in _POSTPONED else Consequence.RETRY


def outcome_of_status(status: int, *, has_retry_after: bool = False) -> FetchOutcome:
    """The outcome of an answer that came through with this HTTP status."""
    if 200 <= status < 300:
        return FetchOutcome.OK
    if status == 304:
        return FetchOutcome.NOT_MODIFIED
    if status < 400:
        return FetchOutcome.REDIRECT_ERROR
    if status in {404, 410, 451}:
        return FetchOutcome.GONE
    if status in {401, 403}:
        return FetchOutcome.FORBIDDEN
    if status == 429 or (status == 503 and has_retry_after):
        return FetchOutcome.THROTTLED
    if status in {408, 425} or status >= 500:
        return FetchOutcome.SERVER_ERROR
    return FetchOutcome.CLIENT_ERROR


_NOT_DOCUMENTS: Final = ("image/", "video/", "audio/", "font/", "text/css", "application/javascript", "text/javascript")


def is_document(content_type: str | None) -> bool:
    """Whether a body of this media type may hold an article; unknown types may."""
    return not (content_type or "").lower().startswith(_NOT_DOCUMENTS)


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchResult:
    """One request with its redirects, as the rest of the room sees it."""

    outcome: FetchOutcome
    detail: str = ""
    """For people: what went wrong. Never the body."""
    status: int | None = None
    host: str = ""
    """The host that was asked last, after redirects; empty when none was."""
    final_url: str = ""
    body: bytes = b""
    content_type: str | None = None
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    retry_after_seconds: float | None = None
