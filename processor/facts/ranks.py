"""How Vietnamese news writes ranks and moves in a ranking: "xếp hạng 8/63", "vị trí thứ 9", "cuối bảng", "tăng 14 "
"bậc"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from processor.facts.gates import any_of, may_hold

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
    """A rank only where an index is the subject: "cao nhất", "thấp nhất"."""
    loose: bool = False
    """A bare "thứ 3" that is a rank only right after a place's name."""


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
_GATE = ("hạng", "thứ", "vị trí", "đứng", "đầu", "nhất", "cuối", "chót", "quân", "xếp", "đội sổ", "số một", "bậc")
_WORDED_GATE = ("đầu", "nhất", "quân", "số 1", "số một", "chót", "cuối", "đội sổ", "bét")
_MOVE_GATE = ("bậc", "hạng", "vị trí", "nấc")
_MIDDLE = r"(?:thứ hạng|hạng|vị trí|vị thứ|ngôi vị|ngôi)(?: xếp hạng)?(?: là)?(?: lần lượt)?(?: là)?"
# Every rank begins at one of these, which are found much sooner than the whole pattern.
_ANCHOR = re.compile(r"hạng|vị t|ngôi|hàng|thứ|xếp|đứng")
_RANK = re.compile(
    rf"(?=[hvntxđ])(?:(?:{_MIDDLE}|hàng)\s(?:hạng |thứ |số )?|(?P<ordinal>thứ)\s"
    r"|(?P<plain>xếp|đứng)\s(?:ở |số |vị trí |hạng )?(?=\d))"
    rf"(?:(?P<n>\d{{1,3}})(?![\d%]|[.,]\d)|(?P<word>{_WORD})(?!\w))"
    r"(?:\s?/\s?(?P<of>\d{1,3})(?![\d/])|\s(?:trên|trong)(?: tổng)?(?: số)?\s(?P<among>\d{2,3})(?=\s))?"
)
_LEAD = re.compile(r"(?:(?<!\w)(?P<word>\w{1,8})\s|(?P<mark>[,(;:])\s?)\Z")
"""What stands before "thứ 3"; a longer word than any that can lead to a rank is none."""
_LEAD_REACH = 12
_AFTER_BARE_NUMBER = re.compile(r"\s?(?:trong|trên|cả|toàn|[,;.)]|về|$)")
# What may stand before a bare "thứ 3" for it to be a rank and not a weekday, a meeting or an item of a list.
_BEFORE_ORDINAL = re.compile("xếp|đứng|hạng|trí|hàng|lên|xuống|từ|giữ|về|còn|lượt|là|đạt|vị|ngôi|ở|thành|mức|vươn|nằm")
_IN_LIST = frozenset({"và", ",", "(", ";", "hoặc", ":"})
_NEVER_BEFORE_ORDINAL = re.compile(
    "lần|năm|phiên|khóa|kỳ|họp|người|ngày|tháng|lớp|điều|khoản|quý|tuần|đời|chiều|sáng|tối|nhóm|bậc|cấp|nhì|hội"
)
_RANK_WORD = re.compile(r"(?:xếp|đứng|hạng|vị trí|dẫn đầu)\b")
_WORDED_RANKS = {
    **dict.fromkeys(
        ("dẫn đầu", "đứng đầu", "xếp đầu", "đầu bảng", "đứng nhất", "xếp nhất", "vị trí quán quân", "quán quân",
         "ngôi đầu", "vị trí đầu", "cao nhất", "vị trí số 1", "vị trí số một", "ngôi số 1", "ngôi số một"), 1,
    ),
    **dict.fromkeys(("vị trí á quân", "á quân"), 2),
    "áp chót": SECOND_LAST,
    **dict.fromkeys(
        ("cuối bảng", "chót bảng", "cuối cùng", "bét bảng", "đội sổ", "đứng chót", "xếp chót", "thấp nhất",
         "vị trí cuối", "xếp cuối", "đứng cuối"), LAST,
    ),
}  # fmt: skip
_WORDED = re.compile("|".join(sorted(_WORDED_RANKS, key=len, reverse=True)))
_NOT_A_RANK_BEFORE = re.compile(
    r"(?=[nđctvlmhbs1\d])(?:(?:người|đồng chí|cán bộ|tốp|top|trong những|trong số|vai trò|trách nhiệm|cá nhân|những|"
    r"các|lãnh đạo|công tác)(?: \w{1,8}){0,2}+ $|(?:một|1) trong (?:những|các|số)[^.;]{0,30}+$|"
    r"nhóm(?: \d{1,2})?+(?: tỉnh, thành)?+[^,.;]{0,36}+$|"
    r"(?:các|những) (?:tỉnh, thành(?: phố)?|địa phương|tỉnh|đơn vị|bộ|thành phố|sở|huyện)(?:(?! và )[^,.;]){0,60}+$|"
    r"(?<!\w)(?<!thứ )(?:\d{1,2}|hai|ba|bốn|năm) (?:tỉnh|địa phương|đơn vị|bộ|huyện|xã|phường|sở|thành phố|"
    r"cơ quan)[^.;]{0,28}+$)"
)
_NO_SUPERLATIVE = re.compile(r"(?:mức|tỷ lệ|tăng|giảm|trưởng|tốc độ|thứ hạng|kết quả)(?: \w{1,8}){0,2} $")
_RECORD = re.compile(
    r" (?:từ trước|từ khi|kể từ|từ năm|trong (?:\d{1,2}|nhiều|những) năm|qua|tỉnh|mà|của tỉnh|trong lịch sử|đạt được)\b"
)
_NOT_A_RANK_AFTER = re.compile(
    r"\s(?:cơ quan|cơ sở|đơn vị|cấp ủy|chính quyền|ủy ban|bộ phận|tổ chức|hạn chế|xu hướng|có thể)\b"
)
_MOVE = re.compile(
    r"(?=[tgslxvnrhc])(?<!\w)(?P<verb>tăng|giảm|tụt|lên|xuống|thăng|vượt|nâng|rớt|hạ|cải thiện|nhảy|tiến|lùi|sụt|rơi)"
    r"(?: vọt| thêm| tới| đến| được| lên| xuống| liền| hạng| liên tiếp| mạnh| tiếp){0,2}+"
    rf"\s(?P<n>\d{{1,2}}|{_WORD})\s(?:bậc|hạng|vị trí|thứ bậc|thứ hạng|nấc)(?! (?:thứ|số|đầu))"
)
_MOVE_AFTER_SCORE = re.compile(
    r"(?<!\w)(?P<verb>tăng|giảm|tụt|cải thiện)(?: thêm| gần| hơn| tới| được){0,2} \d[\d,.]{0,6}\s?(?:điểm|%),? và "
    r"(?P<n>\d{1,2}) (?:bậc|hạng|vị trí)(?! (?:thứ|số|đầu))"
)
"""The second half of "tăng 3,3 điểm và 8 bậc"."""
_SIGNED_MOVE = re.compile(r"\(\s?(?P<sign>[+-])\s?(?P<n>\d{1,2})\s(?:bậc|hạng|vị trí)")
_DOWN = frozenset({"giảm", "tụt", "xuống", "rớt", "hạ", "lùi", "sụt", "rơi"})
_CONTINUED = re.compile(
    r"(?=[ (,v;])(?:\s?\([^()]{0,40}\))?+\s?+(?P<mark>,|và|;)\s(?:hạng |vị trí thứ |vị trí |thứ )?+(?P<n>\d{1,3})"
    r"(?:/(?P<of>\d{1,3}))?"
    r"(?![\d%/]|[.,]\d)(?=\s?(?:[,.;()]|và\b|trong|trên|cả nước|toàn quốc|$|\s(?:hạng|về)))"
)
_UP_TO_MOVE = re.compile(r"(?:\s?\([^()]{0,30}\)| năm \d{4})?(?:\s\w{1,8}){0,5}")
_LONGEST_TO_MOVE = 84
_MOVED_TO = re.compile(
    r"\s(?:xuống|lên|đến|thành)(?: được| còn| tới| đến| vị trí){0,2}"
    r"\s(?P<n>\d{1,3})(?:/(?P<of>\d{1,3}))?(?![\d%/]|[.,]\d)(?! (?:bậc|điểm))"
)
_MOVE_SPELLED_OUT = re.compile(
    r"từ (?:vị trí thứ |vị trí |hạng |thứ )?+(?P<a>\d{1,3})(?:/(?P<of>\d{1,3}))?\s"
    r"(?:lên|xuống|còn)(?: hạng| vị trí| thứ){0,2}\s(?P<b>\d{1,3})(?:/(?P<of_b>\d{1,3}))?(?![\d%/]|[.,]\d| điểm)"
)
_FROM = re.compile(r"(?:^|\s)từ(?: vị trí| hạng| thứ hạng| thứ| số){0,2}\s?$")
_MOVES_ON = re.compile(r"(?<!\w)(?:lên|xuống|đến|thành|vươn|nhảy|tụt|còn)(?!\w)")
_PLAIN_RANKING = re.compile(r"xếp hạng \d{1,3}$|^hạng \d{1,3}$")
_STEP_OF = ("bậc", "hạng", "vị trí")
_UP_TO_STEP = re.compile(r"[^\d.;:()]{0,45}+")
_STEP_REACH = 60
_AFTER_RANKING = (
    "trong", "trên", "cả", "toàn", "về", "tỉnh", "cấp", "năm", "so", "và", "với", "ở", "của", "tại", "khối",
    "khu vực", "vùng", "lên", "xuống", "theo", "nhưng", "đạt", "sau", "lĩnh", "trở", "quốc", "chung",
)  # fmt: skip
_AFTER_PLAIN_RANKING = re.compile(rf"\s?+(?:$|[^\w\s]|{any_of(_AFTER_RANKING)}\b)")
_ALL_PROVINCES = frozenset({60, 61, 62, 63, 64, 34})
_COUNTED = re.compile(
    r"\s(?:bậc|điểm|lần|người|năm(?! \d)|tháng|ngày|nhiệm vụ|nội dung|giải pháp|tiêu chí|lĩnh vực|chỉ số)\b"
)


