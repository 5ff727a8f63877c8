"""The one normal form of stored text, and the length-preserving views of it that the steps match against.

`normalise` is applied once, when an article is read; everything downstream may rely on its promises.
`fold`, `sentences` and `syllables` never change offsets: what they say of a position holds for the text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple


class Extent(NamedTuple):
    """A half-open stretch of a text, in code points."""

    start: int
    end: int


# What has no width or no meaning in a stored text: controls (NUL cannot be stored at all), soft hyphen, format
# and direction marks, joiners, variation selectors, fillers, lone surrogates, private use (icon fonts), tags.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u08e2\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\uffff\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_LINE_END = re.compile("[\r\x0b\x0c\x85\u2028\u2029]")
_ODD_SPACE = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# What is beyond ASCII, the letters of Vietnamese and of its neighbours, and common punctuation: most texts have none of
# it, and so need not be searched for everything above.
_UNCOMMON = re.compile(
    "[^\n -~\u00a1-\u00ac\u00ae-\u00cf\u00d1-\u00ef\u00f1-\u0188\u018a-\u024f\u1ea0-\u1ef9\u2010-\u2027\u2030-\u205e]"
)
_SPACES = re.compile("  +")
_BLANK_LINES = re.compile("\n{3,}")
# Putting marks into canonical order takes quadratic time in a long run of them, and no writing needs so many.
_LONG_MARK_RUN = re.compile(r"[^\w\s!-~]{24,}")
# Every block with combining marks in it, but not those of Vietnamese, dashes and quotes: most texts have none of it.
_MARK = re.compile("[\u0300-\u1dff\u20d0-\u20ff\u2c00-\u303f\u3099-\u309a\ua000-\uabff\ud7b0-\U0010ffff]")
# Some newsrooms type the Icelandic Eth or the African D for Đ. The small eth begins no Icelandic word, and đ only
# begins Vietnamese syllables; the capital stands inside abbreviations too (HĐND), so it is always read as Đ.
_SMALL_ETH = re.compile("\u00f0(?<![^\\W\\d_].)")


def normalise(text: str) -> str:
    """The normal form of stored text; idempotent.

    NFC; Đ/đ for its look-alikes; every space an ordinary one, single, none at a line's ends; no invisible
    character; lines end in a newline alone, at most one empty line in a row; nothing blank at either end.
    """
    if _UNCOMMON.search(text):
        text = _INVISIBLE.sub("", _LINE_END.sub("\n", text.replace("\r\n", "\n")))
        if not text.isascii():
            text = _compose(text)
        text = _ODD_SPACE.sub(" ", text)
    if "  " in text:
        text = _SPACES.sub(" ", text)
    text = text.replace(" \n", "\n").replace("\n ", "\n")
    return (_BLANK_LINES.sub("\n\n", text) if "\n\n\n" in text else text).strip(" \n")


def _compose(text: str) -> str:
    text = _without_long_runs(unicodedata.normalize("NFC", _without_long_runs(text)))
    text = text.replace("\u00d0", "Đ").replace("\u0189", "Đ").replace("\u0256", "đ")
    return _SMALL_ETH.sub("đ", text)


def _without_long_runs(text: str) -> str:
    return _LONG_MARK_RUN.sub(_without_marks, text) if _MARK.search(text) else text


def _without_marks(match: re.Match[str]) -> str:
    return "".join(letter for letter in match.group() if not unicodedata.combining(letter))


_DASH = re.compile("[\u2010-\u2015\u2212]")
_TONED_VOWELS = "àáảãạèéẻẽẹỳýỷỹỵ"
_UNTONED = dict(zip(_TONED_VOWELS, "aaaaaeeeeeyyyyy", strict=True))
_TONE_OF = {vowel: index % 5 for index, vowel in enumerate(_TONED_VOWELS)}
_TONED_GLIDE = {"o": "òóỏõọ", "u": "ùúủũụ"}
# hoà, khoẻ, thuỷ: the tone on the second vowel of an open syllable. Not quý, whose u belongs to the consonant.
_OLD_STYLE = re.compile("[ou](?:(?<=o)[àáảãạèéẻẽẹ]|(?<=u)(?<!qu)[ỳýỷỹỵ])(?![^\\W\\d_])")


def fold(text: str) -> str:
    """Lower case, tones placed as in hòa and thủy, every dash a hyphen: for matching at the same offsets."""
    return _fold_article(text) if len(text) >= _ARTICLE else _fold(text)


def _fold(text: str) -> str:
    folded = text.lower()
    if len(folded) != len(text):
        folded = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    return _OLD_STYLE.sub(_place_tone, _DASH.sub("-", folded))


_ARTICLE = 1_000
# Places, facts and copies are all found in the folded text of the article at hand.
_fold_article = lru_cache(maxsize=1)(_fold)


def _place_tone(match: re.Match[str]) -> str:
    vowel = match.group()[1]
    return _TONED_GLIDE[match.group()[0]][_TONE_OF[vowel]] + _UNTONED[vowel]


_SYLLABLE = re.compile(r"[^\W_]+")


def syllables(text: str) -> list[Extent]:
    """The runs of letters and digits, which in Vietnamese are syllables."""
    return [Extent(*match.span()) for match in _SYLLABLE.finditer(text)]


# One set of characters comes first, so that the search can skip to them.
_STOP = re.compile("[\n.!?…](?:(?<!\n)[.!?…]{0,9}[\"'”’»)\\]]{0,3})?")
_LONGEST_ABBREVIATED = 12
# Titles and unit words that are written with a full stop before a name, the second set with a capital only.
_ABBREVIATIONS = frozenset({"tp", "tx", "ts", "ths", "gs", "pgs"})
_CAPITAL_ABBREVIATIONS = frozenset(
    {"tt", "th", "bs", "bsck", "ds", "ks", "kts", "ls", "cn", "ncs", "nsnd", "nsưt", "st", "mr", "mrs", "ms", "dr"}
)
_BEFORE_LETTER_GRADE = re.compile(r"(?:loại|nhóm|hạng|mức|khối|hàng|phương án|lớp|vitamin) $", re.IGNORECASE)
_OPENING = "\"'“‘«([-–—•+*"


def sentences(text: str) -> list[Extent]:
    """The sentences of a text, without blanks around them. A newline always ends one, a semicolon never."""
    found: list[Extent] = []
    start = 0
    for match in _STOP.finditer(text):
        if match.group() == "\n" or _ends_sentence(text, start, match):
            _append_trimmed(found, text, start, match.end())
            start = match.end()
    _append_trimmed(found, text, start, len(text))
    return found


def _append_trimmed(found: list[Extent], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        found.append(Extent(start, end))


def _ends_sentence(text: str, start: int, stop: re.Match[str]) -> bool:
    after = text[stop.end() : stop.end() + 3]
    if not after or after[0] == "\n":
        return True
    if after[0] != " ":
        return _missing_space(text, stop)
    if not (after[1:2].isupper() or after[1:2].isdigit() or after[1:2] in _OPENING):
        return False
    return stop.group() != "." or not _abbreviates(text, start, stop.start())


def _missing_space(text: str, stop: re.Match[str]) -> bool:
    """A full stop between a small and a capital letter, as in "người dân.Theo"; not "TP.Hà Nội", "báo.vn"."""
    before = text[max(stop.start() - 3, 0) : stop.start()]
    after = text[stop.end() : stop.end() + 2]
    return len(before) == 3 and before.islower() and before.isalpha() and after.istitle() and after.isalpha()


def _abbreviates(text: str, start: int, stop: int) -> bool:
    """Whether the full stop at `stop` belongs to its word: a short title, an initial or an item number."""
    begin = stop
    while begin > start and stop - begin < _LONGEST_ABBREVIATED and text[begin - 1].isalnum():
        begin -= 1
    token = text[begin:stop]
    if not token:
        return False
    begins_sentence = begin - start <= 2 and not text[start:begin].strip()
    if begins_sentence and (token.isdigit() or len(token) == 1):
        return True
    if len(token) == 1 and token.isupper():
        return not _BEFORE_LETTER_GRADE.search(text, max(start, begin - 12), begin)
    lower = token.lower()
    return lower in _ABBREVIATIONS or (lower in _CAPITAL_ABBREVIATIONS and not token.islower())
