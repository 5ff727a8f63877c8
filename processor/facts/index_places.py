"""Which place, region or group of bodies a rank or score of an index belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from processor.facts.gates import may_hold
from processor.facts.index_names import strong_hits
from processor.facts.lexicon import Hit
from processor.facts.numbers import NumberForm
from processor.facts.places import NATIONAL, Mention, PlaceBinder
from processor.facts.ranks import Rank
from processor.facts.sentence import SentenceView
from processor.model import Place, PlaceHow, PlaceLevel

_MEAN = re.compile(
    r"(?<!nhóm )(?<!nhóm điểm )(?<!mức )(?<!khá )(?:trung bình|bình quân)(?! (?:cao|thấp|khá)(?! nhất))|"
    r"(?<!so với )của cả nước|toàn quốc (?:là|đạt)"
)
_BODIES = re.compile(r"(?:\d{1,2}|các|khối|nhóm)(?: các)? bộ(?:,| (?:và|ngành|cơ quan|là|đạt)|\s?$)")
_LEADS_TO_PLACE = re.compile(
    r"(?=[ltgc:])(?:\blà|\bthuộc về|\bgồm|\bgọi tên|:|\bcó)\s(?:tỉnh |thành phố |tp\.? ?|các tỉnh |đơn vị |huyện )?\Z"
)
_TELLS_MORE = re.compile(r"[.;]|\d\d[,.%]\d")
_FARTHEST_AHEAD = 136
# "Ở vị trí thứ 4, X (66,7 điểm)": the rank opens the sentence, its owner comes next.
_OPENING_RANK = re.compile(
    r"\A[\s“\"-]{0,3}(?:(?:kế tiếp|tiếp theo|tiếp đến|còn|đứng|xếp) )?(?:ở|với|tại|giữ|đứng|xếp)?\s?(?:vị trí )?\Z"
)
_AFTER_OPENING_RANK = re.compile(
    r",?\s(?:(?:với|đạt) [\d,.]{1,7}\s?(?:điểm|%),\s)?(?:là\s)?(?:tỉnh |thành phố |tp\.? ?|huyện )?"
)
_OPENING_SCORE = re.compile(r"(?:với|đạt)\s(?:[^,;.]{0,41}+(?<=\s))?$")
_OPENED_FOR = re.compile(
    r"\s?+(?:điểm)?+(?: (?:trong|tại|ở|trên|về) [^,;.]{0,48}+)?+,\s"
    r"(?:(?:tăng|giảm)[^;.]{0,36},\s)?(?:(?:chỉ số )?(?:par index|sipas|papi|pci|pgi|ddci|dti) (?:của )?)?"
    r"(?:tỉnh |thành phố |tp\.? ?)?"
)
_NAMED_IN_BRACKETS = re.compile(r"\s?+(?:điểm|%)?+\s?+\((?:thuộc về |của )?(?:tỉnh |thành phố |tp\.? ?)?")
_SCORE_OF_SUPERLATIVE = re.compile(r" (?:là|đạt|với|có)[^,;.()\d]{0,21}+(?<= )\d{1,3}(?:[.,]\d{1,4})?")
_RANKED_IN = 24
"""Characters between a rank and the region it counts in: "đứng đầu khu vực X"."""
_ONE_OF_THEM = re.compile(
    r"(?<!là )(?:tỉnh|địa phương|đơn vị|nơi|thành phố|huyện|sở|bộ|xã|điểm|mức) (?:có (?:điểm|chỉ số|kết quả) )?$"
)
_AGAINST_REGION = re.compile(r"(?:so với|trong(?: số)?|tại|ở) (?:các |\d{1,2} )?(?:tỉnh|địa phương|khu vực|vùng)")
_OWN_MEAN = re.compile(r"(?:đạt|với|có)(?: tỷ lệ| mức| điểm| kết quả| chỉ số)?\s$")
"""Before "trung bình", when it is the mean of a subject named earlier: "Sở X đạt tỷ lệ trung bình là 92,5%"."""
_OF_UNITS = re.compile(r"(?:cấp|khối|các|của) (?:sở|huyện|xã|địa phương|quận|phường)|(?:các|khối) đơn vị")
_OF_COUNTRY = re.compile(r"cấp quốc gia|(?:dti|chỉ số) quốc gia|của (?:cả nước|toàn quốc|việt nam)")
_MANY = re.compile(
    r"(?:cả|tất cả|toàn bộ|có|\d{1,2}/\d{1,2}) (?:các |\d{1,2} |cả )?+(?:tỉnh|địa phương|bộ|vùng|thành phố)|"
    r"(?<![/\d])\d{1,2} (?:tỉnh|địa phương|bộ|sở|huyện|xã|phường|quận|đơn vị|cơ quan)\b|đều (?:đạt|có|xếp)"
)
_SCORE_JOINT = re.compile(r"\s?+(?:điểm)?+\s?+(?:\([^()]{0,80}\)\s?+)?+(?:, và|,|và|;)\s")
_IN_TURN_WORDS = ("lần lượt", "tương ứng", "theo thứ tự")
_IN_TURN = re.compile(r"lần lượt|tương ứng|theo thứ tự")
_SUBJECT_WORDS = (
    "của tỉnh", "của thành phố", "toàn tỉnh", "trung bình", "hài lòng", "chỉ số", "cả nước", "địa phương",
)  # fmt: skip
_JOINTS = frozenset({"và", ",", "và thành phố", "và tỉnh", ", tỉnh", ", thành phố", ";", "cùng", "và tp"})
BODIES_SCOPE = "bộ, cơ quan ngang bộ"
"""Scope of a mean over the central bodies, which must not be compared with that of the provinces."""


@dataclass(frozen=True, slots=True)
class Placed:
    places: tuple[Place, ...]
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class IndexPlaces:
    binder: PlaceBinder

    def of(self, at: int, sentence: SentenceView, start: int, end: int, *, is_score: bool, rank: Rank | None) -> Placed:
        """The places of the rank, move or score at [start, end); none when the sentence leaves them open."""
        before = self.binder.before(sentence, start)
        if rank is not None and (ahead := self._ahead_of_rank(sentence, rank, before)) is not None:
            return Placed((ahead.place,))
        if rank is not None and (region := _region_ahead(sentence, end)) is not None:
            return Placed((region,))
        if is_score and (named := self._named_in_brackets(sentence, end)) is not None:
            return Placed((named.place,))
        if is_score and (placed := self._mean(at, sentence, start, before)) is not None:
            return placed
        if (
            rank is not None
            and rank.superlative
            and (placed := self._of_superlative(sentence, rank, before)) is not None
        ):
            return placed
        if before is None and _is_about_many(sentence, start):
            return Placed(())
        if before is None and is_score and (ahead := self._ahead_of_score(sentence, start, end)) is not None:
            return Placed((ahead.place,))
        if (region := _region_subject(sentence, start, before)) is not None:
            return Placed((region,))
        if is_score and before is None and _OF_COUNTRY.search(sentence.folded, sentence.start, start):
            return Placed((NATIONAL,))
        place = self.binder.resolve(at, start, index=True)
        if place is None:
            national = is_score and self.binder.primary is None and "hài lòng" in sentence.text
            return Placed((NATIONAL,) if national else ())
        if before is not None and place is before.place and rank is not None and rank.worded:
            return Placed(self._joined(sentence, before))
        return Placed((place,))

    def names_a_place(self, sentence: SentenceView) -> bool:
        """Whether a sentence that names no index says whose rank or score it tells."""
        if self.binder.within(sentence.start, sentence.end) or any(hit.phrase.region for hit in sentence.hits):
            return True
        return any(word in sentence.text for word in _SUBJECT_WORDS)

    def follows_a_name(self, sentence: SentenceView, position: int) -> bool:
        """Whether a place's name ends right before a position: "Hà Nội 94,2%"."""
        return any(position - 2 <= mention.end <= position for mention in self.binder.within(sentence.start, position))

    def _named_in_brackets(self, sentence: SentenceView, end: int) -> Mention | None:
        """The place of "cao nhất là 72,95 điểm (Quảng Ninh)"."""
        opening = _NAMED_IN_BRACKETS.match(sentence.folded, end, sentence.end)
        if opening is None:
            return None
        named = self.binder.within(opening.end(), opening.end() + 1)
        return named[0] if named and sentence.folded[named[0].end : named[0].end + 1] in {")", ","} else None

    def _of_superlative(self, sentence: SentenceView, rank: Rank, before: Mention | None) -> Placed | None:
        """The place of "cao nhất", or none, when the words around it make it somebody's: "tỉnh cao nhất là 94,07%"."""
        score = _SCORE_OF_SUPERLATIVE.match(sentence.folded, rank.end, sentence.end)
        if score is not None and (named := self._named_in_brackets(sentence, score.end())) is not None:
            return Placed((named.place,))
        some = _ONE_OF_THEM.search(sentence.folded, max(sentence.start, rank.start - 30), rank.start)
        if some is not None or (before is None and self.binder.general_word(sentence, rank.start) is None):
            return Placed(())
        return None

    def _mean(self, at: int, sentence: SentenceView, start: int, before: Mention | None) -> Placed | None:
        """The country, region or group that a mean is of; None when the score is no mean."""
        means = list(_MEAN.finditer(sentence.folded, sentence.start, start))
        mean = means[-1] if means else None
        if mean is None or _turns_to_an_index(sentence, mean.end(), start):
            return None
        if before is not None and (before.start >= mean.start() or self.binder.within(mean.end(), start)):
            return None
        if before is not None and _OWN_MEAN.search(sentence.folded, before.end, mean.start()) is not None:
            return None
        regions = [hit for hit in sentence.hits if hit.phrase.region and hit.end <= start]
        if regions:
            return Placed((_regional(regions[-1]),))
        if "vùng" in sentence.text or "khu vực" in sentence.folded[mean.start() : start]:
            return Placed(())
        if (of_units := _OF_UNITS.search(sentence.folded, mean.end(), start)) is not None:
            place = self.binder.resolve(at, start, index=True)
            return Placed((place,) if place is not None else (), of_units.group())
        scope = BODIES_SCOPE if _BODIES.search(sentence.folded[sentence.start : start]) else None
        return Placed((NATIONAL,), scope)

    def _ahead_of_rank(self, sentence: SentenceView, rank: Rank, before: Mention | None) -> Mention | None:
        """The place of "đứng đầu bảng xếp hạng là X", "vị trí thứ 2 thuộc về X"."""
        if before is not None and before.start >= sentence.boundary_before(rank.start):
            return None
        ahead = self.binder.within(rank.end, sentence.end)
        if not ahead:
            return None
        between = sentence.folded[rank.end : ahead[0].start]
        if _AFTER_OPENING_RANK.fullmatch(between) and _OPENING_RANK.match(sentence.folded[sentence.start : rank.start]):
            return ahead[0]
        if between == " " and sentence.folded.endswith("quân", rank.start, rank.end):
            return ahead[0]
        if len(between) > _FARTHEST_AHEAD or _TELLS_MORE.search(between) or not _LEADS_TO_PLACE.search(between):
            return None
        return ahead[0]

    def _ahead_of_score(self, sentence: SentenceView, start: int, end: int) -> Mention | None:
        """The place of "Với 92,18 điểm, X dẫn đầu"."""
        if _OPENING_SCORE.search(sentence.folded, sentence.start, start) is None:
            return None
        ahead = self.binder.within(end, min(sentence.end, end + 110))
        if ahead and _OPENED_FOR.fullmatch(sentence.folded, end, ahead[0].start):
            return ahead[0]
        return None

    def _joined(self, sentence: SentenceView, mention: Mention) -> tuple[Place, ...]:
        """Both of "Bộ Tài chính và thành phố Đà Nẵng dẫn đầu": they lead different lists."""
        others = [m for m in self.binder.subjects(sentence.start, mention.start) if m.end <= mention.start]
        if others and others[-1].is_central_body != mention.is_central_body:
            between = sentence.folded[others[-1].end : mention.start].strip()
            return (others[-1].place, mention.place) if between in _JOINTS else (mention.place,)
        return (mention.place,)

    def in_turn(self, sentence: SentenceView) -> dict[int, Mention | Hit]:
        """The place or index of each number of "A, B lần lượt xếp thứ 2 và 3", by where the number starts."""
        if not may_hold(sentence.text, _IN_TURN_WORDS):
            return {}
        mark = _IN_TURN.search(sentence.folded, sentence.start, sentence.end)
        if mark is None:
            return {}
        ranked = [r.start for r in sentence.ranks if r.end > mark.end() and sentence.parenthesis(r.end) is None]
        scored = _joined_scores(sentence, mark.end())
        assigned: dict[int, Mention | Hit] = {}
        for positions in (ranked, scored):
            if len(positions) >= 2:
                owners = self._owners(sentence, mark.start(), len(positions))
                assigned.update(zip(positions, owners, strict=False))
        asides = [r.start for r in sentence.ranks if r.start not in assigned and sentence.parenthesis(r.start)]
        for position in (*asides, *(move.start for move in sentence.moves)):
            earlier = [known for known in assigned if known < position]
            if earlier:
                assigned[position] = assigned[max(earlier)]
        return assigned

    def _owners(self, sentence: SentenceView, mark: int, wanted: int) -> Sequence[Mention | Hit]:
        places = self.binder.within(sentence.start, mark)
        names: list[Hit] = []
        for hit in strong_hits(sentence):
            if hit.end <= mark and hit.phrase.index not in {name.phrase.index for name in names}:
                names.append(hit)
        if len(names) >= wanted and (not places or names[-1].start > places[-1].start or len(places) < wanted):
            return names[-wanted:]
        if len(places) >= wanted:
            return places[-wanted:]
        after = self.binder.within(mark, sentence.end)
        return after[:wanted] if not places and len(after) >= wanted else ()


