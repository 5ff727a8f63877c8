"""The language of a text: by its letters when they are plain, by n-gram statistics when they are not."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from langdetect import PROFILES_DIRECTORY, DetectorFactory, LangDetectException

from processor.orthography import is_syllable, words

_SAMPLE = 500
_DETECTED = 200
"""Characters that the statistics see: enough to be right, and each costs them more than all other rules together."""
_TRIALS = 2
"""Of the statistics, which draw at random from a fixed seed: more do not change the answer at this length."""
_MIN_LETTERS = 20
_VIETNAMESE_LETTERS = re.compile("[ăắằẳẵặđơớờởỡợưứừửữựấầẩẫậếềểễệốồổỗộạảẹẻẽịỉĩọỏụủũỳỷỹỵ]")
_MIN_SHARE = 0.04
"""Share of letters that only Vietnamese writes; running Vietnamese has about 0.2, other languages none."""


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
    letters = sum(map(str.isalpha, sample))
    if letters < _MIN_LETTERS:
        return None
    if len(_VIETNAMESE_LETTERS.findall(sample)) >= _MIN_SHARE * letters:
        return "vi"
    if _is_unaccented_vietnamese(sample[:_SAMPLE]):
        return "vi"
    detector = _factory().create()
    detector.n_trial = _TRIALS
    detector.append(sample[:_DETECTED])
    try:
        language: str = detector.detect()
    except LangDetectException:
        return None
    return None if language == "unknown" else language


def _is_unaccented_vietnamese(sample: str) -> bool:
    """Nearly all words are possible syllables, and the commonest words of Vietnamese are among them."""
    found = words(sample)
    if len(found) < 8:
        return False
    syllables = sum(map(is_syllable, found))
    common = sum(word in _COMMON for word in found)
    return syllables >= 0.85 * len(found) and common >= 0.12 * len(found)


_COMMON = frozenset(
    "va cua cac trong cho duoc voi la co nay tai theo nhung den khong ve da tu dan nguoi cong nam tinh huyen "  # noqa: SIM905 - reads better than a list
    "hanh chinh thu tuc giai quyet viec tren phuc vu ho so quan ly nhan thuc hien xa phuong".split()
)
