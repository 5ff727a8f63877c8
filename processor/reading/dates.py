"""When an article was published: the date the page shows with its title, checked against what its head declares.

Pages are full of other dates: today's in the page header, those of related items, those in the text. So a date counts
only by where it stands and how it is introduced, and where none counts the date stays unknown: it is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from processor.model import DatePrecision, PublishedAt
from processor.reading.date_forms import WrittenDate, machine_date, url_date, written_dates
from processor.reading.metadata import Metadata
from processor.reading.title import TITLE_DATE
from processor.reading.tree import Block
from processor.text import fold

_PUBLISHED_LABEL = re.compile(
    r"(?:ngày|thời gian|thời điểm) (?:đăng|xuất bản|ban hành tin|phát hành|viết|tạo|đưa tin|gửi)|"
    r"đăng (?:ngày|lúc|tải|bởi)|xuất bản|published|posted|đăng tin|ngày đăng"
)
_UPDATED_LABEL = re.compile(r"cập nhật|chỉnh sửa|updated|modified|sửa đổi")
_DATE_CLASS = re.compile(r"date|time|ngay|publish|thoi-?gian|post-?meta|article-?meta|detail-?info")
_DECORATIONS = (
    re.compile(
        r"(?:thứ|chủ) ?(?:hai|ba|tư|năm|sáu|bảy|nhật|[2-7])\b|ngày|lúc|đăng|giờ|vào|(?:gmt|utc) ?\+? ?0?7(?::00)?|"
        r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    ),
    re.compile(
        r"(?:số )?(?:lượt|lần|người) ?(?:người )?(?:xem|đọc|truy cập)|đọc \d{1,3} phút|[ap]m\b|"
        r"(?<!\d)\d{1,9}(?: (?:lượt|bình luận|đọc|phút đọc|min(?:ute)?s? read)|$)"
    ),
    re.compile(
        r"cỡ chữ|kích thước chữ|kiểu chữ|tăng tương phản|giảm tương phản|tương phản|đọc bài|nghe bài|bản in|in bài|"
        r"in trang|in tin|chia sẻ|gửi email|gửi bài|facebook|zalo|twitter|email"
    ),
    re.compile(r"\ba ?[+-]?(?= )|\W+"),
)
"""What may stand in a line beside its date: the weekday and the hour; counters; tools of the page and marks."""
_DATELINE = re.compile(r"\((?:[^()\d]{0,40}?[ ,-])?(?P<date>[0-3]?\d[/-][01]?\d[/-](?:19|20)\d\d)\)")
_MAX_LINE = 180
_INTRODUCED = 10.5
_REACH_BEFORE = 5
"""How many blocks before the title a date line may stand: more lie between the page's clock and the title."""
_HEADER_ZONE = 5
_REACH_AFTER = 12
"""How many blocks after the text an introduced date may stand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """Where title and text stand, as block indices; None for what was not found on the page."""

    title: int | None
    first: int | None
    last: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Candidate:
    date: WrittenDate
    place: str
    worth: float
    labelled: bool = False
    """Whether it is called the date of publication."""


_Claim = tuple[datetime, DatePrecision, str, bool]
"""A declared moment, its precision, where it stands, and whether it names its zone."""


def find_date(
    blocks: Sequence[Block], position: Position, metadata: Metadata, url: str | None, fetched_at: datetime | None
) -> PublishedAt | None:
    """The publication date, or None when nothing on the page or in its address says it."""
    latest = (fetched_at + timedelta(days=1)).date() if fetched_at else None
    visible = _best(list(_visible(blocks, position, latest)))
    claims = [
        (claim[0], claim[1], origin, claim[2])
        for value, origin in metadata.published
        if (claim := machine_date(value, latest)) is not None
    ]
    if visible is not None:
        return _settle(visible, claims, _days_of(metadata.modified), fetched_at)
    if claims:
        moment, precision, origin, _ = claims[0]
        return PublishedAt(at=moment, precision=precision, found_in=origin)
    if (dateline := _dateline(blocks, position, latest)) is not None:
        return PublishedAt(at=dateline.at, precision=dateline.precision, found_in="dateline")
    if url and (from_url := url_date(url, latest)) is not None:
        return PublishedAt(at=from_url[0], precision=from_url[1], found_in="url")
    return None


def _days_of(moments: Sequence[str]) -> set[date]:
    """The days of declared moments, where they were written and in Vietnam."""
    written = (machine_date(value) for moment in moments for value in (moment, moment.strip()[:10]))
    return {found[0].date() for found in written if found is not None}


def _best(candidates: Sequence[_Candidate]) -> _Candidate | None:
    """The candidate of most worth; of those of its day one that gives the minute too."""
    best = max(candidates, key=lambda candidate: candidate.worth, default=None)
    if best is None or best.date.precision is DatePrecision.MINUTE:
        return best
    finer = [
        one
        for one in candidates
        if one.date.precision is DatePrecision.MINUTE and one.date.at.date() == best.date.at.date()
    ]
    return max(finer, key=lambda candidate: candidate.worth, default=best)


def _settle(
    visible: _Candidate, claims: list[_Claim], updates: Collection[date], fetched_at: datetime | None
) -> PublishedAt:
    """One answer from the date the page shows, those its head declares, and those of its `updates`."""
    shown = PublishedAt(at=visible.date.at, precision=visible.date.precision, found_in=visible.place)
    if claims and not visible.labelled and shown.at.date() in updates and claims[0][0].date() < shown.at.date():
        moment, precision, origin, _ = claims[0]
        return PublishedAt(at=moment, precision=precision, found_in=origin)
    for moment, precision, origin, _ in claims:
        if moment.date() == shown.at.date():
            finer = shown.precision is DatePrecision.DAY and precision is DatePrecision.MINUTE
            return PublishedAt(at=moment, precision=precision, found_in=origin) if finer else shown
    if not claims:
        return shown
    moment, precision, origin, zoned = claims[0]
    declared = PublishedAt(at=moment, precision=precision, found_in=origin)
    # Two claims against a bare date, which may belong to an item between title and text.
    bare = shown.precision is DatePrecision.DAY and visible.worth < _INTRODUCED
    if bare and len(claims) > 1 and claims[1][0].date() == moment.date():
        return declared
    # A server that writes local time and calls it UTC moves evening articles into the next day.
    if zoned and abs(moment - shown.at) <= timedelta(hours=7, minutes=1):
        return shown
    is_clock = fetched_at is not None and abs((shown.at.date() - fetched_at.date()).days) <= 1
    if visible.worth >= 8 and not (is_clock and moment.date() < shown.at.date()):
        return shown
    return declared


def _visible(blocks: Sequence[Block], position: Position, latest: date | None) -> Iterator[_Candidate]:
    anchor = position.title if position.title is not None else position.first
    if anchor is None:
        return
    first = max(position.first if position.first is not None else anchor, anchor)
    last = position.last if position.last is not None else first
    start, end = max(0, anchor - _REACH_BEFORE), min(len(blocks), last + _REACH_AFTER + 1)
    if position.title is not None and (written := _in_title(blocks[position.title].text, latest)) is not None:
        yield _Candidate(date=written, place="header", worth=9.5)
    for block in blocks[start:end]:
        if block.length <= _MAX_LENGTH_FOR_DATE and (found := _date_line(block, latest)):
            written, base = found
            yield from _placed(block, written, base, blocks, (anchor, first, last))


_MAX_LENGTH_FOR_DATE = _MAX_LINE


def _in_title(text: str, latest: date | None) -> WrittenDate | None:
    """The date in brackets at the end of a heading."""
    match = TITLE_DATE.search(text)
    return next(written_dates(match.group(), latest), None) if match else None


def _placed(
    block: Block, written: WrittenDate, base: float, blocks: Sequence[Block], where: tuple[int, int, int]
) -> Iterator[_Candidate]:
    """The candidate, worth what its place makes it worth; none where dates belong to other things."""
    anchor, first, last = where
    index = block.index
    labelled = base >= 2
    candidate = partial(_Candidate, date=written, labelled=labelled)
    if index < anchor:
        between = blocks[index + 1 : anchor]
        if any(other.link_share > 0.5 for other in between[:-1]) and not labelled:
            return
        yield candidate(place="header", worth=6 + base - 0.1 * (anchor - index))
    elif first + 1 < index <= min(first + _HEADER_ZONE, last) and base >= 1:
        # A lead may stand above the line with the date.
        yield candidate(place="header", worth=8 + base - 0.1 * (index - first))
    elif index <= first + 1 and index <= last:
        yield candidate(place="header" if base >= 1 else "byline", worth=9 + base - 0.01 * (index - anchor))
    elif index >= last - 3 or labelled:
        near = index <= last + 3 and block.element.tag != "li" and not block.text.startswith("(")
        if labelled or near:
            yield candidate(place="footer", worth=(6 if labelled else 3) + base)


def _date_line(block: Block, latest: date | None) -> tuple[WrittenDate, float] | None:
    """The date of a line that is there to give a date, and how plainly it says so."""
    if block.link_share > 0.6:
        return None
    text = block.text
    written = next(written_dates(text, latest), None)
    if written is None:
        return None
    folded = fold(text)
    rest = folded[: written.start] + " " + folded[written.end :]
    published, updated = _PUBLISHED_LABEL.search(rest), _UPDATED_LABEL.search(rest)
    remainder = _UPDATED_LABEL.sub("", _PUBLISHED_LABEL.sub("", rest))
    for decoration in _DECORATIONS:
        remainder = decoration.sub("", remainder)
    names = f"{block.element.get('class') or ''} {block.element.get('id') or ''}"[:200]
    plain = len(remainder) <= 2
    if published and len(remainder) <= 90:
        return written, 2.0 + (0.5 if plain else 0)
    if updated and len(remainder) <= 60:
        return written, -1.5
    if plain:
        return written, 1.5 if written.precision is DatePrecision.MINUTE else 1.0
    if len(remainder) <= 40 and (_DATE_CLASS.search(names.lower()) or written.precision is DatePrecision.MINUTE):
        return written, 0.5
    return None


def _dateline(blocks: Sequence[Block], position: Position, latest: date | None) -> WrittenDate | None:
    """The date in brackets with which an agency opens or closes its text."""
    if position.first is None or position.last is None:
        return None
    for block in (blocks[position.first], blocks[position.last]):
        for stretch in (block.text[:120], block.text[-60:]):
            if match := _DATELINE.search(stretch):
                return next(written_dates(match.group("date"), latest), None)
    return None
