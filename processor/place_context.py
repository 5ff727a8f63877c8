"""Attaches a place to a position of a text: the unit that a figure standing there belongs to.

The nearest unit before it in its sentence, named or meant ("toàn tỉnh", "của huyện"); else in its paragraph, where
provinces named for comparison do not count; else the subject of the article. It works on what `PlaceResolver` found.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace

from processor.model import Place, PlaceLevel, PlaceResolution, PlaceRole
from processor.place_mentions import DEPARTMENT, REACH_BACK, YARDSTICK
from processor.text import fold, sentences

NATIONAL = Place(then=None, level=PlaceLevel.NATIONAL)
"""The place of what an article about the whole country says of no unit in particular."""

_MEANT = re.compile(
    r"(?<!\w)(?<!các )(?<!cấp )(?<!mỗi )(?<!từng )(?<!nhiều )(?<!\d )(?<!liên )(?<!tỉnh, )(?<!một )"
    r"(?P<unit>tỉnh|huyện|quận|thị xã|thành phố|tp)(?: ủy)?(?!\w)(?=(?P<gap> ?)(?P<next>.|\Z))"
)
_OF_A_UNIT_AHEAD = re.compile(r"(?:^|\W)(?:của|tại|ở|thuộc)(?: [^\W\d_]+){0,4} \Z")
_DEPARTMENT_MEANT = re.compile(r"(?<!\w)(?:đơn vị (?:này |cũng |đã )|sở (?:này|đã|cũng|có) )")
_FARTHEST_AHEAD = 80
_NAMED_LEVELS = {
    "tỉnh": (PlaceLevel.PROVINCE,),
    "huyện": (PlaceLevel.DISTRICT,),
    "quận": (PlaceLevel.DISTRICT,),
    "thị xã": (PlaceLevel.DISTRICT,),
    "thành phố": (PlaceLevel.PROVINCE, PlaceLevel.DISTRICT),
    "tp": (PlaceLevel.PROVINCE, PlaceLevel.DISTRICT),
}


@dataclass(frozen=True, slots=True)
class _Anchor:
    start: int
    end: int
    place: Place | None
    """None when the unit is only meant."""
    levels: tuple[PlaceLevel, ...] = ()


class PlaceContext:
    """The places of one article by position. Offsets are those of the text it was built from."""

    def __init__(self, text: str, resolution: PlaceResolution) -> None:
        self._text = text
        self._folded = fold(text).replace("\n", " ")
        self._primary = resolution.primary
        self._sentences = sentences(text)
        self._sentence_starts = [extent.start for extent in self._sentences]
        named = [
            _Anchor(span.start, span.end, place)
            for place in resolution.places
            if place.level is not PlaceLevel.REGION
            for span in place.spans
        ]
        self._anchors = sorted([*named, *self._meant({one.start for one in named})], key=lambda one: one.start)
        self._starts = [anchor.start for anchor in self._anchors]

    def at(self, offset: int) -> Place:
        """The place of what stands at `offset`; `NATIONAL` when it is the whole country's."""
        begin, end = self._sentence(offset)
        index = bisect_right(self._starts, offset) - 1
        in_sentence = self._last(index, begin, any_role=True)
        if in_sentence is not None:
            return self._or_department(in_sentence, begin, end)
        ahead = self._ahead(index + 1, offset, end)
        if ahead is not None:
            return ahead
        paragraph = self._text.rfind("\n", 0, offset) + 1
        in_paragraph = self._last(index, paragraph, any_role=False)
        if in_paragraph is not None:
            return self._or_department(in_paragraph, begin, end)
        return self._primary or NATIONAL

    def _meant(self, named: set[int]) -> list[_Anchor]:
        found = []
        for match in _MEANT.finditer(self._folded):
            after = match.end() + len(match["gap"])
            if after in named or not (
                (match["next"].isalpha() and self._text[after].islower()) or match["next"] in ".:;("
            ):
                continue
            found.append(_Anchor(match.start(), match.end(), None, _NAMED_LEVELS[match["unit"]]))
        return found

    def _sentence(self, offset: int) -> tuple[int, int]:
        index = bisect_right(self._sentence_starts, offset) - 1
        return self._sentences[index] if index >= 0 else (0, 0)

    def _last(self, index: int, begin: int, *, any_role: bool) -> _Anchor | None:
        """The last anchor from `index` back to `begin` that a figure can belong to."""
        while index >= 0 and self._anchors[index].start >= begin:
            anchor = self._anchors[index]
            beside = anchor.place is not None and anchor.place.role is PlaceRole.COMPARISON
            if not self._is_yardstick(anchor) and (any_role or self._primary is None or not beside):
                place = self._place(index)
                if place is not None:
                    return replace(anchor, place=place)
            index -= 1
        return None

    def _place(self, index: int) -> Place | None:
        """The place of an anchor; of a unit that is only meant, the last one named on its level."""
        anchor = self._anchors[index]
        if anchor.place is not None:
            return anchor.place
        primary_level = self._primary.level if self._primary else None
        if PlaceLevel.PROVINCE in anchor.levels and primary_level is PlaceLevel.PROVINCE:
            return self._primary
        for earlier in reversed(self._anchors[max(0, index - _FARTHEST_BACK) : index]):
            if earlier.place is not None and earlier.place.level in anchor.levels:
                return earlier.place
        return self._primary

    def _is_yardstick(self, anchor: _Anchor) -> bool:
        back = self._folded[max(0, anchor.start - REACH_BACK) : anchor.start]
        return anchor.place is not None and YARDSTICK.search(back) is not None

    def _ahead(self, index: int, offset: int, end: int) -> Place | None:
        """The only unit after the position in its sentence: "95% hồ sơ của huyện Cần Giuộc"."""
        following = [one for one in self._anchors[index : index + 3] if one.start < end and one.place is not None]
        if len(following) != 1 or following[0].start - offset > _FARTHEST_AHEAD:
            return None
        between = self._folded[offset : following[0].start]
        return following[0].place if _OF_A_UNIT_AHEAD.search(between) else None

    def _or_department(self, anchor: _Anchor, begin: int, end: int) -> Place:
        place = anchor.place or NATIONAL
        back = self._folded[max(0, anchor.start - REACH_BACK) : anchor.start]
        department = DEPARTMENT.search(back)
        if department is None or place.level is not PlaceLevel.PROVINCE:
            return place
        start = anchor.start - len(back) + department.start()
        if start != begin and not _DEPARTMENT_MEANT.search(self._folded, begin, end):
            return place
        return replace(place, level=PlaceLevel.DEPARTMENT, then=self._text[start : anchor.end])


_FARTHEST_BACK = 40
