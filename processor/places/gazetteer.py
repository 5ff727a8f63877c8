"""The names of Vietnam's administrative units in both editions, and where they occur in a text.

The tables are static: 63 provinces and their districts up to 30 June 2025, 34 provinces and their communes since.
A name is looked up as it is written, so this module says what a stretch of text may name; `processor.places.mentions`
decides which of the readings the words around it allow.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib import resources
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import ahocorasick
import yaml

from processor.text import fold

MERGER = date(2025, 7, 1)
"""From this day the 34 provinces of 202/2025/QH15 and two levels of government are in force."""

HUE_BECAME_CITY = date(2025, 1, 1)
"""Until then tỉnh Thừa Thiên Huế, whose capital was thành phố Huế."""
_NUMBERED = "Quận "
_LATER_NAMES = {"Thừa Thiên Huế": "Huế"}
_FORMER_NAMES = {"Huế": "Thừa Thiên Huế"}


@dataclass(frozen=True, slots=True)
class Province:
    """A province of the edition up to June 2025, and the one its territory lies in since."""

    name: str
    code: int
    successor: str
    successor_code: int


@dataclass(frozen=True, slots=True)
class LocalUnit:
    """A district of the old edition (`province` by its old name) or a commune of the new one (by its new name)."""

    name: str
    types: tuple[str, ...]
    """Type words in lower case, the earliest first: "huyện", "thị xã"."""
    province: str
    is_commune: bool


class CueKind(StrEnum):
    """What a phrase that names no unit says about the subject of the text around it."""

    NATIONAL = "national"
    OWN_PROVINCE = "own_province"
    OWN_DISTRICT = "own_district"
    RANKING = "ranking"


class Certainty(StrEnum):
    """How much the bare name says: nothing else bears it, its context decides, or little."""

    CERTAIN = "certain"
    PLAIN = "plain"
    WEAK = "weak"


@dataclass(slots=True)
class Name:
    """All that one written form may name. A name without any reading hides the shorter names inside it."""

    form: str
    province: str | None = None
    certainty: Certainty = Certainty.PLAIN
    districts: tuple[LocalUnit, ...] = ()
    communes: tuple[LocalUnit, ...] = ()
    region: str | None = None
    is_known_city: bool = False
    is_typed: bool = False
    """Whether the form holds its type word, as Quận 1 does."""
    cue: CueKind | None = None

    @property
    def rank(self) -> int:
        """How much it counts against a name that it crosses."""
        if self.cue is not None:
            return 0
        return 1 if self.communes and not (self.province or self.districts or self.region) else 2


class Hit(NamedTuple):
    start: int
    end: int
    name: Name


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """Word lists of `data/place_words.yml` that judge the words around a name."""

    honorifics: frozenset[str]
    surnames: frozenset[str]
    things: frozenset[str]
    offices: frozenset[str]
    chinese_namesakes: frozenset[str]


class Gazetteer:
    """Finds names in folded text, longest first. Built once; safe to share."""

    def __init__(
        self,
        provinces: dict[str, Province],
        types: dict[str, list[tuple[str, date, date]]],
        names: dict[str, Name],
        words: PlaceWords,
    ) -> None:
        self.provinces = provinces
        self._codes_now = {one.successor: one.successor_code for one in provinces.values()}
        self.words = words
        self._types = types
        self._hosts = {_without_marks(name): name for name in provinces} | {"hue": "Thừa Thiên Huế"}
        self._automaton: Any = ahocorasick.Automaton()  # The library carries no types.
        for form, name in names.items():
            self._automaton.add_word(form, name)
        self._automaton.make_automaton()

    @classmethod
    def load(cls) -> Gazetteer:
        """Reads the tables packaged with the processor."""
        provinces = {
            row["name"]: Province(
                row["name"], int(row["code"]), row["name_from_2025_07"], int(row["code_from_2025_07"])
            )
            for row in _rows("provinces.csv")
        }
        words = yaml.safe_load(_read("place_words.yml"))
        return cls(provinces, _types(), _names(provinces, words), _place_words(words))

    def hits(self, folded: str) -> list[Hit]:
        """The names in a text folded by `processor.text.fold`, in order and without overlap, on syllable bounds."""
        found: list[Hit] = []
        length = len(folded)
        for last, name in self._automaton.iter(folded):
            end = last + 1
            if end < length and folded[end].isalnum():
                continue
            start = end - len(name.form)
            if start and folded[start - 1].isalnum():
                continue
            while found and found[-1].end > start and _yields(found[-1], start, name):
                found.pop()
            if not found or found[-1].end <= start:
                found.append(Hit(start, end, name))
        return found

    def in_force(self, province: str, *, is_new: bool, on: date | None = None) -> str:
        """The name of the unit in force for a province named in either edition; unknown names stay."""
        old = self.provinces.get(_FORMER_NAMES.get(province, province))
        if old is None:
            return province
        if is_new:
            return old.successor
        if old.name in _LATER_NAMES and on is not None and on >= HUE_BECAME_CITY:
            return _LATER_NAMES[old.name]
        return old.name

    def province_of_host(self, url: str) -> str | None:
        """The province, by its old name, whose name without marks is a label of the host: baocaobang.vn."""
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:  # A malformed address says nothing of the province.
            return None
        labels = (label.removeprefix("bao").removesuffix("tv") for label in re.split(r"[.-]", host))
        return next((self._hosts[label] for label in labels if label in self._hosts), None)

    def succession(self, province: str, *, is_new: bool) -> tuple[str, int | None, int]:
        """For a province in force: its successor of today, its code before the merger (None after it), today's code."""
        old = self.provinces.get(_FORMER_NAMES.get(province, province))
        now = province if is_new or old is None else old.successor
        return now, None if is_new or old is None else old.code, self._codes_now[now]

    def type_on(self, province: str, on: date) -> str:
        """The type word of a province on a day: "tỉnh" or "thành phố"."""
        return next((kind for kind, since, until in self._types[province] if since <= on <= until), "tỉnh")


