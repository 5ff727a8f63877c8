"""Decides which province, district or commune an article is about, or that it is about the whole country.

Every naming adds to its province's weight: more with a type word or an office, more in the title and the lead, little
as a yardstick or as the place of an event. The centre as an actor and "UBND tỉnh" without a name are weighed against.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from processor.model import PlaceHow, PlaceLevel
from processor.places.gazetteer import CueKind
from processor.places.mentions import Cue, Mention, Strength

_WEIGHT = {Strength.EXPLICIT: 2.0, Strength.PLAIN: 1.5, Strength.BARE: 0.8, Strength.WEAK: 0.3}
_COMPARED_FACTOR = 0.2
_LEAD_FACTOR = 1.5
_TITLE_FACTOR = 4.0
# A survey of the country names many provinces, and none of them more than half of the time.
_SURVEY_PROVINCES = 4
# A title that names so many compares them.
_TITLED_PROVINCES = 3
# Of three provinces, none of which the text speaks of more than of the others, none is the subject.
_EVEN_SHARE = 0.4
_SURVEY_SHARE = 0.55
_TITLED_SURVEY_SHARE = 0.5
# With one province in the title, it takes the centre as an actor to make it a survey.
_SURVEY_CUES = 4
# The capital and the largest city are named in many articles that are not about them.
_CAPITALS = frozenset({"Hà Nội", "Hồ Chí Minh"})
_LEAST_CAPITAL_SUPPORT = 2.5
# The centre as an actor outweighs a province that is named in passing.
_NATIONAL_FACTOR = 0.5
_OWN_FACTOR = 0.7
_LEAST_SUPPORT = 1.5
# Share of the namings of an article's districts above which one of them is its subject.
_DISTRICT_SHARE = 0.7
# An address names a district once, and its province.
_LEAST_NAMINGS = 2
_LOCAL = (PlaceLevel.DISTRICT, PlaceLevel.COMMUNE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """Everything the decision rests on. Title and body were read separately: a title need not stand in the text."""

    title: Sequence[Mention]
    body: Sequence[Mention]
    title_cues: Sequence[Cue]
    body_cues: Sequence[Cue]
    title_end: int
    """Where a repetition of the title at the beginning of the text ends; what stands there counts once."""
    lead_end: int
    source_province: str | None


@dataclass(frozen=True, slots=True)
class Subject:
    """The province an article is about (None: the country), and the unit in it when it is that unit's article."""

    province: str | None
    unit: str | None = None
    is_from_source: bool = False
    is_local: bool = False
    """Whether the article is some province's although it does not say whose."""


def settle(evidence: Evidence) -> Evidence:
    """Chooses for a district of several provinces the one that the article, or else its source, speaks of."""
    known = province_weights(evidence)

    def settled(mention: Mention) -> Mention:
        if len(mention.provinces) < 2:
            return mention
        named = [province for province in mention.provinces if province in known]
        if named:
            best = max(named, key=lambda province: known[province])
            return replace(mention, provinces=(best,), how=PlaceHow.CONTEXT)
        if evidence.source_province in mention.provinces:
            return replace(mention, provinces=(evidence.source_province,), how=PlaceHow.SOURCE_DEFAULT)
        return mention

    return replace(
        evidence,
        title=[settled(mention) for mention in evidence.title],
        body=[settled(mention) for mention in evidence.body],
    )


def province_weights(evidence: Evidence) -> dict[str, float]:
    """How much the article speaks of each province, with the districts that lie in one only."""
    weights: defaultdict[str, float] = defaultdict(float)
    for mention in evidence.title:
        _add(weights, mention, _TITLE_FACTOR)
    for province, weight in _body_weights(evidence).items():
        weights[province] += weight
    return dict(weights)


def _body_weights(evidence: Evidence) -> dict[str, float]:
    weights: defaultdict[str, float] = defaultdict(float)
    for mention in evidence.body:
        _add(weights, mention, _zone_factor(evidence, mention))
    return dict(weights)


def _add(weights: defaultdict[str, float], mention: Mention, factor: float) -> None:
    if len(mention.provinces) == 1:
        weights[mention.provinces[0]] += mention_weight(mention) * factor


def _zone_factor(evidence: Evidence, mention: Mention) -> float:
    if mention.start < evidence.title_end:
        return 0.0
    return _LEAD_FACTOR if mention.start < evidence.lead_end else 1.0


