"""Counts and shares: dossiers, procedures, services, documents, tasks, and the percentages that belong to them.

Each number looks at the clause piece it stands in, then at the pieces before it, and takes the first measure all of
whose concepts it meets there. A bare percentage after a count is the share of that count. What meets none stays
unbound.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from processor.facts.claims import Claim
from processor.facts.index_scores import NOUN_AFTER
from processor.facts.lexicon import FactLexicon, Measure
from processor.facts.measure_claims import (
    change_claim,
    count_claim,
    denominator_claims,
    level,
    levels,
    pair_levels,
    rate_claim,
    tell_new_from_all,
)
from processor.facts.measure_walk import (
    FARTHEST_IN_SERIES,
    Walk,
    carried_verb,
    counted_before,
    is_a_cut,
    is_next_of_series,
    is_of_a_whole,
    is_of_another,
    is_owned,
    repeats_a_share,
)
from processor.facts.numbers import Number, NumberForm
from processor.facts.pieces import (
    began_with,
    concepts_between,
    counts_people,
    ends_ahead,
    first_end,
    is_foreign_between,
    is_of_some,
    label_start,
    leads_right,
    only_fillers,
    past_aside,
    piece_start,
    starts_back,
)
from processor.facts.sentence import SentenceView
from processor.model import FactKind

_NOUN_GAP = re.compile(
    r"\s{1,2}(?:lượt |bộ |số |tổng số |loại |trên tổng số |trong tổng số |các |trường hợp |danh mục |\()?"
)
_BARE_AFTER = re.compile(r"\s{0,2}+(?:$|[,;.():|]|(?:đạt|chiếm|tăng|giảm|tương đương|được|và|trong đó|so với|đã)\b)")
_SETS = re.compile(r"\s{1,2}(?:bộ|lượt)(?=\s?(?:$|[,;.():]))")
_REMAINING = re.compile(r"(?<!\w)(?:còn|xuống)(?: khoảng| tối đa| không quá| còn){0,2}\s$")
_DAYS = re.compile(r"\s?ngày\b")
_MONEY = re.compile(r"\s?(?:đồng|vnđ|vnd)(?![\w])(?:\s?/\s?năm|\smỗi năm|\smột năm)?")
_MONEY_BEGINS = frozenset({"đồ", "vn"})
_CHANGE = re.compile(
    r"(?P<verb>tăng|giảm|gấp|vượt|cao hơn|thấp hơn|nhiều hơn|ít hơn|hơn|kém)"
    r"(?: thêm| gấp| hơn| gần| khoảng| trên| tới| tối thiểu| đến| ít nhất| vọt){0,3}\s?$"
)
_CHANGE_ENDS = (
    "tăng", "giảm", "gấp", "vượt", "hơn", "kém", "thêm", "gần", "khoảng", "trên", "tới", "thiểu", "đến", "nhất", "vọt",
)  # fmt: skip
_TIMES = re.compile(r"\s?lần\b")
_SINCE_THEN = re.compile(r"(?: \w{1,8}){1,3} so với ")
_PARTS_OF_A_PROPORTION = 5
"""Of "3/4 thủ tục": three quarters, not three of four."""
_ALL_IT_HAS = frozenset({"TOTAL"})
_SEPARATES = re.compile(r"[,;]")
_NOUN_UNITS: dict[str, set[str | None]] = {
    "DOSSIER": {"dossier"}, "PROCEDURE": {"procedure", "service", "plan"}, "SERVICE": {"service"}, "FULL": {"service"},
    "PARTIAL": {"service"}, "DOCUMENT": {"document"}, "TASK": {"task"}, "PLAN": {"plan"}, "INITIATIVE": {"initiative"},
    "VISITOR": {"person/day"}, "STAFF": {None},
    "PERSON": {None}, "DEPARTMENT": {None}, "PUBLIC_UNIT": {None},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MeasureBinder:
    """Binds the numbers of one sentence to counts and shares."""

    lexicon: FactLexicon

    def claims(
        self,
        sentence: SentenceView,
        free: Sequence[Number],
        context: frozenset[str],
        names: Sequence[tuple[int, int]] = (),
    ) -> list[Claim]:
        """The claims of `free`, the numbers no index has taken.

        `context` holds the concepts of the sentences before, `names` the stretches that name places.
        """
        found: list[Claim] = []
        named = context | sentence.concepts
        if "PROCEDURE" in named:
            named = named | {"DOSSIER"}
        walk = Walk(previous_end=sentence.start, names=[*names, *levels(sentence)])
        for position, number in enumerate(free):
            stop = free[position + 1].start if position + 1 < len(free) else sentence.end
            claim = self._claim(sentence, number, stop, walk, named)
            walk.unbound_end = number.end if claim is None and number.form is not NumberForm.PERCENT else None
            if claim is not None:
                walk.reached = number.end
                if claim.kind is None and began_with(sentence, number):
                    claim.kind, claim.cue = FactKind.PREVIOUS, "từ"
                claim.scope = level(sentence, claim, walk.previous_end)
                found.append(claim)
                found.extend(denominator_claims(claim))
            walk.previous_end = number.end if claim is None else max(number.end, claim.end)
        pair_levels(sentence, found)
        tell_new_from_all(sentence, found)
        return found

    def _claim(
        self, sentence: SentenceView, number: Number, stop: int, walk: Walk, named: frozenset[str]
    ) -> Claim | None:
        if (change := self._change(sentence, number, walk, named)) is not None:
            return change[0]
        if number.form is NumberForm.PERCENT:
            return self._share(sentence, number, stop, walk, named)
        if number.form in {NumberForm.PLAIN, NumberForm.FRACTION}:
            return self._count(sentence, number, stop, walk, named)
        return None

    # shares

    def _share(
        self, sentence: SentenceView, number: Number, stop: int, walk: Walk, named: frozenset[str]
    ) -> Claim | None:
        if is_of_some(sentence, number) or number.value > 100 or is_of_another(sentence, number):
            return None
        if is_of_a_whole(sentence, number):
            return self._share_of_left(sentence, number, walk, named)
        leads = leads_right(sentence, number, stop)
        if not leads and NOUN_AFTER.match(sentence.folded, number.end, sentence.end) is not None:
            return None
        for left in (False, True) if leads else (True, False):
            if left:
                if (claim := self._share_of_left(sentence, number, walk, named)) is not None:
                    return claim
                if is_foreign_between(sentence, piece_start(sentence, number.start, walk.previous_end), number.start):
                    return None
            elif (claim := self._share_of_right(sentence, number, stop, walk, named)) is not None:
                return claim
            elif counts_people(sentence, number):
                return None
        return None

    def _share_of_right(
        self, sentence: SentenceView, number: Number, stop: int, walk: Walk, named: frozenset[str]
    ) -> Claim | None:
        if not leads_right(sentence, number, stop):
            return None
        begin = piece_start(sentence, number.start, walk.previous_end)
        before = concepts_between(sentence, begin, number.start)
        for end in ends_ahead(sentence, number.end, stop):
            if is_foreign_between(sentence, number.end, end):
                return None
            own = concepts_between(sentence, number.end, end) | carried_verb(sentence, number, walk)
            measure = self.lexicon.rates.best(own, named) or self.lexicon.rates.best(own | before, named)
            if measure is None and (noun := counted_before(walk)) is not None:
                measure = self.lexicon.rates.best(own | {noun}, named)
            if measure is not None:
                return rate_claim(sentence, number, measure, number.start, end, walk)
        return None

    def _share_of_left(self, sentence: SentenceView, number: Number, walk: Walk, named: frozenset[str]) -> Claim | None:
        first = piece_start(sentence, number.start, walk.previous_end)
        fillers = self.lexicon.fillers
        if repeats_a_share(sentence, number, walk, first) or is_next_of_series(sentence, number, walk, fillers):
            return self._companion(sentence, number, walk, first)
        if walk.last is not None and only_fillers(sentence.folded[first : number.start], self.lexicon.fillers):
            between = concepts_between(sentence, walk.last.end, number.start)
            newer = self.lexicon.rates.best(between, named) if walk.last.end < number.start else None
            if newer is None and (companion := self._companion(sentence, number, walk, first)) is not None:
                return companion
        for begin in starts_back(sentence, number.start, walk.previous_end):
            if is_foreign_between(sentence, begin, number.start):
                return None
            own = concepts_between(sentence, begin, number.start)
            if not own:
                continue
            noun = counted_before(walk)
            measure = self.lexicon.rates.best(own, named)
            if measure is None and noun is not None:
                measure = self.lexicon.rates.best(own | {noun}, named)
            if measure is not None:
                return rate_claim(
                    sentence, number, measure, label_start(sentence, begin, number.start, measure), number.end, walk
                )
        return None

    def _companion(self, sentence: SentenceView, number: Number, walk: Walk, begin: int) -> Claim | None:
        """The percentage of the count before it: "7.907 hồ sơ, chiếm 0,78%"."""
        last, measure = walk.last, walk.last_measure
        if last is None or measure is None or number.start - walk.reached > FARTHEST_IN_SERIES:
            return None
        if walk.unbound_end is not None and _SEPARATES.search(sentence.folded, walk.unbound_end, number.start) is None:
            return None
        indicator = measure.id if measure.unit == "%" else measure.rate
        if indicator is None:
            return None
        if measure.unit != "%" and last.rate is None:
            last.rate = number.value
        return Claim(
            indicator=indicator, start=begin if begin > last.anchor else number.start, end=number.end,
            anchor=number.start, anchor_end=number.end, value=number.value, unit="%", comparator=number.comparator,
            bounds=(0, 100),
        )  # fmt: skip

    # counts

    def _count(
        self, sentence: SentenceView, number: Number, stop: int, walk: Walk, named: frozenset[str]
    ) -> Claim | None:
        noun = self._noun(sentence, number)
        if noun is None:
            return None
        if number.denominator is not None and number.denominator <= _PARTS_OF_A_PROPORTION:
            return None
        units, noun_end, own_noun = noun
        right_end = min(first_end(sentence, noun_end, stop), stop)
        right = concepts_between(sentence, number.end, right_end) | carried_verb(sentence, number, walk)
        if own_noun == "DOSSIER" and right & {"CARRIED", "RETURNED"}:
            return None
        if own_noun is None:
            inherited = counted_before(walk)
            right = right | ({inherited} if inherited else frozenset())
        if "STAFF_FILE" in right or is_foreign_between(sentence, number.end, right_end):
            return None
        counts = self.lexicon.counts
        owned = _ALL_IT_HAS if is_owned(sentence, number, walk) else frozenset()
        chosen: Measure | None = None
        begin_of_chosen = number.start
        floor = sentence.start if own_noun in {"DAY", "MONEY"} else walk.previous_end
        if own_noun == "PERSON" and "UNIT_CUT" in concepts_between(
            sentence, piece_start(sentence, number.start, floor), number.start
        ):
            floor = sentence.start
        for begin in starts_back(sentence, number.start, floor):
            left = concepts_between(sentence, begin, number.start) | owned
            measure = counts.best(left | right, named, units)
            if measure is not None and (chosen is None or chosen.needs < measure.needs):
                chosen, begin_of_chosen = measure, begin
            if is_foreign_between(sentence, begin, number.start) or "FOREIGN_DOSSIER" in left:
                break
        if chosen is None:
            right = right | past_aside(sentence, noun_end)
            chosen = counts.best(right, named, units)
        if (
            chosen is None
            and walk.last_measure is not None
            and walk.last_measure.unit in units
            and walk.last_measure.unit != "%"
            and is_next_of_series(sentence, number, walk, self.lexicon.fillers)
        ):
            chosen = walk.last_measure
        if chosen is None or not chosen.bounds[0] <= number.as_count <= chosen.bounds[1]:
            return None
        return count_claim(
            sentence,
            number,
            chosen,
            label_start(sentence, begin_of_chosen, number.start, chosen),
            max(noun_end, right_end),
            walk,
        )

    def _noun(self, sentence: SentenceView, number: Number) -> tuple[set[str | None], int, str | None] | None:
        """Which units the number can have, where its noun ends and the noun; None when it counts something else."""
        folded = sentence.folded
        following = folded[number.end : number.end + 3].lstrip()[:2]
        if following in _MONEY_BEGINS and (money := _MONEY.match(folded, number.end, sentence.end)) is not None:
            return {"VND/year"}, money.end(), "MONEY"
        if following == "ng" and (days := _DAYS.match(folded, number.end, sentence.end)) is not None:
            remaining = _REMAINING.search(folded, max(sentence.start, number.start - 16), number.start)
            return None if remaining else ({"day"}, days.end(), "DAY")
        gap = _NOUN_GAP.match(folded, number.end, sentence.end)
        reach = gap.end() if gap else number.end
        for hit in sentence.hits:
            if hit.start > reach:
                break
            if number.end <= hit.start and hit.phrase.concepts:
                for concept, units in _NOUN_UNITS.items():
                    if concept in hit.phrase.concepts:
                        return units, hit.end, concept
                if "SIGN" in hit.phrase.concepts or hit.phrase.foreign:
                    return None
        if (sets := _SETS.match(folded, number.end, sentence.end)) is not None:
            return {"dossier"}, sets.end(), None
        if _BARE_AFTER.match(folded, number.end, sentence.end) is not None:
            return {"dossier", "procedure", "service", "document"}, number.end, None
        return None

    # changes

    def _change(
        self, sentence: SentenceView, number: Number, walk: Walk, named: frozenset[str]
    ) -> tuple[Claim | None] | None:
        """A rise or fall, as a claim or, when of something unknown, as none; None when the number is no change."""
        before = sentence.folded[max(sentence.start, number.start - 36) : number.start]
        change = _CHANGE.search(before) if before.rstrip().endswith(_CHANGE_ENDS) else None
        times = sentence.folded.find("lần", number.end, number.end + 4) >= 0 and (
            _TIMES.match(sentence.folded, number.end, sentence.end) is not None
        )
        if change is None:
            return (None,) if times else None
        is_count = number.form is NumberForm.PLAIN and not times
        if (
            not times
            and is_a_cut(walk.last_measure)
            and only_fillers(
                sentence.folded[walk.last.end if walk.last else number.start : number.start], self.lexicon.fillers
            )
        ):
            return None
        if change["verb"] in {"hơn", "kém"} and not times:
            return None
        if change["verb"] == "vượt":
            return (None,) if number.form is NumberForm.PERCENT else None
        if is_count and _SINCE_THEN.match(sentence.folded, number.end, sentence.end) and walk.last is None:
            return (None,)
        if (is_count and walk.last is None) or (not is_count and leads_right(sentence, number, sentence.end)):
            return None
        measure = self._changed(sentence, number, walk, named)
        if is_count and measure is not None:
            noun = self._noun(sentence, number)
            if noun is not None and (measure.unit is None or measure.unit not in noun[0]):
                return None
            measure = measure if noun is not None else None
        return (None if measure is None else change_claim(number, measure, change, before, times=times),)

    def _changed(self, sentence: SentenceView, number: Number, walk: Walk, named: frozenset[str]) -> Measure | None:
        """What rose or fell: what the clause piece names, else the last measure."""
        begin = piece_start(sentence, number.start, walk.previous_end)
        if is_foreign_between(sentence, begin, number.start):
            return None
        own = concepts_between(sentence, begin, number.start)
        shares = "tỷ lệ" in sentence.folded[begin : number.start] or "mức độ" in sentence.folded[begin : number.start]
        kinds = (self.lexicon.rates,) if shares else (self.lexicon.counts, self.lexicon.rates)
        for measures in kinds:
            if (measure := measures.best(own, named)) is not None:
                return measure
        last = walk.last
        if last is None or number.start - last.anchor_end > 140 or is_foreign_between(sentence, last.end, number.start):
            return None
        return walk.last_measure
