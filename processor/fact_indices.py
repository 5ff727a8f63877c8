"""Scores and ranks of the composite indices: PAR Index, SIPAS, PAPI, PCI, DDCI, DTI and their kin.

A sentence is read as a row of tokens (index names, components, places, ranks, scores, moves). Every rank and score
looks for its index behind it, right after it ("xếp thứ 8 về PAR Index"), elsewhere in the sentence, and last in the
sentences before; and in the same way for its place. Ranks and scores of one index, place and year are one claim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from processor.fact_claims import Claim
from processor.fact_lexicon import FactLexicon, Hit, Index
from processor.fact_places import NATIONAL, Mention, PlaceBinder
from processor.fact_ranks import LAST, Move, Rank
from processor.fact_sentence import SentenceView, figures
from processor.fact_time import TimeLine, When
from processor.model import Confidence, FactKind, Place, PlaceHow, PlaceLevel
from processor.numbers import Number, NumberForm

_CONNECTORS = frozenset(
    "điểm % trong trên của về ở tại các tỉnh thành phố tổng số 63 34 toàn quốc cả nước bảng xếp hạng chỉ kết quả công tác "
    "khối sở ngành ban địa phương huyện thị xã cấp đánh giá đối với lĩnh vực khu vùng nhóm công bố năm cho theo bộ cơ quan "
    "ngang đơn vị nội dung thành phần tiêu chí trụ cột đầu đứng thứ và quận phường liên tiếp tiếp tục thực hiện mặt điểm số "
    "việt nam lần này khu vực nhất được".split()
)
_LINKS = frozenset({"về", "trong", "của", "trên", "ở", "bảng", "chỉ", "đối", "xếp", "điểm", "nội", "%"})
_WORD = re.compile(r"[\w%]+")
_SCORE_LEAD = re.compile(
    r"(?:đạt|với|là|được|:|\(|kết quả|điểm|số|mức|tỷ lệ|tỉ lệ|lên|xuống|từ|còn|đạt được|có|index|sipas|papi|pci|pgi|ddci|"
    r"\|[^|]{0,30}|,|-|và|năm 20\d\d|trung bình|bình quân|gần|hơn|trên|khoảng|ước|tới|đến|;|đạt là|tổng|thành phố|nhất)\s{0,2}$"
)
_NOT_A_SCORE_LEAD = re.compile(
    r"(?:thang|tối đa|thang điểm|tối đa là|thang điểm đánh giá là|thang điểm là|trên tổng|tổng số|chiếm|chiếm tỷ lệ|thang điểm từ|"
    r"thứ|tốp|top|nhóm|quý|tháng|ngày|số phiếu|tổng điểm tối đa là|từ 0% đến|khảo sát|hơn 1)\s{0,2}$"
)
_CHANGE_LEAD = re.compile(
    r"(?P<verb>tăng|giảm|cao hơn|thấp hơn|nhiều hơn|hơn|kém|tăng thêm|giảm tới|tăng tới|tăng gần|tăng hơn|tăng được|cải thiện|"
    r"tăng nhẹ|giảm nhẹ|cách|chênh|chênh lệch)\s?\(?\+?$"
)
_UNIT_AFTER = re.compile(r"\s?(?:/\s?(?:80|100|1\.?000)\s?)?\s?điểm(?![\w%])(?!\s?%)")
_NOUN_AFTER = re.compile(
    r"\s(?:số |tổng số |các )?(?:hồ sơ|thủ tục|tthc|dịch vụ|cán bộ|người|doanh nghiệp|cơ quan|đơn vị|xã|huyện|phiếu|công chức|"
    r"hộ|dân|ý kiến|chỉ tiêu|nội dung|tiêu chí|nhiệm vụ|câu|trường hợp|công dân|tổ chức|số|tổng|tỉnh|bộ|lượt|khách|năm|tháng|"
    r"ngày|lần|tỷ|triệu|đồng|chỉ số|địa phương|kế hoạch|văn bản|lĩnh vực|bậc|sở|phường|giải pháp|tiêu chuẩn|mẫu)\b"
)
_SATISFIED_PEOPLE = re.compile(
    r"\s(?:số )?người(?: dân)?(?:,? (?:tổ chức|doanh nghiệp|được hỏi|được khảo sát|trả lời)){0,3}[^,;.]{0,12} (?:rất )?hài lòng"
)
_MEAN = re.compile(
    r"(?:trung bình|bình quân)(?: chung)?(?: của)?(?: cả nước| toàn quốc| các tỉnh| 63| chung)?|(?:của |toàn )cả nước|toàn quốc (?:là|đạt)"
)
_SPREAD = re.compile(
    r"(?:dao động|nằm|biến thiên)(?: trong khoảng| ở khoảng| khoảng)?(?: từ)? (?P<low>\d{1,3}(?:[.,]\d{1,4})?)\s?(?:%|điểm)? (?:đến|tới|-) (?P<high>\d{1,3}(?:[.,]\d{1,4})?)"
)
_AFTER_PLACE = re.compile(
    r"[^.;]{0,110}?(?:\blà|\bthuộc về|\bgồm|\bgọi tên|:|\bcó)\s(?:tỉnh |thành phố |tp\.? ?|các tỉnh |đơn vị )?$"
)
_PASSED_BY = re.compile(r"(?:đứng|xếp)(?: ngay)?(?: liền)? (?:sau|kế)\s$")
_RANKING_WORDS = (
    "xếp hạng",
    "chỉ số",
    "thứ hạng",
    "bảng",
    "vị trí",
    "xếp thứ",
    "đứng thứ",
    "điểm",
    "hạng",
    "%",
    "dẫn đầu",
    "đứng đầu",
    "đứng cuối",
)
_OTHER_SUBJECT = re.compile(
    r"(?<!thuộc )(?:về|trong lĩnh vực|ở môn|ở nội dung)\s(?!chỉ số|cải cách|công tác cải cách|bảng|xếp hạng|cchc|par|sự hài lòng|các|điểm)\w"
)
_IN_TURN = re.compile(r"lần lượt|tương ứng|theo thứ tự")
CONTEXT_SENTENCES = 8
"""For how many sentences an index stays the subject after it was last spoken of."""


@dataclass(slots=True)
class IndexContext:
    """What earlier sentences leave to later ones."""

    index: str | None = None
    age: int = CONTEXT_SENTENCES + 1
    out_of: int | None = None
    known: frozenset[str] = frozenset()
    """Indices named by a strong name anywhere in the article."""
    ranked: dict[tuple[str, str | None], int] = field(default_factory=dict)
    """Rank told so far by (index, place name): "đứng sau X là Y"."""


@dataclass(frozen=True, slots=True)
class _Token:
    """A rank, score or move with what it is bound to."""

    start: int
    end: int
    index: Index
    component: tuple[str, str] | None
    places: tuple[Place, ...]
    when: When
    rank: Rank | None = None
    score: Number | None = None
    value: float | None = None
    move: Move | None = None
    change: float | None = None
    label_start: int = 0
    region: str | None = None
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class IndexBinder:
    """Binds the ranks and scores of one sentence to indices, places and years."""

    lexicon: FactLexicon
    places: PlaceBinder
    time: TimeLine

    def claims(self, at: int, sentence: SentenceView, context: IndexContext) -> tuple[list[Claim], set[int]]:
        """The claims of the sentence, and the start offsets of the numbers they took."""
        if not self._is_about_an_index(sentence, context):
            return [], set()
        tokens = self._tokens(at, sentence, context)
        claims = _assembled(tokens)
        claims += self._spreads(at, sentence, context)
        claims += self._passed(at, sentence, context)
        taken = {token.start for token in tokens} | {claim.anchor for claim in claims}
        self._remember(claims, context)
        return claims, taken

    def _is_about_an_index(self, sentence: SentenceView, context: IndexContext) -> bool:
        if not (sentence.ranks or sentence.moves or sentence.numbers):
            return False
        for hit in sentence.hits:
            if hit.phrase.index is not None or (hit.phrase.component is not None and context.known):
                return True
            if hit.phrase.weak_index in context.known and sentence.ranks:
                return True
        if context.index is None or context.age > CONTEXT_SENTENCES:
            return False
        text = sentence.text
        return any(word in text for word in _RANKING_WORDS)

    # tokens

    def _tokens(self, at: int, sentence: SentenceView, context: IndexContext) -> list[_Token]:
        tokens: list[_Token] = []
        in_turn = self._in_turn(sentence)
        for rank in sentence.ranks:
            if (token := self._rank_token(at, sentence, rank, context, in_turn)) is not None:
                tokens.append(token)
        for move in sentence.moves:
            bound = self._bound(at, sentence, move.start, move.end, context, in_turn, ranked=True)
            if bound is not None:
                tokens.append(_Token(move.start, move.end, *bound[:4], move=move, region=bound[4], inherited=bound[5]))
        covered = [(token.start, token.end) for token in tokens]
        covered += [(rank.start, rank.end) for rank in sentence.ranks] + [(m.start, m.end) for m in sentence.moves]
        for number in figures(sentence):
            if any(start <= number.start < end for start, end in covered):
                continue
            if (token := self._score_token(at, sentence, number, context, in_turn)) is not None:
                tokens.append(token)
        return sorted(tokens, key=lambda token: token.start)

    def _rank_token(
        self, at: int, sentence: SentenceView, rank: Rank, context: IndexContext, in_turn: dict[int, Mention | Hit]
    ) -> _Token | None:
        if rank.superlative and not any(hit.phrase.index for hit in sentence.hits) and "chỉ số" not in sentence.text:
            return None
        bound = self._bound(at, sentence, rank.start, rank.end, context, in_turn, ranked=True, rank=rank)
        if bound is None:
            return None
        index, component, places, when, region, inherited = bound
        if rank.rank < 0:
            last = self._last_rank(rank, places, context)
            if last is None:
                return None
            rank = Rank(rank.start, rank.end, last, context.out_of, worded=True)
        if rank.out_of is not None and rank.out_of in index.out_of:
            context.out_of = rank.out_of
        return _Token(
            rank.start, rank.end, index, component, places, when, rank=rank, region=region, inherited=inherited
        )

    def _last_rank(self, rank: Rank, places: tuple[Place, ...], context: IndexContext) -> int | None:
        """ "Cuối bảng" is a number only for one province, when the article prints how many there are."""
        if context.out_of is None or len(places) != 1 or places[0].level is not PlaceLevel.PROVINCE:
            return None
        return context.out_of + 1 + rank.rank if rank.rank >= LAST - 1 else None

    def _score_token(
        self, at: int, sentence: SentenceView, number: Number, context: IndexContext, in_turn: dict[int, Mention | Hit]
    ) -> _Token | None:
        folded = sentence.folded
        before = folded[max(sentence.start, number.start - 44) : number.start]
        bound = self._bound(at, sentence, number.start, number.end, context, in_turn, ranked=False)
        if bound is None:
            return None
        index, component, places, when, region, inherited = bound
        change = _CHANGE_LEAD.search(before)
        pointed = _UNIT_AFTER.match(folded, number.digits_end) is not None
        if change is not None and (pointed or number.form in {NumberForm.PERCENT, NumberForm.PERCENTAGE_POINT}):
            if inherited or _NOUN_AFTER.match(folded, number.end):
                return None
            sign = -1 if change["verb"].startswith(("giảm", "thấp", "kém")) else 1
            return _Token(
                number.start, number.end, index, component, places, when, score=number, change=sign * _small(number)
            )
        value = _score(number, index, component, pointed=pointed)
        if value is None or not self._is_a_score(sentence, number, index, before, pointed=pointed, inherited=inherited):
            return None
        low, high = _bounds(index, component, places)
        if not low <= value <= high:
            return None
        return _Token(
            number.start, number.end, index, component, places, when, score=number, value=value, region=region,
            inherited=inherited,
        )  # fmt: skip

    def _is_a_score(
        self, sentence: SentenceView, number: Number, index: Index, before: str, *, pointed: bool, inherited: bool
    ) -> bool:
        folded = sentence.folded
        if _NOT_A_SCORE_LEAD.search(before):
            return False
        after_unit = _UNIT_AFTER.match(folded, number.digits_end)
        reach = after_unit.end() if after_unit else number.end
        noun = _NOUN_AFTER.match(folded, reach, sentence.end)
        if noun is not None:
            return index.id == "sipas" and _SATISFIED_PEOPLE.match(folded, number.end, sentence.end) is not None
        if index.id == "sipas" and inherited and not pointed and number.form is NumberForm.PERCENT:
            return "hài lòng" in sentence.text
        strong = pointed or number.form in {NumberForm.PERCENT, NumberForm.FRACTION}
        if not strong and number.decimals == 0:
            return False
        lead = _SCORE_LEAD.search(before) is not None or self._right_after_a_name(sentence, number)
        return lead if not pointed else lead or not inherited

    def _right_after_a_name(self, sentence: SentenceView, number: Number) -> bool:
        gap_start = number.start - 2
        return any(
            gap_start <= mention.end <= number.start for mention in self.places.within(sentence.start, number.start)
        )

    # binding

    def _bound(
        self, at: int, sentence: SentenceView, start: int, end: int, context: IndexContext,
        in_turn: dict[int, Mention | Hit], *, ranked: bool, rank: Rank | None = None,
    ) -> tuple[Index, tuple[str, str] | None, tuple[Place, ...], When, str | None, bool] | None:  # fmt: skip
        """Index, component, places, time, region and whether the index is inherited; None when any is missing."""
        turn = in_turn.get(start)
        named = self._index_for(sentence, start, end, context, ranked=ranked)
        if isinstance(turn, Hit) and turn.phrase.index is not None:
            named = turn.phrase.index, turn, False
        component = self._component_for(sentence, start, end, named[1] if named else None, context)
        if component is not None:
            name = component[0]
            inherited = False
        elif named is not None:
            name, _, inherited = named
        else:
            return None
        index = self.lexicon.indices[name]
        if inherited and self._is_about_something_else(sentence, start, end):
            return None
        if not inherited and named is not None and component is None and not ranked:
            if self._other_subject_between(sentence, named[1], start):
                return None
        region = self._region_for(sentence, start, end) if ranked else None
        places = self._places_for(at, sentence, start, end, turn, rank)
        if not places:
            return None
        if inherited and not self._names_a_place(sentence, start, end):
            return None
        when = self.time.resolve(at, start, end, index=name, target=False)
        return index, component, places, when, region, inherited

    def _index_for(
        self, sentence: SentenceView, start: int, end: int, context: IndexContext, *, ranked: bool
    ) -> tuple[str, Hit | None, bool] | None:
        strong = [hit for hit in sentence.hits if hit.phrase.index is not None]
        for hit in sentence.hits:
            name = hit.phrase.index or (hit.phrase.weak_index if ranked else None)
            if name is not None and hit.start >= end:
                if (hit.phrase.index or name in context.known) and _connects(sentence.folded[end : hit.start]):
                    return name, hit, False
                break
        before = [hit for hit in strong if hit.end <= start]
        if before:
            return before[-1].phrase.index or "", before[-1], False
        weak = [hit for hit in sentence.hits if hit.phrase.weak_index in context.known and hit.end <= start]
        if ranked and weak and _connects(sentence.folded[weak[-1].end : start]):
            return weak[-1].phrase.weak_index or "", weak[-1], False
        after = [hit for hit in strong if hit.start >= end]
        if after and ranked:
            return after[0].phrase.index or "", after[0], False
        if context.index is not None and context.age <= CONTEXT_SENTENCES:
            return context.index, None, True
        return None

    def _component_for(
        self, sentence: SentenceView, start: int, end: int, index_hit: Hit | None, context: IndexContext
    ) -> tuple[str, str] | None:
        hits = [hit for hit in sentence.hits if hit.phrase.component is not None]
        for hit in hits:
            if hit.start >= end:
                between = sentence.folded[end : hit.start].replace('"', " ").replace("“", " ")
                if _connects(between) and (index_hit is None or index_hit.start > hit.start or index_hit.end <= start):
                    if re.search(r"về|nội dung|lĩnh vực|tiêu chí|chỉ số thành phần|ở", between):
                        return hit.phrase.component
                break
        before = [hit for hit in hits if hit.end <= start]
        if not before:
            return None
        hit = before[-1]
        gap = sentence.folded[hit.end : start]
        if index_hit is not None and hit.end <= index_hit.start < start:
            return None
        if len(gap) > 60 or ";" in gap or "(" in gap and ")" in gap or self.places.within(hit.end, start):
            return None
        known = hit.phrase.component
        spoken = (
            "chỉ số" in sentence.text or "thành phần" in sentence.text or "lĩnh vực" in sentence.text or len(gap) <= 16
        )
        if known is None or not spoken or (known[0] not in context.known and known[0] != "pci"):
            return None
        return known

    def _other_subject_between(self, sentence: SentenceView, index_hit: Hit | None, start: int) -> bool:
        """A count, share or foreign subject between the index name and a score takes the score away from it."""
        if index_hit is None or index_hit.end > start:
            return False
        for hit in sentence.hits_between(index_hit.end, start):
            if hit.phrase.foreign or hit.phrase.concepts & {
                "DOSSIER",
                "SERVICE",
                "PROCEDURE",
                "PAYMENT",
                "DIGITISE",
                "DOCUMENT",
            }:
                gap = sentence.folded[hit.end : start]
                if hit.phrase.foreign or not re.search(r"chỉ số|index|xếp|hạng", gap):
                    return True
        return False

    def _is_about_something_else(self, sentence: SentenceView, start: int, end: int) -> bool:
        if _OTHER_SUBJECT.search(sentence.folded, end, min(sentence.end, end + 40)) is not None:
            return True
        return any(
            hit.phrase.foreign
            or hit.phrase.concepts & {"DOSSIER", "SERVICE", "PAYMENT", "DIGITISE", "DOCUMENT", "TASK"}
            for hit in sentence.hits
        )

    def _names_a_place(self, sentence: SentenceView, start: int, end: int) -> bool:
        return bool(self.places.within(sentence.start, sentence.end)) or any(
            word in sentence.text
            for word in ("của tỉnh", "của thành phố", "toàn tỉnh", "trung bình", "hài lòng", "chỉ số", "cả nước")
        )

    def _region_for(self, sentence: SentenceView, start: int, end: int) -> str | None:
        for hit in sentence.hits:
            if hit.phrase.region is None:
                continue
            if 0 <= hit.start - end <= 70 and not re.search(r"\d|[;.]", sentence.folded[end : hit.start]):
                return hit.phrase.region
            if 0 <= start - hit.end <= 24 and not re.search(r"\d|[;.]", sentence.folded[hit.end : start]):
                return hit.phrase.region
        return None

    def _places_for(
        self, at: int, sentence: SentenceView, start: int, end: int, turn: Mention | Hit | None, rank: Rank | None
    ) -> tuple[Place, ...]:
        if isinstance(turn, Mention):
            return (turn.place,)
        before = self.places.before(sentence, start)
        if rank is not None and (ahead := self._place_ahead(sentence, rank, before)) is not None:
            return (ahead.place,)
        mean = None
        if rank is None:
            for mean in _MEAN.finditer(sentence.folded, sentence.start, start):
                pass
        if (
            mean is not None
            and (before is None or before.start < mean.start())
            and not self.places.within(mean.end(), start)
        ):
            region = [hit for hit in sentence.hits if hit.phrase.region and hit.end <= start]
            return (_regional(region[-1]),) if region else (NATIONAL,)
        if before is None and rank is None:
            region = [hit for hit in sentence.hits if hit.phrase.region and hit.end <= start]
            if region:
                return (_regional(region[-1]),)
        place = self.places.resolve(at, start, index=True)
        if place is None:
            return (NATIONAL,) if rank is None and self.places.primary is None and "hài lòng" in sentence.text else ()
        if before is not None and place is before.place and rank is not None and rank.worded:
            return self._joined(sentence, before)
        return (place,)

    def _place_ahead(self, sentence: SentenceView, rank: Rank, before: Mention | None) -> Mention | None:
        """The place of "đứng đầu bảng xếp hạng là X", "vị trí thứ 2 thuộc về X"."""
        if before is not None and before.start >= sentence.boundary_before(rank.start):
            return None
        ahead = self.places.within(rank.end, sentence.end)
        if not ahead:
            return None
        between = sentence.folded[rank.end : ahead[0].start]
        if re.search(r"[.;]|\d{2,}[,.%]\d", between) or _AFTER_PLACE.fullmatch(between) is None:
            return None
        return ahead[0]

    def _joined(self, sentence: SentenceView, mention: Mention) -> tuple[Place, ...]:
        """Both of "Bộ Tài chính và thành phố Đà Nẵng dẫn đầu": they lead different lists."""
        others = [m for m in self.places.within(sentence.start, mention.start) if m.end <= mention.start]
        if others and others[-1].is_central_body != mention.is_central_body:
            between = sentence.folded[others[-1].end : mention.start].strip()
            if between in {"và", ",", "và thành phố", "và tỉnh", ", tỉnh", ", thành phố", ";", "cùng", "và tp"}:
                return others[-1].place, mention.place
        return (mention.place,)

    def _in_turn(self, sentence: SentenceView) -> dict[int, Mention | Hit]:
        """ "A, B lần lượt xếp thứ 2 và 3": the place or index of each rank or score, by the number's start."""
        mark = _IN_TURN.search(sentence.folded, sentence.start, sentence.end)
        if mark is None:
            return {}
        ranked = [
            rank.start for rank in sentence.ranks if rank.end > mark.end() and sentence.parenthesis(rank.end) is None
        ]
        scored = [
            number.start for number in figures(sentence)
            if number.start > mark.end() and (number.form is NumberForm.PERCENT or number.decimals > 0)
            and sentence.parenthesis(number.start) is None
        ]  # fmt: skip
        assigned: dict[int, Mention | Hit] = {}
        for positions in (ranked, scored):
            if len(positions) < 2:
                continue
            owners = self._owners(sentence, mark.start(), len(positions))
            for position, owner in zip(positions, owners, strict=False):
                assigned[position] = owner
        for rank in sentence.ranks:
            if rank.start not in assigned and sentence.parenthesis(rank.start) is not None:
                earlier = [position for position in assigned if position < rank.start]
                if earlier:
                    assigned[rank.start] = assigned[max(earlier)]
        for move in sentence.moves:
            earlier = [position for position in assigned if position < move.start]
            if earlier:
                assigned[move.start] = assigned[max(earlier)]
        return assigned

    def _owners(self, sentence: SentenceView, mark: int, wanted: int) -> Sequence[Mention | Hit]:
        before_places = self.places.within(sentence.start, mark)
        names = [hit for hit in sentence.hits if hit.phrase.index is not None and hit.end <= mark]
        if len(names) >= wanted and (
            not before_places or names[-1].start > before_places[-1].start or len(before_places) < wanted
        ):
            return names[-wanted:]
        if len(before_places) >= wanted:
            return before_places[-wanted:]
        after = self.places.within(mark, sentence.end)
        return after[:wanted] if not before_places and len(after) >= wanted else ()

    # other forms

    def _spreads(self, at: int, sentence: SentenceView, context: IndexContext) -> list[Claim]:
        """ "Dao động từ 3,54 đến 6,74": the lowest and highest score of the provinces."""
        if "từ" not in sentence.text or not any(
            word in sentence.text for word in ("dao động", "biến thiên", "nằm trong")
        ):
            return []
        found: list[Claim] = []
        for match in _SPREAD.finditer(sentence.folded, sentence.start, sentence.end):
            named = self._index_for(sentence, match.start(), match.end(), context, ranked=False)
            hits = [hit for hit in sentence.hits if hit.phrase.component is not None and hit.end <= match.start()]
            component = hits[-1].phrase.component if hits else None
            name = component[0] if component else named[0] if named else None
            if name is None or name not in context.known:
                continue
            when = self.time.resolve(at, match.start(), match.end(), index=name, target=False)
            for group, scope in (("low", "min"), ("high", "max")):
                found.append(
                    Claim(
                        indicator=f"{name}_component" if component else name, start=match.start(), end=match.end(),
                        anchor=match.start(group), anchor_end=match.end(group), index=name,
                        value=float(match[group].replace(",", ".")), unit=self.lexicon.indices[name].unit,
                        component=component[1] if component else None, scope=scope, place=NATIONAL, year=when.year,
                        year_source=when.source, kind=FactKind.COMPONENT if component else FactKind.ACHIEVED,
                    )
                )  # fmt: skip
        return found

    def _passed(self, at: int, sentence: SentenceView, context: IndexContext) -> list[Claim]:
        """ "Đứng sau X là Y": Y's rank is one more than X's, when that was told."""
        found: list[Claim] = []
        mentions = self.places.within(sentence.start, sentence.end)
        for one, other in zip(mentions, mentions[1:], strict=False):
            between = sentence.folded[one.end : other.start].strip()
            if between not in {"là", "là thành phố", "là tỉnh"}:
                continue
            if not _PASSED_BY.search(sentence.folded, sentence.start, one.start) or context.index is None:
                continue
            rank = context.ranked.get((context.index, one.place.then))
            if rank is None:
                continue
            when = self.time.resolve(at, other.start, other.end, index=context.index, target=False)
            found.append(
                Claim(
                    indicator=context.index, start=other.start, end=other.end, anchor=other.start, anchor_end=other.end,
                    index=context.index, rank=rank + 1, place=other.place, year=when.year, year_source=when.source,
                    check="by order", confidence=Confidence.LOW, rank_scope="national",
                )
            )  # fmt: skip
        return found

    def _remember(self, claims: list[Claim], context: IndexContext) -> None:
        for claim in claims:
            if (
                claim.index is not None
                and claim.rank is not None
                and claim.component is None
                and claim.place is not None
            ):
                context.ranked[claim.index, claim.place.then] = claim.rank


