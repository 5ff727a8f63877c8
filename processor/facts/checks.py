"""Arithmetic that settles readings: shares that add to 100, n of m against the printed rate, moves against ranks."""

from __future__ import annotations

from collections.abc import Sequence

from processor.facts.claims import Claim
from processor.model import Confidence, FactKind

_SHARES = ("dossiers_early_rate", "dossiers_ontime_rate", "dossiers_overdue_rate")
_PARTS = {
    "dossiers_early": "dossiers_early_rate",
    "dossiers_ontime": "dossiers_ontime_rate",
    "dossiers_overdue": "dossiers_overdue_rate",
}
_SUM_TOLERANCE = 0.11


def check_claims(claims: Sequence[Claim]) -> None:
    """Raises or lowers the confidence of the claims of one sentence, and notes the arithmetic that did it."""
    for claim in claims:
        _within_bounds(claim)
    _fractions(claims)
    _parts_of_resolved(claims)
    _shares_add_up(claims)
    _one_stop_adds_up(claims)
    _moves(claims)


def _within_bounds(claim: Claim) -> None:
    if claim.bounds is not None and claim.value is not None and not claim.bounds[0] <= claim.value <= claim.bounds[1]:
        claim.confidence = Confidence.LOW
        claim.check = f"outside {claim.bounds[0]:g}..{claim.bounds[1]:g}"


def _rate_agrees(numerator: float, denominator: float, rate: float) -> bool:
    """Whether the printed rate is n/m within its rounding, whole percents being rounded generously."""
    tolerance = 0.51 if rate == int(rate) else 0.0501 if round(rate, 1) == rate else 0.0101
    return denominator > 0 and abs(100 * numerator / denominator - rate) <= tolerance


def _fractions(claims: Sequence[Claim]) -> None:
    for claim in claims:
        if claim.numerator is None or claim.denominator is None or claim.rate is None:
            continue
        _note(claim, _rate_agrees(claim.numerator, claim.denominator, claim.rate),
              f"{claim.numerator:.0f}/{claim.denominator:.0f} against {claim.rate:g}%")  # fmt: skip


def _parts_of_resolved(claims: Sequence[Claim]) -> None:
    """Early, on time and overdue are shares of the resolved dossiers of their sentence."""
    resolved = [claim for claim in claims if claim.indicator == "dossiers_resolved" and claim.value]
    parts = [claim for claim in claims if claim.indicator in _PARTS and claim.value is not None]
    if len(resolved) != 1 or not parts:
        return
    whole = resolved[0].value or 0.0
    summed = sum(part.value or 0.0 for part in parts)
    adds_up = len(parts) >= 2 and abs(summed - whole) < 0.5
    for part in parts:
        if part.denominator is not None:
            continue
        agrees = part.rate is not None and _rate_agrees(part.value or 0.0, whole, part.rate)
        if agrees or adds_up:
            part.denominator = whole
            part.confidence = Confidence.HIGH
            part.check = f"{part.value:.0f}/{whole:.0f}={part.rate:g}%" if agrees else f"parts add to {whole:.0f}"
    if adds_up:
        resolved[0].confidence = Confidence.HIGH


def _shares_add_up(claims: Sequence[Claim]) -> None:
    shares = [
        claim
        for claim in claims
        if claim.indicator in _SHARES and claim.value is not None and claim.kind is not FactKind.TARGET
    ]
    if len(shares) < 2 or len({claim.indicator for claim in shares}) != len(shares):
        return
    total = sum(claim.value or 0.0 for claim in shares)
    if abs(total - 100) <= _SUM_TOLERANCE:
        for claim in shares:
            _note(claim, True, f"shares add to {total:.2f}")
    elif len(shares) == 3:
        for claim in shares:
            _note(claim, False, f"shares add to {total:.2f}")


def _one_stop_adds_up(claims: Sequence[Claim]) -> None:
    by_id = {claim.indicator: claim for claim in claims if claim.unit == "procedure"}
    total, one, linked = (by_id.get(name) for name in ("tthc_total", "tthc_one_stop", "tthc_one_stop_interlinked"))
    if total and one and linked and (one.value or 0) + (linked.value or 0) == total.value:
        for claim in (total, one, linked):
            _note(claim, True, "one-stop and interlinked add to the total")


def _moves(claims: Sequence[Claim]) -> None:
    """rank before - rank now = printed move."""
    for change in claims:
        if change.kind is not FactKind.COMPARISON or change.delta_unit != "rank" or change.delta is None:
            continue
        same = [
            claim for claim in claims
            if claim.index == change.index and claim.component == change.component and claim.rank is not None
            and claim.place == change.place
        ]  # fmt: skip
        now = [claim for claim in same if claim.kind is not FactKind.PREVIOUS and claim.cue != "từ"]
        earlier = [claim for claim in same if claim not in now]
        if len(now) != 1 or len(earlier) != 1:
            continue
        agrees = (earlier[0].rank or 0) - (now[0].rank or 0) == change.delta
        for claim in (change, now[0], earlier[0]):
            _note(
                claim,
                agrees,
                f"{earlier[0].rank}-{now[0].rank}={change.delta:g}" if agrees else "move does not fit the ranks",
            )


def _note(claim: Claim, agrees: bool, text: str) -> None:
    claim.check = text
    claim.confidence = Confidence.HIGH if agrees else Confidence.LOW
