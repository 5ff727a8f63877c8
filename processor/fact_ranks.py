"""How Vietnamese news writes ranks and moves in a ranking: "xếp hạng 8/63", "vị trí thứ 9", "cuối bảng", "tăng 14 bậc"."""

from __future__ import annotations

import re
from dataclasses import dataclass

LAST = -1
"""Rank of "cuối bảng" and its kin: the last, whatever the number of units is."""
SECOND_LAST = -2


@dataclass(frozen=True, slots=True)
class Rank:
    """A rank at [start, end) of the folded text."""

    start: int
    end: int
    rank: int
    out_of: int | None = None
    before_move: bool = False
    """The "22" of "từ hạng 22 lên hạng 8"."""
    worded: bool = False
    """Said in words that need not be about a ranking: "dẫn đầu", "cao nhất"."""
    superlative: bool = False
    """"cao nhất", "thấp nhất": a rank only where an index is the subject."""


@dataclass(frozen=True, slots=True)
class Move:
    """A change of rank, positive when it is for the better, at [start, end) of the folded text."""

    start: int
    end: int
    places: int


_WORDS = {
    "nhất": 1, "một": 1, "đầu tiên": 1, "nhì": 2, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7,
    "bẩy": 7, "tám": 8, "chín": 9, "mười": 10, "mười một": 11, "mười hai": 12, "mười ba": 13,
}  # fmt: skip
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_OUT_OF = r"(?:\s?/\s?(?P<of>\d{1,3})(?![\d/])|\s(?:trên|trong)(?: tổng)?(?: số)?\s(?P<of2>\d{2,3})(?=\s))"
_VALUE = rf"(?:(?P<n>\d{{1,3}})(?![\d%]|[.,]\d)|(?P<w>{_WORD})(?!\w)){_OUT_OF}?"
_MIDDLE = r"(?:thứ hạng|hạng|vị trí|vị thứ|ngôi vị|ngôi)(?: xếp hạng| cao)?(?: là)?(?: lần lượt)?(?: là)?"
_RANK = re.compile(
    r"(?<!\w)(?:"
    rf"(?:{_MIDDLE}|hàng)\s(?:hạng |thứ |số )?{_VALUE}"
    rf"|(?P<lead>\w{{1,8}}|[,(;:])\s?thứ\s{_VALUE.replace('P<n>', 'P<n2>').replace('P<w>', 'P<w2>').replace('P<of>', 'P<of3>').replace('P<of2>', 'P<of4>')}"
    rf"|(?:xếp|đứng)\s(?:ở |số |vị trí |hạng |thứ )?(?P<n3>\d{{1,3}})(?![\d%]|[.,]\d)(?:\s?/\s?(?P<of5>\d{{1,3}})(?![\d/])|(?=\s?(?:trong|trên|cả|toàn|[,;.)]|về|$)))"
    r")"
)
# What may stand before a bare "thứ 3" for it to be a rank and not a weekday, a meeting or an item of a list.
_BEFORE_ORDINAL = frozenset(
    {"xếp", "đứng", "hạng", "trí", "hàng", "lên", "xuống", "từ", "giữ", "về", "còn", "lượt", "là", "đạt", "vị", "ngôi", "ở",
     "thành", "mức", "vươn", "nằm", "xuống,", "nhóm"}
)  # fmt: skip
_IN_LIST = frozenset({"và", ",", "(", ";", "hoặc"})
_LAST = r"đứng cuối|xếp cuối|cuối bảng|chót bảng|cuối cùng|bét bảng|đội sổ|đứng chót|xếp chót|thấp nhất"
_WORDED = re.compile(
    r"(?<!\w)(?:(?P<first>dẫn đầu|đứng đầu|xếp đầu|đầu bảng|đứng nhất|xếp nhất|quán quân|ngôi đầu|vị trí đầu|"
    r"vị trí quán quân|cao nhất|(?:vị trí |ngôi )số (?:1|một))"
    rf"|(?P<second>á quân)|(?P<penult>áp chót)|(?P<last>{_LAST}))(?!\w)"
)
_NOT_A_RANK_BEFORE = re.compile(
    r"(?:người|đồng chí|cán bộ|nhóm|tốp|top|trong những|trong số|vai trò|trách nhiệm|cá nhân|những|các|lãnh đạo|công tác)"
    r"(?: \w{1,8}){0,2} $|(?:một|1) trong (?:những|các|số)[^.;]{0,30}$|\d{1,2} (?:\w{1,8} ){1,3}$"
)
_NOT_A_RANK_AFTER = re.compile(
    r"\s(?:cơ quan|cơ sở|đơn vị|cấp ủy|chính quyền|ủy ban|bộ phận|tổ chức|hạn chế|xu hướng|có thể)\b"
)
_MOVE = re.compile(
    r"(?<!\w)(?P<verb>tăng|giảm|tụt|lên|xuống|thăng|vượt|nâng|rớt|hạ|cải thiện|nhảy|tiến|lùi|sụt|rơi)"
    r"(?: vọt| thêm| tới| đến| được| lên| xuống| liền| hạng| liên tiếp| mạnh| tiếp){0,2}"
    rf"\s(?P<n>\d{{1,2}}|{_WORD})\s(?:bậc|hạng|vị trí|thứ bậc|thứ hạng|nấc)(?! (?:thứ|số|đầu))"
)
_SIGNED_MOVE = re.compile(r"\(\s?(?P<sign>[+-])\s?(?P<n>\d{1,2})\s(?:bậc|hạng|vị trí)")
_DOWN = frozenset({"giảm", "tụt", "xuống", "rớt", "hạ", "lùi", "sụt", "rơi"})
_CONTINUED = re.compile(
    r"(?:\s?\([^()]{0,40}\))?\s?(?P<mark>,|và|;)\s(?:hạng |vị trí |thứ |vị trí thứ )?(?P<n>\d{1,3})(?:/(?P<of>\d{1,3}))?(?![\d%/]|[.,]\d)"
    r"(?=\s?(?:[,.;()]|và\b|trong|trên|cả nước|toàn quốc|$|\s(?:hạng|về)))"
)
_MOVED_TO = re.compile(
    r"(?:\s?\([^()]{0,30}\)| năm \d{4})?(?:\s\w{1,8}){0,5}?\s(?P<verb>xuống|lên|đến|thành)(?: được| còn| tới| đến| vị trí)*\s(?P<n>\d{1,3})(?:/(?P<of>\d{1,3}))?(?![\d%/]|[.,]\d)(?! (?:bậc|điểm))"
)
_FROM = re.compile(r"(?:^|\s)từ(?: vị trí| hạng| thứ hạng| thứ| số)*\s?$")
_FROM_WITHIN = re.compile(r"(?:^|\s)từ ")
_GATE = ("hạng", "thứ", "vị trí", "đứng", "đầu", "nhất", "cuối", "chót", "quân", "xếp", "đội sổ", "số một")


