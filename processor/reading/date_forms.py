"""The forms in which Vietnamese pages write dates and times, and what they mean. Day first, always; +07:00, always."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from processor.model import VIETNAM_TIME, DatePrecision

EARLIEST = date(1997, 12, 1)
"""Vietnam joined the Internet in that month: no page is older."""

_DAY = r"(?P<day>[0-3]?\d)"
_MONTH = r"(?P<month>[01]?\d)"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_ENGLISH = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_FORMS = (
    re.compile(rf"(?<![\d/.-]){_DAY}\s?(?P<mark>[/.\-–])\s?{_MONTH}\s?(?P=mark)\s?{_YEAR}(?![\d/])"),
    re.compile(
        rf"(?<!\d){_DAY}\s{{1,3}}th(?:á|a)ng\s{{1,3}}{_MONTH}\s?(?:,|-|/|năm)?\s{{0,3}}(?:năm\s{{1,3}})?{_YEAR}(?!\d)",
        re.I,
    ),
    re.compile(rf"(?<![\d/.-]){_YEAR}(?P<mark>[-/.]){_MONTH}(?P=mark){_DAY}(?!\d)"),
    re.compile(rf"(?<!\d){_DAY}(?:st|nd|rd|th)?\s(?P<name>{'|'.join(_ENGLISH)})[a-z]{{0,7}}\.?,?\s{_YEAR}(?!\d)", re.I),
    re.compile(
        rf"\b(?=[adfjmnos])(?P<name>{'|'.join(_ENGLISH)})[a-z]{{0,7}}\.?\s{_DAY}(?:st|nd|rd|th)?,?\s{_YEAR}(?!\d)", re.I
    ),
)
_HAS_YEAR = re.compile(r"(?:19|20)\d\d")
_TIME = re.compile(
    r"(?<![\d:/.-])(?P<hour>[0-2]?\d)\s?(?::|h|giờ|g)\s?(?P<minute>[0-5]\d)(?!\d)(?:\s?(?::|')\s?[0-5]\d(?!\d))?"
    r"(?:\s?(?:phút|'))?(?:\s?(?P<half>AM|PM|SA|CH|sáng|chiều|tối)\b)?",
    re.I,
)
_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::\d\d(?:\.\d{1,9})?)?"
    r"\s?(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
_TIME_REACH = 22
"""How far from its date a time may stand, in characters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenDate:
    """A date found in a text, with the stretch it covers, its time included."""

    at: datetime
    precision: DatePrecision
    start: int
    end: int


def written_dates(text: str, latest: date | None = None) -> Iterator[WrittenDate]:
    """The plausible dates of a text in order, each with the time beside it, if there is one."""
    if _HAS_YEAR.search(text) is None:
        return
    found = sorted((match for form in _FORMS for match in form.finditer(text)), key=lambda match: match.start())
    covered = -1
    for match in found:
        day = _day(match)
        if day is None or match.start() < covered or day < EARLIEST or (latest and day > latest):
            continue
        written = _with_time(text, match, day)
        covered = written.end
        yield written


def _day(match: re.Match[str]) -> date | None:
    groups = match.groupdict()
    name = groups.get("name")
    month = _ENGLISH.index(name.lower()) + 1 if name else int(groups["month"])
    try:
        return date(int(groups["year"]), month, int(groups["day"]))
    except ValueError:
        return None


def _with_time(text: str, match: re.Match[str], day: date) -> WrittenDate:
    before = max(0, match.start() - _TIME_REACH)
    after = match.end() + _TIME_REACH
    times = [
        *(time for time in _TIME.finditer(text, match.end(), after)),
        *(time for time in _TIME.finditer(text, before, match.start())),
    ]
    for time in times:
        hour = _hour(time)
        if hour is not None:
            at = datetime(day.year, day.month, day.day, hour, int(time.group("minute")), tzinfo=VIETNAM_TIME)
            start, end = min(match.start(), time.start()), max(match.end(), time.end())
            return WrittenDate(at=at, precision=DatePrecision.MINUTE, start=start, end=end)
    at = datetime(day.year, day.month, day.day, tzinfo=VIETNAM_TIME)
    return WrittenDate(at=at, precision=DatePrecision.DAY, start=match.start(), end=match.end())


