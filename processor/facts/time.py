"""Which year or period a figure is about: the nearest one said, in the order in which readers would look for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from processor.facts.claims import Claim
from processor.facts.lexicon import Hit
from processor.facts.sentence import SentenceView, lazy


class YearRole(StrEnum):
    PLAIN = "plain"
    BASE = "base"
    """The year something is compared with: "so với năm 2021"."""
    HORIZON = "horizon"
    """The year a target is set for: "đến năm 2025"."""
    FROM = "from"
    """The year of what a change began with: "từ vị trí thứ 10 năm 2022"."""
    PLAN = "plan"
    """The year of a plan or task list, which says nothing of the figures beside it."""
    PERIOD = "period"


_TOLD = frozenset({YearRole.PLAIN, YearRole.FROM})
_OF_TARGETS = frozenset({YearRole.HORIZON, YearRole.PERIOD, YearRole.PLAN})


class YearMention(NamedTuple):
    start: int
    end: int
    year: int
    role: YearRole
    period: str | None = None
    is_aside: bool = False
    """In brackets: it says when something else was."""


class When(NamedTuple):
    """The resolved time of a figure and the rule that resolved it."""

    year: int | None
    source: str | None
    period: str | None = None
    at: int | None = None
    """The earlier sentence it was taken from."""


_YEAR_BEGINS = re.compile("198|199|20[0-4]")
_YEAR = re.compile(
    r"(?<![\d/.-])(?P<year>(?:19[89]|20[0-4])\d)(?P<to>\s?(?:-|đến)\s?(?:năm )?(?P<last>20[0-4]\d))?(?![\d%/]|"
    r"[.,]\d|-\d)"
)
_BASE = re.compile(
    r"(?:so(?: với)?|cùng kỳ|bằng|hơn)(?: cùng kỳ| kết quả| mức)?(?: của)?(?: năm)?\s?\(?$|"
    r"so với (?:số|tổng số|mức|kết quả|cùng kỳ|chỉ số|xếp hạng|thứ hạng|điểm)[^,.;()]{0,24} năm\s$"
)
_FROM = re.compile(r"từ (?:vị trí|hạng|thứ|ngôi|bậc)[^,;.()]{0,48}\s$")
_UNTIL_NOW = re.compile(r"\s(?:đến|tới) nay\b|\strở lại đây")
_AS_OF = re.compile(
    r"(?<!\w)đến (?:hết |hết ngày |ngày )?\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?(?P<year>20[0-4]\d)(?!\d)"
)
_HORIZON = re.compile(r"(?:đến|tới|trước|hướng tới)(?: hết| cuối| tháng)?(?: năm)?\s?$")
_PLAN = re.compile(
    r"(?:kế hoạch|nhiệm vụ|phương hướng|chương trình|triển khai|thực hiện)(?: \w{1,8}){0,4}(?: năm)?\s?$|trong năm tới"
)
_PART_OF_YEAR = re.compile(
    r"(?P<since>(?<!\w)(?:từ|kể từ|vào|hồi|trước|đến|tới|cuối|đầu)\s(?:đầu |cuối |ngày )?)?"
    r"(?:quý\s?(?:i{1,3}|iv|[1-4])|tháng\s?\d{1,2})\s?[/-]\s?(?P<year>20[0-4]\d)(?!\d)"
)
_PERIOD_CUE = re.compile(r"giai đoạn\s?(?:từ )?(?:năm )?$")
_SUBPERIOD = re.compile(
    r"(?:quý\s?(?:i{1,3}|iv|[1-4])(?:\s?[/-]\s?|\s?(?:năm )?)(?P<q>20[0-4]\d)?|(?:\d{1,2}|sáu|chín|ba) tháng(?: "
    r"đầu)?(?: năm)?(?:\s(?P<m>20[0-4]\d))?|tháng\s?\d{1,2}\s?/\s?(?P<t>20[0-4]\d))"
)
_DATE_YEAR = re.compile(r"20[0-4]\d(?!\d)")
_BEFORE_DATE_YEAR = re.compile(r"(?<!\d)\d{1,2}\s?[/.-]\s?\Z")
_IN_TURN = re.compile(r"lần lượt|tương ứng|theo thứ tự")
_YEAR_JOINT = re.compile(r"(?:,|;| và|, và) (?:năm )?")
_FARTHEST_BACK = 60
"""Sentences over which a year is carried on."""
_RELATIVE_PREVIOUS = re.compile(r"năm (?:trước|ngoái|liền kề|trước đó)")
_PARTS_YEAR = re.compile(r"[,;.)\d]|\((?!năm|\d{4}|\Z)")
_LONGEST_TO_YEAR = 28


def year_mentions(sentence: SentenceView) -> list[YearMention]:
    """The years and periods named in a sentence, with what they are named for."""
    text = sentence.folded
    found: list[YearMention] = []
    if "19" not in sentence.text and "20" not in sentence.text:
        return found
    reached = sentence.start
    for digits in _YEAR_BEGINS.finditer(text, sentence.start, sentence.end):
        match = _YEAR.match(text, digits.start(), sentence.end) if digits.start() >= reached else None
        if match is None:
            continue
        reached = match.end()
        begin, end = match.span("year")
        before = text[max(sentence.start, begin - 64) : begin]
        if match["to"]:
            last = int(match["last"])
            period = f"{match['year']}-{match['last']}"
            found.append(YearMention(begin, match.end(), last, YearRole.PERIOD, period))
            continue
        aside = sentence.parenthesis(begin) is not None
        role = YearRole.BASE if _UNTIL_NOW.match(text, end, sentence.end) else _role(before)
        found.append(YearMention(begin, end, int(match["year"]), role, is_aside=aside))
    as_of = _AS_OF.finditer(text, sentence.start, sentence.end) if "đến " in sentence.text else ()
    for match in as_of:
        aside = sentence.parenthesis(match.start()) is not None
        found.append(YearMention(*match.span("year"), int(match["year"]), YearRole.PLAIN, is_aside=aside))
    if "quý" in sentence.text or "tháng" in sentence.text:
        found += _years_of_parts(sentence)
    if len(found) > 1:
        found.sort(key=lambda mention: mention.start)
    return found


def _years_of_parts(sentence: SentenceView) -> list[YearMention]:
    """The years of "quý III/2024" and "tháng 9/2021", but not of "từ tháng 10/2016", since when something is."""
    return [
        YearMention(*match.span("year"), int(match["year"]), YearRole.PLAIN)
        for match in _PART_OF_YEAR.finditer(sentence.folded, sentence.start, sentence.end)
        if match["since"] is None
    ]


def _role(before: str) -> YearRole:
    if _BASE.search(before):
        return YearRole.BASE
    if _HORIZON.search(before):
        return YearRole.HORIZON
    if _PERIOD_CUE.search(before):
        return YearRole.PERIOD
    if _FROM.search(before):
        return YearRole.FROM
    if _PLAN.search(before) and not before.endswith("trong năm "):
        return YearRole.PLAN
    return YearRole.PLAIN


@dataclass(eq=False)
class TimeLine:
    """What an article says about time; asked by position, sentence by sentence."""

    sentences: Sequence[SentenceView]
    title: str
    """Folded."""
    published_on: int | None
    """The year of publication, when it is known."""
    _mentions: dict[int, list[YearMention]] = field(default_factory=dict)
    _years_before: dict[int, int | None] = field(default_factory=dict)
    """Answers of `_before_paragraph` by the sentence that a paragraph begins with."""

    def mentions(self, at: int) -> list[YearMention]:
        """The years named in sentence number `at`."""
        if at not in self._mentions:
            self._mentions[at] = year_mentions(self.sentences[at])
        return self._mentions[at]

    @lazy
    def published(self) -> int | None:
        """The year of publication; when unknown, the latest year that the article speaks of as its own time."""
        if self.published_on is not None or not self.sentences:
            return self.published_on
        years = _years_of_dates(self.sentences[0].folded)
        own = {YearRole.PLAIN, YearRole.PLAN}
        for at in range(len(self.sentences)):
            years += [mention.year for mention in self.mentions(at) if mention.role in own]
        return max(years, default=None)

    @lazy
    def headline(self) -> int | None:
        view = SentenceView(self.title, 0, len(self.title), 0, ())
        plain = [mention.year for mention in year_mentions(view) if mention.role is YearRole.PLAIN]
        return plain[0] if plain else None

    @lazy
    def index_years(self) -> dict[str, int]:
        """The year first named right beside each index, anywhere in the article."""
        found: dict[str, int] = {}
        for at, sentence in enumerate(self.sentences):
            for hit in sentence.hits:
                if hit.phrase.index is None:
                    continue
                for mention in self.mentions(at):
                    if mention.role is YearRole.PLAIN and _is_beside(sentence, hit, mention):
                        found.setdefault(hit.phrase.index, mention.year)
        return found

    def resolve(
        self, at: int, start: int, end: int, *, index: str | None, target: bool, name_end: int | None = None
    ) -> When:
        """The time of the figure at [start, end) in sentence number `at`; `name_end`: where its index's name ends."""
        if target:
            return self._of_target(at, start, end)
        sentence = self.sentences[at]
        own = self.mentions(at)
        if not own:
            return self._of_others(at, index)
        if (found := _beside(sentence, own, start, end)) is not None:
            return When(found.year, "sentence", self._subperiod(sentence, found.year))
        if name_end is not None and name_end > end and (found := _right_after(own, name_end)) is not None:
            return When(found.year, "sentence", self._subperiod(sentence, found.year))
        if (found := _nearest(sentence, own, start, end)) is not None:
            return When(found.year, "sentence", self._subperiod(sentence, found.year))
        return self._of_others(at, index)

    def _of_others(self, at: int, index: str | None) -> When:
        """The time told outside the sentence."""
        for year, source in self._wider(at, index):
            if year is not None:
                period = self._subperiod(self.sentences[at], year)
                return When(year, source, period, self._source_sentence(at, source))
        return When(None, None)

    def _source_sentence(self, at: int, source: str) -> int | None:
        if source != "earlier paragraph":
            return None
        paragraph = self.sentences[at].paragraph
        for position in range(at - 1, max(-1, at - _FARTHEST_BACK), -1):
            if self.sentences[position].paragraph != paragraph and _last_plain(self.mentions(position)) is not None:
                return position
        return None

    def base(self, at: int, start: int, end: int, year: int | None) -> int | None:
        """The year that a change at [start, end) is measured against."""
        bases = [mention for mention in self.mentions(at) if mention.role is YearRole.BASE]
        after = [mention for mention in bases if 0 <= mention.start - end < 60]
        if after:
            return after[0].year
        before = [mention for mention in bases if 0 <= start - mention.end < 60]
        if before:
            return before[-1].year
        sentence = self.sentences[at]
        near = sentence.folded[end : min(sentence.end, end + 60)]
        return year - 1 if year is not None and _RELATIVE_PREVIOUS.search(near) else None

    def _wider(self, at: int, index: str | None) -> Iterator[tuple[int | None, str]]:
        """Where else the year may be told, in order of nearness; each place is looked at only when it is asked for."""
        if index is not None:
            yield self.index_years.get(index), "index"
        yield self._in_paragraph(at), "paragraph"
        yield self.headline, "headline"
        yield self._before_paragraph(at), "earlier paragraph"
        if at == 0 and len(self.sentences) > 1:
            yield self._after_headline(), "paragraph"
        if index is None:
            yield self.published, "publication"
        elif self.published is not None:
            yield self.published - 1, "year before publication"

    def _of_target(self, at: int, start: int, end: int) -> When:
        own = self.mentions(at)
        before = [mention for mention in own if mention.end <= start]
        wanted = {YearRole.HORIZON, YearRole.PERIOD, YearRole.PLAIN, YearRole.PLAN}
        for mention in (*reversed(before), *(mention for mention in own if mention.start >= end)):
            if mention.role in wanted:
                return When(mention.year, "sentence", mention.period)
        for position in range(at - 1, max(-1, at - _FARTHEST_BACK), -1):
            for mention in reversed(self.mentions(position)):
                if mention.role in _OF_TARGETS:
                    same = self.sentences[position].paragraph == self.sentences[at].paragraph
                    return When(mention.year, "paragraph" if same else "earlier paragraph", mention.period)
        near = ((self._in_paragraph(at), "paragraph"), (self.headline, "headline"), (self.published, "publication"))
        return next((When(year, source) for year, source in near if year is not None), When(None, None))

    def _in_paragraph(self, at: int) -> int | None:
        paragraph = self.sentences[at].paragraph
        position = at - 1
        while position >= max(0, at - _FARTHEST_BACK) and self.sentences[position].paragraph == paragraph:
            if (year := _last_plain(self.mentions(position))) is not None:
                return year
            position -= 1
        return None

    def _after_headline(self) -> int | None:
        """The first year of the sentence that a headline at the beginning of the text is taken from."""
        if self.sentences[0].paragraph == self.sentences[1].paragraph:
            return None
        plain = (mention.year for mention in self.mentions(1) if mention.role is YearRole.PLAIN)
        return next(plain, None)

    def _before_paragraph(self, at: int) -> int | None:
        paragraph = self.sentences[at].paragraph
        first = at
        while first > 0 and self.sentences[first - 1].paragraph == paragraph:
            first -= 1
        if first not in self._years_before:
            before = range(first - 1, max(-1, first - _FARTHEST_BACK), -1)
            years = (_last_plain(self.mentions(position)) for position in before)
            self._years_before[first] = next((year for year in years if year is not None), None)
        return self._years_before[first]

    def _subperiod(self, sentence: SentenceView, year: int | None) -> str | None:
        if year is None or ("quý" not in sentence.text and "tháng" not in sentence.text):
            return None
        match = _SUBPERIOD.search(sentence.text)
        if match is None or not any(word in match.group() for word in ("quý", "tháng đầu", "/", " tháng")):
            return None
        period = match.group().strip()
        return period if str(year) in period else f"{period} {year}".replace("năm " + str(year), str(year))


