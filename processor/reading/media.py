"""What kind of thing a fetched body is: by its first bytes, which do not lie, and then by what the server declared."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from processor.model import Page


class Media(StrEnum):
    PAGE = "page"
    DOCUMENT = "document"
    """PDF or DOCX."""
    OTHER = "other"


_DOCUMENT_SIGNATURES: Final = (b"%PDF-", b"PK\x03\x04")
_OTHER_SIGNATURES: Final = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"\x1f\x8b", b"BM", b"II*\x00", b"MM\x00*", b"OggS", b"ID3",
    b"\x00\x00\x00\x18ftyp", b"\x00\x00\x00\x20ftyp", b"7z\xbc\xaf", b"Rar!", b"\xd0\xcf\x11\xe0", b"wOFF", b"wOF2",
)  # fmt: skip
_OTHER_TYPES: Final = ("image/", "audio/", "video/", "font/", "application/zip", "application/x-rar", "text/css")
_SCRIPT_TYPES: Final = ("application/javascript", "text/javascript", "application/json")


def media_of(page: Page) -> Media:
    start = page.body[:64].lstrip()
    if start.startswith(_DOCUMENT_SIGNATURES):
        return Media.DOCUMENT
    if start.startswith(_OTHER_SIGNATURES):
        return Media.OTHER
    declared = page.content_type or ""
    # Portals mislabel pages, so a body that begins as markup is one, whatever was declared.
    if declared.startswith(_OTHER_TYPES + _SCRIPT_TYPES) and not start.startswith(b"<"):
        return Media.OTHER
    return Media.PAGE