def ranks(folded: str, start: int, end: int) -> list[Rank]:
    """The ranks of `folded[start:end]` in order."""
    sentence = folded[start:end]
    if not any(word in sentence for word in _GATE):
        return []
    found = [rank for match in _RANK.finditer(sentence) if (rank := _numbered(sentence, match)) is not None]
    found = _with_continuations(sentence, found)
    taken = [(rank.start, rank.end) for rank in found]
    for match in _WORDED.finditer(sentence):
        if any(a < match.end() and match.start() < b for a, b in taken) or not _is_worded_rank(sentence, match):
            continue
        place = 1 if match["first"] else 2 if match["second"] else SECOND_LAST if match["penult"] else LAST
        superlative = match.group() in {"cao nhất", "thấp nhất"}
        found.append(Rank(match.start(), match.end(), place, worded=True, superlative=superlative))
    found = _marked_before_move(sentence, sorted(found, key=lambda rank: rank.start))
    return [_shifted(rank, start) for rank in found]


def moves(folded: str, start: int, end: int) -> list[Move]:
    """The moves in a ranking that `folded[start:end]` tells of, in order."""
    sentence = folded[start:end]
    if not ("bậc" in sentence or "hạng" in sentence or "vị trí" in sentence or "nấc" in sentence):
        return []
    found: list[Move] = []
    for match in _MOVE.finditer(sentence):
        places = int(match["n"]) if match["n"].isdigit() else _WORDS[match["n"]]
        sign = -1 if match["verb"] in _DOWN or " xuống " in match.group() else 1
        found.append(Move(start + match.start(), start + match.end(), sign * places))
    for match in _SIGNED_MOVE.finditer(sentence):
        sign = -1 if match["sign"] == "-" else 1
        found.append(Move(start + match.start(), start + match.end(), sign * int(match["n"])))
    return found


