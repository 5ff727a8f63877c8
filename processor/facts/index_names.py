"""Which index, or component of one, a rank or score is about: named behind it, right after it, or sentences ago."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from processor.facts.lexicon import Hit
from processor.facts.pieces import piece_start
from processor.facts.sentence import SentenceView

CONTEXT_SENTENCES = 8
"""For how many sentences an index stays the subject after it was last spoken of."""

_WORD = re.compile(r"[\w%]+")
_NAMES_A_FIELD = re.compile(r"về|nội dung|lĩnh vực|tiêu chí|chỉ số thành phần|ở")
_FIELD_WORDS = ("chỉ số", "thành phần", "lĩnh vực", "cstp", "tiêu chí", "nội dung", "trụ cột", "hạng mục")
_OTHER_SUBJECT = re.compile(
    r"(?<!thuộc )(?:về|trong lĩnh vực|ở môn|ở nội dung)\s"
    r"(?!chỉ số|cải cách|công tác cải cách|bảng|xếp hạng|cchc|par|sự hài lòng|các|điểm|đích|chuyển đổi số|thứ hạng|"
    r"tỉnh|năng lực|hiệu quả|tp)\w"
)
_OF_SOMETHING_ELSE = re.compile(
    r"(?:\s(?:cả nước|toàn quốc|toàn tỉnh|tỉnh,? thành(?: phố)?|địa phương|khu vực)){0,2}\s(?:về|trong lĩnh vực|ở "
    r"lĩnh vực)\s"
    r"(?!chỉ số|bộ chỉ số|kết quả|cải cách|công tác cải cách|công tác cchc|bảng|xếp hạng(?! dịch vụ)|cchc|par|"
    r"sipas|papi|pci|"
    r"ddci|pgi|dti|"
    r"ict|sự hài lòng|mức độ|các|điểm|đích|năng lực|hiệu quả|chuyển đổi số|tổng)\w"
)
_OWN_SUBJECT = re.compile(r"(?:giá trị|điểm|mức) (?:trung bình|bình quân)|chỉ số|điểm số|tổng điểm")
_ALL_OF = re.compile(r"(?:cả|toàn bộ) (?:hai|ba|bốn|năm|\d|các)(?: bộ)? (?:bảng|chỉ số|bộ chỉ số)")
_ASIDE = re.compile(r"\s?\([^()]{0,40}\)")
_JOINT = re.compile(r"(?:,|và|;)\s(?:chỉ số )?\Z")
_ENDS_LIST = re.compile(r"[,;.()]")
_LONGEST_BETWEEN = 140
_COUNTED = frozenset({"DOSSIER", "SERVICE", "PROCEDURE", "PAYMENT", "DIGITISE", "DOCUMENT"})
_COUNTED_EARLIER = frozenset({"DOSSIER", "SERVICE", "PAYMENT", "DIGITISE", "DOCUMENT", "TASK"})


@dataclass(slots=True)
class IndexContext:
    """What earlier sentences leave to later ones."""

    index: str | None = None
    age: int = CONTEXT_SENTENCES + 1
    out_of: int | None = None
    known: frozenset[str] = frozenset()
    """Indices named by a strong name anywhere in the article."""
    connectors: frozenset[str] = frozenset()
    """Words that may stand between a rank and its index."""
    ranked: dict[tuple[str, str | None], int] = field(default_factory=dict)
    """Rank told so far by (index, place name): "đứng sau X là Y"."""

    @property
    def is_live(self) -> bool:
        return self.index is not None and self.age <= CONTEXT_SENTENCES


@dataclass(frozen=True, slots=True)
class Named:
    """An index and where it is named; `hit` is None when that was in an earlier sentence."""

    index: str
    hit: Hit | None
    ahead: bool = False
    """Named after the number."""

    @property
    def inherited(self) -> bool:
        return self.hit is None


def strong_hits(sentence: SentenceView) -> list[Hit]:
    return [hit for hit in sentence.hits if hit.phrase.index is not None]


def index_of(sentence: SentenceView, start: int, end: int, context: IndexContext, *, ranked: bool) -> Named | None:
    """The index of the rank or score at [start, end); None when none can be told."""
    strong = strong_hits(sentence)
    if (ahead := _right_ahead(sentence, end, context, ranked=ranked)) is not None:
        return ahead
    before = [hit for hit in strong if hit.end <= start]
    if before:
        return Named(before[-1].phrase.index or "", before[-1])
    weak = [hit for hit in sentence.hits if hit.phrase.weak_index in context.known and hit.end <= start]
    if ranked and weak and connects(sentence.folded[weak[-1].end : start], context.connectors):
        return Named(weak[-1].phrase.weak_index or "", weak[-1])
    after = [hit for hit in strong if hit.start >= end]
    if after and (ranked or _alone_ahead(sentence, strong)):
        return Named(after[0].phrase.index or "", after[0], ahead=True)
    if context.is_live and context.index is not None:
        return Named(context.index, None)
    return None


def _right_ahead(sentence: SentenceView, end: int, context: IndexContext, *, ranked: bool) -> Named | None:
    """The index of "xếp thứ 8 về PAR Index"."""
    for hit in sentence.hits:
        name = hit.phrase.index or (hit.phrase.weak_index if ranked else None)
        if name is None or hit.start < end:
            continue
        if (hit.phrase.index or name in context.known) and connects(
            sentence.folded[end : hit.start], context.connectors
        ):
            return Named(name, hit, ahead=True)
        return None
    return None


def _alone_ahead(sentence: SentenceView, strong: list[Hit]) -> bool:
    """Whether the sentence is about one index that it names late: "đạt 80,05%, ... về chỉ số cải cách hành chính"."""
    if len({hit.phrase.index for hit in strong}) != 1:
        return False
    return not any(hit.phrase.foreign or hit.phrase.concepts & _COUNTED for hit in sentence.hits)


def joint_indices(sentence: SentenceView, end: int, first: Named) -> list[str]:
    """The further indices of "quán quân ở cả hai bảng xếp hạng: PAR Index và SIPAS", "đứng đầu PAR Index, PCI"."""
    if first.hit is None or not first.ahead:
        return []
    every = _ALL_OF.search(sentence.folded, end, first.hit.start) is not None
    found: list[str] = []
    last = first.hit
    for hit in strong_hits(sentence):
        if hit.start < last.end:
            continue
        if not every and not _is_beside(sentence.folded, last.end, hit.start):
            break
        if hit.phrase.index not in {first.index, *found} and hit.phrase.index is not None:
            found.append(hit.phrase.index)
        last = hit
    if any(rank.start > first.hit.end for rank in sentence.ranks):
        return []
    return found


def _is_beside(folded: str, start: int, end: int) -> bool:
    """Whether only a bracket and a few words part two indices of a list: "PAPI (41 điểm) của tỉnh và PCI"."""
    joint = _JOINT.search(folded, max(start, end - 12), end)
    if joint is None or end - start > _LONGEST_BETWEEN:
        return False
    aside = _ASIDE.match(folded, start, joint.start())
    return _ENDS_LIST.search(folded, aside.end() if aside else start, joint.start()) is None


def component_of(
    sentence: SentenceView, start: int, end: int, index_hit: Hit | None, context: IndexContext, *, parted: bool
) -> tuple[str, str] | None:
    """(index, component) of a rank or score; `parted`: a place stands between the component's name and it."""
    hits = [hit for hit in sentence.hits if hit.phrase.component is not None]
    for hit in hits:
        if hit.start < end:
            continue
        between = sentence.folded[end : hit.start].replace('"', " ").replace("“", " ")
        free = index_hit is None or index_hit.start > hit.start or index_hit.end <= start
        if free and connects(between, context.connectors) and _NAMES_A_FIELD.search(between):
            return hit.phrase.component
        break
    before = [hit for hit in hits if hit.end <= start]
    if not before or parted or (index_hit is not None and before[-1].end <= index_hit.start < start):
        return None
    return _component_behind(sentence, before[-1], start, context.known)