def ranks(folded: str, start: int, end: int) -> list[Rank]:
    """The ranks of `folded[start:end]` in order."""
    sentence = folded[start:end]
    if not may_hold(sentence, _GATE):
        return []
    found = _with_continuations(sentence, _numbered_ranks(sentence))
    for match in _worded_matches(sentence):
        free = not any(rank.start < match.end() and match.start() < rank.end for rank in found)
        if free and _is_worded_rank(sentence, match):
            found.append(_worded(match))
    if not found:
        return []
    found = _marked_before_move(sentence, sorted(found, key=lambda rank: rank.start))
    return [replace(rank, start=rank.start + start, end=rank.end + start) for rank in found]


def moves(folded: str, start: int, end: int) -> list[Move]:
    """The moves in a ranking that `folded[start:end]` tells of, in order."""
    sentence = folded[start:end]
    if not may_hold(sentence, _MOVE_GATE):
        return []
    found: list[Move] = []
    for match in _MOVE.finditer(sentence):
        places = int(match["n"]) if match["n"].isdigit() else _WORDS[match["n"]]
        sign = -1 if match["verb"] in _DOWN or " xuống " in match.group() else 1
        found.append(Move(start + match.start(), start + match.end(), sign * places))
    for match in _MOVE_AFTER_SCORE.finditer(sentence):
        sign = -1 if match["verb"] in _DOWN else 1
        found.append(Move(start + match.start("n"), start + match.end(), sign * int(match["n"])))
    for match in _SIGNED_MOVE.finditer(sentence):
        sign = -1 if match["sign"] == "-" else 1
        found.append(Move(start + match.start(), start + match.end(), sign * int(match["n"])))
    return found


