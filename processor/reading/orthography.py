"""Whether a word could be a written Vietnamese syllable: what tells Vietnamese from other letters and from damage.

Every Vietnamese word is written syllable by syllable, and a syllable is an optional onset, a vowel group, an
optional coda and at most one tone. Text in a wrong encoding breaks these rules in nearly every word.
"""

from __future__ import annotations

import re
import unicodedata

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_ONSET = "(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnpqrstvx])?"
_VOWELS = (
    "(?:uyê|oai|oay|oeo|uây|uôi|ươi|ươu|iêu|yêu|uya|uyu|oao|"
    "ai|ao|au|ay|âu|ây|eo|êu|ia|iê|iu|oa|oă|oe|oi|ôi|ơi|ua|uâ|uê|ui|uô|uơ|uy|ưa|ưi|ươ|ưu|ya|yê|yu|oo|"
    "[aăâeêioôơuưy])"
)
_CODA = "(?:ng|nh|ch|[cmnpt])?"
_SYLLABLE = re.compile(r"\A" + _ONSET + _VOWELS + _CODA)
_WORD = re.compile(r"[^\W\d_]+(?:[\u0300-\u036f][^\W\d_]*)*")
_TONE_MARKS = dict.fromkeys(map(ord, _TONES))


def is_syllable(word: str) -> bool:
    """Whether a word, in any Unicode form, has the shape of a Vietnamese syllable."""
    if len(word) > 14:
        return False
    decomposed = unicodedata.normalize("NFD", word.lower())
    tones = sum(decomposed.count(tone) for tone in _TONES)
    if tones > 1:
        return False
    base = unicodedata.normalize("NFC", decomposed.translate(_TONE_MARKS) if tones else decomposed)
    return _SYLLABLE.fullmatch(base) is not None


def words(text: str) -> list[str]:
    """The runs of letters, combining marks included."""
    return _WORD.findall(text)


def accented_balance(text: str) -> tuple[int, int]:
    """Number of words with letters beyond ASCII that are, and that are not, possible syllables.

    Symbols beyond ASCII that touch a letter on both sides count as broken words: a mark of damage.
    """
    good = bad = 0
    verdicts: dict[str, bool] = {}
    for word in words(text):
        if word.isascii():
            continue
        verdict = verdicts.get(word)
        if verdict is None:
            verdict = verdicts[word] = is_syllable(word)
        if verdict:
            good += 1
        else:
            bad += 1
    return good, bad + len(_BROKEN.findall(text))


_BROKEN = re.compile(r"[a-zA-Z][\u0080-\u00bf\u00d7\u00f7\ufffd\u2018-\u203a\u20ac\u02c6\u02dc][a-zA-Z]")
