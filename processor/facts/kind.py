"""Whether a figure was achieved or is a target, from the words that govern it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from processor.facts.gates import may_hold
from processor.facts.sentence import SentenceView
from processor.model import FactKind

# A target word governs the list it opens until the sentence ends; an achieved word after it ends its reach.
_TARGET = re.compile(
    r"(?=[pmcđtíhdybqsk])(?<!\w)"
    r"(?:phấn đấu|mục tiêu(?: (?:được )?(?:đề ra|đặt ra))?|chỉ tiêu (?:được )?(?:đề ra|đặt ra)|đề ra|đặt ra|"
    r"tối thiểu|ít nhất|đặt mục tiêu|"
    r"hướng tới|hướng đến|dự kiến|yêu cầu|bảo đảm|đảm bảo|quyết tâm|sẽ(?! tiếp nhận| là | do | gồm| có )|"
    r"kế hoạch giao|kế hoạch đề ra|theo kế hoạch năm|định hướng|cần phải|phải đạt|"
    r"đến (?:cuối |hết )?năm (?P<horizon>20\d\d)|(?:mỗi|hằng|hàng) năm tăng|trở lên)(?!\w)"
)
_ACHIEVED = re.compile(
    r"(?=[đkhqvtgcnx])(?<!\w)"
    r"(?:đã|kết quả|hoàn thành|qua rà soát|vượt|đến nay|tính đến|ghi nhận|hiện có|hiện nay|hiện|được đánh giá|"
    r"đạt được|tăng so với|cùng kỳ|tiếp nhận|năm qua|đến thời điểm|xếp hạng|xếp thứ|công bố)(?!\w)"
)
# Immediately before the number: this number alone is the target that the achieved figure is measured against.
_LOCAL_TARGET = re.compile(
    r"(?:chỉ tiêu|mục tiêu|kế hoạch|yêu cầu|chỉ tiêu giao|chỉ tiêu đề ra)"
    r"(?: được| đã| đề ra| đặt ra| giao| tỉnh giao| của \w{1,12}| năm \d{4}| năm| tối thiểu| phải| đạt| là| từ| ở "
    r"mức|:| \()*\s?\(?$"
)
_MEASURED_AGAINST = re.compile(
    r"(?:vượt|đạt|hoàn thành|so với|bằng|theo|cao hơn|thấp hơn|trên|thực hiện|vượt xa)\s(?:các |mức |những )?$"
)
# Orders and promises make a target of a share, but not of a count, which they mostly tell as it is.
_REQUESTS = frozenset({"yêu cầu", "bảo đảm", "đảm bảo"})
_PROMISES = frozenset({"sẽ", "dự kiến", "quyết tâm", "định hướng", "cần phải"})
_NO_ORDER = re.compile(r"(?:hồ sơ|theo|có|đáp ứng|phù hợp)\s$")
_CLAUSE_OPENS = re.compile(r"[,;:+-]\s$")
_SINCE = re.compile(r"(?:tính\s|(?<!\w)từ[^,;.]{0,21}+(?<=\s))$")
_REACHED = re.compile(r"đạt\b[^,;]{0,20}$")
_REACH_ENDS = re.compile(r"(?<!\w)(?:đã|đến nay|tính đến nay|kết quả(?:,| là| đến| đạt| thực hiện)|thực tế)(?!\w)")
_OPENS_WITH_YEAR = re.compile(r"(?:trong |riêng |riêng trong )?năm 20\d\d\b")
_BRACKETED = re.compile(r"\([^()]*\)?")
_DEED = re.compile(r"(?<!\w)(?:đã|đến nay|tính đến|kết quả(?:,| là| đạt| cho thấy)|hoàn thành|vượt|ghi nhận)(?!\w)")
_LIST_ITEM = re.compile(r"\A\s{0,3}(?:[-+•*–]|\d{1,2}[.)]|[a-zđ]\))\s")
_CONTINUES = re.compile(
    r"(?:trong đó|cụ thể|đặc biệt|ngoài ra|bên cạnh đó|đồng thời|riêng|song song|cùng với đó|giai đoạn|năm 20)\b"
)


_YARDSTICKS = ("chỉ tiêu", "mục tiêu", "kế hoạch", "yêu cầu")
# One of these stands in every match of `_TARGET`: most sentences have none, which is found sooner than by the pattern.
_TARGET_WORDS = (
    "phấn đấu", "mục tiêu", "đề ra", "đặt ra", "tối thiểu", "ít nhất", "hướng ", "dự kiến", "yêu cầu", "bảo đảm",
    "đảm bảo", "quyết tâm", "sẽ", "kế hoạch", "cần phải", "phải đạt", "đến năm 20", "đến cuối năm 20",
    "đến hết năm 20", "năm tăng", "trở lên",
)  # fmt: skip


def has_local_target(sentence: SentenceView, start: int) -> bool:
    """Whether the number is the yardstick in "vượt chỉ tiêu đề ra là 95%"."""
    before = sentence.folded[max(sentence.start, start - 60) : start]
    if not may_hold(before, _YARDSTICKS):
        return False
    return _LOCAL_TARGET.search(before) is not None


@dataclass(frozen=True, slots=True)
class KindReader:
    """Reads kinds in one article; `published`, its year, tells horizons still ahead from those already past."""

    published: int | None
    achieved: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    """Where the achieved words of a sentence end, by its start, as far as asked for."""
    targets: dict[int, bool] = field(default_factory=dict)
    """Whether a sentence holds a target word at all, likewise."""

    def kind_at(
        self, sentence: SentenceView, start: int, comparator: str, *, is_share: bool, inherited_target: bool
    ) -> tuple[FactKind, str | None]:
        """Achieved or target, with the word that says so."""
        before = sentence.folded[sentence.start : start]
        if has_local_target(sentence, start):
            return FactKind.TARGET, "chỉ tiêu"
        if self._may_be_target(sentence):
            whole = "(" not in before or sentence.parenthesis(start) is not None
            heard = before if whole else _BRACKETED.sub(" ", before)
            if (cue := self._governing_target(heard, is_share=is_share)) is not None:
                return FactKind.TARGET, cue
        if comparator == ">=" and not _DEED.search(before[-80:]):
            return FactKind.TARGET, "tối thiểu"
        if inherited_target and not _DEED.search(before):
            return FactKind.TARGET, None
        if (achieved := self._last_achieved(sentence, start)) is not None:
            return FactKind.ACHIEVED, achieved
        return FactKind.ACHIEVED, "đạt" if _REACHED.search(before) else None

    def leaves_target_open(self, sentence: SentenceView, *, inherited: bool) -> bool:
        """Whether the sentences that follow in the same list are still about targets."""
        if not inherited and not self._may_be_target(sentence):
            return False
        text = _BRACKETED.sub(" ", sentence.text) if "(" in sentence.text else sentence.text
        if _DEED.search(text):
            return False
        return inherited or self._governing_target(text, is_share=False) is not None

    def _may_be_target(self, sentence: SentenceView) -> bool:
        known = self.targets.get(sentence.start)
        if known is None:
            known = self.targets[sentence.start] = may_hold(sentence.text, _TARGET_WORDS)
        return known

    def _last_achieved(self, sentence: SentenceView, start: int) -> str | None:
        words = self.achieved.get(sentence.start)
        if words is None:
            found = _ACHIEVED.finditer(sentence.folded, sentence.start, sentence.end)
            words = self.achieved[sentence.start] = [(match.end(), match.group()) for match in found]
        before = [word for end, word in words if end <= start]
        return before[-1] if before else None

    def _governing_target(self, before: str, *, is_share: bool) -> str | None:
        """The last target word that still governs the end of `before`."""
        last: re.Match[str] | None = None
        for match in _TARGET.finditer(before):
            if self._is_a_target_word(before, match, is_share=is_share):
                last = match
        if last is None or _REACH_ENDS.search(before, last.end()) is not None:
            return None
        return last.group()

    def _is_a_target_word(self, before: str, match: re.Match[str], *, is_share: bool) -> bool:
        word = match.group()
        lead = before[max(0, match.start() - 24) : match.start()]
        if match["horizon"] is not None:
            is_past = self.published is not None and int(match["horizon"]) < self.published
            return not (is_past or _SINCE.search(lead))
        if word.startswith(("chỉ tiêu", "mục tiêu", "đề ra", "đặt ra", "kế hoạch")):
            return _MEASURED_AGAINST.search(lead) is None
        if word in _REQUESTS:
            return is_share and _is_a_request(before, match)
        return word != "trở lên" and (is_share or word not in _PROMISES)


def _is_a_request(before: str, match: re.Match[str]) -> bool:
    """Whether "yêu cầu" is an order, not "hồ sơ yêu cầu"; "bảo đảm" only where it opens a clause."""
    if match.group() == "yêu cầu":
        return _NO_ORDER.search(before, 0, match.start()) is None
    return match.start() == 0 or _CLAUSE_OPENS.search(before, 0, match.start()) is not None


def opens_with_year(sentence: SentenceView) -> bool:
    """Whether a sentence turns to a year of its own, which ends the list of targets before it."""
    return _OPENS_WITH_YEAR.match(sentence.text) is not None


def carries_on(sentence: SentenceView) -> bool:
    """Whether a sentence continues the list or thought of the one before."""
    text = sentence.text
    return _LIST_ITEM.match(text) is not None or _CONTINUES.match(text) is not None