def date_in_turn(sentence: SentenceView, mentions: Sequence[YearMention], claims: Sequence[Claim]) -> None:
    """ "Các năm 2021, 2022, 2023 lần lượt là 35%, 52%, 78%": gives each value the year of its position."""
    if len(mentions) < 2:
        return
    mark = _IN_TURN.search(sentence.folded, sentence.start, sentence.end)
    if mark is None:
        return
    years = [mention for mention in mentions if mention.end <= mark.start() and not mention.is_aside]
    listed = years[-1:]
    for mention in reversed(years[:-1]):
        if _YEAR_JOINT.fullmatch(sentence.folded, mention.end, listed[0].start) is None:
            break
        listed.insert(0, mention)
    values = [
        claim for claim in claims if claim.anchor > mark.end() and claim.delta is None and claim.value is not None
    ]
    run = [claim for claim in values if claim.indicator == values[0].indicator]
    if len(listed) < 2 or len(run) != len(listed) or len({mention.year for mention in listed}) != len(listed):
        return
    for claim, mention in zip(run, listed, strict=True):
        claim.year, claim.year_source = mention.year, "sentence"


def _years_of_dates(folded: str) -> list[int]:
    return [
        int(year.group())
        for year in _DATE_YEAR.finditer(folded)
        if folded[max(0, year.start() - 2) : year.start()].strip().endswith(("/", ".", "-"))
        and _BEFORE_DATE_YEAR.search(folded, max(0, year.start() - 7), year.start())
    ]


