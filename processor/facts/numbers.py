"""The grammar of Vietnamese figures: what a run of digits means, before anyone asks what it measures.

Works on text in the matching form of `processor.text.fold`. Dates, clock times, telephone and document numbers,
versions and item numbers are recognised so that they are never taken for figures.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple


class NumberForm(StrEnum):
    PLAIN = "plain"
    PERCENT = "percent"
    PERCENTAGE_POINT = "percentage_point"
    FRACTION = "fraction"
    """n/m, where m stands in `denominator`: a rank, a share, a score of a maximum."""
    YEAR = "year"
    OTHER = "other"
    """A date, time, period, telephone or document number, range or version: a figure of nothing."""


class Number(NamedTuple):
    """A number of the text at [start, end), its unit sign included."""

    start: int
    end: int
    form: NumberForm
    value: float
    denominator: float | None = None
    alternative: float | None = None
    """The other reading, when a single separator before three digits can be a decimal or a thousands mark."""
    comparator: str = "="
    decimals: int = 0
    digits_end: int = 0
    """Where the digits end, before a unit sign."""

    @property
    def as_count(self) -> float:
        """The reading as a count of things, which has no decimals when another reading exists."""
        return self.alternative if self.decimals and self.alternative is not None else self.value


_DIGITS = r"(?:\d{1,3}(?:\.\d{3}){1,5}(?!\d)(?:,\d{1,4}(?!\d))?|\d{1,3}(?:,\d{3}){2,5}(?!\d)|\d{1,12}(?:[.,]\d{1,6})?)"
_TOKEN = re.compile(
    r"(?=\d)(?:"
    r"(?P<date>\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?(?:19|20)\d{2}(?!\d)|(?:0?[1-9]|1[0-2])\s?/\s?(?:19|20)\d{2}(?!\d))"
    r"|(?P<period>(?:19|20)\d{2}\s?-\s?(?:19|20)\d{2}(?!\d)|(?:19|20)\d{2}-\d{2}(?!\d))"
    r"|(?P<document>\d{1,5}[a-zđ]?\s?/\s?(?:\d{4}\s?/\s?)?[a-zđ]{2,6}\d{0,2}\s?-\s?[a-zđ]|\d{1,5}/(?:nq|nđ|qđ|ct|"
    r"tt|kh|bc|tb|ubnd)\b|\d{1,5}-[a-z]{2,4}/[a-z])"
    r"|(?P<clock>\d{1,2}\s?(?:giờ|h|g)\s?\d{0,2}(?![\w%])|\d{1,2}:\d{2}(?!\d))"
    r"|(?P<phone>0\d{2,4}[. ]?\d{3}[. ]?\d{3,6}(?![\d%])|1[89]00[. ]?\d{4}(?!\d))"
    rf"|(?P<first>{_DIGITS})"
    r")"
)
_DIGIT = re.compile(r"\d")
_SECOND = re.compile(
    rf"(?=[\s/])(?P<unit>(?:\s[^\W\d]{{2,8}}){{0,2}}+)\s?+/\s?+(?=\d{{1,12}}(?!/))(?P<second>{_DIGITS})(?![\w/])"
)
_LONGEST_UNIT = 21
"""Characters that may part the two numbers of a fraction."""
_SIGN = re.compile(r"\s{0,2}+(?=[%đp])(?:(?P<point>điểm\s?(?:%|phần\s?trăm)|%\s?điểm)|(?P<percent>%|phần\s?trăm\b))")
_SCALE = re.compile(r"\s(?P<scale>nghìn tỷ|ngàn tỷ|tỷ|tỉ|triệu|nghìn|ngàn|vạn)(?![\w])(?!\s{1,3}giây)")
_RANGE = re.compile(rf"\s?+(?:-|đến|tới)\s?+(?=\d){_DIGITS}(?!\s?[/.-]\s?\d)\s?(?:%|phần trăm)?")
_SCALES = {
    "nghìn tỷ": 1e12, "ngàn tỷ": 1e12, "tỷ": 1e9, "tỉ": 1e9, "triệu": 1e6, "vạn": 1e4, "nghìn": 1e3, "ngàn": 1e3,
}  # fmt: skip
# What the patterns above begin with after spaces: most numbers go on with something else.
_SIGN_BEGINS = frozenset({"%", "đ", "p"})
_SCALE_BEGINS = frozenset({"n", "t", "v"})
_RANGE_BEGINS = frozenset({"-", "đ", "t"})
_DATE_CUE = re.compile(r"(?:ngày|sáng|chiều|tối|trưa|hôm|khuya|rạng|đêm|mùng|mồng|nay|qua)\s{0,2}\(?$|\($")
_COMPARATORS = (
    (
        re.compile(
            r"(?:tối thiểu|ít nhất|không dưới|không thấp hơn|không ít hơn)(?: tương ứng| lần lượt)?(?: là| đạt| từ)?$"
        ),
        ">=",
    ),
    (re.compile(r"(?:tối đa|không quá|không vượt quá)(?: là)?$"), "<="),
    (re.compile(r"(?:khoảng hơn|hơn|trên|vượt|quá)$"), ">"),
    (re.compile(r"(?:gần|xấp xỉ gần|suýt)$"), "~<"),
    (re.compile(r"(?:khoảng|chừng|xấp xỉ|ước|ước đạt|ước khoảng|tầm)$"), "~"),
    (re.compile(r"(?:dưới|thấp hơn)$"), "<"),
)
_COMPARING = (
    "thiểu", "nhất", "dưới", "hơn", "ứng", "lượt", " là", " đạt", " từ", "đa", "quá", "trên", "vượt", "gần", "suýt",
    "khoảng", "chừng", "xỉ", "ước", "tầm",
)  # fmt: skip
"""What every comparator ends with."""
_BOUND_AFTER = re.compile("|".join([r"\.", ";", ":", r"\(", r"\)", *"0123456789", "trở lên", "trở xuống"]))
"""Every branch begins with a character of its own: the search skips what none of them begins with."""
_NOUN_BEFORE_MARK = re.compile(r"\s?[^\W\d]")


def parse_value(digits: str, *, percent: bool = False) -> tuple[float, float | None, int]:
    """The value of a run of digits with separators, its other reading if there is one, and its decimals.

    A dot before exactly three digits marks thousands, unless the number is a percentage or starts with zero;
    before one or two digits it is a decimal point. A comma is a decimal comma, unless there are several.
    """
    dots, commas = digits.count("."), digits.count(",")
    if dots and commas:
        whole, _, decimals = digits.rpartition(",")
        return float(whole.replace(".", "") + "." + decimals), None, len(decimals)
    if dots > 1 or commas > 1:
        return float(digits.replace(".", "").replace(",", "")), None, 0
    if not dots and not commas:
        return float(digits), None, 0
    mark = "." if dots else ","
    whole, _, decimals = digits.partition(mark)
    as_decimal, as_thousands = float(f"{whole}.{decimals}"), float(whole + decimals)
    may_be_thousands = len(decimals) == 3 and len(whole) <= 3 and not whole.startswith("0")
    if not may_be_thousands or percent:
        return as_decimal, None, len(decimals)
    if mark == ".":
        return as_thousands, as_decimal, 0
    return as_decimal, as_thousands, 3


def numbers(folded: str, start: int = 0, end: int | None = None) -> list[Number]:
    """All numbers of `folded[start:end]` in order, those that are figures of nothing as `NumberForm.OTHER`."""
    end = len(folded) if end is None else end
    found: list[Number] = []
    position = start
    while (digit := _DIGIT.search(folded, position, end)) is not None:
        begin = digit.start()
        if begin > 0 and (folded[begin - 1].isalnum() or folded[begin - 1] == "_"):
            position = digit.end()
            continue
        match = _TOKEN.match(folded, begin, end)
        if match is None:
            position = digit.end()
            continue
        number = _number(folded, match, start, end)
        found.append(number)
        position = max(number.end, match.end())
    return found


def _number(folded: str, match: re.Match[str], start: int, end: int) -> Number:
    if match.lastgroup != "first":
        return Number(match.start(), match.end(), NumberForm.OTHER, 0.0, digits_end=match.end())
    digits_end = match.end()
    slash = folded.find("/", digits_end, digits_end + _LONGEST_UNIT)
    second = _SECOND.match(folded, digits_end, end) if slash >= 0 else None
    if second is not None and (fraction := _fraction(folded, match, second, start, end)) is not None:
        return fraction
    digits = match["first"]
    following = folded[digits_end : digits_end + 3].lstrip()[:1]
    sign = _SIGN.match(folded, digits_end, end) if following in _SIGN_BEGINS else None
    if sign is None and _is_year(digits):
        return Number(match.start(), digits_end, NumberForm.YEAR, float(digits), digits_end=digits_end)
    if (stop := _nothing(folded, match, end)) is not None:
        return Number(match.start(), stop, NumberForm.OTHER, 0.0, digits_end=stop)
    value, alternative, decimals = parse_value(digits, percent=sign is not None)
    form, stop = NumberForm.PLAIN, digits_end
    if sign is not None:
        form = NumberForm.PERCENTAGE_POINT if sign["point"] else NumberForm.PERCENT
        stop = sign.end()
    elif following in _SCALE_BEGINS and (scale := _SCALE.match(folded, digits_end, end)) is not None:
        value, alternative, stop = round(value * _SCALES[scale["scale"]], 4), None, scale.end()
        decimals = 0
    comparator = _comparator(folded, match.start(), stop, start, end)
    return Number(match.start(), stop, form, value, None, alternative, comparator, decimals, digits_end)


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits.isdigit() and digits[:2] in {"19", "20"}


def _nothing(folded: str, match: re.Match[str], end: int) -> int | None:
    """The end of a number that measures nothing: a range, a version, a code; None when it may be a figure."""
    following = folded[match.end() : match.end() + 2]
    if following.lstrip()[:1] in _RANGE_BEGINS and (span := _RANGE.match(folded, match.end(), end)) is not None:
        return span.end()
    if following[:1] in {"-", "/"} and following[1:].isalnum():
        return match.end()
    if following[:1].isalpha() or following[:1] == "_":
        return match.end()
    if match["first"].endswith(".0") and len(match["first"]) == 3:
        return match.end()
    return None


def _fraction(folded: str, first: re.Match[str], second: re.Match[str], start: int, end: int) -> Number | None:
    """n/m, with or without a unit after n; None when the slash is a date's or something else's."""
    if folded[second.end() : second.end() + 1] == "/":
        return None
    before = folded[max(start, first.start() - 8) : first.start()]
    numerator, n_other, decimals = parse_value(first["first"])
    denominator, m_other, _ = parse_value(second["second"])
    unit = second["unit"].strip()
    plain = first["first"].isdigit() and second["second"].isdigit() and not unit
    if plain and 1 <= numerator <= 31 and 1 <= denominator <= 12:
        followed = _NOUN_BEFORE_MARK.match(folded, second.end(), end) is not None
        if _DATE_CUE.search(before) or not followed or numerator > denominator:
            return Number(first.start(), second.end(), NumberForm.OTHER, 0.0, digits_end=second.end())
    if decimals == 3 and n_other is not None and m_other is None and denominator <= 100:
        n_other = None
    elif n_other is not None and decimals:
        numerator = n_other
    if m_other is not None and denominator < numerator:
        denominator = m_other
    comparator = _comparator(folded, first.start(), second.end(), start, end)
    return Number(
        first.start(), second.end(), NumberForm.FRACTION, numerator, denominator, n_other, comparator,
        decimals, second.end(),
    )  # fmt: skip


def _comparator(folded: str, start: int, stop: int, lower: int, end: int) -> str:
    before = folded[max(lower, start - 28) : start].rstrip()
    if folded.find("trở", stop, min(end, stop + 40)) >= 0:
        bound = _BOUND_AFTER.search(folded, stop, min(end, stop + 40))
        if bound is not None and bound.group() == "trở lên":
            return ">="
        if bound is not None and bound.group() == "trở xuống":
            return "<="
    if not before.endswith(_COMPARING):
        return "="
    for pattern, comparator in _COMPARATORS:
        if pattern.search(before):
            return comparator
    return "="
