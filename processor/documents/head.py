"""Finds title and date in the head of an official document, which decree 30/2020/NĐ-CP lays out the same everywhere.

Issuer and number stand on the left, the motto, the place and "ngày … tháng … năm …" on the right; below them the kind
of document in capitals and what it is about. Letters have no kind but "V/v …" under their number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from processor.model import VIETNAM_TIME, DatePrecision, PublishedAt
from processor.reading.date_forms import EARLIEST

HEAD_LINES: Final = 60
MAX_TITLE: Final = 300

_KIND = re.compile(
    r"(?:NGHỊ QUYẾT|NGHỊ ĐỊNH|THÔNG TƯ|QUYẾT ĐỊNH|CHỈ THỊ|KẾ HOẠCH|BÁO CÁO|THÔNG BÁO|TỜ TRÌNH|CHƯƠNG TRÌNH|ĐỀ ÁN"
    r"|DỰ THẢO|HƯỚNG DẪN|KẾT LUẬN|QUY CHẾ|QUY ĐỊNH|PHƯƠNG ÁN|CÔNG ĐIỆN|THÔNG CÁO|GIẤY MỜI|BIÊN BẢN|CÔNG BÁO"
    r"|LUẬT|PHÁP LỆNH)\b"
)
_SUBJECT_OF_LETTER = re.compile(r"V/v:?\s")
_NO_SUBJECT = re.compile(
    r"\A(?:Căn cứ|Kính gửi|Thực hiện|Theo\s|Xét\s|Nhằm\s|Ngày\s|Trên cơ sở|Để\s|Sáng\s|Chiều\s|Điều\s\d|Phần\s"
    r"|[IVX1]{1,3}[.)]\s|\(|Số\s?:|[-_–—*=.]{3,}|ỦY BAN|UỶ BAN|UBND|CHỦ TỊCH|HỘI ĐỒNG|HĐND|BỘ TRƯỞNG|GIÁM ĐỐC"
    r"|THỦ TƯỚNG|CHÍNH PHỦ|QUỐC HỘI|BAN THƯỜNG VỤ|CỘNG H[OÒ][AÀ]|Độc lập)"
)
_LETTERHEAD = re.compile(
    r"(?:CỘNG H[OÒ][AÀ]|ĐỘC LẬP|ỦY BAN|UỶ BAN|UBND|HỘI ĐỒNG|HĐND|SỞ|BỘ|BAN|VĂN PHÒNG|TỈNH|THÀNH PHỐ|HUYỆN|CHÍNH PHỦ"
    r"|THỦ TƯỚNG|ĐẢNG|CỤC|TỔNG CỤC|SỐ\s?:)(?!\w)"
)
_DATE = re.compile(
    r"ngày\s{1,6}(?P<day>\d{1,2})?[ .…_]{0,12}\s?tháng\s{1,6}(?P<month>\d{1,2})\s{1,6}năm\s{1,6}"
    r"(?P<year>(?:19|20)\d\d)",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"(?:ngày ký|thời gian ký|ký ngày|signing time|date)\s?:?\s{0,3}(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-]"
    r"(?P<year>20\d\d)(?:\s{1,3}(?P<hour>\d{1,2}):(?P<minute>\d\d))?",
    re.IGNORECASE,
)
# "Số" that opens a line is the document's own number, printed beside its date.
_CITING = re.compile(r"(?:căn cứ|theo|của|(?<=\S )số(?!\s?:)|thực hiện|tại)\s", re.IGNORECASE)
_CITING_REACH = 160
_TOOL_TITLE = re.compile(r"microsoft|untitled|document\d*$|\.(?:docx?|pdf|xlsx?|rtf)$|^\W*$|^scan", re.IGNORECASE)
_MAX_SUBJECT_LINES = 6


def find_title(lines: Sequence[str], declared: str | None) -> str | None:
    """The title as the document's head prints it, else what its properties declare, else its first prominent line."""
    head = [line for line in lines if line][:HEAD_LINES]
    found = _title_of_kind(head) or _title_of_letter(head)
    if found is not None:
        return found
    if declared and declared.count(" ") >= 2 and not _TOOL_TITLE.search(declared):
        return declared[:MAX_TITLE]
    return _prominent(head)


