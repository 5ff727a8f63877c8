"""Which numbers can be a score of an index, and which beside an index's name cannot."""

from __future__ import annotations

import re

from processor.facts.gates import any_of
from processor.facts.index_tokens import is_internal
from processor.facts.lexicon import Index
from processor.facts.numbers import Number, NumberForm
from processor.facts.sentence import SentenceView
from processor.model import Place

_SCORE_LEADS = (
    "đạt", "với", "là", "được", ":", "(", "kết quả", "điểm", "số", "mức", "tỷ lệ", "tỉ lệ", "lên", "xuống", "từ", "còn",
    "có", "index", "sipas", "papi", "pci", "pgi", "ddci", "|", ",", "-", "và", "trung bình", "bình quân", "gần", "hơn",
    "trên", "khoảng", "ước", "tới", "đến", ";", "tổng", "nhất",
)  # fmt: skip
_REACHED_WITH = re.compile(r" [^,;.()\d\n]{1,26}")
_IN_YEAR = re.compile(r"năm 20\d\d")
_NO_SCORE_LEADS = (
    "thang", "tối đa", "thang điểm", "tối đa là", "thang điểm đánh giá là", "thang điểm là", "trên tổng", "tổng số",
    "chiếm", "chiếm tỷ lệ", "thang điểm từ", "thứ", "tốp", "top", "nhóm", "quý", "tháng", "ngày", "số phiếu",
    "từ 0% đến", "khảo sát", "trong số",
)  # fmt: skip
_ALL_REACH = re.compile(r"(?:đều|cùng) (?:đạt|có) [^;]{0,26}+\Z")
_CHANGE_LEAD = re.compile(
    r"(?P<verb>tăng thêm|tăng|giảm|cao hơn|thấp hơn|nhiều hơn|hơn|kém|giảm tới|tăng tới|tăng gần|tăng hơn|tăng được|"
    r"cải thiện|tăng nhẹ|giảm nhẹ|chênh lệch)(?: \d{1,2} (?:bậc|hạng|vị trí),? và)?\s?\(?\+?$"
)
_SAME_AS_SHARE = re.compile(r"\d điểm,? (?:chiếm|đạt|tương đương|tương ứng)(?: tỷ lệ)?\s$")
"""The percentage that says the points before it once more."""
_CLASS_FROM = re.compile(r"\s?(?:điểm\s)?(?:đến|tới) (?:dưới|cận)\s")
"""What a class of scores goes on with: "từ 80% đến dưới 90%"."""
_UNIT_AFTER = re.compile(r"\s?+(?:/\s?+(?:80|100|1\.?000)\s?+)?+điểm(?![\w%])(?!\s?%)")
_NOUNS = (
    "hồ sơ", "thủ tục", "tthc", "dịch vụ", "cán bộ", "người", "doanh nghiệp", "cơ quan", "đơn vị", "xã", "huyện",
    "phiếu", "công chức", "viên chức", "hộ", "dân", "ý kiến", "chỉ tiêu", "nội dung", "tiêu chí", "nhiệm vụ", "câu",
    "trường hợp", "công dân", "tổ chức", "số", "tổng", "tỉnh", "bộ", "lượt", "khách", "năm", "tháng", "ngày", "lần",
    "tỷ", "triệu", "đồng", "chỉ số", "địa phương", "văn bản", "lĩnh vực", "bậc", "sở", "phường", "giải pháp",
    "tiêu chuẩn", "mẫu", "thôn", "đại biểu", "cử tri", "học sinh", "giao dịch", "thành phần", "tài khoản", "phòng",
    "trung tâm", "vụ", "cục",
)  # fmt: skip
NOUN_AFTER = re.compile(rf"\s(?=[^\W\d])(?:số |tổng số |các |trong số )?{any_of(_NOUNS)}\b")
"""A noun right after a number: what it counts, unless the grammar says otherwise."""
_SATISFIED_PEOPLE = re.compile(
    r"\s(?:số )?người(?: dân)?(?:,? (?:tổ chức|doanh nghiệp|được hỏi|được khảo sát|trả lời)){0,3}[^,;.]{0,12} "
    r"(?:rất )?hài lòng(?: chung|[^,;.]{0,8} sự phục vụ)"
)


