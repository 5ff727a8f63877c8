"""The step from a PDF or Word file to text, title and date: ministries and offices publish their papers as such."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from processor.documents.head import find_date, find_title
from processor.documents.lines import columns_apart, join_wrapped, without_furniture
from processor.documents.pdf import is_pdf, read_pdf
from processor.documents.raw import DocumentProblem, RawDocument
from processor.documents.word import is_docx, read_docx
from processor.model import PublishedAt
from processor.reading.date_forms import url_date
from processor.reading.decode import decode
from processor.text import normalise

MAX_CHARACTERS: Final = 1_000_000
"""Characters read of a document; what follows is left out and said to be."""


class DocumentFormat(StrEnum):
    PDF = "pdf"
    DOCX = "docx"


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """What a document file says, or why it cannot be read."""

    format: DocumentFormat
    text: str
    """Paragraphs separated by one newline, in the normal form of `processor.text`; empty when there is a problem."""
    title: str | None
    published: PublishedAt | None
    page_count: int | None
    """Pages read; None for a format without pages."""
    scanned: bool
    """True when it has pages but no text on them: images of paper, which nothing here can read."""
    truncated: bool
    problem: DocumentProblem | None


def is_document(body: bytes) -> bool:
    """Whether `read_document` knows the format of these bytes."""
    return is_pdf(body) or is_docx(body)


def read_document(body: bytes, url: str | None = None) -> Document | None:
    """Read a PDF or DOCX file; None for anything else. The bytes decide which it is, never what a server calls it.

    `url` may carry a date when the document itself has none. Never raises for what a file contains; time is bounded
    by the caller's deadline only.
    """
    if is_pdf(body):
        return _document(DocumentFormat.PDF, read_pdf(body, MAX_CHARACTERS), url)
    if is_docx(body):
        return _document(DocumentFormat.DOCX, read_docx(body, MAX_CHARACTERS), url)
    return None


def _document(format: DocumentFormat, raw: RawDocument, url: str | None) -> Document:
    if raw.pages:
        laid = columns_apart(without_furniture(_repaired(raw.pages)))
        lines, paragraphs = list(map(normalise, laid)), join_wrapped(laid)
    else:
        (repaired,) = _repaired([raw.lines])
        lines = paragraphs = [line for line in map(normalise, repaired) if line]
    text = normalise("\n".join(paragraphs))
    published = find_date(lines)
    if published is None and url is not None and (dated := url_date(url)) is not None:
        published = PublishedAt(at=dated[0], precision=dated[1], found_in="url")
    return Document(
        format=format,
        text=text,
        title=find_title(lines, normalise(raw.declared_title or "") or None),
        published=published,
        page_count=len(raw.pages) if format is DocumentFormat.PDF else None,
        scanned=bool(raw.pages) and len(text) < _MIN_CHARACTERS_A_PAGE * len(raw.pages),
        truncated=raw.truncated,
        problem=raw.problem,
    )


_MIN_CHARACTERS_A_PAGE = 10
"""Below this a page holds no more than a stamp or a scanner's mark."""
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_HIDDEN = str.maketrans({"<": _OPEN, ">": _CLOSE, "\0": None})
_SHOWN = str.maketrans({_OPEN: "<", _CLOSE: ">"})


def _repaired(pages: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """The lines with text in fonts from before Unicode (TCVN3, VNI) turned into letters, line by line where needed.

    Lines are handed over as markup, the form in which `decode` looks at stretches of text one by one.
    """
    lines = [line.translate(_HIDDEN) for page in pages for line in page]
    decoded = decode("<p>".join(["", *lines, ""]).encode("utf-8", "ignore"))
    repaired = decoded.text.split("<p>")[1:-1]
    if not decoded.repaired or len(repaired) != len(lines):
        return list(pages)
    following = (line.translate(_SHOWN) for line in repaired)
    return [[next(following) for _ in page] for page in pages]
