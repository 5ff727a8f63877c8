"""Whether a figure was achieved or is a target, from the words that govern it."""

from __future__ import annotations

import re

from processor.fact_sentence import SentenceView
from processor.model import FactKind

# A target word governs the list it opens until the sentence ends; an achieved word after it ends its reach.
_TARGET = re.compile(
    r"(?<!\w)(?:phấn đấu|mục tiêu|chỉ tiêu (?:được )?(?:đề ra|đặt ra)|đề ra|đặt ra|tối thiểu|ít nhất|đặt mục tiêu|"
    r"hướng tới|hướng đến|dự kiến|"
    r"yêu cầu|bảo đảm|đảm bảo|quyết tâm|sẽ|kế hoạch giao|kế hoạch đề ra|theo kế hoạch năm|định hướng|cần phải|"
    r"phải đạt|đến năm 20\d\d|đến cuối năm 20\d\d|đến hết năm 20\d\d|mỗi năm tăng|hằng năm tăng|hàng năm tăng|"
    r"trở lên)(?!\w)"
)
_ACHIEVED = re.compile(
    r"(?<!\w)(?:đã|kết quả|hoàn thành|qua rà soát|vượt|đến nay|tính đến|ghi nhận|hiện có|hiện nay|hiện|được đánh giá|"
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
_NEUTRAL_REQUIRE = frozenset({"yêu cầu", "bảo đảm", "đảm bảo"})
_DEED = re.compile(r"(?<!\w)(?:đã|đến nay|tính đến|kết quả(?:,| là| đạt| cho thấy)|hoàn thành|vượt|ghi nhận)(?!\w)")
_FULFILLED = re.compile(r"(?:100|99|98)%? (?:mục tiêu|chỉ tiêu)")
_LIST_ITEM = re.compile(r"\s{0,3}(?:[-+•*–]|\d{1,2}[.)]|[a-zđ]\))\s")
_CONTINUES = re.compile(
    r"(?:trong đó|cụ thể|đặc biệt|ngoài ra|bên cạnh đó|đồng thời|riêng|song song|cùng với đó|giai đoạn|năm 20)\b"
)


def has_local_target(sentence: SentenceView, start: int) -> bool:
    """Whether the number is the yardstick in "vượt chỉ tiêu đề ra là 95%"."""
    return _LOCAL_TARGET.search(sentence.folded[max(sentence.start, start - 60) : start]) is not None


def kind_at(
    sentence: SentenceView, start: int, comparator: str, *, inherited_target: bool
) -> tuple[FactKind, str | None]:
    """Achieved or target, with the word that says so."""
    before = sentence.folded[sentence.start : start]
    if has_local_target(sentence, start):
        return FactKind.TARGET, "chỉ tiêu"
    bracket = sentence.parenthesis(start)
    cue = _governing_target(before if bracket is not None else _BRACKETED.sub(" ", before))
    if cue is not None:
        return FactKind.TARGET, cue
    if comparator == ">=" and not _DEED.search(before[-80:]):
        return FactKind.TARGET, "tối thiểu"
    if inherited_target and not _DEED.search(before):
        return FactKind.TARGET, None
    if achieved := _ACHIEVED.findall(before):
        return FactKind.ACHIEVED, achieved[-1]
    return FactKind.ACHIEVED, "đạt" if re.search(r"đạt\b[^,;]{0,20}$", before) else None


def _governing_target(before: str) -> str | None:
    """The last target word that still governs the end of `before`."""
    last: re.Match[str] | None = None
    for match in _TARGET.finditer(before):
        word = match.group()
        lead = before[max(0, match.start() - 16) : match.start()]
        if word.startswith(("chỉ tiêu", "mục tiêu", "đề ra", "đặt ra", "kế hoạch")) and _MEASURED_AGAINST.search(lead):
            continue
        if word in _NEUTRAL_REQUIRE and not _request(before, match):
            continue
        if word == "trở lên":
            continue
        last = match
    if last is None:
        return None
    reach = before[last.end() :]
    return None if _ends_reach(reach) else last.group()


def _request(before: str, match: re.Match[str]) -> bool:
    """ "yêu cầu" as an order, not "hồ sơ yêu cầu"; "bảo đảm" only where it opens a clause."""
    if match.group() == "yêu cầu":
        return not re.search(r"(?:hồ sơ|theo|có|đáp ứng|phù hợp)\s$", before[: match.start()])
    return match.start() == 0 or re.search(r"[,;:+-]\s$", before[: match.start()]) is not None


_OPENS_WITH_YEAR = re.compile(r"(?:trong |riêng |riêng trong )?năm 20\d\d\b")
_REACH_ENDS = re.compile(r"(?<!\w)(?:đã|đến nay|tính đến nay|kết quả(?:,| là| đến)|thực tế)(?!\w)")


def _ends_reach(reach: str) -> bool:
    return _REACH_ENDS.search(reach) is not None


_BRACKETED = re.compile(r"\([^()]*\)?")


def leaves_target_open(sentence: SentenceView, *, inherited: bool) -> bool:
    """Whether the sentences that follow in the same list are still about targets."""
    text = _BRACKETED.sub(" ", sentence.text)
    if _DEED.search(text):
        return False
    found = _governing_target(text) is not None
    return found or inherited


def opens_with_year(sentence: SentenceView) -> bool:
    """Whether a sentence turns to a year of its own, which ends the list of targets before it."""
    return _OPENS_WITH_YEAR.match(sentence.text) is not None


def carries_on(sentence: SentenceView) -> bool:
    """Whether a sentence continues the list or thought of the one before."""
    text = sentence.text
    return _LIST_ITEM.match(text) is not None or _CONTINUES.match(text) is not None
