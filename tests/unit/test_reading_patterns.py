"""No pattern of the reading steps takes long on text that was written against it: pages of a megabyte, lines of 5,000."""

# ruff: noqa: E501 - markup and running text stay in one piece

from __future__ import annotations

import importlib
import re
import time
from collections.abc import Iterator

import pytest

_MODULES = (
    "reading.boilerplate", "reading.decode", "reading.language", "reading.not_article", "reading.orthography", "reading.prescan", "reading.agreement", "reading.byline", "reading.captions",
    "reading.container", "reading.date_forms", "reading.dates", "reading.lead", "reading.lines", "reading.metadata",
    "reading.title", "reading.tree", "documents.head", "documents.lines", "versions.words", "near_duplicates",
)  # fmt: skip
_UNITS = (
    "a", " ", "A", "Á", "0", ".", "/", "-", "(", "<", "&", "\u0301", "\u00a0", "á»", "A. ", "Ab ", "a b ", "1/2/", "12:", "1/", "20",
    "ngày 1 tháng ", "tỉnh a ", "Thứ 2, ", "Theo A ", "http://", "data:", "data:a/b;", "<meta ", "<meta charset", "<html ", "<!doctype ",
    "</html>", "<script>", "<p ", "display:", "a-", "decrypt", ", ", "| ", "A-", "A & ", "12h", "1 jan ", "trang a không tồn ", "ảnh: ",
    "widget", "\n", " \n", "(a ", "201", "2021/1", "ab.vn ", "\ufffd", "\udc80", "=", "charset=",
)  # fmt: skip
_UNBOUNDED = (
    "reading.prescan._DATA_URI", "reading.prescan._BLOCK_TAG", "reading.decode._MOJIBAKE", "reading.decode._LOST_BREAK_SPACE", "reading.decode._TEXT_RUN",
    "reading.decode._EXTENDED_VIETNAMESE", "reading.decode._LATIN1_LETTER", "reading.agreement._WORD",
    "reading.not_article._ENCRYPTED", "reading.metadata._TRAILING_COMMA",
)  # fmt: skip
"""The patterns that are applied to whole pages; all others see a line, a name or an address, cut to some length."""
_PAGE, _LINE = 1_000_000, 5_000
_LIMIT_SECONDS = 0.1


def _patterns() -> Iterator[tuple[str, re.Pattern[str] | re.Pattern[bytes]]]:
    for module in _MODULES:
        for name, value in vars(importlib.import_module(f"processor.{module}")).items():
            if isinstance(value, re.Pattern):
                yield f"{module}.{name}", value
            elif isinstance(value, tuple):
                yield from ((f"{module}.{name}", part) for part in value if isinstance(part, re.Pattern))


@pytest.mark.parametrize("unit", _UNITS)
def test_no_pattern_is_slow(unit: str) -> None:
    seen = set()
    for name, pattern in _patterns():
        seen.add(name)
        size = _PAGE if name in _UNBOUNDED else _LINE
        text = (unit * (size // len(unit) + 1))[:size]
        subject: str | bytes = text.encode("utf-8", "surrogatepass") if isinstance(pattern.pattern, bytes) else text
        best = min(_seconds(pattern, subject) for _ in range(2))
        assert best < _LIMIT_SECONDS, (name, unit, best)
    assert seen >= set(_UNBOUNDED)


def _seconds(pattern: re.Pattern[str] | re.Pattern[bytes], subject: str | bytes) -> float:
    started = time.process_time()
    pattern.search(subject)  # type: ignore[arg-type]  # the caller pairs bytes with bytes
    return time.process_time() - started
