"""No pattern that reads what strangers wrote takes long on a megabyte that was written against it."""

# ruff: noqa: E501 - markup and running text stay in one piece

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator

import pytest

import crawler
import processor.documents
import processor.reading
import processor.versions

Pattern = re.Pattern[str] | re.Pattern[bytes]
_UNITS = (
    "a", " ", "A", "Á", "0", ".", "/", "-", "(", "<", "&", "\u0301", "\u00a0", "á»", "A. ", "Ab ", "a b ", "1/2/", "12:", "1/", "20",
    "ngày 1 tháng ", "tỉnh a ", "Thứ 2, ", "Theo A ", "http://", "data:", "data:a/b;", "<meta ", "<meta charset", "<html ", "<!doctype ",
    "</html>", "<script>", "<p ", "display:", "a-", "decrypt", ", ", "| ", "A-", "A & ", "12h", "1 jan ", "trang a không tồn ", "ảnh: ",
    "widget", "\n", " \n", "(a ", "201", "2021/1", "a@", "://", "'", "\"", "[", "{", "+", ";", "::", "1.", "-- ", "của ", ".vn", "<font .vnah ", "</", "à", "ỹ", "đính ", "_", "ab.vn ", "\ufffd", "\udc80", "=", "charset=",
)  # fmt: skip
_PACKAGES = (processor.reading, processor.documents, processor.versions, crawler)
_BYTES = 1_000_000
_LIMIT_SECONDS = 0.1
_ROUNDS = 5


def _patterns() -> Iterator[tuple[str, Pattern]]:
    """Every pattern that a module of these packages keeps, alone, in a tuple or in tuples of a tuple."""
    for package in _PACKAGES:
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for name, value in vars(importlib.import_module(module.name)).items():
                yield from ((f"{module.name}.{name}", pattern) for pattern in _within(value))


def _within(value: object) -> Iterator[Pattern]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _within(part)
    elif isinstance(value, dict):
        yield from _within(list(value.values()))


@pytest.mark.parametrize("unit", _UNITS)
def test_no_pattern_is_slow(unit: str) -> None:
    text = (unit * (_BYTES // len(unit) + 1))[:_BYTES]
    encoded = text.encode("utf-8", "surrogatepass")[:_BYTES]
    tried: set[Pattern] = set()
    for name, pattern in _patterns():
        if pattern not in tried:
            tried.add(pattern)
            assert _is_fast(pattern, text if isinstance(pattern.pattern, str) else encoded), (
                name,
                pattern.pattern[:60],
                unit,
            )
    assert len(tried) > 100


def _is_fast(pattern: Pattern, subject: str | bytes) -> bool:
    """Whether a megabyte takes less than the limit: measured, unless a little of it leaves no doubt."""
    little, more = _seconds(pattern, subject, _BYTES // 100), _seconds(pattern, subject, _BYTES // 20)
    # Five times as much text takes 5 times as long where the cost is linear, and 25 times where it is quadratic.
    if more * 40 < _LIMIT_SECONDS and more < 8 * little:
        return True
    return any(_seconds(pattern, subject, _BYTES) < _LIMIT_SECONDS for _ in range(_ROUNDS))


def _seconds(pattern: Pattern, subject: str | bytes, length: int) -> float:
    """CPU seconds of one search."""
    started = time.process_time()
    pattern.search(subject, 0, length)  # type: ignore[arg-type]  # the caller pairs bytes with bytes
    return time.process_time() - started