def _worded_matches(sentence: str) -> list[re.Match[str]]:
    if not may_hold(sentence, _WORDED_GATE):
        return []
    return [
        match
        for match in _WORDED.finditer(sentence)
        if not sentence[match.end() : match.end() + 1].isalnum()
        and (match.start() == 0 or not sentence[match.start() - 1].isalnum())
    ]


def _numbered_ranks(sentence: str) -> list[Rank]:
    found: list[Rank] = []
    reached = 0
    for anchor in _ANCHOR.finditer(sentence):
        begin = anchor.start()
        if begin < reached or (begin > 0 and sentence[begin - 1].isalnum()):
            continue
        match = _RANK.match(sentence, begin)
        if match is None:
            continue
        lead = None
        if match["ordinal"]:
            lead = _LEAD.search(sentence, max(reached, begin - _LEAD_REACH), begin)
            if lead is None:
                continue
        reached = match.end()
        if (rank := _numbered(sentence, match, lead)) is not None:
            found.append(rank)
    return found


def _numbered(sentence: str, match: re.Match[str], led: re.Match[str] | None) -> Rank | None:
    """The rank of a match; `led`: the word or mark before a bare "thứ"."""
    loose = False
    lead = led["word"] or led["mark"] if led is not None else None
    if led is not None and lead is not None and not _BEFORE_ORDINAL.fullmatch(lead):
        if _NEVER_BEFORE_ORDINAL.fullmatch(lead) or not _RANK_WORD.search(sentence, 0, led.start() + 1):
            return None
        loose = lead not in _IN_LIST
    begin = match.start()
    rank = int(match["n"]) if match["n"] else _WORDS[match["word"]]
    of = match["of"] or match["among"]
    out_of = int(of) if of else None
    if rank == 0 or (out_of is not None and rank > out_of):
        return None
    if out_of is None and (_is_a_count(sentence, begin, match) or _is_weekday(sentence, match)):
        return None
    return Rank(begin, match.end(), rank, out_of, loose=loose)


