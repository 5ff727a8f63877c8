"""Reads the printed lines of a PDF as they are laid out, page by page, within limits on all of them.

What a page costs beyond that is bounded by the library's limits on unpacked streams and the caller's deadline.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final, Literal

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError

from processor.documents.raw import DocumentProblem, RawDocument

MAX_PAGES: Final = 200
MAX_CONTENT_BYTES: Final = 3_000_000
"""Drawing instructions read of a document, unpacked: the library takes about a second for a megabyte of them."""
_HEADER_REACH = 1_024
_FEW_WORDS = 40
_MUCH_TORN = 0.15
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
    characters, content, truncated = 0, 0, count > MAX_PAGES
    for index in range(min(count, MAX_PAGES)):
        page = _page(reader, index)
        size = _content_size(page)
        if content + size > MAX_CONTENT_BYTES:
            truncated = True  # A map or a drawing, most often; the pages after it may still be text.
            continue
        content += size
        lines = _lines(page) if page is not None else ()
        characters += sum(map(len, lines))
        if characters > max_characters:
            truncated = True
            break
        pages.append(lines)
    return RawDocument(pages=tuple(pages), declared_title=_title(reader), truncated=truncated)


def _page(reader: PdfReader, index: int) -> PageObject | None:
    """None for a page that cannot be read: the others still can."""
    try:
        return reader.pages[index]
    except _BROKEN:
        return None


def _content_size(page: PageObject | None) -> int:
    try:
        contents = page.get_contents() if page is not None else None
        return len(contents.get_data()) if contents is not None else 0
    except _BROKEN:
        return 0


def _lines(page: PageObject) -> tuple[str, ...]:
    laid_out = _text(page, "layout")
    # Text inside form objects is only found by the plain way, which often tears words apart between fonts.
    if len(laid_out.split()) < _FEW_WORDS or _torn(laid_out) > _MUCH_TORN:
        plain = _text(page, "plain")
        if len(plain.split()) > 2 * len(laid_out.split()) or _torn(plain) < _torn(laid_out):
            laid_out = plain
    return tuple(laid_out.split("\n"))


def _text(page: PageObject, mode: Literal["layout", "plain"]) -> str:
    try:
        return page.extract_text(extraction_mode=mode)
    except _BROKEN:
        return ""


def _torn(text: str) -> float:
    """The share of single letters among the words, which is small in any text whose words are whole."""
    words = text.split()
    return sum(len(word) == 1 and word.isalpha() for word in words) / len(words) if words else 1.0


def _title(reader: PdfReader) -> str | None:
    try:
        title = reader.metadata.title if reader.metadata else None
    except _BROKEN:
        return None
    return str(title) if title else None