def _hour(time: re.Match[str]) -> int | None:
    hour = int(time.group("hour"))
    half = (time.group("half") or "").lower()
    if half in {"pm", "ch", "chiều", "tối"} and hour < 12:
        hour += 12
    elif half in {"am", "sa", "sáng"} and hour == 12:
        hour = 0
    return hour if hour < 24 else None


def machine_date(value: str, latest: date | None = None) -> tuple[datetime, DatePrecision, bool] | None:
    """A date from structured metadata: the moment at +07:00, its precision, and whether it named its zone.

    ISO 8601 first; what pages write there by hand is read like text. Midnight without a zone is a day.
    """
    value = value.strip()[:100]
    match = _ISO.match(value)
    if match is None:
        written = next(written_dates(value, latest), None)
        return (written.at, written.precision, False) if written else None
    try:
        moment = _iso_moment(match)
    except ValueError:
        return None
    if moment.date() < EARLIEST or (latest and moment.date() > latest):
        return None
    zoned = match.group("zone") is not None
    midnight = moment.hour == moment.minute == 0
    precise = match.group("hour") is not None and not (midnight and value[11:16] == "00:00")
    return moment, DatePrecision.MINUTE if precise else DatePrecision.DAY, zoned


def _iso_moment(match: re.Match[str]) -> datetime:
    year, month, day = (int(match.group(name)) for name in ("year", "month", "day"))
    if match.group("hour") is None:
        return datetime(year, month, day, tzinfo=VIETNAM_TIME)
    moment = datetime(year, month, day, int(match.group("hour")), int(match.group("minute")), tzinfo=VIETNAM_TIME)
    zone = match.group("zone")
    if zone is None:
        return moment
    if zone == "Z":
        return moment.replace(tzinfo=UTC).astimezone(VIETNAM_TIME)
    text = moment.strftime("%Y-%m-%dT%H:%M") + (zone if ":" in zone else f"{zone[:3]}:{zone[3:]}")
    return datetime.fromisoformat(text).astimezone(VIETNAM_TIME)


_URL_PATH_DAY = re.compile(r"/(?P<year>(?:19|20)\d\d)[/-](?P<month>[01]?\d)[/-](?P<day>[0-3]?\d)(?:/|-[a-z])")
_URL_PATH_MONTH = re.compile(r"/(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])/(?=[^/])")
_URL_STAMP = re.compile(r"(?<!\d)\d{0,3}?(?P<stamp>\d\d[01]\d[0-3]\d[0-2]\d[0-5]\d[0-5]\d\d{3})(?!\d)")


def url_date(url: str, latest: date | None = None) -> tuple[datetime, DatePrecision] | None:
    """The date that an address carries: in its folders, or as a timestamp in the article's number."""
    url = url[:2000]
    candidates: list[tuple[datetime, DatePrecision]] = []
    try:
        for match in _URL_STAMP.finditer(url):
            moment = datetime.strptime("20" + match.group("stamp")[:12], "%Y%m%d%H%M%S").replace(tzinfo=VIETNAM_TIME)
            candidates.append((moment.replace(second=0), DatePrecision.MINUTE))
        if folders := _URL_PATH_DAY.search(url):
            year, month, day = (int(folders.group(name)) for name in ("year", "month", "day"))
            candidates.append((datetime(year, month, day, tzinfo=VIETNAM_TIME), DatePrecision.DAY))
        if folders := _URL_PATH_MONTH.search(url):
            first = datetime(int(folders.group("year")), int(folders.group("month")), 1, tzinfo=VIETNAM_TIME)
            candidates.append((first, DatePrecision.MONTH))
    except ValueError:
        return None
    plausible = (
        item for item in candidates if item[0].date() >= EARLIEST and (latest is None or item[0].date() <= latest)
    )
    return next(plausible, None)
