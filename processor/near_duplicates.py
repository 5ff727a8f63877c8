"""Recognises syndicated copies: one text printed by several outlets with small edits, other headings and credits.

A sketch estimates how much two texts share; its bands are keys under which copies find each other by index. Shared
words alone would merge the same template filled in by two provinces, so other places, figures or names veto it.
Two reports of one event are not copies: they share facts, not sentences.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import eq
from typing import Final

from rensa import RMinHash

from processor.model import Article, Place, PlaceHow, PlaceLevel, PlaceResolution
from processor.text import fold
from store.clusters import CopyRules, SketchRecord

PERMUTATIONS: Final = 128
SHINGLE_SYLLABLES: Final = 3
BAND_ROWS: Final = 4
"""Rows a band: two texts that share 70 % of their shingles meet in one of the 32 bands with 99.98 %, 20 % with 5 %."""
MIN_SIMILARITY: Final = 0.5
MIN_SIMILARITY_UNDER_ONE_TITLE: Final = 0.4
MIN_SHINGLES: Final = 24
"""Shorter texts are captions and notices that resemble each other by chance."""

MAX_CHARACTERS: Final = 100_000
"""What is looked at of a text: twenty times a long article, and a bound on what is kept of a hostile one."""

_SEED: Final = 20_210_715
_FORMAT: Final = 1
"""Raised when shingles, seed or library would give other values for the same text."""
_HEADER: Final = struct.Struct("<BI")
_VALUES: Final = struct.Struct(f"<{PERMUTATIONS}I")


@dataclass(frozen=True, slots=True)
class Sketch:
    """A text's MinHash over its shingles of three syllables: the same in every process for the same text."""

    values: tuple[int, ...]
    shingles: int
    """How many different shingles the text has; 0 for a text too short to have one."""

    @classmethod
    def of(cls, text: str) -> Sketch:
        return cls.of_folded(fold(text))

    @classmethod
    def of_folded(cls, folded: str) -> Sketch:
        """The sketch of a text that is already folded."""
        # As bytes from the start: the library would encode every shingle anew, which took longer than all the rest.
        encoded = _encoded_syllables(folded)
        shingles = set(map(b" ".join, zip(encoded, encoded[1:], encoded[2:], strict=False)))
        minhash = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
        minhash.update(shingles)
        return cls(tuple(minhash.digest()), len(shingles))

    def to_bytes(self) -> bytes:
        return _HEADER.pack(_FORMAT, self.shingles) + _VALUES.pack(*self.values)

    @classmethod
    def from_bytes(cls, packed: bytes) -> Sketch:
        """Raises ValueError for bytes of another format: their values cannot be compared with today's."""
        if len(packed) != _HEADER.size + _VALUES.size or packed[0] != _FORMAT:
            raise ValueError(f"expected a sketch of format {_FORMAT}, got {len(packed)} bytes of format {packed[:1]!r}")
        _, shingles = _HEADER.unpack_from(packed)
        return cls(_VALUES.unpack_from(packed, _HEADER.size), shingles)


