"""Lines that stand on pages beside articles: counters, share and print links, forms, lists of other articles.

The phrases are data (`data/boilerplate.yml`); this module only matches them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml

from processor.text import fold

_OUTER = " \t:：*•·|»›→▶>+-–—_.…/()[]{}\"'“”✓■◆●▪<«‹"
_MAX_AFTER = 60
_MAX_STARTS = 160
_COUNTER = re.compile(
    r"\A(?:\d[\d.,]{0,10} ?)(?:lượt (?:xem|đọc|truy cập|thích)|lần đọc|bình luận|views?|comments?|shares?)$"
)
_FONT_SIZE = re.compile(r"\A(?:a ?[+-]? ?){2,4}$")
_BESIDE = re.compile(r"\s?[|•·]\s?|\s{2,9}")
_IMAGE_FILE = re.compile(r"\A[\w\s().%,-]{1,120}\.(?:jpe?g|png|gif|webp|bmp|mp4|pdf|docx?)$", re.IGNORECASE)
_ADDRESS = re.compile(r"\A(?:nguồn ?: ?)?(?:https?://|www\.)\S{1,500}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """The phrases, in folded form."""

    after: frozenset[str]
    final: frozenset[str]
    whole: frozenset[str]
    starts: tuple[str, ...]

    @classmethod
    def load(cls) -> Boilerplate:
        """Read the phrases shipped with the package."""
        return cls.from_data(yaml.safe_load(files("processor.data").joinpath("boilerplate.yml").read_text("utf-8")))

    @classmethod
    def from_data(cls, data: Mapping[str, Iterable[str]]) -> Boilerplate:
        """From phrases under the keys after, final, whole and starts. Raises KeyError when one is missing."""
        after, final, whole, starts = (
            tuple(_core(fold(str(phrase))) for phrase in data[key]) for key in ("after", "final", "whole", "starts")
        )
        return cls(
            after=frozenset(after),
            final=frozenset(final),
            whole=frozenset(whole) - {""},
            starts=tuple(start for start in starts if start),
        )

    def begins_list(self, line: str) -> bool:
        """Whether a list of other articles begins with this line."""
        return len(line) <= _MAX_AFTER and _folded_core(line) in self.after

    def is_final(self, line: str) -> bool:
        """Whether the article's text is over for good where this line stands."""
        return len(line) <= _MAX_AFTER and _folded_core(line) in self.final

    def is_end(self, line: str) -> bool:
        """Whether what follows this line belongs to something else than the article."""
        return self.begins_list(line) or self.is_final(line)

    def is_furniture(self, line: str) -> bool:
        """Whether the line is none of the article's text."""
        if len(line) > _MAX_STARTS:
            return False
        folded = _folded_core(line)
        if not folded or folded in self.whole:
            return True
        if folded.startswith(self.starts):
            return True
        parts = _BESIDE.split(line)
        if len(parts) > 1 and all(self._is_whole(part) for part in parts):
            return True
        return bool(_COUNTER.match(folded) or _FONT_SIZE.match(folded))

    def _is_whole(self, part: str) -> bool:
        folded = _folded_core(part)
        return not folded or folded in self.whole

    @staticmethod
    def is_file_or_address(line: str) -> bool:
        """Whether the line is a file's name or a bare address, as stands under images and after copied texts."""
        return len(line) <= 600 and bool(_IMAGE_FILE.match(line) or _ADDRESS.match(line))


@lru_cache(maxsize=1024)
def _folded_core(line: str) -> str:
    return _core(fold(line))


def _core(folded: str) -> str:
    """A folded line without the marks around its words."""
    return " ".join(folded.strip(_OUTER).split())
