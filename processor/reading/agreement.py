"""Measures how much of one reading of a page another reading confirms, by runs of four words."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD = re.compile(r"\w+")
_RUN = 4

Run = tuple[str, ...]


class Reading:
    """The lines of one reading, prepared for comparison."""

    __slots__ = ("_lines", "_runs", "words")

    def __init__(self, lines: Sequence[str]) -> None:
        self.words = [words_of(line) for line in lines]
        self._lines = {tuple(words) for words in self.words}
        self._runs: set[Run] = set()
        for words in self.words:
            self._runs.update(_runs(words))

    def confirms(self, words: Sequence[str]) -> bool:
        """Whether more than half of a line's runs of words stand in this reading; a short line must stand whole."""
        if len(words) < _RUN:
            return not words or tuple(words) in self._lines
        runs = _runs(words)
        return 2 * sum(map(self._runs.__contains__, runs)) > len(runs)

    def share_confirmed(self, other: Reading) -> float:
        """The share of another reading's words that stand in lines which this reading confirms."""
        total = sum(map(len, other.words))
        return sum(len(words) for words in other.words if self.confirms(words)) / total if total else 0.0


def words_of(line: str) -> list[str]:
    """The words of a line, as they are compared."""
    return _WORD.findall(line)


def _runs(words: Sequence[str]) -> list[Run]:
    return list(zip(words, words[1:], words[2:], words[3:], strict=False))