def mention_weight(mention: Mention) -> float:
    """How much one naming says for its province, wherever it stands."""
    return _WEIGHT[mention.strength] * (_COMPARED_FACTOR if mention.is_compared else 1.0)


def find_subject(evidence: Evidence) -> Subject:
    """The subject of an article whose ambiguous districts are settled."""
    weights = province_weights(evidence)
    own = _count(evidence, (CueKind.OWN_PROVINCE, CueKind.OWN_DISTRICT))
    national = _count(evidence, (CueKind.NATIONAL,))
    if not weights:
        is_local = own > _NATIONAL_FACTOR * national or (own == national == 0 and bool(evidence.body))
        return Subject(evidence.source_province if is_local else None, is_from_source=True, is_local=is_local)
    province = max(weights, key=lambda one: weights[one])
    if _is_survey(evidence, province):
        return Subject(None)
    titled = {one.provinces[0] for one in evidence.title if _names_one(one)}
    support = weights[province] + _OWN_FACTOR * own
    least = _LEAST_CAPITAL_SUPPORT if province in _CAPITALS else _LEAST_SUPPORT
    if province not in titled and support < max(least, _NATIONAL_FACTOR * national):
        return Subject(None)
    return Subject(province, _unit(evidence, province))


def _names_one(mention: Mention) -> bool:
    return len(mention.provinces) == 1 and mention.strength is not Strength.WEAK and not mention.is_compared


def _is_survey(evidence: Evidence, province: str) -> bool:
    """Whether the article compares provinces instead of being one's: a ranking, a table, a debate."""
    titled = {one.provinces[0] for one in evidence.title if _names_one(one) and not one.is_parent}
    named = {one.provinces[0] for one in evidence.body if len(one.provinces) == 1 and one.strength is not Strength.WEAK}
    national, own = _count(evidence, (CueKind.NATIONAL,)), _count(evidence, (CueKind.OWN_PROVINCE,))
    if province == evidence.source_province:
        return False
    if len(titled) >= _TITLED_PROVINCES:
        return True
    if own > national:
        return False
    if len(titled) > 1:
        return national >= _SURVEY_CUES or any(cue.kind is CueKind.RANKING for cue in evidence.title_cues)
    weights = _body_weights(evidence)
    whole, part = sum(weights.values()), weights.get(province, 0.0)
    if part > (_TITLED_SURVEY_SHARE if titled else _SURVEY_SHARE) * whole:
        return False
    if len(named) == _SURVEY_PROVINCES - 1:
        is_even = not titled and part <= _EVEN_SHARE * whole
        return own == 0 and national >= (1 if is_even else 2 * _SURVEY_CUES)
    return len(named) >= _SURVEY_PROVINCES and (not titled or national >= _SURVEY_CUES)


def _count(evidence: Evidence, kinds: Iterable[CueKind]) -> int:
    return sum(cue.kind in kinds for cue in (*evidence.title_cues, *evidence.body_cues))


def _unit(evidence: Evidence, province: str) -> str | None:
    """The district or commune that is the subject: named in the title, or alone and more often than the province."""
    local = [one for one in evidence.title if one.level in _LOCAL and one.provinces == (province,)]
    units = {one.form for one in local}
    if len(units) == 1:
        return local[0].form
    if any(one.level is PlaceLevel.PROVINCE for one in evidence.title) or units:
        return None
    weights: defaultdict[str, float] = defaultdict(float)
    provincial = 0.5 * _count(evidence, (CueKind.OWN_PROVINCE,))
    for mention in evidence.body:
        if mention.provinces != (province,):
            continue
        factor = _zone_factor(evidence, mention)
        if mention.level in _LOCAL:
            weights[mention.form] += mention_weight(mention) * factor
        elif not mention.is_parent:
            provincial += mention_weight(mention) * factor
    if not weights:
        return None
    best = max(weights, key=lambda form: weights[form])
    own_district = _count(evidence, (CueKind.OWN_DISTRICT,))
    namings = sum(one.form == best for one in evidence.body) + own_district
    acts = any(one.is_office and one.form == best and one.start < evidence.lead_end for one in evidence.body)
    is_address = (
        namings < _LEAST_NAMINGS and not acts and any(one.level is PlaceLevel.PROVINCE for one in evidence.body)
    )
    if is_address or weights[best] < _DISTRICT_SHARE * sum(weights.values()):
        return None
    return best if weights[best] + 0.5 * own_district > provincial else None