def _numbered(sentence: str, match: re.Match[str]) -> Rank | None:
    lead = match["lead"]
    begin = match.start()
    if lead is not None:
        if lead not in _BEFORE_ORDINAL and lead not in _IN_LIST:
            return None
        if lead in _IN_LIST and not _RANK_WORD_BEFORE.search(sentence, 0, match.start() + 1):
            return None
        begin = sentence.index("thứ", match.start() + len(lead))
        if lead == "nhóm":
            return None
    digits = match["n"] or match["n2"] or match["n3"]
    of = match["of"] or match["of2"] or match["of3"] or match["of4"] or match["of5"]
    word = match["w"] or match["w2"]
    rank = int(digits) if digits else _WORDS[word]
    out_of = int(of) if of else None
    if rank == 0 or (out_of is not None and rank > out_of) or _is_weekday(sentence, match, word):
        return None
    if word == "năm" and sentence[match.end() : match.end() + 5].strip()[:2].isdigit():
        return None
    if out_of is None and _is_a_count(sentence, match.end()):
        return None
    return Rank(begin, match.end(), rank, out_of)


_RANK_WORD_BEFORE = re.compile(r"(?:xếp|đứng|hạng|vị trí|dẫn đầu)\b")
_PLAIN_RANKING = re.compile(r"hạng \d{1,3}$")
_AFTER_PLAIN_RANKING = re.compile(
    r"\s?(?:$|[^\w\s]|(?:trong|trên|cả|toàn|về|tỉnh|cấp|năm|so|và|với|ở|của|tại|khối|khu vực|vùng|lên|xuống|theo|nhưng|đạt|sau)\b)"
)
_COUNTED = re.compile(r"\s(?:bậc|điểm|lần|người|năm|tháng|ngày|nhiệm vụ|nội dung|giải pháp|tiêu chí|lĩnh vực|chỉ số)\b")


def _is_a_count(sentence: str, end: int) -> bool:
    if _PLAIN_RANKING.search(sentence, 0, end) and not _AFTER_PLAIN_RANKING.match(sentence, end):
        return True
    return _COUNTED.match(sentence, end) is not None


def _is_weekday(sentence: str, match: re.Match[str], word: str | None) -> bool:
    following = sentence[match.end() : match.end() + 6]
    return following.startswith((", ngày", " ngày")) or (word is not None and following.startswith(" tuần"))


def _is_worded_rank(sentence: str, match: re.Match[str]) -> bool:
    before = sentence[max(0, match.start() - 48) : match.start()]
    if _NOT_A_RANK_AFTER.match(sentence, match.end()) is not None:
        return False
    if match.group() == "cuối cùng":
        return before.endswith(("xếp ", "đứng ", "vị trí ", "hạng "))
    return _NOT_A_RANK_BEFORE.search(before) is None


def _with_continuations(sentence: str, found: list[Rank]) -> list[Rank]:
    """Adds what follows a rank without a word of its own: "thứ 2 và 3", "từ thứ 4 xuống 17"."""
    known = {rank.start for rank in found}
    result: list[Rank] = []
    for rank in found:
        result.append(rank)
        last = rank
        while (match := _CONTINUED.match(sentence, last.end)) is not None:
            begin = match.start("mark")
            if any(begin <= start < match.end() for start in known):
                break
            last = Rank(match.start("n"), match.end(), int(match["n"]), int(match["of"]) if match["of"] else None)
            result.append(last)
        if _FROM.search(sentence, 0, rank.start) or _FROM_WITHIN.search(sentence[rank.start : rank.end]):
            match = _MOVED_TO.match(sentence, rank.end)
            if match is not None and not any(match.start() <= start < match.end() for start in known):
                result.append(
                    Rank(match.start("n"), match.end(), int(match["n"]), int(match["of"]) if match["of"] else None)
                )
    return [rank for rank in result if rank.rank > 0]


def _marked_before_move(sentence: str, found: list[Rank]) -> list[Rank]:
    """Marks the "22" of "từ hạng 22 (năm 2021) lên hạng 8", when a rank to move to follows within the sentence."""
    marked: list[Rank] = []
    for position, rank in enumerate(found):
        following = found[position + 1] if position + 1 < len(found) else None
        between = sentence[rank.end : following.start + 12] if following else ""
        starts = _FROM.search(sentence, max(0, rank.start - 24), rank.start) or sentence[
            rank.start : rank.end
        ].startswith("từ ")
        moves_on = re.search(r"(?<!\w)(?:lên|xuống|đến|thành|vươn|nhảy|tụt|còn)(?!\w)", between)
        if following and starts and moves_on and len(between) < 90:
            rank = Rank(rank.start, rank.end, rank.rank, rank.out_of, True, rank.worded)  # noqa: PLW2901
        marked.append(rank)
    return marked


def _shifted(rank: Rank, offset: int) -> Rank:
    return Rank(
        rank.start + offset, rank.end + offset, rank.rank, rank.out_of, rank.before_move, rank.worded, rank.superlative
    )
