"""Which pillars of reform an article is about, and which it merely lists.

The six pillars are those of resolution 76/NQ-CP (2021). Steering (CHI_DAO), no pillar, covers conferences, plans,
inspections and the indices that measure reform; it is tagged when an article is about it and never as merely listed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from processor.model import Article, Pillar, PillarRole, PillarTag, Span
from processor.relevance.features import Searched, search
from processor.relevance.lexicon import Hit, Lexicon
from processor.text import Extent, sentences

_VALUE = {4.0: 1.0, 3.0: 0.6, 2.0: 0.2, 1.0: 0.05, 0.0: 0.0}
"""What one occurrence is worth, by the strength its term has in the lexicon."""
_TITLE_WEIGHT = 5.0
_PRIMARY_SCORE = 2.2
"""More than two occurrences of full strength, or one in the title."""
_PRIMARY_SHARE = 0.36
"""A primary pillar has at least this part of what the text, without the title, says of the pillar it says most of.

The title names one subject of several; its weight is to lift that one, not to drown what the text tells beside it.
"""
_TITLED_SCORE = 1.0
_TITLED_SHARE = 0.25
"""A pillar that the title belongs to ("Công chức phải xin lỗi dân") needs less support from the text."""
_TITLING_STRENGTH = 2.0
_FOREMOST_SCORE = 0.6
"""The foremost pillar needs less: a short report says its subject once."""
_NAMING_STRENGTH = 3.0
"""Weaker terms ("trực tuyến", "cấp xã") belong to a pillar but do not name it."""
_FULL_STRENGTH = 4.0
_RECITED_PILLARS = 4
_LISTED_PILLARS = 3
_LIST_MARKS = 2
_MOST_EVIDENCE = 5


class _Weighed(NamedTuple):
    hit: Hit
    weight: float
    """Zero inside a recital."""
    in_title: bool


class PillarTagger:
    """Tags articles with pillars. Immutable once built; `tag` is pure."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    @classmethod
    def load(cls) -> PillarTagger:
        return cls(Lexicon.load())

    def tag(self, article: Article, searched: Searched | None = None) -> tuple[PillarTag, ...]:
        """Primary pillars first, strongest first; each with the stretches of the text that speak for it most.

        A pillar that only the title speaks for has no evidence: spans are offsets into the text. An article that was
        searched with the tagger's lexicon need not be searched again.
        """
        searched = searched or search(self._lexicon, article)
        layout, hits = searched.layout, searched.hits
        by_pillar: dict[Pillar, list[_Weighed]] = defaultdict(list)
        for weighed in self._weigh(hits, layout.joined, layout.text_start):
            pillar = weighed.hit.term.concept.pillar
            if pillar is not None:
                by_pillar[pillar].append(weighed)
        scores = {pillar: sum(each.weight for each in found) for pillar, found in by_pillar.items()}
        roles = _roles(scores, by_pillar)
        if not roles:
            # Reform as such, and nothing of it: what is said of it in general is steering.
            general = [_Weighed(hit, 1.0, hit.start < layout.text_start) for hit in hits if _is_general(hit)]
            if general:
                by_pillar[Pillar.CHI_DAO] += general
                roles, scores = {Pillar.CHI_DAO: PillarRole.PRIMARY}, {Pillar.CHI_DAO: float(len(general))}
        shift = len(article.text) - len(layout.joined)
        tags = [
            PillarTag(id=pillar, role=role, evidence=_evidence(by_pillar[pillar], article.text, shift))
            for pillar, role in roles.items()
        ]
        return tuple(sorted(tags, key=lambda tag: (tag.role is PillarRole.LISTED, -scores[tag.id], tag.id)))

    def _weigh(self, found: Sequence[Hit], joined: str, text_start: int) -> list[_Weighed]:
        hits = [hit for hit in found if hit.term.concept.pillar]
        recited = _recited(joined, hits)
        weighed = []
        for hit in hits:
            in_title = hit.start < text_start
            weight = (_TITLE_WEIGHT if in_title else 1.0) * _VALUE[hit.term.strength]
            weighed.append(_Weighed(hit, 0.0 if hit in recited else weight, in_title))
        return weighed


def _is_general(hit: Hit) -> bool:
    return hit.term.concept.id == "reform" and hit.term.strength >= _FULL_STRENGTH


