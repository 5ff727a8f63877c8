"""Indicator facts: the figures an article claims, each with its place, year, kind, sentence and span.

The order of decisions is: sentences with their tokens, indices (`facts.indices`), counts and shares (`facts.measures`),
then place, time and kind of each claim, arithmetic (`facts.checks`), and what repeats is dropped. A number that cannot
be bound with confidence stays unbound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from processor.facts.checks import check_claims
from processor.facts.claims import Claim
from processor.facts.gates import may_hold
from processor.facts.index_names import CONTEXT_SENTENCES, IndexContext
from processor.facts.indices import IndexBinder
from processor.facts.kind import KindReader, carries_on, has_local_target, opens_with_year
from processor.facts.lexicon import FactLexicon
from processor.facts.measures import MeasureBinder
from processor.facts.places import NATIONAL, PlaceBinder, place_mentions
from processor.facts.sentence import SentenceView, sentence_views
from processor.facts.time import TimeLine, date_in_turn
from processor.model import (
    Article,
    Confidence,
    Fact,
    FactKind,
    Place,
    PlaceLevel,
    PlaceResolution,
    Reference,
    Span,
)
from processor.text import fold

_ADMINISTRATIVE = (
    "thủ tục hành chính",
    "tthc",
    "một cửa",
    "hành chính công",
    "dịch vụ công",
    "cải cách hành chính",
    "cchc",
)
_DEADLINES = ("đúng hạn", "trước hạn", "quá hạn", "trễ hạn", "sớm hạn", "đúng hẹn", "trễ hẹn")
"""How dossiers are kept to time, which with `_OF_OFFICES` tells an office from a bank and its overdue debts."""
_OF_OFFICES = ("hồ sơ", "tiếp nhận", "giải quyết")
_ADMINISTRATIVE_INDICES = frozenset({"par_index", "sipas", "qd766_score"})
_PROVINCE_COUNT = ("63 tỉnh", "63 địa phương", "63 tỉnh", "/63")
_MERGED_COUNT = ("34 tỉnh", "34 địa phương", "/34")
_ROUNDING = frozenset({">", "~<", "~", "~>"})
_APPROXIMATION = 0.06
"""How far a rounded figure may stand from the exact one that replaces it."""
_MOST_SENTENCES = 2000
"""Sentences of a text that are read: a hundred pages. More, full of figures, would hold up a worker."""
_LONGEST_LIST = 40
"""Sentences over which a list of targets can go on."""
_SENTENCES_OF_CONTEXT = 5
_COUNTED_UNITS = frozenset({"dossier", "document", "procedure", "service", "task", "day"})


@dataclass(frozen=True, slots=True)
class FactFinder:
    """Finds the indicator facts of articles. Immutable: load once, use anywhere."""

    lexicon: FactLexicon

    @classmethod
    def load(cls) -> FactFinder:
        """Read the packaged lexicon. Raises `ValueError` when it contradicts itself."""
        return cls(FactLexicon.load())

    @property
    def version(self) -> str:
        """Of the data that decide what is found."""
        return self.lexicon.version

    def find(self, article: Article, places: PlaceResolution, references: tuple[Reference, ...]) -> tuple[Fact, ...]:
        """The facts of `article.text` in the order of the text; pure."""
        folded = fold(article.text)
        if not may_hold(folded, self.lexicon.gate):
            return ()
        excluded = [(reference.span.start, reference.span.end) for reference in references]
        sentences = sentence_views(folded, article.text, self.lexicon, excluded)[:_MOST_SENTENCES]
        reading = _Reading.of(article, folded, sentences, places, self.lexicon)
        claims: list[Claim] = []
        for at in range(len(sentences)):
            if found := reading.sentence_claims(at):
                check_claims(found)
                claims += found
        headline_end = len(article.title) if article.title and article.text.startswith(article.title) else 0
        claims = _without_approximations(_without_repeats(claims), headline_end)
        bare: dict[int, Place] = {}
        return tuple([_fact(article.text, sentences, claim, _without_spans(claim.place, bare)) for claim in claims])


@dataclass(slots=True)
class _Reading:
    """One pass over one article: its sentences and what earlier ones leave to later ones."""

    sentences: Sequence[SentenceView]
    places: PlaceBinder
    time: TimeLine
    indices: IndexBinder
    measures: MeasureBinder
    kinds: KindReader
    context: IndexContext
    administrative: bool

    @classmethod
    def of(
        cls, article: Article, folded: str, sentences: list[SentenceView], places: PlaceResolution, lexicon: FactLexicon
    ) -> _Reading:
        title = fold(article.title or "")
        known = {hit.phrase.index for view in sentences for hit in view.hits if hit.phrase.index is not None}
        known |= {hit.phrase.index for hit in lexicon.hits(title) if hit.phrase.index is not None}
        mentions = place_mentions(article.text, places, sentences)
        binder = PlaceBinder.of(folded, article.text, mentions, places.primary, sentences)
        published = article.published_on.year if article.published_on is not None else None
        time = TimeLine(sentences, title, published)
        return cls(
            sentences=sentences,
            places=binder,
            time=time,
            indices=IndexBinder(lexicon, binder, time),
            measures=MeasureBinder(lexicon),
            kinds=KindReader(published),
            context=IndexContext(known=frozenset(known), connectors=lexicon.connectors, out_of=_printed_out_of(folded)),
            administrative=bool(known & _ADMINISTRATIVE_INDICES)
            or any(word in folded or word in title for word in _ADMINISTRATIVE)
            or (all(word in folded for word in _OF_OFFICES) and any(word in folded for word in _DEADLINES)),
        )

    def sentence_claims(self, at: int) -> list[Claim]:
        sentence = self.sentences[at]
        if not sentence.hits and not self.context.is_live:
            return []
        found: list[Claim] = []
        taken: set[int] = set()
        if self.context.known:
            found, taken = self.indices.claims(at, sentence, self.context)
        if self.administrative and sentence.has_concepts and sentence.has_digit:
            ranked = sentence.ranked_spans
            free = [
                number
                for number in sentence.figures
                if number.start not in taken and not any(a <= number.start < b for a, b in ranked)
            ]
            if free:
                names = [(m.start, m.end) for m in self.places.within(sentence.start, sentence.end)]
                found += self.measures.claims(sentence, free, self._concepts_before(at), names)
        self._age_context(sentence, found)
        if not found:
            return []
        date_in_turn(sentence, self.time.mentions(at), found)
        inherited = self._inherits_target(at)
        for claim in found:
            claim.sentence = at
            self._complete(at, sentence, claim, inherited)
        return sorted((claim for claim in found if claim.place is not None), key=lambda claim: claim.anchor)

    def _complete(self, at: int, sentence: SentenceView, claim: Claim, inherited: bool) -> None:
        """Settles kind, time and place of a claim."""
        if claim.kind is None or claim.kind is FactKind.ACHIEVED:
            is_share = claim.unit == "%" or claim.index is not None
            kind, cue = self.kinds.kind_at(
                sentence, claim.anchor, claim.comparator, is_share=is_share, inherited_target=inherited
            )
            claim.kind, claim.cue = kind, claim.cue or cue
            if kind is FactKind.TARGET and claim.index is not None:
                claim.year = None
        target = claim.kind is FactKind.TARGET
        if claim.year is None:
            per_year = claim.delta_unit == "percentage point/year"
            local = target and has_local_target(sentence, claim.anchor)
            when = self.time.resolve(at, claim.anchor, claim.anchor_end, index=claim.index, target=target and not local)
            year, source = when.year, when.source
            if when.at is not None and self._is_of_another_place(at, when.at, claim):
                year, source = self.time.published, "publication"
            claim.year = None if per_year else year
            claim.year_source, claim.period = source, when.period
        if (
            claim.kind is FactKind.ACHIEVED
            and claim.year is not None
            and claim.year > (self.time.published_on or claim.year)
        ):
            claim.kind = FactKind.TARGET
        if claim.kind is FactKind.COMPARISON and claim.base_year is None:
            claim.base_year = self.time.base(at, claim.anchor, claim.anchor_end, claim.year)
        if claim.place is None:
            claim.place = self.places.resolve(at, claim.anchor, index=False)
        if claim.place is None and claim.index is None and self.places.primary is None:
            word = self.places.general_word(sentence, claim.anchor)
            is_national = word is None or word[1] in {"cả nước", "toàn quốc"}
            is_national = is_national and not _names_department(sentence, claim.anchor)
            claim.place = NATIONAL if is_national else None
        if claim.scope is None and claim.place is not None and _is_central(claim.place):
            claim.scope = claim.place.then

    def _is_of_another_place(self, at: int, earlier: int, claim: Claim) -> bool:
        """Whether the year of an earlier paragraph was said of another place than the claim's sentence names."""
        own = {m.place.then for m in self.places.within(self.sentences[at].start, claim.anchor)}
        sentence = self.sentences[earlier]
        theirs = self.places.resolve(earlier, sentence.end, index=False)
        return bool(own) and theirs is not None and theirs.then not in own

    def _inherits_target(self, at: int) -> bool:
        """Whether the sentence stands in a list of targets that an earlier sentence opened."""
        if opens_with_year(self.sentences[at]):
            return False
        first = at
        while first > 0 and at - first < _LONGEST_LIST and self._follows_on(first):
            first -= 1
        is_open = False
        for position in range(first, at):
            is_open = self.kinds.leaves_target_open(self.sentences[position], inherited=is_open)
        return is_open

    def _follows_on(self, at: int) -> bool:
        before, sentence = self.sentences[at - 1], self.sentences[at]
        if before.paragraph == sentence.paragraph:
            return True
        return before.text.endswith((":", ";")) or carries_on(sentence)

    def _concepts_before(self, at: int) -> frozenset[str]:
        """What the sentence before, and those before it in the paragraph, spoke of."""
        found: frozenset[str] = frozenset()
        paragraph = self.sentences[at].paragraph
        for position in range(at - 1, max(-1, at - 1 - _SENTENCES_OF_CONTEXT), -1):
            if position < at - 1 and self.sentences[position].paragraph != paragraph:
                break
            found |= self.sentences[position].concepts
        return found

    def _age_context(self, sentence: SentenceView, found: Sequence[Claim]) -> None:
        named = next((hit.phrase.index for hit in sentence.hits if hit.phrase.index is not None), None)
        claimed = [claim.index for claim in found if claim.index is not None and claim.component is None]
        if named is not None:
            self.context.index, self.context.age = named, 0
        elif claimed:
            self.context.index, self.context.age = claimed[-1], 0
        else:
            self.context.age = min(self.context.age + 1, CONTEXT_SENTENCES + 1)