def last_component_end(sentence: SentenceView, start: int) -> int | None:
    ends = [hit.end for hit in sentence.hits if hit.phrase.component is not None and hit.end <= start]
    return ends[-1] if ends else None


def _component_behind(sentence: SentenceView, hit: Hit, start: int, known: frozenset[str]) -> tuple[str, str] | None:
    component = hit.phrase.component
    bracket = sentence.parenthesis(start)
    opened = bracket is not None and bracket[0] > hit.end
    gap = sentence.folded[hit.end : bracket[0] if bracket is not None and opened else start]
    if component is None or len(gap) > 60 or ";" in gap or ("(" in gap and ")" in gap):
        return None
    if component[0] not in known and component[0] != "pci":
        return None
    near = 30 if component[0] != "par_index" else 16
    spoken = len(gap) <= near or any(word in sentence.text for word in _FIELD_WORDS)
    return component if spoken else None


def other_subject_between(sentence: SentenceView, index_hit: Hit | None, start: int) -> bool:
    """A count, share or foreign subject between the index name and a score takes the score away from it."""
    if index_hit is None or index_hit.end > start:
        return False
    begin = index_hit.end
    own = piece_start(sentence, start, begin)
    if own > begin and _OWN_SUBJECT.search(sentence.folded, own, start) is not None:
        begin = own
    for hit in sentence.hits_between(begin, start):
        if hit.phrase.foreign:
            return True
        if hit.phrase.concepts & _COUNTED:
            gap = sentence.folded[hit.end : start]
            if re.search(r"chỉ số|index|xếp|hạng", gap) is None:
                return True
    return False


def ranks_something_else(sentence: SentenceView, end: int) -> bool:
    """Whether a rank says itself what it is in, and it is no index: "xếp thứ 2 về trồng rừng"."""
    return _OF_SOMETHING_ELSE.match(sentence.folded, end, sentence.end) is not None


def is_about_something_else(sentence: SentenceView, start: int, end: int) -> bool:
    """Whether a part of a sentence that names no index is about something else than the index of the ones before."""
    if _OTHER_SUBJECT.search(sentence.folded, end, min(sentence.end, end + 40)) is not None:
        return True
    begins = [stop for _, stop, is_strong in sentence.breaks if is_strong and stop <= start]
    ends = [stop for stop, _, is_strong in sentence.breaks if is_strong and stop >= end]
    part = sentence.hits_between(begins[-1] if begins else sentence.start, ends[0] if ends else sentence.end)
    return any(hit.phrase.foreign or hit.phrase.concepts & _COUNTED_EARLIER for hit in part)


def connects(between: str, connectors: frozenset[str]) -> bool:
    """Whether only words that tie a rank to an index stand between the two."""
    text = between.replace(", thành", " thành").replace("sở, ban, ngành", "sở ngành").replace("sở, ngành", "sở ngành")
    text = text.replace("huyện, thị xã", "huyện thị xã").replace("chỉ số quan trọng:", "chỉ số quan trọng")
    if any(mark in text for mark in ",;.:)("):
        return False
    words = _WORD.findall(text)
    return len(words) <= 16 and all(word in connectors or word.isdigit() for word in words)
