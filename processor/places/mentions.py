"""Reads which unit each name in a text stands for, from the words around it.

Type words and offices before a name choose among its readings; surnames, streets, rivers and clubs take it away.
A district without its type word counts only where the rest of the article supports it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise

from processor.model import PlaceHow, PlaceLevel
from processor.places.gazetteer import Certainty, CueKind, Gazetteer, Hit, LocalUnit, Name
from processor.places.surroundings import Before, is_abroad, is_dateline, is_inside_name, what_stands_before
from processor.text import fold


class Strength(StrEnum):
    """How a mention names its unit."""

    EXPLICIT = "explicit"
    """With its type word or an office of its administration."""
    PLAIN = "plain"
    BARE = "bare"
    """A district or commune without its type word."""
    WEAK = "weak"
    """Part of another name, or only where something happens."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """One naming of a unit; `start` and `end` are offsets into the text that was read."""

    start: int
    end: int
    form: str
    """The name in folded form, without its type word."""
    level: PlaceLevel
    provinces: tuple[str, ...]
    """The provinces of the edition in force that it may be or lie in; one when certain, none for a region."""
    strength: Strength
    is_compared: bool = False
    """Named only as what something else is measured against."""
    is_parent: bool = False
    """A province named only to say where the unit before it lies."""
    how: PlaceHow = PlaceHow.EXPLICIT
    """How its province was chosen, when several share the name."""
    units: tuple[LocalUnit, ...] = ()
    """The districts or communes that bear the name, one for each province."""
    type_word: str | None = None
    """The type word of a district or commune, if it is printed."""
    region: str | None = None
    unit_provinces: tuple[str, ...] = ()
    """The province in force of each of `units`."""
    is_office: bool = False
    """Whether the unit's own administration acts: "lãnh đạo thành phố X", "Thị ủy X"."""

    def unit_in(self, province: str | None) -> str | None:
        """The district, commune or region by its name with its type word; None for a province."""
        if not self.units:
            return self.region
        unit = next((one for one, its in zip(self.units, self.unit_provinces, strict=True) if its == province), None)
        unit = unit or self.units[0]
        kind = self.type_word or unit.types[-1]
        return unit.name if unit.name.lower().startswith(kind) else f"{kind} {unit.name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cue:
    """A phrase that names no unit but tells whose article it is."""

    start: int
    end: int
    kind: CueKind


@dataclass(frozen=True, slots=True)
class Reading:
    folded: str
    """The text as it was matched: folded, with blanks for newlines."""
    mentions: list[Mention]
    cues: list[Cue]


# Before what something else is measured against.
_YARDSTICK = re.compile(
    r"(?:so với|(?:đứng|xếp|chỉ) sau|cao hơn|thấp hơn|kém|hơn|bằng|ngang|vượt qua|vượt|cùng với|học tập|"
    r"kinh nghiệm (?:của|tại|từ)|như)(?: các)?(?: (?:tỉnh|thành phố|tp|tp\.))? ?\Z"
)
_LONGEST_LIST_GAP = 24
# After what the administration of a district or commune acts through: the unit's name with its type word.
_OWN_OFFICE = re.compile(
    r"(?:ubnd|hđnd|ủy ban nhân dân|hội đồng nhân dân|chủ tịch|bí thư|lãnh đạo|hành chính công|hành chính|một cửa|"
    r"đảng ủy|(?:thị|huyện|quận|thành) ủy|chính quyền|phòng nội vụ)"
    r"(?: (?:thành phố|tp\.?|thị xã|tx\.?|huyện|h\.|quận|q\.|xã|phường|p\.|thị trấn|đặc khu))? ?\Z"
)
# After a commune's name, an opening bracket holds its district: "xã Đại Lộc (Hậu Lộc)".
_COMMUNE_BEFORE = re.compile(r"(?:xã|phường|thị trấn) [^\W\d_]{1,7}+(?: [^\W\d_]{1,7}+){0,3}+,? \(\Z")
_ANY_PROVINCE = re.compile(r", ?(?:thành|tp)|/|-?thành phố")
_LIST_GAP = re.compile(r"(?:,| và|;|, và| hay| hoặc)? ?(?:tỉnh |thành phố |tp\.? ?)?")
_PARENT_GAP = re.compile(r"(?: \([^()]{3,40}\))?(?: \(|, | - |,| thuộc | của | )(?:tỉnh |thành phố |tp\.? ?)?")
_LONGEST_PARENT_GAP = 64
_LOWER_TOKENS = frozenset({"thành", "phố", "mang", "tên", "xứ", "quận", "và", "sông", "núi", "phía"})
# Provinces whose names are also common words; in an all-capital headline only a type word tells them apart.
_COMMON_WORDS = frozenset({"hòa bình", "thái bình", "bình định", "cao bằng", "hải dương", "thái nguyên"})
_CAPITALS_OF_EVENTS = frozenset({"Hà Nội", "Hồ Chí Minh"})
_REACH_BACK = 56