def _names_department(sentence: SentenceView, position: int) -> bool:
    """Whether a provincial department is named before a position: of which province, the article leaves open."""
    return any(hit.phrase.department and hit.end <= position for hit in sentence.hits)


def _is_central(place: Place) -> bool:
    return place.level is PlaceLevel.DEPARTMENT and place.province_then is None


def _printed_out_of(folded: str) -> int | None:
    if any(words in folded for words in _PROVINCE_COUNT):
        return 63
    return 34 if any(words in folded for words in _MERGED_COUNT) else None


def _without_repeats(claims: list[Claim]) -> list[Claim]:
    """A claim that says the same as an earlier one is that one again, as in headline, lead and caption."""
    seen: set[tuple[object, ...]] = set()
    kept: list[Claim] = []
    for claim in claims:
        place = claim.place
        key = (
            claim.indicator, claim.component, claim.kind, claim.value, claim.rank, claim.delta, claim.year, claim.scope,
            claim.region, None if place is None else (place.then, place.level, place.province_then),
        )  # fmt: skip
        if key not in seen:
            seen.add(key)
            kept.append(claim)
    return kept


def _without_approximations(claims: list[Claim], headline_end: int) -> list[Claim]:
    """Drops "gần 4.000 hồ sơ", or what a headline rounds, when the text has the exact 3.946."""
    exact = [claim for claim in claims if claim.comparator == "=" and claim.value is not None]
    kept: list[Claim] = []
    for claim in claims:
        in_headline = claim.anchor < headline_end
        rounded = in_headline or (claim.comparator in _ROUNDING and claim.unit in _COUNTED_UNITS)
        others = (other for other in claims if other.anchor >= headline_end) if in_headline else exact
        if not (rounded and any(_is_exacter(other, claim, in_headline=in_headline) for other in others)):
            kept.append(claim)
    return kept


