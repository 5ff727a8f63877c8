"""Turns mentions and the subject they add up to into the places that are stored."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from processor.model import Place, PlaceHow, PlaceLevel, PlaceResolution, PlaceRole, Span
from processor.places.gazetteer import Gazetteer
from processor.places.mentions import Mention, Strength
from processor.places.subject import Evidence, Subject, mention_weight

# Around a province that is ranked beside the subject.
_RANKED = re.compile(r"hạng|xếp thứ|đứng thứ|dẫn đầu|đứng đầu|kế đó|tiếp theo|tiếp đến|lần lượt|điểm|vị trí")
_RANKED_BEFORE, _RANKED_AFTER = 90, 50

_Unit = tuple[PlaceLevel, str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Assembly:
    """Builds the resolution of one article in one edition of the provinces."""

    gazetteer: Gazetteer
    text: str
    folded: str
    is_new: bool

    def resolution(self, evidence: Evidence, subject: Subject) -> PlaceResolution:
        """Every unit once, the subject's units first, then by how much the article speaks of them."""
        groups: defaultdict[_Unit, list[Mention]] = defaultdict(list)
        weights: defaultdict[_Unit, float] = defaultdict(float)
        for mention in (*evidence.title, *evidence.body):
            groups[_unit(mention)].append(mention)
            weights[_unit(mention)] += mention_weight(mention)
        titled = {id(mention) for mention in evidence.title}
        named = {unit[2][0] for unit in groups if unit[0] is PlaceLevel.PROVINCE}
        order = sorted(groups, key=lambda unit: (not _is_of(unit, subject), -weights[unit]))
        places = {
            unit: self._place(
                max(groups[unit], key=mention_weight),
                named,
                self._role(unit, groups[unit], subject),
                tuple(self._span(one) for one in groups[unit] if id(one) not in titled),
            )
            for unit in order
        }
        return PlaceResolution(places=tuple(places.values()), primary=self._primary(subject, places))

    def _primary(self, subject: Subject, places: dict[_Unit, Place]) -> Place | None:
        if subject.province is None:
            ambiguous = (place for place in places.values() if place.how is PlaceHow.AMBIGUOUS)
            return next(ambiguous, None) if subject.is_local else None
        for unit, place in places.items():
            if unit[2] == (subject.province,) and (
                unit[1] == subject.unit if subject.unit else unit[0] is PlaceLevel.PROVINCE
            ):
                return place
        how = PlaceHow.SOURCE_DEFAULT if subject.is_from_source else PlaceHow.DISTRICT_LOOKUP
        return self._in_province(subject.province, PlaceLevel.PROVINCE, None, how)

    def _place(self, mention: Mention, named: set[str], role: PlaceRole, spans: tuple[Span, ...]) -> Place:
        if mention.level is PlaceLevel.REGION:
            return Place(then=mention.region, level=mention.level, role=role, spans=spans)
        if len(mention.provinces) > 1:
            unit = mention.unit_in(None)
            return Place(
                then=unit,
                level=mention.level,
                district_then=unit if mention.level is PlaceLevel.DISTRICT else None,
                how=PlaceHow.AMBIGUOUS,
                role=role,
                spans=spans,
                candidates=mention.provinces,
            )
        how = mention.how
        if mention.level is not PlaceLevel.PROVINCE and how is PlaceHow.EXPLICIT:
            how = PlaceHow.EXPLICIT if mention.provinces[0] in named else PlaceHow.DISTRICT_LOOKUP
        elif mention.strength is Strength.WEAK:
            how = PlaceHow.CONTEXT
        province = mention.provinces[0]
        return self._in_province(province, mention.level, mention.unit_in(province), how, role, spans)

    def _in_province(
        self,
        province: str,
        level: PlaceLevel,
        unit: str | None,
        how: PlaceHow,
        role: PlaceRole = PlaceRole.SUBJECT,
        spans: tuple[Span, ...] = (),
    ) -> Place:
        now, code_then, code_now = self.gazetteer.succession(province, is_new=self.is_new)
        return Place(
            then=unit or province,
            level=level,
            district_then=unit if level is PlaceLevel.DISTRICT else None,
            province_then=province,
            province_now=now,
            code_then=code_then,
            code_now=code_now,
            how=how,
            role=role,
            spans=spans,
        )

    def _role(self, unit: _Unit, mentions: Sequence[Mention], subject: Subject) -> PlaceRole:
        if _is_of(unit, subject):
            return PlaceRole.SUBJECT
        if subject.province is None or unit[0] is PlaceLevel.REGION:
            return PlaceRole.MENTIONED
        if all(one.is_compared or _is_ranked(self.folded, one) for one in mentions):
            return PlaceRole.COMPARISON
        return PlaceRole.MENTIONED

    def _span(self, mention: Mention) -> Span:
        return Span(start=mention.start, end=mention.end, quote=self.text[mention.start : mention.end])


def _unit(mention: Mention) -> _Unit:
    form = mention.provinces[0] if mention.level is PlaceLevel.PROVINCE else mention.form
    return mention.level, form, mention.provinces


def _is_of(unit: _Unit, subject: Subject) -> bool:
    return subject.province is not None and unit[2] == (subject.province,)


def _is_ranked(folded: str, mention: Mention) -> bool:
    begin, end = max(0, mention.start - _RANKED_BEFORE), mention.end + _RANKED_AFTER
    return _RANKED.search(folded, begin, end) is not None