def _joined_scores(sentence: SentenceView, start: int) -> list[int]:
    """Where the scores after a position start: those of the first list of several, else all."""
    scores = [
        number for number in sentence.figures
        if number.start > start and (number.form is NumberForm.PERCENT or number.decimals > 0)
        and sentence.parenthesis(number.start) is None
    ]  # fmt: skip
    run = scores[:1]
    for number in scores[1:]:
        if _SCORE_JOINT.fullmatch(sentence.folded, run[-1].end, number.start) is None:
            break
        run.append(number)
    return [number.start for number in (run if len(run) > 1 else scores)]


def _is_about_many(sentence: SentenceView, start: int) -> bool:
    """Whether a sentence without a named place speaks of several: "cả 63 tỉnh đều đạt"; not "hạng 8/63 tỉnh"."""
    return any(
        not any(rank.start <= match.start() < rank.end for rank in sentence.ranks)
        for match in _MANY.finditer(sentence.folded, sentence.start, start)
    )


def _turns_to_an_index(sentence: SentenceView, begin: int, end: int) -> bool:
    """Whether another part of the sentence, with an index of its own, begins between two positions."""
    mark = sentence.folded.find(";", begin, end)
    return mark >= 0 and any(mark < hit.start < end for hit in strong_hits(sentence))