def _is_exacter(other: Claim, claim: Claim, *, in_headline: bool) -> bool:
    """Whether `other` says more exactly what `claim` rounds; a headline may also blur received and resolved."""
    if other is claim or other.value is None or claim.value is None:
        return False
    if other.value == claim.value and not in_headline:
        return False
    same = other.indicator == claim.indicator or (in_headline and other.unit == claim.unit == "dossier")
    tolerance = _APPROXIMATION * claim.value
    if claim.unit not in _COUNTED_UNITS:
        tolerance = 0.51 if claim.value == int(claim.value) else 0.051
    close = abs(other.value - claim.value) <= tolerance
    return same and close and other.kind is claim.kind and other.place == claim.place


def _without_spans(place: Place | None, known: dict[int, Place]) -> Place:
    """The place as a fact keeps it; `known`: by the identity of the places of one article."""
    if place is None:
        return NATIONAL
    if not place.spans:
        return place
    if id(place) not in known:
        known[id(place)] = replace(place, spans=())
    return known[id(place)]


def _fact(text: str, sentences: Sequence[SentenceView], claim: Claim, place: Place) -> Fact:
    sentence = sentences[claim.sentence]
    start, end = max(sentence.start, claim.start), min(sentence.end, claim.end)
    while start < end and text[start] in " ,;(:":
        start += 1
    return Fact(
        indicator=claim.indicator,
        kind=claim.kind or FactKind.ACHIEVED,
        place=place,
        span=Span(start=start, end=end, quote=text[start:end]),
        sentence=Span(start=sentence.start, end=sentence.end, quote=text[sentence.start : sentence.end]),
        component=claim.component,
        value=claim.value,
        unit=claim.unit if claim.value is not None else None,
        comparator=claim.comparator,
        numerator=claim.numerator,
        denominator=claim.denominator,
        rate=claim.rate,
        rank=claim.rank,
        out_of=claim.out_of,
        rank_scope=claim.rank_scope,
        delta=claim.delta,
        delta_unit=claim.delta_unit,
        base_year=claim.base_year,
        year=claim.year,
        period=claim.period,
        year_source=claim.year_source,
        scope=claim.scope,
        region=claim.region,
        cue=claim.cue,
        confidence=_confidence(claim),
        check=claim.check,
    )


def _confidence(claim: Claim) -> Confidence:
    if claim.year is None and claim.delta is None and claim.confidence is not Confidence.HIGH:
        return Confidence.LOW
    return claim.confidence