def bands(sketch: Sketch) -> tuple[int, ...]:
    """The keys under which a text is found: texts alike share at least one. None for texts too short to compare.

    Signed 64-bit numbers; band and format are part of the key, so all keys may stand in one column.
    """
    if sketch.shingles < MIN_SHINGLES:
        return ()
    packed = _VALUES.pack(*sketch.values)
    width = 4 * BAND_ROWS
    return tuple(
        int.from_bytes(
            hashlib.blake2b(bytes((_FORMAT, start // width)) + packed[start : start + width], digest_size=8).digest(),
            "little",
            signed=True,
        )
        for start in range(0, len(packed), width)
    )


def similarity(a: Sketch, b: Sketch) -> float:
    """Estimated share of common shingles (Jaccard), 0 to 1, with a standard error of at most 0.045."""
    if not a.shingles or not b.shingles:
        return 0.0
    return float(sum(map(eq, a.values, b.values)) / PERMUTATIONS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """What is kept of a text to recognise its copies."""

    sketch: Sketch
    subject: str | None
    """The place the text is about, when the text itself names it."""
    places: frozenset[str]
    """Then-names of all provinces, districts and communes that sentences of the text name."""
    figures: Mapping[str, int]
    """How often each figure occurs, written with a decimal point and without thousands marks."""
    names: Mapping[str, int]
    """How often each syllable occurs as part of a name inside a sentence."""
    title: frozenset[str]
    """The syllables of the title."""

    @classmethod
    def of(cls, article: Article, places: PlaceResolution) -> Signature:
        named = [place for place in places.places if _is_named(place, article.text)]
        primary = places.primary if places.primary in named else None
        prose = _prose(article.text[:MAX_CHARACTERS])
        folded = fold(prose)
        return cls(
            sketch=Sketch.of_folded(folded),
            subject=fold(primary.then) if primary and primary.then else None,
            places=frozenset(fold(place.then) for place in named if place.then),
            figures=_figures(folded),
            names=Counter(fold(" ".join(_NAME.findall(prose))).split()),
            title=frozenset(_syllables(fold(article.title or ""))),
        )

    def to_record(self) -> SketchRecord:
        """The form the store keeps."""
        return SketchRecord(
            sketch=self.sketch.to_bytes(),
            bands=bands(self.sketch),
            subject=self.subject,
            places=tuple(sorted(self.places)),
            figures=dict(self.figures),
            names=dict(self.names),
            title=tuple(sorted(self.title)),
        )

    @classmethod
    def from_record(cls, record: SketchRecord) -> Signature:
        """Raises ValueError for a record of another format."""
        return cls(
            sketch=Sketch.from_bytes(record.sketch),
            subject=record.subject,
            places=frozenset(record.places),
            figures=record.figures,
            names=record.names,
            title=frozenset(record.title),
        )


class Likeness(StrEnum):
    """What two texts are to each other, and if no copies, why not."""

    COPY = "copy"
    TOO_SHORT = "too_short"
    OTHER_TEXT = "other_text"
    OTHER_PLACE = "other_place"
    OTHER_FIGURES = "other_figures"
    OTHER_NAMES = "other_names"


def likeness(a: Signature, b: Signature) -> Likeness:
    """Whether two texts are copies of one, and otherwise what speaks against it. Symmetric."""
    if min(a.sketch.shingles, b.sketch.shingles) < MIN_SHINGLES:
        return Likeness.TOO_SHORT
    if similarity(a.sketch, b.sketch) < (MIN_SIMILARITY_UNDER_ONE_TITLE if _same_title(a, b) else MIN_SIMILARITY):
        return Likeness.OTHER_TEXT
    if is_elsewhere(a, b):
        return Likeness.OTHER_PLACE
    if _exchanged(a.figures, b.figures) > _MAX_EXCHANGED_FIGURES:
        return Likeness.OTHER_FIGURES
    if _exchanged(a.names, b.names) > _MAX_EXCHANGED_NAMES:
        return Likeness.OTHER_NAMES
    return Likeness.COPY


def is_copy(a: Signature, b: Signature) -> bool:
    return likeness(a, b) is Likeness.COPY


def is_elsewhere(a: Signature | SketchRecord, b: Signature | SketchRecord) -> bool:
    """Whether each text names a place that the other does not, or one is about a place that the other never names.

    Other places that only one of them names are an added sentence.
    """
    a_places, b_places = set(a.places), set(b.places)
    if not a_places <= b_places and not b_places <= a_places:
        return True
    subjects_are_known = a.subject is not None and b.subject is not None
    return subjects_are_known and (a.subject not in b_places or b.subject not in a_places)


def is_copy_record(a: SketchRecord, b: SketchRecord) -> bool:
    """`is_copy` for what the store keeps; False when a record has a format that cannot be compared any more."""
    try:
        return is_copy(Signature.from_record(a), Signature.from_record(b))
    except ValueError:
        return False


COPY_RULES: Final = CopyRules(is_copy=is_copy_record, is_elsewhere=is_elsewhere)
"""What the store needs to assign clusters."""

_LOCAL = frozenset({PlaceLevel.PROVINCE, PlaceLevel.DISTRICT, PlaceLevel.COMMUNE})
_PUNCTUATION = " .,;:!?…\"'“”‘’«»()[]-–—/%*•"
_OTHER_MARKS = "".join(mark for mark in _PUNCTUATION if not mark.isascii())
_ASCII_PUNCTUATION = "".join(filter(str.isascii, _PUNCTUATION)).encode()
_FIGURE = re.compile(r"\d+(?:[.,/]\d+)*")
_BUT_FIGURES = bytes(code if chr(code) in "0123456789.,/" else 32 for code in range(256))
_THOUSANDS_MARK = re.compile(r"[.,](?=\d{3}(?!\d))")
_LETTERS = [letter for letter in map(chr, range(0x1EFA)) if letter.isalpha()]
_UPPER, _LOWER = "".join(filter(str.isupper, _LETTERS)), "".join(filter(str.islower, _LETTERS))
# A capital after a small letter, a digit or a comma begins a name, not a sentence.
# The capital is looked for first, because there are few of them.
_NAME = re.compile(rf"[{_UPPER}](?<=[{_LOWER}\d,;] .)\w*(?: [{_UPPER}]\w*){{0,6}}")
_MIN_WORDS_OF_PROSE = 5
_MIN_COMMON_IN_TITLE = 6
_MAX_EXCHANGED_FIGURES = 0.15
_MAX_EXCHANGED_NAMES = 0.1


def _is_named(place: Place, text: str) -> bool:
    """Whether the text itself names the place, in a sentence: credits and headings name the outlet's."""
    if not place.then or place.how in {PlaceHow.SOURCE_DEFAULT, PlaceHow.AMBIGUOUS} or place.level not in _LOCAL:
        return False
    return not place.spans or any(_is_in_prose(span.start, text) for span in place.spans)


def _is_in_prose(at: int, text: str) -> bool:
    end = text.find("\n", at)
    return text.count(" ", text.rfind("\n", 0, at) + 1, len(text) if end < 0 else end) >= _MIN_WORDS_OF_PROSE


def _prose(text: str) -> str:
    """The lines that are sentences: bylines, credits, dates and counters differ between copies and say nothing.

    A page that is mostly table cells and headings is taken whole.
    """
    prose = "\n".join(line for line in text.split("\n") if line.count(" ") >= _MIN_WORDS_OF_PROSE)
    return prose if 2 * len(prose) >= len(text) else text


def _syllables(folded: str) -> list[str]:
    """Words without the punctuation around them; twice as fast as finding runs of letters, and as good here."""
    return [bare for word in folded.split() if (bare := word.strip(_PUNCTUATION))]


def _encoded_syllables(folded: str) -> list[bytes]:
    """The same as bytes, three times as fast for a long text in normal form; curly quotes become straight ones."""
    for mark in _OTHER_MARKS:
        folded = folded.replace(mark, '"')
    return [bare for word in folded.encode().split() if (bare := word.strip(_ASCII_PUNCTUATION))]


def _figures(folded: str) -> Counter[str]:
    # Blanking all else is ten times as fast as searching all of a text for digits.
    written = folded.encode().translate(_BUT_FIGURES).decode()
    figures = "\n".join(_FIGURE.findall(" ".join(written.split())))
    return Counter(_THOUSANDS_MARK.sub("", figures).replace(",", ".").split())


def _same_title(a: Signature, b: Signature) -> bool:
    common = len(a.title & b.title)
    return common >= _MIN_COMMON_IN_TITLE and common >= 0.8 * len(a.title | b.title)


def _exchanged(a: Mapping[str, int], b: Mapping[str, int]) -> float:
    """The share of a text's figures or names in whose stead the other has others. Omissions do not count."""
    only_a, only_b = _surplus(a, b), _surplus(b, a)
    total = min(sum(a.values()), sum(b.values()))
    return min(only_a, only_b) / total if total else 0.0


def _surplus(a: Mapping[str, int], b: Mapping[str, int]) -> int:
    return sum(count - b.get(key, 0) for key, count in a.items() if count > b.get(key, 0))
