"""What stands around a document's number: the word for its kind, its day of signature and who issued it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple


class Context(NamedTuple):
    """The surroundings of one number; `start` and `end` bound the whole citation."""

    start: int
    end: int
    word: str | None
    """The kind of document in lower case, for example "nghị quyết"."""
    dated: date | None
    year: int | None
    issuer: str | None


_WORDS = (
    "bộ luật|luật|pháp lệnh|nghị quyết liên tịch|nghị quyết|nghị định|quyết định|chỉ thị|thông tư liên tịch|"
    "thông tư|kế hoạch liên tịch|kế hoạch phối hợp|kế hoạch|chương trình hành động|chương trình phối hợp|"
    "chương trình|tờ trình|công văn|công điện|báo cáo thẩm định|báo cáo|thông báo kết luận|thông báo|kết luận|"
    "hướng dẫn liên tịch|hướng dẫn|văn bản hợp nhất|văn bản|quy chế phối hợp|quy chế|quy định|đề án|phương án|lệnh"
)


def _at_word_start(phrases: str) -> str:
    """The phrases in any case where a word begins; the first letters lead, so that a search can skip to them."""
    rest: dict[tuple[str, str], list[str]] = {}
    for phrase in phrases.split("|"):
        rest.setdefault((phrase[0], phrase[1]), []).append(phrase[2:])
    letters = "".join(dict.fromkeys(first for first, _ in rest))
    choices = "|".join(
        f"[{second}{second.upper()}](?<=[{first}{first.upper()}].)(?i:{'|'.join(ends)})"
        for (first, second), ends in rest.items()
    )
    return rf"[{letters}{letters.upper()}](?<!\w.)(?:{choices})"


_WORD_BEFORE = re.compile(
    rf"(?:(?P<word>{_at_word_start(_WORDS)})(?:\s{{1,2}}[sS][ốỐ]\s?:?\s{{0,2}}|\s{{1,2}})"
    rf"|{_at_word_start('số')}\s?:?\s{{0,2}})\Z"
)
# "Luật Tổ chức Chính phủ số 76/2015/QH13": the title stands between the word and the number.
_LAW = re.compile(rf"(?P<word>{_at_word_start('bộ luật|luật|pháp lệnh')})\s")
_TITLE_ENDS = ".;\n"
_SHORTEST_TITLE, _LONGEST_TITLE = 3, 110
_LONGEST_WORD = 40

_CAPITAL = "[A-ZÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ]"
_NAME = rf"(?:\s{_CAPITAL}\w{{1,7}}){{1,3}}"
_MINISTRIES = (
    "Nội vụ|Tài chính|Kế hoạch và Đầu tư|Tư pháp|Y tế|Công an|Quốc phòng|Ngoại giao|Công thương|Xây dựng|"
    "Giao thông vận tải|Giáo dục và Đào tạo|Khoa học và Công nghệ|Thông tin và Truyền thông|"
    "Tài nguyên và Môi trường|Nông nghiệp và Môi trường|Nông nghiệp và Phát triển nông thôn|"
    r"Dân tộc và Tôn giáo|Văn hóa, Thể thao và Du lịch|Lao động\s?[-–,]\s?Thương binh và Xã hội"
)
_ISSUER = (
    r"(?:(?i:[ủu][ỷy] ban thường vụ quốc hội|ubtvqh|văn phòng chính phủ|thủ tướng(?: chính phủ)?|chính phủ|"
    r"quốc hội|chủ tịch nước|bộ chính trị|ban bí thư(?: trung ương(?: đảng)?)?|"
    r"ban chấp hành trung ương(?: đảng)?|trung ương đảng)"
    r"|(?:Ban Thường vụ |Ban Chấp hành |Thường trực |BTV |BCH )?"
    rf"(?:[Tt]ỉnh|[Tt]hành|[Hh]uyện|[Tt]hị|[Qq]uận|[Đđ]ảng) (?:ủy|uỷ)(?:{_NAME})?"
    r"|(?:Chủ tịch )?(?:UBND|HĐND|(?:Ủ|U|ủ|u)[ỷy] ban nhân dân|Hội đồng nhân dân)"
    rf"(?:\s(?i:tỉnh|thành phố|tp\.?|huyện|quận|thị xã|xã|phường))?(?:{_NAME})?"
    rf"|(?:Bộ trưởng )?(?:Bộ|Sở) (?i:{_MINISTRIES})(?:\s(?:tỉnh|TP\.?|thành phố))?(?:{_NAME})?)(?!\w)"
)


def _day(number: int) -> str:
    """A full date as a pattern whose groups end in `number`."""
    n = number
    return (
        rf"ngày\s{{1,2}}(?:(?P<d{n}>\d{{1,2}})\s?(?P<sep{n}>[/.-])\s?(?P<m{n}>\d{{1,2}})\s?(?P=sep{n})\s?"
        rf"(?P<y{n}>\d{{4}})|(?P<D{n}>\d{{1,2}})\s{{1,2}}tháng\s{{1,2}}(?P<M{n}>\d{{1,2}}),?\s{{1,2}}năm\s{{1,2}}"
        rf"(?P<Y{n}>\d{{4}}))(?!\d)"
    )


_GAP = r"\s?[,(]?\s{0,2}"
_AFTER = re.compile(
    rf"(?:{_GAP}(?:được )?(?:ban hành |ký |ký ban hành )?{_day(1)}\)?)?"
    r"(?:\s{1,2}năm\s{1,2}(?P<year>(?:19|20)\d\d)(?!\d))?"
    rf"(?:{_GAP}(?:của|do|được)\s{{1,2}}(?P<issuer>{_ISSUER})(?:\s\([^()\n]{{1,20}}\)|\skh[óo]a\s[XVI]{{1,5}})?"
    rf"(?:{_GAP}(?:đã )?(?:ban hành |thông qua |ký |ký ban hành )?{_day(2)}\)?)?)?"
)
# The head of an official paper: "Số: 87/KH-UBND", then "Tuyên Quang, ngày 10 tháng 12 năm 2013".
_HEAD_DATE = re.compile(
    rf"[\s|*](?<![\s|*][\s|*])[\s|*]{{0,11}}+{_CAPITAL}\w{{0,7}}+(?:[\s.-]{{1,3}}+{_CAPITAL}\w{{0,7}}+){{0,3}}+"
    rf"\s?+,\s{{1,2}}{_day(1)}"
)
_ISSUED_BEFORE = re.compile(
    rf"ngày (?P<d1>\d{{1,2}})[/.-](?P<m1>\d{{1,2}})(?:[/.-](?P<y1>\d{{4}}))?,? (?P<issuer>{_ISSUER})"
    r"(?: đã| vừa| cũng| chính thức){0,2} (?:ban hành|ký ban hành|ký|có|ra|thông qua) \Z",
    re.IGNORECASE,
)
_LONGEST_ISSUER = 140


def read_context(text: str, start: int, end: int, published_on: date | None, titled: bool) -> Context:
    """Reads around the number at `text[start:end]`; `titled` looks for a law's title between its word and number."""
    begin, word = _word_before(text, start, titled)
    after = _AFTER.match(text, end)
    last = end if after is None else after.end()
    issuer = " ".join(after["issuer"].split()) if after and after["issuer"] else None
    dated = (_date(after, 1, None) or _date(after, 2, None)) if after else None
    if dated is None and word is None and begin < start:
        head = _HEAD_DATE.match(text, end)
        dated = _date(head, 1, None) if head else None
    if dated is None and word is not None:
        before = _ISSUED_BEFORE.search(text, max(0, begin - _LONGEST_ISSUER), begin)
        if before is not None:
            dated = _date(before, 1, published_on)
            issuer = issuer or " ".join(before["issuer"].split())
    if dated and published_on and dated > published_on + timedelta(days=1):
        dated = None
    year = int(after["year"]) if after and after["year"] else None
    return Context(begin, last, word, dated, year, issuer)


