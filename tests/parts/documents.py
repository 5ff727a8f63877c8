"""Makes PDF and DOCX files for tests, the smallest that a reader of the real format accepts, and reads them."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO

import docx

from processor.documents.read import Document, read_document
from processor.model import VIETNAM_TIME

Line = tuple[float, float, str]
"""x and y in points from the lower left corner, and what is printed there."""
LINE_HEIGHT = 16
TOP = 800

DECISION = """ỦY BAN NHÂN DÂN
TỈNH HÀ NAM
Số: 123/QĐ-UBND
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Hà Nam, ngày 13 tháng 02 năm 2025
QUYẾT ĐỊNH
Về việc ban hành Kế hoạch cải cách hành chính
tỉnh Hà Nam năm 2025
CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH HÀ NAM
Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015 và Luật sửa
đổi, bổ sung một số điều của Luật Tổ chức Chính phủ;
QUYẾT ĐỊNH:
Điều 1. Ban hành kèm theo Quyết định này Kế hoạch cải cách hành chính của tỉnh
năm 2025, phấn đấu 95% hồ sơ được giải quyết đúng hạn và trước hạn tại các cơ quan.
Điều 2. Quyết định này có hiệu lực kể từ ngày ký."""
TITLE = "QUYẾT ĐỊNH Về việc ban hành Kế hoạch cải cách hành chính tỉnh Hà Nam năm 2025"
DAY = datetime(2025, 2, 13, tzinfo=VIETNAM_TIME)
REPORT = """Toàn tỉnh đã tiếp nhận 12.345 hồ sơ trong quý I, giải quyết đúng hạn đạt tỷ lệ cao.
Các sở, ngành tiếp tục rà soát thủ tục để người dân đỡ phải đi lại nhiều lần."""


def layout(text: str, x: float = 72) -> list[Line]:
    """Lines of a text below each other."""
    return [(x, TOP - LINE_HEIGHT * number, line) for number, line in enumerate(text.split("\n")) if line]


def pdf(pages: Sequence[Sequence[Line]], *, title: str | None = None, legacy: bool = False) -> bytes:
    """A PDF with a font that maps two-byte codes to Unicode, or (`legacy`) one that says its bytes are Latin-1."""
    characters = sorted({character for page in pages for _, _, text in page for character in text})
    codes = {character: number + 1 for number, character in enumerate(characters)}
    objects: dict[int, bytes] = {1: b"<< /Type /Catalog /Pages 2 0 R >>"}
    objects[3] = _latin_font() if legacy else _unicode_font()
    objects[4] = _stream(_to_unicode(codes))
    objects[5] = b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /F /CIDSystemInfo << /Registry (Adobe) /Ordering "
    objects[5] += b"(Identity) /Supplement 0 >> /DW 500 /FontDescriptor 6 0 R >>"
    objects[6] = b"<< /Type /FontDescriptor /FontName /F /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 /Ascent 800 "
    objects[6] += b"/Descent -200 /CapHeight 700 /StemV 80 >>"
    objects[7] = b"<< /Title <" + ("\ufeff" + (title or "")).encode("utf-16-be").hex().encode() + b"> >>"
    kids = []
    for number, page in enumerate(pages):
        leaf, content = 10 + 2 * number, 11 + 2 * number
        kids.append(f"{leaf} 0 R")
        objects[leaf] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        ).encode()
        objects[content] = _stream(_content(page, None if legacy else codes))
    objects[2] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return _file(objects)


def _unicode_font() -> bytes:
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /F /Encoding /Identity-H"
    return font + b" /DescendantFonts [5 0 R] /ToUnicode 4 0 R >>"


def _latin_font() -> bytes:
    return b"<< /Type /Font /Subtype /Type1 /BaseFont /.VnTime /Encoding /WinAnsiEncoding >>"


def _content(page: Sequence[Line], codes: Mapping[str, int] | None) -> bytes:
    parts = ["BT /F1 12 Tf"]
    for x, y, text in page:
        shown = (
            text.encode("latin-1").hex() if codes is None else "".join(f"{codes[character]:04x}" for character in text)
        )
        parts.append(f"1 0 0 1 {x} {y} Tm <{shown}> Tj")
    return "\n".join([*parts, "ET"]).encode()


def _to_unicode(codes: Mapping[str, int]) -> bytes:
    pairs = [f"<{code:04x}> <{character.encode('utf-16-be').hex()}>" for character, code in codes.items()]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    mapped = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def "
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{mapped}\nendcmap end end"
    ).encode()


def _stream(content: bytes) -> bytes:
    packed = zlib.compress(content)
    return f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream"


def _file(objects: Mapping[int, bytes]) -> bytes:
    out = BytesIO()
    out.write(b"%PDF-1.7\n")
    offsets = {}
    for number, value in sorted(objects.items()):
        offsets[number] = out.tell()
        out.write(f"{number} 0 obj\n".encode() + value + b"\nendobj\n")
    start = out.tell()
    out.write(f"xref\n0 {max(objects) + 1}\n0000000000 65535 f \n".encode())
    for number in range(1, max(objects) + 1):
        out.write(f"{offsets[number]:010d} 00000 n \n".encode() if number in offsets else b"0000000000 00000 f \n")
    out.write(f"trailer << /Size {max(objects) + 1} /Root 1 0 R /Info 7 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def word_file(*paragraphs: str, title: str | None = None) -> bytes:
    document = docx.Document()
    document.core_properties.title = title or ""
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document)


def saved(document: docx.document.Document) -> bytes:
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def with_part(body: bytes, name: str, content: bytes) -> bytes:
    """The archive with one part exchanged."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(body)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, content if info.filename == name else old.read(info))
    return out.getvalue()


def read(body: bytes, url: str | None = None) -> Document:
    document = read_document(body, url)
    assert document is not None
    return document
