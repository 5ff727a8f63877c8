"""Counts, shares and changes as claims, and what the claims of one sentence settle among themselves."""

from __future__ import annotations

import re

from processor.facts.claims import Claim
from processor.facts.lexicon import Measure
from processor.facts.measure_walk import Walk
from processor.facts.numbers import Number, NumberForm
from processor.facts.pieces import piece_start
from processor.facts.sentence import SentenceView
from processor.model import FactKind

_PER_YEAR = re.compile(r"(?:mỗi|hằng|hàng) năm\b[^;.]{0,20}$|bình quân[^;.]{0,16}năm[^;.]{0,16}$")
_LEVEL = re.compile(r"(?<!\w)(?:cấp|khối) (?:trung ương|tỉnh|huyện|xã|bộ|sở)(?!\w)")


def change_claim(number: Number, measure: Measure, change: re.Match[str], before: str, *, times: bool) -> Claim:
    per_year = _PER_YEAR.search(before) is not None
    unit = "times" if times else "count" if number.form is NumberForm.PLAIN else "%"
    if number.form is NumberForm.PERCENTAGE_POINT or (number.form is NumberForm.PERCENT and measure.unit == "%"):
        unit = "percentage point/year" if per_year else "percentage point"
    sign = -1 if change["verb"] in {"giảm", "thấp hơn", "ít hơn"} else 1
    kind = FactKind.TARGET if per_year and number.comparator == ">=" else FactKind.COMPARISON
    return Claim(
        indicator=measure.id, start=number.start - len(before) + change.start(), end=number.end,
        anchor=number.start, anchor_end=number.end, comparator=number.comparator, delta=sign * number.value,
        delta_unit=unit, kind=kind,
    )  # fmt: skip


def rate_claim(sentence: SentenceView, number: Number, measure: Measure, start: int, end: int, walk: Walk) -> Claim:
    claim = Claim(
        indicator=measure.id, start=min(start, number.start), end=max(end, number.end), anchor=number.start,
        anchor_end=number.end, value=number.value, unit="%", comparator=number.comparator, bounds=measure.bounds,
    )  # fmt: skip
    walk.last, walk.last_measure = claim, measure
    return claim


def count_claim(sentence: SentenceView, number: Number, measure: Measure, start: int, end: int, walk: Walk) -> Claim:
    fraction = number.form is NumberForm.FRACTION
    claim = Claim(
        indicator=measure.id, start=min(start, number.start), end=max(number.end, end), anchor=number.start,
        anchor_end=number.end, value=number.as_count, unit=measure.unit, comparator=number.comparator,
        numerator=number.as_count if fraction else None, denominator=number.denominator, bounds=measure.bounds,
    )  # fmt: skip
    walk.last, walk.last_measure = claim, measure
    return claim


def denominator_claims(claim: Claim) -> list[Claim]:
    """n/m overdue or resolved dossiers also say that m were received."""
    if claim.denominator is None or claim.indicator not in {"dossiers_overdue", "dossiers_resolved"}:
        return []
    return [
        Claim(
            indicator="dossiers_received", start=claim.start, end=claim.end, anchor=claim.anchor,
            anchor_end=claim.anchor_end, value=claim.denominator, unit="dossier", check="denominator of n/m",
        )
    ]  # fmt: skip


def levels(sentence: SentenceView) -> list[tuple[int, int]]:
    """Where levels of administration are named, which part a series as places do: "khối bộ đạt 54%, khối tỉnh 17%"."""
    if "cấp " not in sentence.text and "khối " not in sentence.text:
        return []
    return [match.span() for match in _LEVEL.finditer(sentence.folded, sentence.start, sentence.end)]


def level(sentence: SentenceView, claim: Claim, floor: int) -> str | None:
    """The level of administration that a count or share is for: "cấp huyện tiếp nhận 20.000 hồ sơ"."""
    if "cấp " not in sentence.text and "khối " not in sentence.text:
        return None
    begin = piece_start(sentence, claim.anchor, floor)
    found = _LEVEL.findall(sentence.folded, begin, claim.anchor)
    return found[-1] if len(found) == 1 else None


def tell_new_from_all(sentence: SentenceView, claims: list[Claim]) -> None:
    """Of two receipts in a sentence, "tiếp nhận mới" is the part that was not carried over."""
    receipts = [claim for claim in claims if claim.indicator == "dossiers_received"]
    for claim in receipts:
        is_new = "tiếp nhận mới" in sentence.folded[claim.start : claim.anchor]
        if is_new and any((other.value or 0) > (claim.value or 0) for other in receipts):
            claim.indicator = "dossiers_received_new"


def pair_levels(sentence: SentenceView, claims: list[Claim]) -> None:
    """ "cấp huyện, cấp xã ... tương ứng là 20%, 15%": gives each value the level of its position."""
    mark = max(sentence.text.find("tương ứng"), sentence.text.find("lần lượt"))
    if mark < 0:
        return
    mark += sentence.start
    levels = [match.group() for match in _LEVEL.finditer(sentence.folded, sentence.start, mark)]
    first = next((claim for claim in claims if claim.anchor > mark and claim.delta is None), None)
    if first is None:
        return
    run = [
        claim for claim in claims if claim.anchor > mark and claim.indicator == first.indicator and claim.delta is None
    ]
    for claim, level in zip(run, levels[-len(run) :] if len(levels) >= len(run) else (), strict=False):
        if claim.anchor - mark > 80:
            break
        claim.scope, claim.comparator = level, first.comparator