def _last_plain(mentions: list[YearMention]) -> int | None:
    plain = [mention for mention in mentions if mention.role is YearRole.PLAIN]
    said = [mention for mention in plain if not mention.is_aside] or plain
    return said[-1].year if said else None


def _beside(sentence: SentenceView, mentions: list[YearMention], start: int, end: int) -> YearMention | None:
    """A year in the same bracket as the figure, or right after it."""
    bracket = sentence.parenthesis(start)
    if bracket is not None:
        inside = [m for m in mentions if bracket[0] <= m.start < bracket[1] and m.role is not YearRole.BASE]
        if before := [mention for mention in inside if mention.end <= start]:
            return before[-1]
        if inside:
            return inside[0]
        if bases := [m for m in mentions if m.role is YearRole.BASE and 0 <= bracket[0] - m.end <= 3]:
            return bases[-1]
    for mention in mentions:
        if mention.role in _TOLD and 0 <= mention.start - end <= 40:
            between = sentence.folded[end : mention.start]
            alone = "(" not in between or sentence.folded[mention.end : mention.end + 1] == ")"
            if (
                alone
                and (len(between) <= _LONGEST_TO_YEAR or mention.role is YearRole.FROM)
                and not _PARTS_YEAR.search(between)
                and not re.search(r"\d|\b(?:và|còn|nhưng|lên|xuống)\b", between)
            ):
                return mention
    return None


def _is_beside(sentence: SentenceView, hit: Hit, year: YearMention) -> bool:
    """Whether a year stands right after an index, or opens the clause that begins with it."""
    if 0 <= year.start - hit.end <= 24:
        return "," not in sentence.folded[hit.end : year.start]
    return 0 <= hit.start - year.end <= 12


def _right_after(mentions: list[YearMention], position: int) -> YearMention | None:
    for mention in mentions:
        if mention.role is YearRole.PLAIN and 0 <= mention.start - position <= 16:
            return mention
    return None


def _nearest(sentence: SentenceView, mentions: list[YearMention], start: int, end: int) -> YearMention | None:
    plain = [mention for mention in mentions if mention.role is YearRole.PLAIN]
    outside = [mention for mention in plain if _visible(sentence, mention, start)]
    if before := [mention for mention in outside if mention.end <= start]:
        return before[-1]
    if after := [mention for mention in outside if mention.start >= end]:
        return after[0]
    return None


def _visible(sentence: SentenceView, mention: YearMention, position: int) -> bool:
    """A year inside a bracket speaks only to what stands in the bracket, unless the bracket holds it alone."""
    bracket = sentence.parenthesis(mention.start)
    return bracket is None or bracket[0] <= position < bracket[1]