def _connects(between: str) -> bool:
    """Whether only words that tie a rank to an index stand between the two."""
    text = between.replace(", thành", " thành").replace("sở, ban, ngành", "sở ngành").replace("sở, ngành", "sở ngành")
    if any(mark in text for mark in ",;.:)("):
        return False
    words = _WORD.findall(text)
    if not words:
        return True
    return len(words) <= 16 and all(word in _CONNECTORS or word.isdigit() for word in words)


def _regional(hit: Hit) -> Place:
    return Place(then=hit.phrase.region, level=PlaceLevel.REGION, how=PlaceHow.EXPLICIT)


def _small(number: Number) -> float:
    return number.value if number.alternative is None else min(number.value, number.alternative)


def _score(number: Number, index: Index, component: tuple[str, str] | None, *, pointed: bool) -> float | None:
    """The number as a score of the index; None when its form rules that out."""
    if number.form is NumberForm.FRACTION:
        if index.scale is not None and number.denominator in {index.scale, 10.0}:
            return number.alternative if number.alternative is not None and number.value > 100 else number.value
        return number.value if pointed and number.denominator in {100.0, 1000.0} else None
    if number.form is NumberForm.PERCENT:
        return number.value if index.unit == "%" or component is not None else None
    if number.form is NumberForm.PLAIN:
        return _small(number)
    return None


