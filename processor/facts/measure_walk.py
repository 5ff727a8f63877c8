"""What one number of a sentence leaves to the next: a series goes on with what it counts, a list with its verb."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from processor.facts.claims import Claim
from processor.facts.lexicon import Measure
from processor.facts.numbers import Number
from processor.facts.pieces import began_with, concepts_between, only_fillers, piece_start
from processor.facts.sentence import SentenceView

FARTHEST_IN_SERIES = 160
"""Characters between two numbers of one series."""
_NO_SUBJECTS = frozenset({"AGENCY", "CUT", "SAVE", "UNIT_CUT", "ABOLISH", "CLEAR", "APPLY"})
"""Concepts that do not take a series to another subject."""
# A share of a whole that is named after it: what has the share stands before it.
_OF_A_WHOLE = re.compile(r"\s(?:trong |trên |so với |của )?tổng (?:số |thể )?")
_HAS_A_SHARE = re.compile(
    r"(?:chiếm|tương ứng|tương đương|bằng|đạt)(?: tỷ lệ| với| khoảng| gần| hơn| trên| là){0,3}\s$"
)
# A share of another time's figure, or of a plan: a comparison, not a level.
_AS_MUCH_AS = re.compile(r"bằng(?: khoảng| gần| hơn| trên| tới){0,2}\s$")
_OF_ANOTHER = re.compile(r"\s(?:so với|số|tổng số|cùng kỳ|kế hoạch|chỉ tiêu|của năm|năm)\b")
_THIS_SHARE = re.compile(r"tỷ lệ này|con số này")
_JOINT = re.compile(r"\s?(?:,|và|, và|;)\s?")
_NAME_WORDS = frozenset(
    {
        "huyện", "thị", "xã", "thành", "phố", "quận", "phường", "sở", "ubnd", "tỉnh", "tp", "tx", "trấn", "ban", "khối",
        "ngành", "cơ", "quan", "đơn", "địa",
    }
)  # fmt: skip
_HAS = re.compile(r"(?: hiện| đang| hiện nay){0,2} có(?: tổng số| tất cả| trên| hơn| khoảng| gần){0,2}\s")
_CARRIED_VERBS = frozenset({"UNIT_CUT", "STAFF_CUT", "CUT", "CUT_TIME", "SAVE"})
_UNIT_NOUN = {
    "dossier": "DOSSIER", "procedure": "PROCEDURE", "service": "SERVICE", "document": "DOCUMENT", "task": "TASK",
}  # fmt: skip


@dataclass(slots=True)
class Walk:
    """The state of one pass over a sentence's numbers."""

    names: Sequence[tuple[int, int]] = ()
    """Where places are named."""
    last: Claim | None = None
    last_measure: Measure | None = None
    previous_end: int = 0
    reached: int = 0
    """Where the last number that was bound ended."""
    unbound_end: int | None = None
    """Where a count that is none of ours ended: a share right after it is not the last claim's."""


def is_next_of_series(sentence: SentenceView, number: Number, walk: Walk, fillers: frozenset[str]) -> bool:
    """Whether only another place's name parts the number from the last: "huyện A 12 hồ sơ, huyện B 9 hồ sơ"."""
    if walk.last is None or number.start - walk.reached > FARTHEST_IN_SERIES:
        return False
    begin = walk.previous_end if walk.previous_end <= number.start else walk.reached
    if began_with(sentence, number) and concepts_between(sentence, begin, number.start) <= _NO_SUBJECTS:
        begin = piece_start(sentence, number.start, begin)
    inside = [(start, end) for start, end in walk.names if begin <= start and end <= number.start]
    if not inside:
        return False
    words: list[str] = []
    for start, end in (*inside, (number.start, number.start)):
        words.append(sentence.folded[begin:start])
        begin = end
    return only_fillers(" ".join(words), fillers | _NAME_WORDS)


def is_owned(sentence: SentenceView, number: Number, walk: Walk) -> bool:
    """Whether the number tells what a place has: "Bộ Tài chính có 970 thủ tục"."""
    ends = [end for _, end in walk.names if end <= number.start]
    return bool(ends) and _HAS.fullmatch(sentence.folded, ends[-1], number.start) is not None


def repeats_a_share(sentence: SentenceView, number: Number, walk: Walk, first: int) -> bool:
    """Whether the number is told of "tỷ lệ này": of what the share before it measures."""
    back = max(walk.last.end if walk.last else first, number.start - 60)
    return _THIS_SHARE.search(sentence.folded, back, number.start) is not None


def is_of_a_whole(sentence: SentenceView, number: Number) -> bool:
    """Whether a share names after it what it is of: "chiếm 13,2% tổng số hồ sơ"."""
    if _OF_A_WHOLE.match(sentence.folded, number.end, sentence.end) is None:
        return False
    return _HAS_A_SHARE.search(sentence.folded, max(sentence.start, number.start - 40), number.start) is not None


def is_of_another(sentence: SentenceView, number: Number) -> bool:
    """Whether a share is one of another time's figure: "bằng 90% số hồ sơ của cả năm 2021"."""
    before = sentence.folded[max(sentence.start, number.start - 24) : number.start]
    as_much = _AS_MUCH_AS.search(before) if "bằng" in before else None
    return as_much is not None and _OF_ANOTHER.match(sentence.folded, number.end, sentence.end) is not None


def is_a_cut(measure: Measure | None) -> bool:
    """Whether the measure is itself a decrease, whose percentage is no change of it."""
    return measure is not None and measure.rate is not None and measure.rate.endswith("_cut_rate")


def carried_verb(sentence: SentenceView, number: Number, walk: Walk) -> frozenset[str]:
    """The verb that the second of "giảm 203 biên chế và 2.458 người" leaves out."""
    last, measure = walk.last, walk.last_measure
    if last is None or measure is None or last.end > number.start:
        return frozenset()
    joined = _JOINT.fullmatch(sentence.folded, last.end, number.start) is not None
    verbs = measure.needs & _CARRIED_VERBS if joined else frozenset()
    return verbs | {"CUT", "SAVE"} if verbs & {"CUT", "CUT_TIME", "SAVE"} else verbs


def counted_before(walk: Walk) -> str | None:
    """The concept of what the sentence counted last, which later figures leave out."""
    return _UNIT_NOUN.get(walk.last_measure.unit or "") if walk.last_measure is not None else None
