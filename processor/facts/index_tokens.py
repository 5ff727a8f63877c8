"""Ranks, scores and changes of indices on their way to claims: what is bound together becomes one claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from processor.facts.claims import Claim
from processor.facts.lexicon import Index
from processor.facts.numbers import Number, NumberForm
from processor.facts.ranks import Move, Rank
from processor.facts.time import When
from processor.model import Confidence, FactKind, Place, PlaceLevel

_FARTHEST_PARTNER = 200
"""Characters between a rank and the score that may belong to it."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What a rank or score of a sentence is bound to."""

    index: Index
    component: str | None
    places: tuple[Place, ...]
    when: When
    region: str | None = None
    scope: str | None = None
    inherited: bool = False
    """The index was named in an earlier sentence."""


@dataclass(frozen=True, slots=True)
class Token:
    """A rank, score or change at [start, end) with what it is bound to."""

    start: int
    end: int
    bound: Bound
    rank: Rank | None = None
    score: Number | None = None
    value: float | None = None
    move: Move | None = None
    change: float | None = None
    began: bool = False
    """The score a rise or fall began with: the "81,82%" of "tăng từ 81,82% lên 84,4%"."""


def is_internal(place: Place) -> bool:
    """Whether a place is scored inside its province: a district, a commune, a provincial department."""
    return place.level in {PlaceLevel.DISTRICT, PlaceLevel.COMMUNE} or (
        place.level is PlaceLevel.DEPARTMENT and place.province_then is not None
    )


def assembled(tokens: Sequence[Token]) -> list[Claim]:
    """One claim for the rank and score of one index, place and time; one for every change."""
    claims: list[Claim] = []
    known: dict[tuple[object, ...], Claim] = {}
    for token in tokens:
        for place in token.bound.places:
            _add(token, place, claims, known)
    _mark_previous(claims)
    return claims


def _add(token: Token, place: Place, claims: list[Claim], known: dict[tuple[object, ...], Claim]) -> None:
    if token.move is not None or token.change is not None:
        claims.append(_change_claim(token, place))
        return
    bound = token.bound
    before_move = token.began or (token.rank is not None and token.rank.before_move)
    key = (
        bound.index.id, bound.component, place.then, place.level, bound.when.year, before_move, bound.region,
        bound.scope,
    )  # fmt: skip
    claim = known.get(key)
    if claim is not None and _joins(claim, token, place):
        return
    claim = _new_claim(token, place)
    known[key] = claim
    claims.append(claim)


def _joins(claim: Claim, token: Token, place: Place) -> bool:
    """Completes a claim of the same binding with a token, or finds that the token adds nothing."""
    if token.start - claim.anchor_end >= _FARTHEST_PARTNER:
        return False
    if token.rank is not None:
        if claim.rank is None:
            _set_rank(claim, token.rank, place)
            claim.end = max(claim.end, token.end)
            return True
        return claim.rank == token.rank.rank
    if claim.value is None and token.score is not None:
        claim.value, claim.unit, claim.comparator = token.value, _unit(token), token.score.comparator
        claim.end = max(claim.end, token.end)
    return True


def _new_claim(token: Token, place: Place) -> Claim:
    bound = token.bound
    claim = Claim(
        indicator=_indicator(token, place), start=token.start, end=token.end, anchor=token.start, anchor_end=token.end,
        index=bound.index.id, place=place, year=bound.when.year, year_source=bound.when.source,
        period=bound.when.period, component=bound.component, region=bound.region, scope=bound.scope,
    )  # fmt: skip
    if bound.component is not None:
        claim.kind = FactKind.COMPONENT
    if token.rank is not None:
        _set_rank(claim, token.rank, place)
        if bound.region is not None and token.rank.out_of is None:
            claim.rank_scope = "region"
        if token.rank.before_move:
            claim.kind = claim.kind or FactKind.PREVIOUS
            claim.cue = "từ"
    else:
        claim.value, claim.unit = token.value, _unit(token)
        claim.comparator = token.score.comparator if token.score else "="
        if token.began:
            claim.kind, claim.cue = claim.kind or FactKind.PREVIOUS, "từ"
    if bound.inherited:
        claim.confidence = Confidence.LOW
    return claim


def _set_rank(claim: Claim, rank: Rank, place: Place) -> None:
    claim.rank, claim.out_of = rank.rank, rank.out_of
    claim.rank_scope = "province-internal" if is_internal(place) else "national"


def _indicator(token: Token, place: Place) -> str:
    index, bound = token.bound.index, token.bound
    if bound.component is not None:
        return f"{index.id}_component"
    ranked_in_region = bound.region is not None and token.rank is not None and token.rank.out_of not in index.out_of
    if ranked_in_region and index.region is not None:
        return index.region
    if place.level is PlaceLevel.DEPARTMENT and place.province_then is None:
        return index.id
    return index.local.get(place.level.value, index.id)


def _unit(token: Token) -> str:
    if token.score is not None and token.score.form is NumberForm.PERCENT:
        return "%"
    return "0-1" if token.bound.index.unit == "0-1" else "point"


def _change_claim(token: Token, place: Place) -> Claim:
    bound = token.bound
    claim = Claim(
        indicator=_indicator(token, place), start=token.start, end=token.end, anchor=token.start, anchor_end=token.end,
        index=bound.index.id, place=place, year=bound.when.year, year_source=bound.when.source,
        kind=FactKind.COMPARISON, component=bound.component, region=bound.region, scope=bound.scope,
    )  # fmt: skip
    if token.move is not None:
        claim.delta, claim.delta_unit = float(token.move.places), "rank"
    else:
        claim.delta, claim.delta_unit = token.change, "percentage point"
    return claim


def _mark_previous(claims: list[Claim]) -> None:
    """Of one index and place in one sentence, the earlier years are previous values."""
    current = {None, FactKind.ACHIEVED, FactKind.COMPONENT}
    latest: dict[tuple[object, ...], int] = {}
    for claim in claims:
        if claim.year is not None and claim.kind in current and claim.cue != "từ":
            latest[_series(claim)] = max(latest.get(_series(claim), 0), claim.year)
    for claim in claims:
        if claim.year is None:
            continue
        last = latest.get(_series(claim), 0)
        if claim.cue == "từ" and claim.year == last:
            claim.year, claim.year_source = claim.year - 1, "year before"
        elif claim.kind is None and claim.year < last:
            claim.kind = FactKind.PREVIOUS


def _series(claim: Claim) -> tuple[object, ...]:
    return claim.indicator, claim.component, claim.place.then if claim.place else None, claim.scope
