"""Scores and ranks of the composite indices: PAR Index, SIPAS, PAPI, PCI, DDCI, DTI and their kin.

Every rank and score of a sentence looks for its index (`facts.index_names`), its place (`facts.index_places`) and its
year (`facts.time`); ranks and scores of one index, place and year are one claim (`facts.index_tokens`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from processor.facts.claims import Claim
from processor.facts.gates import may_hold
from processor.facts.index_names import (
    IndexContext,
    Named,
    component_of,
    index_of,
    is_about_something_else,
    joint_indices,
    last_component_end,
    other_subject_between,
    ranks_something_else,
)
from processor.facts.index_places import IndexPlaces, Placed, region_of_rank
from processor.facts.index_scores import (
    NOUN_AFTER,
    change_sign,
    is_pointed,
    is_possible,
    reads_as_score,
    score_value,
    small_reading,
)
from processor.facts.index_tokens import Bound, Token, assembled
from processor.facts.lexicon import FactLexicon, Hit
from processor.facts.numbers import Number, NumberForm
from processor.facts.pieces import began_with
from processor.facts.places import NATIONAL, Mention, PlaceBinder
from processor.facts.ranks import LAST, Rank
from processor.facts.sentence import SentenceView
from processor.facts.time import TimeLine
from processor.model import Confidence, FactKind, Place, PlaceLevel

_RANKING_WORDS = (
    "xếp hạng", "chỉ số", "thứ hạng", "bảng", "vị trí", "xếp thứ", "đứng thứ", "điểm", "hạng", "%", "dẫn đầu",
    "đứng đầu", "đứng cuối",
)  # fmt: skip
_SPREAD_WORDS = ("dao động", "biến thiên", "nằm trong")
_SPREAD = re.compile(
    r"(?:dao động|nằm|biến thiên)(?: trong khoảng| ở khoảng| khoảng)?(?: từ)? "
    r"(?P<low>\d{1,3}(?:[.,]\d{1,4})?)\s?(?:%|điểm)? (?:đến|tới|-) (?P<high>\d{1,3}(?:[.,]\d{1,4})?)"
)
_PASSED_BY = re.compile(r"(?:đứng|xếp)(?: ngay)?(?: liền)? (?:sau|kế)\s$")
_LIST_OF_LEADERS = re.compile(
    r"(?<!\w)(?P<n>\d{1,2}|hai|ba|bốn|năm)(?: tỉnh,? thành(?: phố)?| tỉnh| địa phương| bộ| đơn vị)[^.;:]{0,24}"
    r"(?:dẫn đầu|đứng đầu|cao nhất)[^.;:]{0,60}?(?:lần lượt|gồm|là|:)"
)
_LEADERS_IN_TURN = re.compile(
    r"lần lượt là (?:các|những|\w{1,4}) (?:địa phương|tỉnh|thành phố|đơn vị|bộ)[^.;]{0,90}(?:dẫn đầu|đứng đầu|cao nhất)"
)
_LEADING = ("dẫn đầu", "đứng đầu", "cao nhất")
_WITHOUT_A_NUMBER = (*_LEADING, *_SPREAD_WORDS, "sau ", "kế ")
_LISTING = ("lần lượt", "gồm", "là", ":")
_LIST_GAPS = frozenset({",", "và", ", và", "và tỉnh", "và thành phố", ", tỉnh", ", thành phố"})
_NEAR_SCORE = 40
"""Characters between a score and the change that is told with it."""
_SCORE_CHANGES = re.compile(r"điểm số,?\s(?:đã |cũng |lại )?(?:tăng|giảm)\s$")
_SOME_COMPONENTS = re.compile(
    r"(?:chỉ số thành phần|chỉ số nội dung|trục nội dung|nội dung|lĩnh vực|tiêu chí|trụ cột|chỉ số con)"
    r"(?: (?:thành phần|này|của tỉnh|đều|có|được|đạt|xếp|nằm|với|điểm số|điểm)){0,3}\s$"
)
_EARLIER_YEARS = re.compile(r"(?:những|các|mấy|nhiều) năm (?:trước|về trước|trước đó|trước đây)(?! so)")
_COMPONENT_JOINT = re.compile(r"[\s“”\"',]{0,3}(?:và |và “)?[“\"]?")
_NUMERALS = {"hai": 2, "ba": 3, "bốn": 4, "năm": 5}


def _tells_anything(sentence: SentenceView) -> bool:
    """Whether a sentence holds a rank, a move or a figure, or words that tell a rank or range without one."""
    return bool(sentence.ranked_spans or sentence.figures) or may_hold(sentence.text, _WITHOUT_A_NUMBER)


@dataclass(frozen=True, slots=True)
class IndexBinder:
    """Binds the ranks and scores of one sentence to indices, places and years."""

    lexicon: FactLexicon
    places: PlaceBinder
    time: TimeLine

    def claims(self, at: int, sentence: SentenceView, context: IndexContext) -> tuple[list[Claim], set[int]]:
        """The claims of the sentence, and where the numbers they took start."""
        if not self._is_about_an_index(sentence, context) or not _tells_anything(sentence):
            return [], set()
        reader = _SentenceReader(self.lexicon, IndexPlaces(self.places), self.time, at, sentence, context)
        tokens = sorted(reader.tokens(), key=lambda token: token.start)
        claims = [*assembled(tokens), *reader.spreads(), *reader.passed()]
        for claim in claims:
            if claim.index is not None and claim.rank is not None and claim.component is None and claim.place:
                context.ranked[claim.index, claim.place.then] = claim.rank
        return claims, {token.start for token in tokens} | {claim.anchor for claim in claims}

    def _is_about_an_index(self, sentence: SentenceView, context: IndexContext) -> bool:
        for hit in sentence.hits:
            if hit.phrase.index is not None or (hit.phrase.component is not None and context.known):
                return True
            if hit.phrase.weak_index in context.known and sentence.ranks:
                return True
        if not context.is_live:
            return False
        if may_hold(sentence.text, _RANKING_WORDS):
            return True
        return sentence.has_digit and bool(self.places.within(sentence.start, sentence.end))


@dataclass(slots=True)
class _SentenceReader:
    """One sentence with everything its ranks and scores are bound by."""

    lexicon: FactLexicon
    places: IndexPlaces
    time: TimeLine
    at: int
    sentence: SentenceView
    context: IndexContext

    def tokens(self) -> Iterator[Token]:
        sentence = self.sentence
        in_turn = self.places.in_turn(sentence)
        for rank in sentence.ranks:
            yield from self._rank_tokens(rank, in_turn)
        for move in sentence.moves:
            if (bound := self._bound(move.start, move.end, in_turn, ranked=True)) is not None:
                yield Token(move.start, move.end, bound, move=move)
        covered = sentence.ranked_spans
        for number in sentence.figures:
            if any(start <= number.start < end for start, end in covered):
                continue
            if (token := self._score_token(number, in_turn)) is not None:
                yield token
        yield from self._leaders()

    def _rank_tokens(self, rank: Rank, in_turn: dict[int, Mention | Hit]) -> Iterator[Token]:
        sentence = self.sentence
        names_index = "chỉ số" in sentence.text or any(hit.phrase.index for hit in sentence.hits)
        if rank.superlative and not names_index:
            return
        if rank.loose and not self.places.follows_a_name(sentence, rank.start):
            return
        bound = self._bound(rank.start, rank.end, in_turn, ranked=True, rank=rank)
        if bound is None:
            return
        if rank.rank < 0:
            last = self._last_rank(rank, bound.places)
            if last is None:
                return
            rank = Rank(rank.start, rank.end, last, self.context.out_of, worded=True)
        if rank.out_of is not None and rank.out_of in bound.index.out_of:
            self.context.out_of = rank.out_of
        yield Token(rank.start, rank.end, bound, rank=rank)
        for component in self._shared_components(rank.start, bound):
            yield Token(rank.start, rank.end, replace(bound, component=component), rank=rank)
        named = index_of(sentence, rank.start, rank.end, self.context, ranked=True)
        if named is None or rank.start in in_turn or bound.component is not None:
            return
        for other in joint_indices(sentence, rank.end, named):
            index = self.lexicon.indices[other]
            when = self.time.resolve(self.at, rank.start, rank.end, index=other, target=False)
            yield Token(rank.start, rank.end, replace(bound, index=index, when=when), rank=rank)

    def _shared_components(self, start: int, bound: Bound) -> Iterator[str]:
        """The earlier components of "chính quyền số, kinh tế số và xã hội số đều xếp thứ 2"."""
        hits = [hit for hit in self.sentence.hits if hit.phrase.component is not None and hit.end <= start]
        if bound.component is None or not hits or "đều " not in self.sentence.folded[hits[-1].end : start]:
            return
        for earlier, later in pairwise(reversed(hits)):
            component = later.phrase.component
            if component is None or component[0] != bound.index.id:
                return
            if _COMPONENT_JOINT.fullmatch(self.sentence.folded, later.end, earlier.start) is None:
                return
            yield component[1]

    def _last_rank(self, rank: Rank, places: tuple[Place, ...]) -> int | None:
        """What number "cuối bảng" is: known for one province when the article prints how many there are."""
        if self.context.out_of is None or len(places) != 1 or places[0].level is not PlaceLevel.PROVINCE:
            return None
        return self.context.out_of + 1 + rank.rank if rank.rank >= LAST - 1 else None

    def _score_token(self, number: Number, in_turn: dict[int, Mention | Hit]) -> Token | None:
        sentence = self.sentence
        if number.form is NumberForm.PLAIN and not number.decimals and not is_pointed(sentence, number):
            return None
        if "hài lòng" not in sentence.text and NOUN_AFTER.match(sentence.folded, number.end, sentence.end):
            return None
        bound = self._bound(number.start, number.end, in_turn, ranked=False)
        if bound is None:
            return None
        sign = change_sign(sentence, number)
        if sign is not None:
            if (bound.inherited and not self._follows_a_score(number)) or NOUN_AFTER.match(sentence.folded, number.end):
                return None
            return Token(number.start, number.end, bound, score=number, change=sign * small_reading(number))
        is_component = bound.component is not None
        value = score_value(number, bound.index, is_component=is_component, pointed=is_pointed(sentence, number))
        after_name = self.places.follows_a_name(sentence, number.start)
        if value is None or not reads_as_score(
            sentence, number, bound.index, after_name=after_name, inherited=bound.inherited
        ):
            return None
        is_round = number.comparator != "=" and number.decimals == 0 and bound.index.id != "sipas"
        if is_round and bound.places[0].province_then is None:
            return None
        if not is_possible(value, bound.index, bound.places[0], is_component=is_component):
            return None
        began = began_with(sentence, number)
        return Token(number.start, number.end, bound, score=number, value=value, began=began)

    def _follows_a_score(self, number: Number) -> bool:
        """Whether a change comes right after a score: "đạt 88,37%, tăng 1,39%"."""
        sentence = self.sentence
        near = [one for one in sentence.figures if one.end <= number.start and number.start - one.end <= _NEAR_SCORE]
        if not near:
            return (
                _SCORE_CHANGES.search(sentence.folded, max(sentence.start, number.start - 24), number.start) is not None
            )
        is_score = near[-1].form is NumberForm.PERCENT or near[-1].decimals > 0 or is_pointed(sentence, near[-1])
        return is_score and ";" not in sentence.folded[near[-1].end : number.start]

    def _bound(
        self, start: int, end: int, in_turn: dict[int, Mention | Hit], *, ranked: bool, rank: Rank | None = None
    ) -> Bound | None:
        """What the number at [start, end) is bound to; None when its index or place cannot be told."""
        sentence = self.sentence
        turn = in_turn.get(start)
        named = index_of(sentence, start, end, self.context, ranked=ranked)
        if isinstance(turn, Hit) and turn.phrase.index is not None:
            named = Named(turn.phrase.index, turn)
        hit = named.hit if named is not None else None
        component = self._component(start, end, hit)
        inherited = component is None and named is not None and named.inherited
        if component is None and (named is None or self._is_taken_away(named, start, end, ranked=ranked)):
            return None
        name = component[0] if component is not None else named.index if named is not None else ""
        placed = (
            Placed((turn.place,)) if isinstance(turn, Mention) else self._places(start, end, ranked=ranked, rank=rank)
        )
        if not placed.places or (inherited and not self.places.names_a_place(sentence)):
            return None
        name_end = hit.end if hit is not None else None
        index = self.lexicon.indices[name]
        yearly = name if index.is_yearly else None
        return Bound(
            index=index,
            component=component[1] if component is not None else None,
            places=placed.places,
            when=self.time.resolve(self.at, start, end, index=yearly, target=False, name_end=name_end),
            region=region_of_rank(sentence, start, end) if ranked else None,
            scope=placed.scope,
            inherited=inherited,
        )

    def _places(self, start: int, end: int, *, ranked: bool, rank: Rank | None) -> Placed:
        return self.places.of(self.at, self.sentence, start, end, is_score=not ranked, rank=rank)

    def _component(self, start: int, end: int, index_hit: Hit | None) -> tuple[str, str] | None:
        begin = last_component_end(self.sentence, start)
        parted = begin is not None and self._is_parted(begin, start)
        return component_of(self.sentence, start, end, index_hit, self.context, parted=parted)

    def _is_parted(self, begin: int, start: int) -> bool:
        """Whether a place that opens a clause of its own stands between a component's name and a number."""
        between = self.places.binder.within(begin, start)
        breaks = [stop for stop, _, _ in self.sentence.breaks if begin <= stop < start]
        return bool(between) and any(stop < between[-1].start for stop in breaks)

    def _is_taken_away(self, named: Named, start: int, end: int, *, ranked: bool) -> bool:
        """Whether something else in the sentence owns the number."""
        near = self.sentence.folded[max(self.sentence.start, start - 40) : start]
        if _SOME_COMPONENTS.search(near) is not None:
            return True
        if ranked and _EARLIER_YEARS.search(self.sentence.folded, self.sentence.start, start) is not None:
            return True
        if ranked and not named.ahead and ranks_something_else(self.sentence, end):
            return True
        if not named.inherited:
            return not ranked and other_subject_between(self.sentence, named.hit, start)
        return is_about_something_else(self.sentence, start, end) or self._is_an_aside(start, ranked=ranked)

    def _is_an_aside(self, start: int, *, ranked: bool) -> bool:
        """A bracketed rank in a sentence without an index belongs to the words before the bracket."""
        bracket = self.sentence.parenthesis(start)
        if bracket is None or not ranked:
            return False
        opening = bracket[0] - 1
        near = self.sentence.folded[max(self.sentence.start, opening - 3) : opening].rstrip()
        return not (
            near.endswith(("%", "điểm")) or near[-1:].isdigit() or self.places.follows_a_name(self.sentence, opening)
        )

    # other forms

    def spreads(self) -> list[Claim]:
        """The lowest and highest score of the provinces: "dao động từ 3,54 đến 6,74"."""
        sentence = self.sentence
        if not may_hold(sentence.text, _SPREAD_WORDS):
            return []
        found: list[Claim] = []
        for match in _SPREAD.finditer(sentence.folded, sentence.start, sentence.end):
            named = index_of(sentence, match.start(), match.end(), self.context, ranked=False)
            components = [h.phrase.component for h in sentence.hits if h.phrase.component and h.end <= match.start()]
            name = components[-1][0] if components else named.index if named is not None else None
            if name is None or name not in self.context.known:
                continue
            found += self._spread_claims(match, name, components[-1][1] if components else None)
        return found

    def _spread_claims(self, match: re.Match[str], name: str, component: str | None) -> Iterator[Claim]:
        when = self.time.resolve(self.at, match.start(), match.end(), index=name, target=False)
        for group, scope in (("low", "min"), ("high", "max")):
            yield Claim(
                indicator=f"{name}_component" if component else name, start=match.start(), end=match.end(),
                anchor=match.start(group), anchor_end=match.end(group), index=name,
                value=float(match[group].replace(",", ".")), unit=self.lexicon.indices[name].unit, component=component,
                scope=scope, place=NATIONAL, year=when.year, year_source=when.source,
                kind=FactKind.COMPONENT if component else FactKind.ACHIEVED,
            )  # fmt: skip

    def passed(self) -> list[Claim]:
        """Y's rank in "đứng sau X là Y": one more than X's, when that was told."""
        found: list[Claim] = []
        sentence, index = self.sentence, self.context.index
        mentions = self.places.binder.within(sentence.start, sentence.end)
        for one, other in pairwise(mentions):
            if sentence.folded[one.end : other.start].strip() not in {"là", "là thành phố", "là tỉnh"}:
                continue
            if index is None or not _PASSED_BY.search(sentence.folded, sentence.start, one.start):
                continue
            rank = self.context.ranked.get((index, one.place.then))
            if rank is not None:
                found.append(self._by_order(index, other, rank + 1))
        return found

    def _by_order(self, index: str, mention: Mention, rank: int) -> Claim:
        when = self.time.resolve(self.at, mention.start, mention.end, index=index, target=False)
        return Claim(
            indicator=index, start=mention.start, end=mention.end, anchor=mention.start, anchor_end=mention.end,
            index=index, rank=rank, place=mention.place, year=when.year, year_source=when.source, check="by order",
            confidence=Confidence.LOW, rank_scope="national",
        )  # fmt: skip

    def _leaders(self) -> Iterator[Token]:
        """The ranks by order of "5 tỉnh dẫn đầu lần lượt là A, B, C", "A, B, C lần lượt là các tỉnh dẫn đầu"."""
        sentence = self.sentence
        listed = self._listed_leaders()
        if not listed:
            return
        named = index_of(sentence, sentence.end, sentence.end, self.context, ranked=True)
        if named is None:
            return
        for position, mention in enumerate(listed, start=1):
            when = self.time.resolve(self.at, mention.start, mention.end, index=named.index, target=False)
            bound = Bound(self.lexicon.indices[named.index], None, (mention.place,), when)
            yield Token(mention.start, mention.end, bound, rank=Rank(mention.start, mention.end, position))

    def _listed_leaders(self) -> Sequence[Mention]:
        sentence, binder = self.sentence, self.places.binder
        if not may_hold(sentence.text, _LEADING) or not may_hold(sentence.text, _LISTING):
            return ()
        if (match := _LEADERS_IN_TURN.search(sentence.folded, sentence.start, sentence.end)) is not None:
            listed = binder.within(sentence.start, match.start())
            gaps = [sentence.folded[one.end : other.start] for one, other in pairwise(listed)]
            plain = all(gap.strip() in _LIST_GAPS for gap in gaps)
            return listed if plain and 2 <= len(listed) <= 10 else ()
        match = _LIST_OF_LEADERS.search(sentence.folded, sentence.start, sentence.end)
        if match is None:
            return ()
        wanted = int(match["n"]) if match["n"].isdigit() else _NUMERALS[match["n"]]
        listed = binder.within(match.end(), sentence.end)
        if not 2 <= wanted <= 10 or len(listed) != wanted:
            return ()
        scores = [small_reading(n) for n in sentence.figures if n.start > listed[0].start and n.decimals > 0]
        descending = len(scores) >= wanted - 1 and scores == sorted(scores, reverse=True)
        return listed if "lần lượt" in match.group() or descending else ()