def _is_a_count(sentence: str, begin: int, match: re.Match[str]) -> bool:
    """A number that only looks like a rank: "xếp hạng 9 văn phòng", "đứng 3 năm"."""
    end = match.end()
    if (
        match["plain"]
        and match["n"]
        and not sentence[match.start() : match.start("n")].endswith(("thứ ", "hạng ", "trí "))
    ):
        return _AFTER_BARE_NUMBER.match(sentence, end) is None
    text = sentence[max(0, begin - 4) : end].lstrip()
    if match["n"] and int(match["n"]) in _ALL_PROVINCES and sentence.startswith((" tỉnh", " địa phương"), end):
        return True
    if _PLAIN_RANKING.search(text) and not _AFTER_PLAIN_RANKING.match(sentence, end):
        return True
    if match["word"] == "năm" and sentence[end : end + 3].strip()[:2].isdigit():
        return True
    return _COUNTED.match(sentence, end) is not None


def _is_weekday(sentence: str, match: re.Match[str]) -> bool:
    following = sentence[match.end() : match.end() + 6]
    return following.startswith((", ngày", " ngày")) or (match["word"] is not None and following.startswith(" tuần"))


def _is_worded_rank(sentence: str, match: re.Match[str]) -> bool:
    before = sentence[max(0, match.start() - 84) : match.start()]
    if _NOT_A_RANK_AFTER.match(sentence, match.end()) is not None:
        return False
    if match.group() in {"cao nhất", "thấp nhất"} and _NO_SUPERLATIVE.search(before):
        return False
    if match.group() in {"cao nhất", "thấp nhất"} and _RECORD.match(sentence, match.end()):
        return False
    if match.group() == "cuối cùng":
        return before.endswith(("xếp ", "đứng ", "vị trí ", "hạng "))
    return _NOT_A_RANK_BEFORE.search(before) is None


def _worded(match: re.Match[str]) -> Rank:
    superlative = match.group() in {"cao nhất", "thấp nhất"}
    return Rank(match.start(), match.end(), _WORDED_RANKS[match.group()], worded=True, superlative=superlative)


def _with_continuations(sentence: str, found: list[Rank]) -> list[Rank]:
    """Adds what follows a rank or move without a word of its own: "thứ 2 và 3", "từ thứ 4 xuống 17"."""
    known = {rank.start for rank in found}
    result = list(found)
    for rank in found:
        result += _continued(sentence, rank, known)
        if _FROM.search(sentence, max(0, rank.start - 24), rank.start):
            match = _MOVED_TO.search(sentence, rank.end, rank.end + _LONGEST_TO_MOVE)
            if match is not None and _UP_TO_MOVE.fullmatch(sentence, rank.end, match.start()) is None:
                match = None
            if match is not None and not any(match.start() <= start < match.end() for start in known):
                result.append(_rank_of(match, "n"))
    steps = _MOVE_SPELLED_OUT.finditer(sentence) if "từ " in sentence else ()
    for match in steps:
        if not _is_step_of_rank(sentence, match.start()):
            continue
        if not any(match.start() <= start < match.end() for start in known):
            after = _rank_of(match, "b")
            if match["of_b"]:
                after = replace(after, end=match.end("of_b"), out_of=int(match["of_b"]))
            result += [replace(_rank_of(match, "a"), before_move=True), after]
    return [rank for rank in result if rank.rank != 0]


def _is_step_of_rank(sentence: str, start: int) -> bool:
    """Whether "từ 51 xuống 56" is told of a rank: "thứ hạng lại giảm từ 51 xuống 56"."""
    lower = max(0, start - _STEP_REACH)
    ends = [at + len(word) for word in _STEP_OF if (at := sentence.rfind(word, lower, start)) >= 0]
    return bool(ends) and _UP_TO_STEP.fullmatch(sentence, max(ends), start) is not None


def _continued(sentence: str, rank: Rank, known: set[int]) -> list[Rank]:
    result: list[Rank] = []
    end = rank.end
    while (match := _CONTINUED.match(sentence, end)) is not None:
        begin = match.start("mark")
        if any(begin <= start < match.end() for start in known):
            break
        result.append(_rank_of(match, "n"))
        end = match.end()
    return result


def _rank_of(match: re.Match[str], group: str) -> Rank:
    end = match.end("of") if match["of"] and match.start("of") > match.start(group) else match.end(group)
    return Rank(match.start(group), end, int(match[group]), int(match["of"]) if match["of"] else None)


def _marked_before_move(sentence: str, found: list[Rank]) -> list[Rank]:
    """Marks the "22" of "từ hạng 22 (năm 2021) lên hạng 8", when a rank to move to follows within the sentence."""
    marked: list[Rank] = []
    for position, rank in enumerate(found):
        following = found[position + 1] if position + 1 < len(found) else None
        starts = _FROM.search(sentence, max(0, rank.start - 24), rank.start) is not None
        between = sentence[rank.end : following.start + 12] if following else ""
        moves_on = starts and len(between) < 90 and _MOVES_ON.search(between) is not None
        marked.append(replace(rank, before_move=True) if moves_on else rank)
    return marked
