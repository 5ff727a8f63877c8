"""The pages no crawler wants to meet: built to hurt a parser, empty, in another language, or no page at all."""

from __future__ import annotations

import struct
import zlib
from typing import Final

ATTRIBUTES: Final = 100_000
NESTING: Final = 50_000
ENGLISH: Final = (
    "The provincial museum has opened a new gallery about the river trade of the nineteenth century. Visitors can walk "
    "through a life-size model of a floating market, listen to recordings of boat songs, and study maps drawn by "
    "travellers of that time.",
    "Curators spent two years restoring more than three hundred objects, among them lacquer boxes, scales, ledgers and "
    "a complete rice barge. Most of them had been stored in wooden crates since the old warehouse was flooded.",
    "Entrance is free for pupils on weekdays. Guided tours in English start at ten in the morning and at three in the "
    "afternoon. The museum shop sells postcards and a small catalogue with photographs by local artists.",
    "The gallery will stay open until the end of next summer. Afterwards, part of the collection will travel to three "
    "other cities along the river before it returns to its permanent home on the first floor.",
)


def attribute_bomb() -> bytes:
    """One tag with a hundred thousand attributes: parsers take quadratic time over it."""
    attributes = " ".join(f'a{number}="{number}"' for number in range(ATTRIBUTES))
    head = "<!DOCTYPE html><html lang=vi><head><title>Tin nhanh</title></head>"
    return f"{head}<body {attributes}><p>Tin.</p></body></html>".encode()


def nesting_bomb() -> bytes:
    """Fifty thousand elements inside each other: parsers silently drop what lies below their limit."""
    return b"<html><head><title>Tin nhanh</title></head><body>" + b"<div>" * NESTING + b"Tin" + b"</div>" * NESTING


def empty_post(title: str) -> bytes:
    """A post that was published before anybody wrote it."""
    return (
        f"<!DOCTYPE html><html lang=vi><head><meta charset=utf-8><title>{title}</title></head>"
        f'<body><h1>{title}</h1><div class="ContentNews"></div><footer>Cổng mẫu</footer></body></html>'
    ).encode()


def english_page() -> bytes:
    paragraphs = "".join(f"<p>{text}</p>" for text in ENGLISH)
    return (
        "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>A new gallery by the river</title></head>"
        f"<body><article><h1>A new gallery by the river</h1>{paragraphs}</article></body></html>"
    ).encode()


def picture() -> bytes:
    """A grey pixel as PNG."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\x00\x80")), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def pdf() -> bytes:
    """A document of one page without text, as a scanner makes them."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    )
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    xref = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return body + xref + b"trailer\n<< /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
