"""Which place a figure belongs to: not the article's, but the one its own sentence speaks of.

Ministries and other central bodies are places of level `department` without a province: their name stands in
`Place.then` and again in `Fact.scope`. National means have level `national`, regional ones level `region`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from processor.facts.sentence import SentenceView
from processor.model import Place, PlaceHow, PlaceLevel, PlaceResolution, PlaceRole

_FARTHEST_BACK = 40
"""Sentences of a paragraph over which its subject is carried on."""
_MENTIONS_BACK = 200
NATIONAL = Place(then=None, level=PlaceLevel.NATIONAL, how=PlaceHow.CONTEXT)


@dataclass(frozen=True, slots=True)
class Mention:
    start: int
    end: int
    place: Place
    owner: Place | None = None
    """The province of a department that is named with it."""

    @property
    def is_central_body(self) -> bool:
        return self.place.level is PlaceLevel.DEPARTMENT and self.place.province_then is None


_COMPARED = re.compile(
    r"(?:so với|cao hơn|thấp hơn|(?<!\w)sau|(?:chỉ|xếp|đứng) trên|vượt|vượt qua|kế đó là|kém|hơn|cùng với)\s"
    r"(?:tỉnh |thành phố |tp\.? ?|huyện )?$"
)
_SPEAKER = re.compile(
    r"(?<!\w)(?:giám đốc|chủ tịch|bí thư|chánh văn phòng|trưởng phòng|trưởng ban|lãnh đạo|đại diện|trưởng đoàn|"
    r"cục trưởng|vụ trưởng|"
    r"bộ trưởng|thứ trưởng|chánh thanh tra|phó ban|chuyên viên|cán bộ|ông|bà|đồng chí)(?:,? \w{1,12}){0,4}\s?[-,]?\s?$"
)
_ISSUER = re.compile(
    r"(?<!\w)(?:theo|do|gửi|cùng|phối hợp|trình|báo cáo|giúp|được)\s"
    r"(?:báo cáo của |công bố của |kết quả của |đánh giá của |với )?+$"
)
_ISSUED_BY = re.compile(r"(?:theo|công bố|báo cáo|do)(?: \w{1,10}){1,4}+\Z")
"""Before " của X": "theo số liệu thống kê của X"."""
_OF_PARENT = re.compile(r"\s?[,(-]?\s?(?:thuộc |của )?(?:tỉnh |thành phố |tp\.? ?)?")
_LOCAL_WORD = re.compile("tỉnh|thành phố|huyện|thị xã|quận|xã|phường|thị trấn|đặc khu|sở|đơn vị|bộ|cả nước|toàn quốc")
"""Words alone, which are found soonest; what stands beside them is looked at afterwards."""
# What stands before a word like "tỉnh" that means no unit named earlier: "các tỉnh", "cán bộ", "công nghị tỉnh".
_NOT_ONE = tuple(
    f"{word} "
    for word in (
        "cấp", "khối", "các", "từng", "mỗi", "nhiều", "những", "một số", "liên", "và", "hoặc", "cán bộ", "cục", "toàn",
        "quận,", "huyện,", "sở,", "tỉnh,", "xã,", "phường,", "trấn,", "đội ngũ", "nội", "nghị", "tiến", "tốc", "trình",
        "công", "căn", "thái", "hệ thống", "đồng",
    )
)  # fmt: skip
_PART_OF_A_TERM = re.compile(
    r" (?:ngành|trực thuộc|sự nghiệp|phận|chỉ số|hồ sơ|tiêu chí|máy|thủ tục|ban|trưởng|đội|luật|"
    r"tiêu chuẩn|câu hỏi|nào)\b"
    r"|, (?:thành|huyện|địa phương|xã|quận|thị xã|ban)\b"
)
_LEVELS = {
    "tỉnh": (PlaceLevel.PROVINCE,), "thành phố": (PlaceLevel.PROVINCE, PlaceLevel.DISTRICT),
    "huyện": (PlaceLevel.DISTRICT,), "thị xã": (PlaceLevel.DISTRICT,), "quận": (PlaceLevel.DISTRICT,),
    "xã": (PlaceLevel.COMMUNE,), "phường": (PlaceLevel.COMMUNE,), "thị trấn": (PlaceLevel.COMMUNE,),
    "đặc khu": (PlaceLevel.COMMUNE,), "sở": (PlaceLevel.DEPARTMENT,), "đơn vị": (PlaceLevel.DEPARTMENT,),
    "bộ": (PlaceLevel.DEPARTMENT,),
}  # fmt: skip


def place_mentions(text: str, places: PlaceResolution, sentences: Sequence[SentenceView]) -> list[Mention]:
    """All units, central bodies and departments named in the text, in order, the longest where two overlap."""
    named = [place for place in places.places if place.level is not PlaceLevel.REGION]
    found = [Mention(span.start, span.end, place) for place in named for span in place.spans]
    found += _central_bodies(sentences, text)
    found.sort(key=lambda mention: (mention.start, -mention.end))
    found = _without_overlaps(found)
    found += _departments(text, sentences, found, places)
    found.sort(key=lambda mention: (mention.start, -mention.end))
    return _without_overlaps(found)


def _without_overlaps(mentions: list[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for mention in mentions:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def central_body(name: str) -> Place:
    return Place(then=name, level=PlaceLevel.DEPARTMENT, how=PlaceHow.EXPLICIT, role=PlaceRole.MENTIONED)


def _central_bodies(sentences: Sequence[SentenceView], text: str) -> list[Mention]:
    found: list[Mention] = []
    for sentence in sentences:
        last: Mention | None = None
        for hit in sentence.hits:
            if hit.phrase.body is not None:
                last = Mention(hit.start, hit.end, central_body(hit.phrase.body))
                found.append(last)
            elif hit.phrase.bare_body is not None and last is not None and text[hit.start].isupper():
                between = text[last.end : hit.start].strip()
                if between in {",", "và", ";"} and not text[hit.start - 3 : hit.start].lower().startswith("sở"):
                    last = Mention(hit.start, hit.end, central_body(hit.phrase.bare_body))
                    found.append(last)
    return found


def _departments(
    text: str, sentences: Sequence[SentenceView], mentions: list[Mention], places: PlaceResolution
) -> list[Mention]:
    found: list[Mention] = []
    for sentence in sentences:
        for hit in sentence.hits:
            if not hit.phrase.department or (owner := _owner(hit.start, hit.end, mentions, places)) is None:
                continue
            province, named = owner
            place = replace(
                province, then=f"{text[hit.start : hit.end]} {province.province_then}", level=PlaceLevel.DEPARTMENT,
                district_then=None, spans=(),
            )  # fmt: skip
            end = named.end if named is not None else hit.end
            found.append(Mention(hit.start, end, place, named.place if named is not None else None))
    return found


def _owner(
    start: int, end: int, mentions: list[Mention], places: PlaceResolution
) -> tuple[Place, Mention | None] | None:
    """The province a department belongs to: named in or right after its name, else the article's."""
    for mention in mentions:
        if end < mention.start <= end + 12 and mention.place.level is PlaceLevel.PROVINCE:
            return mention.place, mention
    primary = places.primary
    if primary is not None and primary.province_then is not None:
        return replace(primary, how=PlaceHow.CONTEXT), None
    return None