def _bounds(index: Index, component: tuple[str, str] | None, places: tuple[Place, ...]) -> tuple[float, float]:
    if component is not None:
        return 0.01, 100.0
    place = places[0]
    local = place.level in {PlaceLevel.DISTRICT, PlaceLevel.COMMUNE} or (
        place.level is PlaceLevel.DEPARTMENT and place.province_then is not None
    )
    return index.local_bounds if local else index.bounds


def _assembled(tokens: list[_Token]) -> list[Claim]:
    """One claim for the rank and score of one index, place and time; one for every change."""
    claims: list[Claim] = []
    open_claims: dict[tuple[object, ...], Claim] = {}
    for token in tokens:
        for place in token.places:
            _add(token, place, claims, open_claims)
    _mark_previous(claims)
    return claims


def _add(token: _Token, place: Place, claims: list[Claim], open_claims: dict[tuple[object, ...], Claim]) -> None:
    before_move = token.rank is not None and token.rank.before_move
    key = (token.index.id, token.component, place.then, place.level, token.when.year, before_move, token.region)
    if token.move is not None or token.change is not None:
        claims.append(_change_claim(token, place))
        return
    claim = open_claims.get(key)
    if claim is not None and token.rank is not None and claim.rank is None and token.start - claim.anchor_end < 160:
        _set_rank(claim, token.rank, place)
        claim.end = max(claim.end, token.end)
        return
    if claim is not None and token.score is not None and claim.value is None and token.start - claim.anchor_end < 200:
        claim.value, claim.unit, claim.comparator = token.value, _unit(token), token.score.comparator
        claim.end = max(claim.end, token.end)
        return
    if (
        claim is not None
        and token.score is not None
        and claim.value is not None
        and token.start - claim.anchor_end < 200
    ):
        return
    if claim is not None and token.rank is not None and claim.rank == token.rank.rank:
        return
    claim = _new_claim(token, place)
    open_claims[key] = claim
    claims.append(claim)


