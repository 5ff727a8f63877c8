"""What the readers of document formats hand over: lines as they stand in the file, before anything is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DocumentProblem(StrEnum):
    """Why a document could not be read."""

    BROKEN = "broken"
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too_large"
    """It would unpack to more than is allowed."""
    FORBIDDEN = "forbidden"
    """It declares entities, which no word processor writes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RawDocument:
    lines: tuple[str, ...] = ()
    """Paragraphs, for a format that has them."""
    pages: tuple[tuple[str, ...], ...] = ()
    """Printed lines by page, for a format that only knows where words stand."""
    declared_title: str | None = None
    """Title in the file's properties, often left over from another document."""
    truncated: bool = False
    problem: DocumentProblem | None = None