def _title_of_kind(head: Sequence[str]) -> str | None:
    kind_alone = None
    for index, line in enumerate(head):
        # "QUYẾT ĐỊNH:" with a colon opens the articles of a decision, below its title.
        if not _KIND.match(line) or not line.isupper() or line.endswith(":") or len(line) > MAX_TITLE:
            continue
        subject = _subject(head[index + 1 :], MAX_TITLE - len(line))
        if subject or line.count(" ") >= 3:
            return " ".join([line, *subject])
        kind_alone = kind_alone or line
    return kind_alone


def _title_of_letter(head: Sequence[str]) -> str | None:
    for index, line in enumerate(head):
        if _SUBJECT_OF_LETTER.match(line):
            return " ".join([line, *_subject(head[index + 1 :], MAX_TITLE - len(line))])[:MAX_TITLE]
    return None


def _subject(lines: Sequence[str], room: int) -> list[str]:
    """The lines below the kind of a document that say what it is about."""
    subject: list[str] = []
    for line in lines[:_MAX_SUBJECT_LINES]:
        room -= len(line) + 1
        if room < 0 or _NO_SUBJECT.match(line) or _DATE.search(line) or " | " in line:
            break
        if subject and _begins_sentence(line, subject):
            break
        subject.append(line)
        if line.endswith("."):
            break
    return subject


def _begins_sentence(line: str, subject: Sequence[str]) -> bool:
    """A line that begins anew after a line that had room left, or small print after capitals."""
    if not line[:1].isupper():
        return False
    return (subject[-1].isupper() and not line.isupper()) or len(line) > 2 * len(subject[-1])


def _prominent(head: Sequence[str]) -> str | None:
    for index, line in enumerate(head):
        if _LETTERHEAD.match(line.upper()) or _DATE.search(line) or line.count(" ") < 3 or len(line) > MAX_TITLE:
            continue
        capitals = []
        for following in head[index : index + 4]:
            if not following.isupper() or _LETTERHEAD.match(following):
                break
            capitals.append(following)
        return " ".join(capitals)[:MAX_TITLE] or line
    return None


def find_date(lines: Sequence[str]) -> PublishedAt | None:
    """The day the document was issued: of its head first, then of its electronic signature. Not one that it cites."""
    head = "\n".join(line for line in lines if line)[:6_000]
    for match in _DATE.finditer(head):
        line_start = head.rfind("\n", 0, match.start()) + 1
        if not _is_cited(head, line_start, match.start()) and (found := _published(match, "header")) is not None:
            return found
    ends = f"{head}\n" + "\n".join(lines[-40:])
    return next(filter(None, (_published(match, "footer") for match in _SIGNED.finditer(ends))), None)


def _is_cited(head: str, line_start: int, date_start: int) -> bool:
    """Whether the sentence before a date says that it is the date of another document."""
    stop = max(head.rfind(mark, line_start, date_start) + 1 for mark in ".;")
    return any(
        date_start - citing.end() <= _CITING_REACH
        for citing in _CITING.finditer(head, max(line_start, stop), date_start)
    )


def _published(match: re.Match[str], found_in: str) -> PublishedAt | None:
    parts = match.groupdict()
    day, hour = parts["day"], parts.get("hour")
    try:
        at = datetime(
            int(parts["year"]),
            int(parts["month"]),
            int(day or 1),
            int(hour or 0),
            int(parts.get("minute") or 0),
            tzinfo=VIETNAM_TIME,
        )
    except ValueError:
        return None
    if at.date() < min(EARLIEST, date(1945, 9, 2)):
        return None
    precision = DatePrecision.MINUTE if hour else DatePrecision.DAY if day else DatePrecision.MONTH
    return PublishedAt(at=at, precision=precision, found_in=found_in)
