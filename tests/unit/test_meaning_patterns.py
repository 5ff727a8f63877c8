"""No pattern that reads meaning takes long on a megabyte that was written against it."""

from __future__ import annotations

import importlib
import re
import time
from collections.abc import Iterator

import pytest

_MODULES = (
    *("text", "reading.language", "relevance.lexicon", "relevance.seeds", "references.find", "references.context"),
    *("places.assembly", "places.mentions", "places.resolver", "places.surroundings"),
)
_UNITS = (
    *("a", "A", "1", " ", "\n", "(", ",", "/", ".", "\u0301", "Á", "ư", "oà", "An ", "1 ", "1.", "1/", "01 / 1911 / "),
    *(
        "81111X ",
        "1.111-2011/ CTr ",
        "61/2018/NĐ-",
        "21P / 2011 / ",
        "số ",
        "số:",
        "Luật ",
        "bộ luật ",
        "kế h ",
        "\nbB",
    ),
    *(
        "ngày 1/",
        "ngày 11/1-1111 Chủ tịch UBND thị xã cũng cũng có",
        "ngày 11.1, UBND Ĩa ",
        " | |**|Ộaaaaaaa  Ặaaaaaaa-. ",
    ),
    *(
        "xã ",
        "xã aaaa",
        "sở ",
        "cục a ",
        "đbqh ",
        "(đoàn ",
        "kém các ",
        "hành chính tp. ",
        "địa chỉ ",
        "\ntrụ sở  ",
        "” tối",
    ),
    *("vitamin ", "phương án!", "3-1", "68/", "tỉnh ", "thuộc tỉnh ", "TTTT", "UBND-", "-VKSA", "hạng", " (,"),
)
"""What the patterns are made of, and what brings each of them furthest without being found."""
_SIZE = 500_000
_LIMIT_SECONDS = 0.1
"""Twice the aim, 100 ms for a megabyte: tests run beside others."""


def _patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for module in _MODULES:
        for name, value in vars(importlib.import_module(f"processor.{module}")).items():
            if isinstance(value, re.Pattern):
                yield f"{module}.{name}", value


@pytest.mark.parametrize("unit", _UNITS)
def test_no_pattern_is_slow(unit: str) -> None:
    text = unit * (_SIZE // len(unit))
    names = []
    for name, pattern in _patterns():
        names.append(name)
        best = min(_seconds(pattern, text) for _ in range(3))
        assert best < _LIMIT_SECONDS, (name, unit, best)
    assert len(names) > 30


def _seconds(pattern: re.Pattern[str], text: str) -> float:
    """CPU seconds for the first places that match; where they are many, a text is read no further than it needs."""
    started = time.process_time()
    for _ in zip(range(3), pattern.finditer(text), strict=False):
        pass
    return time.process_time() - started
