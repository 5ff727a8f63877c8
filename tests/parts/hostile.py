"""Pages built to hurt a parser: each takes minutes, gigabytes or the wrong turn when nothing guards against it."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable, Iterator

SENTENCE = "Tỉnh đẩy mạnh cải cách hành chính và nâng cao chất lượng phục vụ người dân. "
LIMIT = 5 * 1024 * 1024
"""The crawler never delivers more."""


def _page(inside: str, *, before: str = "<!DOCTYPE html>") -> bytes:
    text = "".join(f"<p>{SENTENCE * 3}</p>" for _ in range(3))
    return f"{before}<html><head><title>Trang</title></head><body><h1>Trang</h1>{text}{inside}</body></html>".encode()


def attributes(count: int) -> bytes:
    return _page(f"<div {' '.join(f'a{number}=1' for number in range(count))}>x</div>")


def nested(tag: str, depth: int, *, closed: bool = True) -> bytes:
    return _page(f"<{tag}>" * depth + "x" + (f"</{tag}>" * depth if closed else ""))


def flat_inline(tag: str, count: int) -> bytes:
    return _page(f"<p>{f'<{tag}>từ</{tag}> ' * count}</p>")


def cells(count: int) -> bytes:
    return _page(f"<table><tr>{'<td>1' * count}</table>")


def links(count: int) -> bytes:
    return _page("<p>" + "".join(f"<a href=/{number}>tin</a> " for number in range(count)) + "</p>")


def breaks(count: int) -> bytes:
    return _page("a<br>" * count)


def paragraphs(count: int) -> bytes:
    return _page("<p>ba từ đây</p>" * count)


def giant_text(size: int) -> bytes:
    return _page(f"<p>{'chữ ' * (size // 5)}</p>")


def internal_dtd() -> bytes:
    entities = "".join(f'<!ENTITY e{n} "&e{n - 1};&e{n - 1};&e{n - 1};&e{n - 1};&e{n - 1};">' for n in range(1, 12))
    return _page("<p>&e11;</p>", before=f'<!DOCTYPE html [<!ENTITY e0 "ha">{entities}]>')


def external_entity() -> bytes:
    return _page("<p>&x;</p>", before='<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>')


def dates(count: int) -> bytes:
    return _page("<p>" + "".join(f"{n % 28 + 1:02}/{n % 12 + 1:02}/20{n % 30:02} " for n in range(count)) + "</p>")


def markup_characters(char: str, count: int) -> bytes:
    return _page(f"<p>{char * count}</p>")


def json_ld(depth: int) -> bytes:
    return _page(f'<script type="application/ld+json">{"[" * depth}{"]" * depth}</script>')


def data_uri(size: int) -> bytes:
    return _page(f'<img src="data:image/png;base64,{"A" * size}">')


def combining(count: int) -> bytes:
    return _page(f"<p>a{chr(0x0301) * count}</p>")


def noise(size: int) -> bytes:
    return b"<html>" + random.Random(7).randbytes(size)


PAGES: tuple[tuple[str, Callable[[], bytes]], ...] = (
    ("5,000 attributes", lambda: attributes(5_000)),
    ("20,000 attributes", lambda: attributes(20_000)),
    ("50,000 attributes", lambda: attributes(50_000)),
    ("100,000 attributes", lambda: attributes(100_000)),
    ("400,000 attributes", lambda: attributes(400_000)),
    ("300 nested div", lambda: nested("div", 300)),
    ("100,000 nested div", lambda: nested("div", 100_000)),
    ("100,000 nested span, open", lambda: nested("span", 100_000, closed=False)),
    ("100,000 nested table", lambda: nested("table", 100_000)),
    ("100,000 nested font, open", lambda: nested("font", 100_000, closed=False)),
    ("100,000 nested ul", lambda: nested("ul", 100_000)),
    ("2,000 flat span", lambda: flat_inline("span", 2_000)),
    ("10,000 flat em", lambda: flat_inline("em", 10_000)),
    ("40,000 flat b", lambda: flat_inline("b", 40_000)),
    ("100,000 flat i", lambda: flat_inline("i", 100_000)),
    ("200,000 flat span", lambda: flat_inline("span", 200_000)),
    ("100,000 cells", lambda: cells(100_000)),
    ("1,000,000 cells", lambda: cells(1_000_000)),
    ("40,000 links", lambda: links(40_000)),
    ("150,000 links", lambda: links(150_000)),
    ("100,000 breaks", lambda: breaks(100_000)),
    ("1,000,000 breaks", lambda: breaks(1_000_000)),
    ("45,000 paragraphs", lambda: paragraphs(45_000)),
    ("250,000 paragraphs", lambda: paragraphs(250_000)),
    ("1 MB of text in one node", lambda: giant_text(1_000_000)),
    ("4 MB of text in one node", lambda: giant_text(4_000_000)),
    ("internal DTD with an entity bomb", internal_dtd),
    ("internal DTD with a file entity", external_entity),
    ("50,000 dates", lambda: dates(50_000)),
    ("400,000 dates", lambda: dates(400_000)),
    ("4,000,000 times <", lambda: markup_characters("<", 4_000_000)),
    ("4,000,000 times &", lambda: markup_characters("&", 4_000_000)),
    ("JSON-LD 100,000 deep", lambda: json_ld(100_000)),
    ("4 MB data URI", lambda: data_uri(4_000_000)),
    ("1,000,000 combining marks", lambda: combining(1_000_000)),
    ("NUL bytes", lambda: b"<html><p>" + b"\0" * 1_000_000),
    ("random bytes", lambda: noise(1_000_000)),
    ("gzip without a header saying so", lambda: gzip.compress(b"a" * 50_000_000)),
    ("UTF-16 without a mark", lambda: _page("").decode().encode("utf-16-le")),
    ("empty", lambda: b""),
)


def pages() -> Iterator[tuple[str, bytes]]:
    """Forty pages by name, none larger than what the crawler delivers."""
    for name, make in PAGES:
        body = make()
        assert len(body) <= LIMIT, name
        yield name, body