def _word_before(text: str, start: int, titled: bool) -> tuple[int, str | None]:
    match = _WORD_BEFORE.search(text, max(0, start - _LONGEST_WORD), start)
    if match is None:
        return start, None
    if match["word"] is None and titled:
        match = _titled_law(text, match.start()) or match
    return match.start(), match["word"].lower() if match["word"] else None


def _titled_law(text: str, end: int) -> re.Match[str] | None:
    """The word for a law whose title ends at `end`."""
    begin = max(0, end - _LONGEST_TITLE - _LONGEST_WORD)
    begin = max(begin, 1 + max(text.rfind(sign, begin, end) for sign in _TITLE_ENDS))
    return next(
        (law for law in _LAW.finditer(text, begin, end) if _SHORTEST_TITLE <= end - law.end() <= _LONGEST_TITLE), None
    )


def _date(match: re.Match[str], number: int, published_on: date | None) -> date | None:
    """The date in the numbered groups; a missing year is the last one that puts it before `published_on`."""
    groups = match.groupdict()
    day, month, year = (groups.get(f"{part}{number}") for part in "dmy")
    if day is None:
        day, month, year = (groups.get(f"{part}{number}") for part in "DMY")
    if day is None or month is None:
        return None
    try:
        if year is not None:
            return date(int(year), int(month), int(day))
        if published_on is None:
            return None
        this_year = date(published_on.year, int(month), int(day))
        return this_year if this_year <= published_on else this_year.replace(year=published_on.year - 1)
    except ValueError:
        return None