# The foot of a page says where its owner sits, which is no news of the place.
_ADDRESS_WORDS = ("địa chỉ", "đ/c", "trụ sở", "cơ quan chủ quản")
_ADDRESS_LINE = re.compile(rf"(?:\A|\n)(?:{'|'.join(_ADDRESS_WORDS)}) {{0,2}}:[^\n]*")


class MentionReader:
    """Finds mentions with one gazetteer; pure and safe to share."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer

    def read(self, text: str, on: date, *, is_new: bool, folded: str | None = None) -> Reading:
        """The mentions and cues in a text in its normal form, as of a day, in order.

        `is_new` says whether the units in force since the merger are meant. Districts without a type word are all
        there still: `supported` drops those that nothing supports. `folded` is the text folded, if it was already.
        """
        # Lines of official papers are broken inside names.
        folded = fold(text) if folded is None else folded
        addresses = _address_lines(folded)
        folded = folded.replace("\n", " ")
        mentions: list[Mention] = []
        cues: list[Cue] = []
        for hit in self._gazetteer.hits(folded):
            if hit.name.cue is not None:
                cues.append(Cue(start=hit.start, end=hit.end, kind=hit.name.cue))
            elif not (addresses and _is_in_address(addresses, hit.start)):
                mention = self._mention(text, folded, hit, on, is_new)
                if mention is not None:
                    mentions.append(_with_comparison(folded, mention, mentions[-1] if mentions else None))
        return Reading(folded, _with_parents(folded, mentions), _anaphors(folded, cues, mentions))

    def _mention(self, text: str, folded: str, hit: Hit, on: date, is_new: bool) -> Mention | None:
        name = hit.name
        if not (name.province or name.districts or name.region or (is_new and name.communes)):
            return None
        printed = text[hit.start : hit.end]
        if not _is_capitalised(printed, name) or is_abroad(self._gazetteer.words, folded, hit.start, hit.end):
            return None
        back = folded[max(0, hit.start - _REACH_BACK) : hit.start]
        before, word = what_stands_before(self._gazetteer.words, text, hit.start, back)
        if before is Before.PERSON or is_dateline(folded, hit.start, hit.end):
            return None
        if name.region:
            return _region(hit, name.region)
        if before is Before.NOTHING and not is_new and not name.province and _COMMUNE_BEFORE.search(back):
            before = Before.OFFICE
        is_caps_word = printed.isupper() and name.form in _COMMON_WORDS
        if is_caps_word and before not in (Before.PROVINCE, Before.OFFICE, Before.CITY):
            before = Before.THING
        mention = self._as_province(hit, before, on, is_new, text)
        return mention or self._as_local_unit(hit, (before, word, back), on, is_new, text)

    def _as_province(self, hit: Hit, before: Before, on: date, is_new: bool, text: str) -> Mention | None:
        name = hit.name
        if name.province is None or before in (Before.DISTRICT, Before.COMMUNE):
            return None
        if " " not in name.form and name.certainty is Certainty.PLAIN and is_inside_name(text, hit.start, hit.end):
            return None
        province = self._gazetteer.in_force(name.province, is_new=is_new, on=on)
        if before is Before.CITY and name.districts and self._gazetteer.type_on(province, on) != "thành phố":
            return None
        strength = Strength.PLAIN
        if before in (Before.PROVINCE, Before.CITY, Before.OFFICE):
            strength = Strength.EXPLICIT
        elif (
            before is Before.THING
            or name.certainty is Certainty.WEAK
            or (before is Before.PLACE and name.province in _CAPITALS_OF_EVENTS)
        ):
            strength = Strength.WEAK
        return Mention(
            start=hit.start,
            end=hit.end,
            form=name.form,
            level=PlaceLevel.PROVINCE,
            provinces=(province,),
            strength=strength,
        )

    def _as_local_unit(
        self, hit: Hit, context: tuple[Before, str, str], on: date, is_new: bool, text: str
    ) -> Mention | None:
        before, word, text_before = context
        name = hit.name
        typed = before in (Before.DISTRICT, Before.CITY) or name.is_typed
        if before is Before.COMMUNE or (is_new and not typed and not name.is_known_city):
            units, level = (name.communes if is_new else ()), PlaceLevel.COMMUNE
            typed = before is Before.COMMUNE
        else:
            units, level = name.districts, PlaceLevel.DISTRICT
        units = _of_type(units, word) if typed else units
        if not units or before is Before.THING or (not typed and is_inside_name(text, hit.start, hit.end)):
            return None
        strength = Strength.BARE
        if typed or before is Before.OFFICE:
            strength = Strength.EXPLICIT
        elif name.is_known_city:
            strength = Strength.PLAIN
        provinces = tuple(
            unit.province if unit.is_commune else self._gazetteer.in_force(unit.province, is_new=is_new, on=on)
            for unit in units
        )
        return Mention(
            start=hit.start,
            end=hit.end,
            form=fold(units[0].name),
            level=level,
            provinces=tuple(dict.fromkeys(provinces)),
            strength=strength,
            units=units,
            type_word=word if before in (Before.DISTRICT, Before.CITY, Before.COMMUNE) else None,
            unit_provinces=provinces,
            is_office=_OWN_OFFICE.search(text_before) is not None,
        )


def _address_lines(folded: str) -> list[tuple[int, int]]:
    if not any(word in folded for word in _ADDRESS_WORDS):
        return []
    return [match.span() for match in _ADDRESS_LINE.finditer(folded)]


def _is_in_address(lines: Sequence[tuple[int, int]], offset: int) -> bool:
    before = bisect_right(lines, (offset, offset)) - 1
    return before >= 0 and lines[before][0] <= offset < lines[before][1]


def _is_capitalised(printed: str, name: Name) -> bool:
    tokens = printed.replace("-", " ").replace("–", " ").replace(".", " ").split()
    if name.certainty is Certainty.CERTAIN or name.is_typed:
        return bool(tokens) and (tokens[-1][0].isupper() or tokens[-1][0].isdigit())
    return all(token[0].isupper() or token in _LOWER_TOKENS for token in tokens) and printed[0].isupper()


def _of_type(units: tuple[LocalUnit, ...], word: str) -> tuple[LocalUnit, ...]:
    return tuple(unit for unit in units if word in unit.types) or units


def _region(hit: Hit, region: str) -> Mention:
    return Mention(
        start=hit.start,
        end=hit.end,
        form=hit.name.form,
        level=PlaceLevel.REGION,
        provinces=(),
        strength=Strength.PLAIN,
        region=region,
    )


def _with_comparison(folded: str, mention: Mention, previous: Mention | None) -> Mention:
    """Marks a unit that is only a yardstick; what goes on a list of yardsticks is one too."""
    back = folded[max(0, mention.start - _REACH_BACK) : mention.start]
    goes_on = (
        previous is not None
        and previous.is_compared
        and mention.start - previous.end < _LONGEST_LIST_GAP
        and _LIST_GAP.fullmatch(folded, previous.end, mention.start)
    )
    return replace(mention, is_compared=True) if goes_on or _YARDSTICK.search(back) else mention


def _with_parents(folded: str, mentions: list[Mention]) -> list[Mention]:
    """Settles districts that are followed by their province: "Vạn Ninh (Khánh Hòa)"."""
    settled = list(mentions)
    for index, (local, parent) in enumerate(pairwise(mentions)):
        if (
            local.level in (PlaceLevel.DISTRICT, PlaceLevel.COMMUNE)
            and parent.level is PlaceLevel.PROVINCE
            and parent.provinces[0] in local.provinces
            and parent.start - local.end < _LONGEST_PARENT_GAP
            and _PARENT_GAP.fullmatch(folded, local.end, parent.start)
        ):
            strength = Strength.EXPLICIT if local.strength is Strength.BARE else local.strength
            settled[index] = replace(settled[index], provinces=parent.provinces, strength=strength)
            settled[index + 1] = replace(parent, is_parent=True)
    return settled


def _anaphors(folded: str, cues: list[Cue], mentions: list[Mention]) -> list[Cue]:
    """Leaves out "UBND tỉnh" before a name, which the mention covers, and "UBND tỉnh, thành phố", which is any."""
    starts = {mention.start for mention in mentions}
    return [
        cue
        for cue in cues
        if cue.kind in (CueKind.NATIONAL, CueKind.RANKING)
        or not (starts & {cue.end, cue.end + 1, cue.end + 2} or _ANY_PROVINCE.match(folded, cue.end))
    ]


def supported(mentions: Sequence[Mention], titled: Sequence[Mention] = ()) -> list[Mention]:
    """The mentions without the districts named bare that nothing else in the article speaks for.

    A bare name counts when it stands somewhere with its type word, or when a province that it may lie in is named.
    """
    everything = (*titled, *mentions)
    typed = {one.form for one in everything if one.strength is not Strength.BARE}
    provinces = {
        one.provinces[0]
        for one in everything
        if len(one.provinces) == 1 and one.strength in (Strength.EXPLICIT, Strength.PLAIN)
    }
    return [
        one
        for one in mentions
        if one.strength is not Strength.BARE or one.form in typed or not provinces.isdisjoint(one.provinces)
    ]