_HUNDRED = 100.0


def score_value(number: Number, index: Index, *, is_component: bool, pointed: bool) -> float | None:
    """The number as a score of the index; None when its form rules that out."""
    if number.form is NumberForm.FRACTION:
        if index.scale is not None and number.denominator in {index.scale, 10.0}:
            return small_reading(number)
        return number.value if pointed and number.denominator in {100.0, 1000.0} else None
    if number.form is NumberForm.PERCENT:
        return number.value if index.unit == "%" or is_component else None
    return small_reading(number) if number.form is NumberForm.PLAIN else None


def small_reading(number: Number) -> float:
    """The decimal reading of "48.811", which elsewhere would be thousands."""
    return number.value if number.alternative is None else min(number.value, number.alternative)


def is_pointed(sentence: SentenceView, number: Number) -> bool:
    """Whether the number is said to be points."""
    return _UNIT_AFTER.match(sentence.folded, number.digits_end) is not None


def change_sign(sentence: SentenceView, number: Number) -> int | None:
    """+1 or -1 when the number is a rise or fall of a score, None when it is none."""
    before = sentence.folded[max(sentence.start, number.start - 40) : number.start]
    change = _CHANGE_LEAD.search(before)
    if change is None:
        return None
    if not is_pointed(sentence, number) and number.form not in {NumberForm.PERCENT, NumberForm.PERCENTAGE_POINT}:
        return None
    return -1 if change["verb"].startswith(("giảm", "thấp", "kém")) else 1


def reads_as_score(sentence: SentenceView, number: Number, index: Index, *, after_name: bool, inherited: bool) -> bool:
    """Whether the words around a number let it be a score: "đạt 87,42 điểm", "(96,17%)", "Hà Nội 94,2%"."""
    folded = sentence.folded
    before = folded[max(sentence.start, number.start - 44) : number.start]
    of_hundred = number.form is NumberForm.FRACTION and number.denominator == _HUNDRED
    if not of_hundred and _leads_to_no_score(before) and not _SAME_AS_SHARE.search(before):
        return False
    if _CLASS_FROM.match(folded, number.end, sentence.end) or before.endswith("đến dưới "):
        return False
    unit = _UNIT_AFTER.match(folded, number.digits_end)
    if NOUN_AFTER.match(folded, unit.end() if unit else number.end, sentence.end) is not None:
        return index.id == "sipas" and _SATISFIED_PEOPLE.match(folded, number.end, sentence.end) is not None
    if index.id == "sipas" and inherited and unit is None and number.form is NumberForm.PERCENT:
        return "hài lòng" in sentence.text and not any(hit.phrase.component for hit in sentence.hits)
    strong = unit is not None or number.form in {NumberForm.PERCENT, NumberForm.FRACTION}
    if not strong and number.decimals == 0:
        return False
    lead = after_name or _leads_to_score(before.rstrip())
    return lead or (unit is not None and not inherited)


def _leads_to_no_score(before: str) -> bool:
    return before.rstrip().endswith(_NO_SCORE_LEADS) or _ALL_REACH.search(before) is not None


def _leads_to_score(before: str) -> bool:
    if before.endswith(_SCORE_LEADS) or _IN_YEAR.fullmatch(before, max(0, len(before) - 8)) is not None:
        return True
    reached = before.rfind("đạt")
    return reached >= 0 and _REACHED_WITH.fullmatch(before, reached + 3) is not None


def is_possible(value: float, index: Index, place: Place, *, is_component: bool) -> bool:
    """Whether a score lies within the bounds of its index for that kind of place."""
    if is_component:
        return 0.01 <= value <= 100
    low, high = index.local_bounds if is_internal(place) else index.bounds
    return low <= value <= high