def _yields(earlier: Hit, start: int, name: Name) -> bool:
    """Whether a name that overlaps an earlier one is the one meant.

    The longer, of two that cross the first; but "UBND TP" never takes the beginning of TP HCM, nor a commune the end
    of a province: "Long An vinh dự".
    """
    if start > earlier.start and earlier.name.rank != name.rank:
        return name.rank > earlier.name.rank
    return len(name.form) > earlier.end - earlier.start or start <= earlier.start


def _without_marks(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalpha())


def _read(name: str) -> str:
    return resources.files("processor.data").joinpath(name).read_text(encoding="utf-8")


def _rows(name: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(_read(name).splitlines())


def _types() -> dict[str, list[tuple[str, date, date]]]:
    types: dict[str, list[tuple[str, date, date]]] = {}
    for row in _rows("province_types.csv"):
        since = date.fromisoformat(row["from"]) if row["from"] else date.min
        until = date.fromisoformat(row["until"]) if row["until"] else date.max
        types.setdefault(row["name"], []).append((row["type"], since, until))
    return types


def _place_words(words: dict[str, list[str]]) -> PlaceWords:
    return PlaceWords(**{field: frozenset(words[field]) for field in PlaceWords.__slots__})


def _names(provinces: dict[str, Province], words: dict[str, list[str]]) -> dict[str, Name]:
    names: dict[str, Name] = {}
    for phrase in words["not_places"]:
        _name(names, phrase)
    for kind in CueKind:
        for phrase in words[kind.value]:
            _name(names, phrase).cue = kind
    for province in provinces:
        if province != "Hồ Chí Minh":  # Alone it is the person; the city is always written with its type.
            _name(names, province).province = province
    _add_aliases(names)
    for unit in _local_units():
        for written in _spellings(unit.name):
            name = _name(names, written)
            name.is_typed = unit.name.startswith(_NUMBERED)
            if unit.is_commune:
                name.communes += (unit,)
            else:
                name.districts += (unit,)
    for city in words["known_cities"]:
        _name(names, city).is_known_city = True
    return names


def _name(names: dict[str, Name], written: str) -> Name:
    form = fold(written)
    return names.setdefault(form, Name(form))


def _add_aliases(names: dict[str, Name]) -> None:
    districts = [unit for unit in _local_units() if not unit.is_commune]
    for row in _rows("place_aliases.csv"):
        name = _name(names, row["alias"])
        if row["level"] == "province":
            name.province, name.certainty = row["name"], Certainty(row["use"])
        elif row["level"] == "region":
            name.region = row["name"]
        elif not name.districts:
            name.districts = tuple(unit for unit in districts if unit.name == row["name"])


def _spellings(name: str) -> tuple[str, ...]:
    """Quận 1 is also Q.1, Q. 1 and Q1."""
    if not name.startswith(_NUMBERED):
        return (name,)
    number = name.removeprefix(_NUMBERED)
    return name, f"Q.{number}", f"Q. {number}", f"Q{number}"


def _local_units() -> list[LocalUnit]:
    types: dict[tuple[str, str, bool], list[str]] = {}
    for table, is_commune in (("districts.csv", False), ("communes.csv", True)):
        for row in _rows(table):
            types.setdefault((row["name"], row["province"], is_commune), []).append(row["type"])
    return [
        LocalUnit(name, tuple(kinds), province, is_commune) for (name, province, is_commune), kinds in types.items()
    ]
