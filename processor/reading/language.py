"""The language of a text: by its letters when they are plain, by n-gram statistics when they are not."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from langdetect import PROFILES_DIRECTORY, DetectorFactory, LangDetectException

from processor.reading.orthography import is_syllable, words

_SAMPLE = 500
_DETECTED = 200
"""Characters that the statistics see: enough to be right, and each costs them more than all other rules together."""
_TRIALS = 2
"""Of the statistics, which draw at random from a fixed seed: more do not change the answer at this length."""
_MIN_LETTERS = 20
_VIETNAMESE_LETTERS = re.compile("[ăắằẳẵặđơớờởỡợưứừửữựấầẩẫậếềểễệốồổỗộạảẹẻẽịỉĩọỏụủũỳỷỹỵ]")
_MIN_SHARE = 0.04
"""Share of letters that only Vietnamese writes; running Vietnamese has about 0.2, other languages none."""
_MIN_WORDS = 8
_MIN_SYLLABLES, _MIN_COMMON = 0.85, 0.12
"""Shares of words that could be, and that commonly are, Vietnamese without its marks."""
_MIN_ENGLISH = 0.2
"""Share of words that are common in English; running English has about 0.4."""


@cache
def _factory() -> DetectorFactory:
    """The detector's profiles, loaded once; seeded, because the detector draws at random otherwise."""
    DetectorFactory.seed = 0
    factory = DetectorFactory()
    factory.load_profile(PROFILES_DIRECTORY)
    return factory


def detect_language(text: str) -> str | None:
    """The ISO 639-1 code of a text's language, or None when there is too little text to say.

    Deterministic: the same text always has the same answer. Vietnamese without its marks is recognised too.
    """
    sample = unicodedata.normalize("NFC", " ".join(text[: 4 * _SAMPLE].split())).lower()
    vietnamese = len(_VIETNAMESE_LETTERS.findall(sample))
    if vietnamese >= max(_MIN_LETTERS, _MIN_SHARE * len(sample)):
        return "vi"  # Whatever else is in it: counting all letters takes longer than the rest.
    letters = sum(map(str.isalpha, sample))
    if letters < _MIN_LETTERS:
        return None
    if vietnamese >= _MIN_SHARE * letters:
        return "vi"
    if (by_words := _by_common_words(words(sample[:_SAMPLE]))) is not None:
        return by_words
    detector = _factory().create()
    detector.n_trial = _TRIALS
    detector.append(sample[:_DETECTED])
    try:
        language: str = detector.detect()
    except LangDetectException:
        return None
    return None if language == "unknown" else language


def _by_common_words(found: list[str]) -> str | None:
    """The language whose commonest words are among the words; None leaves it to the statistics."""
    if len(found) < _MIN_WORDS:
        return None
    if "the" in found and sum(map(_ENGLISH.__contains__, found)) >= _MIN_ENGLISH * len(found):
        return "en"
    # Vietnamese without its marks: nearly all words are possible syllables too.
    common = sum(map(_COMMON.__contains__, found))
    if common >= _MIN_COMMON * len(found) and sum(map(is_syllable, found)) >= _MIN_SYLLABLES * len(found):
        return "vi"
    return None


_COMMON = frozenset(
    "va cua cac trong cho duoc voi la co nay tai theo nhung den khong ve da tu dan nguoi cong nam tinh huyen "  # noqa: SIM905 - reads better than a list
    "hanh chinh thu tuc giai quyet viec tren phuc vu ho so quan ly nhan thuc hien xa phuong".split()
)

_ENGLISH = frozenset(
    "the of and to for with that was were are by from this have has had its their been which would not but they you "  # noqa: SIM905 - reads better than a list
    "his her who will more after said about when there is it as on at be an".split()
)
