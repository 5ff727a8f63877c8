"""Reads the printed lines of a PDF, page by page, until enough pages or characters were read.

What a page costs is bounded by the library's own limits on unpacked streams and by the caller's deadline.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Final

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from processor.raw_document import DocumentProblem, RawDocument

MAX_PAGES: Final = 200
_HEADER_REACH = 1_024
# What the library raises for files that break the format's rules, beside its own errors.
_BROKEN = (
    PyPdfError, ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, NotImplementedError, OSError,
    RecursionError, TypeError, ValueError,
)  # fmt: skip


def is_pdf(body: bytes) -> bool:
    """Whether this is a PDF, whatever a server calls it. Some have a few bytes before their header."""
    return b"%PDF-" in body[:_HEADER_REACH]


def read_pdf(body: bytes, max_characters: int) -> RawDocument:
    try:
        reader = PdfReader(BytesIO(body), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return RawDocument(problem=DocumentProblem.ENCRYPTED)
        count = len(reader.pages)
    except _BROKEN:
        return RawDocument(problem=DocumentProblem.BROKEN)
    pages: list[tuple[str, ...]] = []
    size = 0
    for lines in _pages(reader, min(count, MAX_PAGES)):
        size += sum(map(len, lines))
        if size > max_characters:
            return RawDocument(pages=tuple(pages), declared_title=_title(reader), truncated=True)
        pages.append(lines)
    return RawDocument(pages=tuple(pages), declared_title=_title(reader), truncated=count > MAX_PAGES)


def _pages(reader: PdfReader, count: int) -> Iterator[tuple[str, ...]]:
    """The lines of each page; none for a page that cannot be read, for the others still can."""
    for index in range(count):
        try:
            text = reader.pages[index].extract_text()
        except _BROKEN:
            text = ""
        yield tuple(text.split("\n"))


def _title(reader: PdfReader) -> str | None:
    try:
        title = reader.metadata.title if reader.metadata else None
    except _BROKEN:
        return None
    return str(title) if title else None
