"""The closed list of what can become of a fetched page: part of the contract of the table `page_outcome`."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    """What became of one fetched page. Every page ends in exactly one of these."""

    REPORT = "report"
    """An article of Vietnam's administrative reform, stored and announced."""
    NOT_A_REPORT = "not_a_report"
    """An article about something else, stored without announcement."""
    NOT_AN_ARTICLE = "not_an_article"
    """A listing, an empty post, a login, block or error page."""
    NOT_VIETNAMESE = "not_vietnamese"
    """An article in another language."""
    UNSUPPORTED = "unsupported"
    """Content that cannot carry an article: an image, an archive, an unknown media type."""
    UNCHANGED = "unchanged"
    """The same text as the version already stored."""
    REDELIVERED = "redelivered"
    """An event that was already processed under another position of the log."""
    QUARANTINED = "quarantined"
    """Could not be processed; kept with its bytes and the reason."""


SCANNED: Final = "scanned"
"""The reason of `not_an_article` for a document that is images of paper."""