def _region_ahead(sentence: SentenceView, end: int) -> Place | None:
    """The region of "xếp vị trí thứ 2 là vùng Đông Nam Bộ"."""
    for hit in sentence.hits:
        if hit.phrase.region is not None and hit.start >= end:
            between = sentence.folded[end : hit.start]
            return _regional(hit) if re.fullmatch(r"[^,.;\d]{0,24}là (?:vùng |khu vực )?", between) else None
    return None


def region_of_rank(sentence: SentenceView, start: int, end: int) -> str | None:
    """The region within which a rank counts: "dẫn đầu ... khu vực Đồng bằng sông Cửu Long"."""
    for hit in sentence.hits:
        if hit.phrase.region is None:
            continue
        if 0 <= hit.start - end <= 70 and not re.search(
            r"\d|[;.]|là vùng|là khu vực", sentence.folded[end : hit.start]
        ):
            return hit.phrase.region
        if 0 <= start - hit.end <= 24 and not re.search(r"\d|[;.,]", sentence.folded[hit.end : start]):
            return hit.phrase.region
        if hit.end <= start and _AGAINST_REGION.search(sentence.folded, max(sentence.start, hit.start - 64), hit.start):
            parted = re.search(r"\d|[;.]|,[^,]*,", sentence.folded[hit.end : start])
            if parted is None and start - hit.end <= 60:
                return hit.phrase.region
    return None


def _region_subject(sentence: SentenceView, start: int, before: Mention | None) -> Place | None:
    """A region that is the subject itself: "vùng Đông Nam Bộ đạt 87,79%"."""
    hits = [hit for hit in sentence.hits if hit.phrase.region and hit.end <= start]
    if not hits or (before is not None and before.start > hits[-1].start):
        return None
    ahead = [rank.end for rank in sentence.ranks if 0 <= hits[-1].start - rank.end <= _RANKED_IN]
    if ahead and " là " not in sentence.folded[ahead[-1] : hits[-1].start]:
        return None
    gap = sentence.folded[hits[-1].end : start]
    parted = "," in gap.replace(", đạt", "").replace(", cao hơn", "")
    if len(gap) > 70 or (parted and before is not None):
        return None
    return _regional(hits[-1])


def _regional(hit: Hit) -> Place:
    return Place(then=hit.phrase.region, level=PlaceLevel.REGION, how=PlaceHow.EXPLICIT)
