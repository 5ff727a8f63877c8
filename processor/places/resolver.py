"""Resolves the places of an article: the units in force on its date, today's successors, and which one it is about."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date

from processor.model import Article, PlaceResolution
from processor.places.assembly import Assembly
from processor.places.gazetteer import MERGER, Gazetteer
from processor.places.mentions import Mention, MentionReader, supported
from processor.places.subject import Evidence, find_subject, settle
from processor.text import fold

_UNDATED = date(2024, 6, 30)
_DATE = re.compile(r"[0-9][0-9]?(?P<sign>[/-])(\d{1,2})(?P=sign)20\d\d(?!\d)")
# Before the date of an event that is reported, at the beginning of a sentence; deadlines stand inside of one.
_EVENT = re.compile(r"(?:\A|[\n.”\"] ?)(?:sáng|chiều|tối|trưa|ngày|trong ngày|vào ngày|mới đây)[^.\n]{0,24}\Z")
_EVENT_REACH = 40
# The head of an official paper: "Đắk Lắk, ngày 26 tháng 11 năm 2025".
_HEAD_DATE = re.compile(r"\n[^\n,]{2,30},\s{1,2}ngày\s{1,2}(\d{1,2}) tháng (\d{1,2}) năm (20\d\d)(?!\d)")
# What is only said since there are two levels of government, by a part of it that few texts have.
_TWO_LEVELS = {
    "hành chính công": tuple(f"phục vụ hành chính công {unit}" for unit in ("xã", "phường", "cấp xã")),
    "sáp nhập": tuple(f"{after} sáp nhập {unit}" for after in ("sau", "sau khi") for unit in ("tỉnh", "với tỉnh")),
    "hợp nhất": tuple(f"{after} hợp nhất {unit}" for after in ("sau", "sau khi") for unit in ("tỉnh", "với tỉnh")),
    "chính quyền địa phương": tuple(
        f"vận hành {model}chính quyền địa phương {two} cấp" for model in ("", "mô hình ") for two in ("2", "hai")
    ),
    "bỏ cấp huyện": ("sau khi bỏ cấp huyện",),
}
_LEAD_CHARACTERS = 500
_MOST_CHARACTERS = 250_000
"""Characters of a text that are read: a hundred pages. A megabyte of nothing but names would hold up a worker."""


class PlaceResolver:
    """Finds places with the packaged tables. Loaded once; its methods are pure."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._reader = MentionReader(gazetteer)

    @classmethod
    def load(cls) -> PlaceResolver:
        """Reads the tables packaged with the processor."""
        return cls(Gazetteer.load())

    def resolve(self, article: Article) -> PlaceResolution:
        """All places an article names, its subject first; the primary place is None for a national article."""
        text = article.text[:_MOST_CHARACTERS]
        folded = fold(text)
        on = article.published_on or _edition_day(folded)
        is_new = on >= MERGER
        title = (article.title or "")[:_MOST_CHARACTERS]
        in_title = self._reader.read(title, on, is_new=is_new)
        in_body = self._reader.read(text, on, is_new=is_new, folded=folded)
        body = supported(in_body.mentions, in_title.mentions)
        repeated = len(title) if title and article.text.startswith(title) else 0
        evidence = settle(
            Evidence(
                title=supported(in_title.mentions, in_body.mentions),
                body=body,
                title_cues=in_title.cues,
                body_cues=in_body.cues,
                title_end=repeated,
                lead_end=repeated + max(_LEAD_CHARACTERS, len(article.lead or "")),
                source_province=self._source(article, is_new),
            )
        )
        assembly = Assembly(gazetteer=self._gazetteer, text=text, folded=in_body.folded, is_new=is_new)
        return assembly.resolution(evidence, find_subject(evidence))

    def mentions(self, text: str, on: date | None) -> list[Mention]:
        """The units that a text names, in order, as of a day; a day before the merger if none is known."""
        text = text[:_MOST_CHARACTERS]
        folded = fold(text)
        day = on or _edition_day(folded)
        return supported(self._reader.read(text, day, is_new=day >= MERGER, folded=folded).mentions)

    def _source(self, article: Article, is_new: bool) -> str | None:
        province = article.source_province
        if province is None and article.url is not None:
            province = self._gazetteer.province_of_host(article.url)
        return self._gazetteer.in_force(province, is_new=is_new) if province else None


def _edition_day(folded: str) -> date:
    """A day on which an undated article may have appeared: that of its latest event, else one of the old edition."""
    dates: list[list[str]] = []
    if "/20" in folded or "-20" in folded:
        dates += [_parts(match) for match in _DATE.finditer(folded) if _is_event(folded, match)]
    if " năm 20" in folded:
        dates += [list(match.groups()) for match in _HEAD_DATE.finditer(folded)]
    days = []
    for day, month, year in dates:
        with suppress(ValueError):
            days.append(date(int(year), int(month), int(day)))
    if days:
        return max(days)
    return MERGER if _speaks_of_two_levels(folded) else _UNDATED


def _speaks_of_two_levels(folded: str) -> bool:
    return any(part in folded and any(phrase in folded for phrase in phrases) for part, phrases in _TWO_LEVELS.items())


def _parts(match: re.Match[str]) -> list[str]:
    return match.group().replace("-", "/").split("/")


def _is_event(folded: str, match: re.Match[str]) -> bool:
    return _EVENT.search(folded, max(0, match.start() - _EVENT_REACH), match.start()) is not None
