"""Reads the paragraphs of a DOCX file: a zip archive of XML parts, of which only the text and the title are opened.

The archive may be hostile. Sizes are checked before anything is unpacked, and XML that declares entities is refused.
"""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from typing import Any, Final

from lxml import etree

from processor.documents.raw import DocumentProblem, RawDocument

MAX_PART_BYTES: Final = 20_000_000
MAX_ENTRIES: Final = 5_000
TEXT_PART: Final = "word/document.xml"
PROPERTIES_PART: Final = "docProps/core.xml"

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DC_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SPACES = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


class _Refused(Exception):
    def __init__(self, problem: DocumentProblem) -> None:
        super().__init__(problem)
        self.problem = problem


def is_docx(body: bytes) -> bool:
    """Whether this is a zip archive with a Word text in it, whatever a server calls it."""
    return body.startswith(b"PK\x03\x04") and TEXT_PART.encode() in body


def read_docx(body: bytes, max_characters: int) -> RawDocument:
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            if len(archive.infolist()) > MAX_ENTRIES:
                return RawDocument(problem=DocumentProblem.TOO_LARGE)
            root = _part(archive, TEXT_PART)
            properties = _part(archive, PROPERTIES_PART) if PROPERTIES_PART in archive.namelist() else None
    except _Refused as refusal:
        return RawDocument(problem=refusal.problem)
    except (
        zipfile.BadZipFile,
        zlib.error,
        etree.XMLSyntaxError,
        KeyError,
        EOFError,
        RuntimeError,
        ValueError,
        OSError,
    ):
        # RuntimeError is how the library says that a part is encrypted.
        return RawDocument(problem=DocumentProblem.BROKEN)
    title = properties.findtext(_DC_TITLE) if properties is not None else None
    lines, truncated = _lines(root, max_characters)
    return RawDocument(lines=tuple(lines), declared_title=title, truncated=truncated)


def _part(archive: zipfile.ZipFile, name: str) -> Any:  # lxml carries no types.
    info = archive.getinfo(name)
    if info.file_size > MAX_PART_BYTES:
        raise _Refused(DocumentProblem.TOO_LARGE)
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise _Refused(DocumentProblem.BROKEN)
    # The archive stops at the declared size, so a part cannot turn out larger than it said.
    xml = archive.read(info)
    if any(doctype in xml for doctype in _DOCTYPES):
        raise _Refused(DocumentProblem.FORBIDDEN)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(xml, parser)


def _lines(root: Any, max_characters: int) -> tuple[list[str], bool]:
    """The paragraphs of the text and of its tables, a table's row on one line when its cells are short."""
    body = root.find(f"{_W}body")
    lines: list[str] = []
    size = 0
    for block in body if body is not None else ():
        found = _table(block) if block.tag == f"{_W}tbl" else _paragraphs(block)
        for line in found:
            size += len(line) + 1
            if size > max_characters:
                return lines, True
            lines.append(line)
    return lines, False


def _paragraphs(block: Any) -> list[str]:
    own = [block] if block.tag == f"{_W}p" else []
    lines: list[str] = []
    for paragraph in [*own, *block.iterdescendants(f"{_W}p")]:
        if any(above.tag == _FALLBACK for above in paragraph.iterancestors()):
            continue  # The same text box once more, for older programs.
        lines += _text(paragraph).split("\n")
    return lines


def _table(table: Any) -> list[str]:
    lines: list[str] = []
    for row in table.iterchildren(f"{_W}tr"):
        cells = [[line for line in _paragraphs(cell) if line.strip()] for cell in row.iterchildren(f"{_W}tc")]
        if all(len(cell) <= 1 for cell in cells):
            lines.append(" | ".join(line for cell in cells for line in cell))
        else:
            lines += [line for cell in cells for line in cell]
    return lines


def _text(paragraph: Any) -> str:
    """What a paragraph shows: deleted and hidden runs left out, text boxes within it left to their own paragraphs."""
    parts: list[str] = []
    for run in paragraph.iterdescendants(f"{_W}r"):
        if next(run.iterancestors(f"{_W}p")) is not paragraph or run.find(f"{_W}rPr/{_W}vanish") is not None:
            continue
        for element in run:
            if element.tag == f"{_W}t":
                parts.append(element.text or "")
            else:
                parts.append(_SPACES.get(element.tag, ""))
    return "".join(parts)