def _new_claim(token: _Token, place: Place) -> Claim:
    claim = Claim(
        indicator=_indicator(token, place), start=token.start, end=token.end, anchor=token.start, anchor_end=token.end,
        index=token.index.id, place=place, year=token.when.year, year_source=token.when.source,
        period=token.when.period, component=token.component[1] if token.component else None, region=token.region,
    )  # fmt: skip
    if token.component is not None:
        claim.kind = FactKind.COMPONENT
    if token.rank is not None:
        _set_rank(claim, token.rank, place)
        if token.region is not None and token.rank.out_of is None:
            claim.rank_scope = "region"
        if token.rank.before_move:
            claim.kind = claim.kind or FactKind.PREVIOUS
            claim.cue = "từ"
    else:
        claim.value, claim.unit = token.value, _unit(token)
        claim.comparator = token.score.comparator if token.score else "="
    if token.inherited:
        claim.confidence = Confidence.LOW
    return claim


def _set_rank(claim: Claim, rank: Rank, place: Place) -> None:
    claim.rank, claim.out_of = rank.rank, rank.out_of
    internal = place.level in {PlaceLevel.DISTRICT, PlaceLevel.COMMUNE} or (
        place.level is PlaceLevel.DEPARTMENT and place.province_then is not None
    )
    claim.rank_scope = "province-internal" if internal else "national"