def _recited(text: str, hits: Sequence[Hit]) -> set[Hit]:
    """The hits that stand in sentences which run through the programme."""
    # Most articles, and most lines of the others, cannot hold such a sentence, and finding sentences is dear.
    if text.count(";") < _LIST_MARKS and len(_pillars(hits, _FULL_STRENGTH)) < _RECITED_PILLARS:
        return set()
    found: set[Hit] = set()
    for line, inside in _by_line(text, hits):
        if _recites_pillars(text, line, inside):  # What a sentence needs for it, its line has too.
            found.update(_recited_in_line(text, line, inside))
    return found


def _by_line(text: str, hits: Sequence[Hit]) -> Iterator[tuple[Extent, list[Hit]]]:
    """The lines that hold hits; a sentence never goes over the end of one."""
    line = Extent(-1, -1)
    inside: list[Hit] = []
    for hit in sorted(hits, key=lambda each: each.start):
        if hit.start > line.end:
            if inside:
                yield line, inside
            start = max(line.end, text.rfind("\n", line.end + 1, hit.start)) + 1
            end = text.find("\n", hit.start)
            line, inside = Extent(start, len(text) if end < 0 else end), []
        inside.append(hit)
    if inside:
        yield line, inside


def _recited_in_line(text: str, line: Extent, hits: Sequence[Hit]) -> Iterator[Hit]:
    extents = sentences(text[line.start : line.end])
    starts = [line.start + extent.start for extent in extents]
    by_sentence: dict[int, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_sentence[bisect_right(starts, hit.start) - 1].append(hit)
    for index, inside in by_sentence.items():
        extent = Extent(starts[index], line.start + extents[index].end)
        if _recites_pillars(text, extent, inside):
            yield from inside


def _recites_pillars(text: str, sentence: Extent, hits: Sequence[Hit]) -> bool:
    """Whether a sentence runs through the programme instead of telling of one pillar.

    It names four pillars at full strength; or three in a list with semicolons; or it numbers its items.
    """
    if len(_pillars(hits, _FULL_STRENGTH)) >= _RECITED_PILLARS:
        return True
    if text.count(";", sentence.start, sentence.end) < _LIST_MARKS:
        return False
    named = _pillars(hits, _NAMING_STRENGTH)
    return len(named) >= _LISTED_PILLARS or text.find("(1)", sentence.start, sentence.end) >= 0


def _pillars(hits: Sequence[Hit], strength: float) -> set[Pillar | None]:
    """The six pillars, without steering, that the hits name with at least this strength."""
    return {hit.term.concept.pillar for hit in hits if hit.term.strength >= strength} - {Pillar.CHI_DAO}


def _names_pillar(hit: Hit) -> bool:
    return hit.term.strength >= _NAMING_STRENGTH


def _roles(scores: dict[Pillar, float], by_pillar: dict[Pillar, list[_Weighed]]) -> dict[Pillar, PillarRole]:
    foremost = max(scores, key=lambda pillar: (scores[pillar], pillar), default=None)
    most = max((_in_text(found) for found in by_pillar.values()), default=0.0)
    roles = {}
    for pillar, score in scores.items():
        found = by_pillar[pillar]
        if score >= (_FOREMOST_SCORE if pillar is foremost else _least_score(found, most)):
            roles[pillar] = PillarRole.PRIMARY
        elif pillar is not Pillar.CHI_DAO and any(_names_pillar(each.hit) for each in found):
            roles[pillar] = PillarRole.LISTED
    return roles


def _in_text(found: Sequence[_Weighed]) -> float:
    return sum(each.weight for each in found if not each.in_title)


def _least_score(found: Sequence[_Weighed], most: float) -> float:
    """What a pillar needs to be primary beside the foremost one; `most` is the highest score in the text alone."""
    if any(each.in_title and each.hit.term.strength >= _TITLING_STRENGTH for each in found):
        return max(_TITLED_SCORE, _TITLED_SHARE * most)
    return max(_PRIMARY_SCORE, _PRIMARY_SHARE * most)


def _evidence(found: Sequence[_Weighed], text: str, shift: int) -> tuple[Span, ...]:
    """The strongest occurrences inside the text, in the order of the text."""
    inside = [each for each in found if each.hit.start + shift >= 0 and _names_pillar(each.hit)]
    best = sorted(inside, key=lambda each: (-each.weight, -each.hit.term.strength, each.hit.start))
    spans = [(each.hit.start + shift, each.hit.end + shift) for each in best[:_MOST_EVIDENCE]]
    return tuple(Span(start=start, end=end, quote=text[start:end]) for start, end in sorted(spans))
