"""What the words beside a name make of it: a unit of some level, an office, a person, a street, something abroad."""

from __future__ import annotations

import re
from enum import StrEnum

from processor.places.gazetteer import PlaceWords


class Before(StrEnum):
    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    COMMUNE = "commune"
    OFFICE = "office"
    PERSON = "person"
    THING = "thing"
    PLACE = "place"
    NOTHING = "nothing"


_TYPE_WORDS = {
    "tỉnh": Before.PROVINCE,
    "t.": Before.PROVINCE,
    "thành phố": Before.CITY,
    "tp": Before.CITY,
    "tp.": Before.CITY,
    "t.p": Before.CITY,
    "thị xã": Before.DISTRICT,
    "tx": Before.DISTRICT,
    "tx.": Before.DISTRICT,
    "huyện": Before.DISTRICT,
    "h.": Before.DISTRICT,
    "quận": Before.DISTRICT,
    "q.": Before.DISTRICT,
    "xã": Before.COMMUNE,
    "phường": Before.COMMUNE,
    "p.": Before.COMMUNE,
    "thị trấn": Before.COMMUNE,
    "đặc khu": Before.COMMUNE,
    "thôn": Before.COMMUNE,
    "ấp": Before.COMMUNE,
    "làng": Before.COMMUNE,
    "khu phố": Before.COMMUNE,
    "tại": Before.PLACE,
    "ở": Before.PLACE,
}
_PRINTED_TYPES = {"tp": "thành phố", "tp.": "thành phố", "t.p": "thành phố", "tx": "thị xã", "tx.": "thị xã"}
_PRINTED_TYPES |= {"h.": "huyện", "q.": "quận", "p.": "phường"}
# A provincial department, up to the name of its province.
_DEPARTMENT = re.compile(r"[sc](?<!\w.)(?:(?<=s)ở|(?<=c)(?:ục|hi cục)) [^.,;:()\n]{3,46}+(?<= )\Z")
# Whom a speaker of the National Assembly sits for, or where a reader lives, behind the name.
_DELEGATION = re.compile(
    r"[(bđc](?:(?<=\()(?:đoàn|đbqh|đại biểu) [^()]{0,30}+\Z"
    r"|(?<!\w.)(?:(?<=b)ạn đọc|(?<=đ)(?:ộc giả|ại biểu|bqh)|(?<=c)ử tri) (?:[^()]{2,32}+\(\Z"
    r"|[^(),.;:]{2,24}+, (?:(?:phó )?trưởng )?đoàn (?:đbqh|đại biểu quốc hội) (?:(?:tỉnh|thành phố|tp\.?) )?\Z))"
)
# An agency's dateline: the place from where it reports.
_DATELINE = re.compile(r" ?[(-] ?(?:ttxvn|vna|vietnam\+)")
_FOREIGN = re.compile(r"[ ,(]{1,3}(?:trung quốc|lào\)|campuchia|hàn quốc|nhật bản)")
_NEAR = 60
_SURNAME_REACH = 28
_PARTY_COMMITTEES = frozenset({"tỉnh ủy", "thành ủy", "huyện ủy", "quận ủy", "thị ủy"})


def what_stands_before(words: PlaceWords, text: str, start: int, back: str) -> tuple[Before, str]:
    """What stands before the name at `start`, and the type word if it is one.

    `back` is the folded text that ends there.
    """
    tokens = back.split()
    if not tokens or _DELEGATION.search(back):
        return (Before.THING if tokens else Before.NOTHING), ""
    last = tokens[-1].lstrip("(“\"'‘[*-/")
    if not back[-1].isspace() and not last.endswith("."):
        return Before.NOTHING, ""
    pair = f"{tokens[-2].lstrip('(“')} {last}" if len(tokens) > 1 else last
    word = pair if pair in _TYPE_WORDS else last
    if word in _TYPE_WORDS:
        return _TYPE_WORDS[word], _PRINTED_TYPES.get(word, word)
    return _named_thing(words, text, start, back, (last, pair, " ".join(tokens[-4:]))), ""


def _named_thing(words: PlaceWords, text: str, start: int, back: str, phrases: tuple[str, str, str]) -> Before:
    if phrases[0] in words.honorifics or _follows_surname(words, text, start):
        return Before.PERSON
    if not words.offices.isdisjoint(phrases) or phrases[1] in _PARTY_COMMITTEES or _is_department(back):
        return Before.OFFICE
    return Before.NOTHING if words.things.isdisjoint(phrases) else Before.THING


def _follows_surname(words: PlaceWords, text: str, start: int) -> bool:
    """Whether capitalised syllables lead from a surname straight to the name: Nguyễn Thị Thanh Bình."""
    window = text[max(0, start - _SURNAME_REACH) : start]
    if not window.endswith(" "):
        return False
    for token in window[:-1].split(" ")[:-4:-1]:
        if not (token.isalpha() and token[0].isupper()):
            return False
        if token.lower() in words.surnames:
            return True
    return False


def _is_department(back: str) -> bool:
    return ("sở " in back or "cục " in back) and _DEPARTMENT.search(back) is not None


def is_inside_name(text: str, start: int, end: int) -> bool:
    """Whether capitalised syllables adjoin the name, so that it is part of a longer one."""
    before = text[max(0, start - 9) : start].split(" ")[-2:]
    after = text[end : end + 2]
    joined = len(before) == 2 and before[1] == "" and before[0].istitle() and before[0].isalpha()
    return joined or (after[:1] == " " and after[1:].isupper())


def is_dateline(folded: str, start: int, end: int) -> bool:
    """Whether the name only says where an agency's report was written: "Hà Nội (TTXVN 18/4)"."""
    return start == 0 and _DATELINE.match(folded, end) is not None


def is_abroad(words: PlaceWords, folded: str, start: int, end: int) -> bool:
    """Whether the text says that the name's bearer lies in another country; China has a Hà Nam and a Tây Ninh."""
    if _FOREIGN.match(folded, end):
        return True
    window = folded[max(0, start - _NEAR) : end + _NEAR] if folded[start:end] in words.chinese_namesakes else ""
    return "trung quốc" in window