def _indicator(token: _Token, place: Place) -> str:
    index = token.index
    if token.component is not None:
        return f"{index.id}_component"
    if (
        token.region is not None
        and index.region is not None
        and (token.rank is None or token.rank.out_of not in index.out_of)
    ):
        return index.region
    if place.level is PlaceLevel.DEPARTMENT and place.province_then is None:
        return index.id
    return index.local.get(place.level.value, index.id)


def _unit(token: _Token) -> str:
    if token.score is not None and token.score.form is NumberForm.PERCENT:
        return "%"
    return "0-1" if token.index.unit == "0-1" else "point"


def _change_claim(token: _Token, place: Place) -> Claim:
    claim = Claim(
        indicator=_indicator(token, place), start=token.start, end=token.end, anchor=token.start, anchor_end=token.end,
        index=token.index.id, place=place, year=token.when.year, year_source=token.when.source, kind=FactKind.COMPARISON,
        component=token.component[1] if token.component else None, region=token.region,
    )  # fmt: skip
    if token.move is not None:
        claim.delta, claim.delta_unit = float(token.move.places), "rank"
    else:
        claim.delta, claim.delta_unit = token.change, "percentage point"
    return claim


def _mark_previous(claims: list[Claim]) -> None:
    """Of one index and place in one sentence, the earlier years are previous values."""
    latest: dict[tuple[object, ...], int] = {}
    for claim in claims:
        if (
            claim.year is not None
            and claim.place is not None
            and claim.kind in {None, FactKind.ACHIEVED, FactKind.COMPONENT}
        ):
            key = (claim.indicator, claim.component, claim.place.then, claim.scope)
            latest[key] = max(latest.get(key, 0), claim.year)
    for claim in claims:
        key = (claim.indicator, claim.component, claim.place.then if claim.place else None, claim.scope)
        if claim.year is not None and claim.kind is None and claim.year < latest.get(key, 0):
            claim.kind = FactKind.PREVIOUS
    for claim in claims:
        if claim.cue == "từ" and claim.year is not None and claim.place is not None:
            key = (claim.indicator, claim.component, claim.place.then, claim.scope)
            if claim.year == latest.get(key):
                claim.year -= 1
                claim.year_source = "year before"