@dataclass(frozen=True, slots=True)
class PlaceBinder:
    """Answers, for a position, which place is spoken of there."""

    folded: str
    text: str
    mentions: Sequence[Mention]
    primary: Place | None
    sentences: Sequence[SentenceView]
    starts: Sequence[int]
    general_words: dict[int, list[tuple[int, int, str]]] = field(default_factory=dict)
    """Start, end and word of every "tỉnh" and its like, by the start of their sentence, as far as asked for."""

    found_subjects: dict[tuple[int, int], list[Mention]] = field(default_factory=dict)
    """Answers of `subjects`, by its start and how many mentions of the text begin before its end."""

    @classmethod
    def of(
        cls, folded: str, text: str, mentions: list[Mention], primary: Place | None, sentences: Sequence[SentenceView]
    ) -> PlaceBinder:
        return cls(folded, text, mentions, primary, sentences, [mention.start for mention in mentions])

    def within(self, start: int, end: int) -> Sequence[Mention]:
        """The mentions that begin inside [start, end)."""
        return self.mentions[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def subjects(self, start: int, end: int) -> list[Mention]:
        """Mentions that may own a figure: not those it is compared with, nor bodies that only speak or publish.

        Of "huyện Đức Huệ, tỉnh Long An" only the district is one.
        """
        last = bisect_left(self.starts, end)
        known = self.found_subjects.get((start, last))
        if known is None:
            known = self.found_subjects[start, last] = self._subjects(
                start, self.mentions[bisect_left(self.starts, start) : last]
            )
        return known

    def _subjects(self, start: int, mentions: Sequence[Mention]) -> list[Mention]:
        found: list[Mention] = []
        for mention in mentions:
            if _COMPARED.search(self.folded, max(start, mention.start - 28), mention.start):
                continue
            if found and self._is_parent(mention, found[-1]):
                continue
            if not self._is_an_aside(mention, start):
                found.append(mention)
            elif mention.owner is not None:
                found.append(replace(mention, place=mention.owner, owner=None))
        return found

    def _is_parent(self, mention: Mention, before: Mention) -> bool:
        """Whether a mention only says which province the unit before it lies in."""
        inside = mention.place.level is PlaceLevel.PROVINCE and before.place.level is not PlaceLevel.PROVINCE
        if not inside or before.place.province_then != mention.place.province_then:
            return False
        return _OF_PARENT.fullmatch(self.folded, before.end, mention.start) is not None

    def _is_an_aside(self, mention: Mention, start: int) -> bool:
        """A department or body that speaks, publishes or receives, rather than owning the figure."""
        if mention.place.level is not PlaceLevel.DEPARTMENT:
            return False
        before = self.folded[max(start, mention.start - 48) : mention.start]
        if _SPEAKER.search(before) or _ISSUER.search(before):
            return True
        if before.endswith(" của ") and _ISSUED_BY.search(before, 0, len(before) - 5):
            return True
        after = self.folded[mention.end : mention.end + 40]
        return (
            re.match(
                r"[^,.;]{0,12}(?:vừa |đã )?(?:công bố|ban hành|tổ chức|cho biết|cho hay|đánh giá|tham mưu|yêu cầu|"
                r"chủ trì|làm việc|chỉ đạo|giao|vẫn đánh giá|điều tra|phối hợp)",
                after,
            )
            is not None
        )

    def before(self, sentence: SentenceView, position: int) -> Mention | None:
        """The nearest subject before a position in its sentence."""
        own = sentence.parenthesis(position)
        if own is not None:
            for mention in self.within(sentence.start, own[0]):
                if own[0] - 2 <= mention.end < own[0] and not self._is_aside_of(sentence, mention):
                    return mention
        for mention in reversed(self.subjects(sentence.start, position)):
            bracket = sentence.parenthesis(mention.start)
            if bracket is None or position <= bracket[1]:
                return mention
        return None

    def _is_aside_of(self, sentence: SentenceView, mention: Mention) -> bool:
        return mention.place.level is PlaceLevel.DEPARTMENT and self._is_an_aside(mention, sentence.start)

    def general_word(self, sentence: SentenceView, position: int) -> tuple[int, str] | None:
        """The nearest "tỉnh", "huyện", "đơn vị" before a position that stands for a unit named earlier."""
        words = self.general_words.get(sentence.start)
        if words is None:
            words = self.general_words[sentence.start] = self._general_words(sentence)
        for start, end, word in reversed(words):
            if end <= position:
                return start, word
        return None

    def _general_words(self, sentence: SentenceView) -> list[tuple[int, int, str]]:
        found: list[tuple[int, int, str]] = []
        folded = self.folded
        for match in _LOCAL_WORD.finditer(folded, sentence.start, sentence.end):
            start, end = match.span()
            if folded[end : end + 1].isalnum() or self.text[end + 1 : end + 2].isupper():
                continue
            before = folded[max(sentence.start, start - 20) : start]
            if before[-1:].isalnum():
                continue
            if before.endswith("toàn "):
                start -= 5
            elif (before.endswith(_NOT_ONE) and not before.endswith("hành chính công ")) or before[-2:-1].isdigit():
                continue
            if _PART_OF_A_TERM.match(folded, end) is None:
                found.append((start, end, match.group()))
        return found

    def _back_from(self, position: int) -> Sequence[Mention]:
        end = bisect_left(self.starts, position)
        return self.mentions[max(0, end - _MENTIONS_BACK) : end][::-1]

    def latest(self, position: int, levels: tuple[PlaceLevel, ...]) -> Place | None:
        """The last unit of one of the levels named before a position."""
        for mention in self._back_from(position):
            if mention.place.level in levels:
                return mention.place
        return None

    def resolve(self, at: int, position: int, *, index: bool) -> Place | None:
        """The place of the figure at `position` in sentence number `at`; None when the article names none."""
        sentence = self.sentences[at]
        mention = self.before(sentence, position)
        word = self.general_word(sentence, position)
        if word is not None and (mention is None or word[0] >= mention.end):
            meant = self._named_just_before(sentence, word) or self._meant_by(word[1], position)
            if meant is not None:
                return meant
        if mention is not None:
            return mention.place
        return self._carried(at, index=index)

    def _named_just_before(self, sentence: SentenceView, word: tuple[int, str]) -> Place | None:
        """The unit that "tỉnh" or "huyện" repeats when its sentence named one of that kind as its only one."""
        levels = _LEVELS.get(word[1], ())
        named = [m.place for m in self.subjects(sentence.start, word[0]) if m.place.level in levels]
        return named[-1] if len({place.then for place in named[-2:]}) == 1 else None

    def _meant_by(self, word: str, position: int) -> Place | None:
        if word in {"cả nước", "toàn quốc"}:
            return None
        levels = _LEVELS[word]
        if self.primary is not None and self.primary.level in levels and word != "đơn vị":
            named = self.latest(position, levels)
            return named if named is not None and word in {"huyện", "thị xã", "quận", "xã", "phường"} else self.primary
        named = self.latest(position, levels)
        if named is None and word in {"tỉnh", "thành phố"} and self.primary is not None:
            return _province_of(self.primary)
        if named is not None and word == "đơn vị" and not self._close(named, position):
            return None
        return named

    def _close(self, place: Place, position: int) -> bool:
        for mention in self._back_from(position):
            if mention.place is place:
                return position - mention.end < 300
        return False

    def _carried(self, at: int, *, index: bool) -> Place | None:
        """The subject of an earlier sentence of the paragraph, else the article's place."""
        paragraph = self.sentences[at].paragraph
        position = at - 1
        while position >= max(0, at - _FARTHEST_BACK) and self.sentences[position].paragraph == paragraph:
            earlier = self.sentences[position]
            if found := self.subjects(earlier.start, earlier.end):
                mention = found[-1]
                central = self.primary is None and mention.is_central_body
                if mention.place.level is not PlaceLevel.DEPARTMENT or index or central:
                    return mention.place
            position -= 1
        if self.primary is not None:
            return self.primary
        return None


def _province_of(place: Place) -> Place:
    if place.level is PlaceLevel.PROVINCE or place.province_then is None:
        return place
    return replace(
        place,
        then=place.province_then,
        level=PlaceLevel.PROVINCE,
        district_then=None,
        how=PlaceHow.CONTEXT,
        spans=(),
    )
