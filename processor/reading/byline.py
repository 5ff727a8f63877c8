"""Who wrote an article and which outlet it credits, and which lines of the page say so.

Names stand alone after the text or beside the date; "Theo ..." credits an outlet and is not an author.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from processor.reading.captions import credits_photo
from processor.reading.date_forms import written_dates
from processor.reading.metadata import Metadata
from processor.reading.orthography import is_syllable
from processor.reading.tree import AFTER_IMAGE, CAPTION, Block, ancestors
from processor.text import fold, normalise

_UPPER = "A-ZÀ-ÖØ-ÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
# One way only to read a word: initials such as "T.H." are dots before capitals, not words of their own, or a line of
# capitals could be cut into words in more ways than there is time for.
_NAME_WORD = rf"[{_UPPER}](?:[^\W\d_]|\.(?=[{_UPPER}])){{0,24}}\.?"
_NAME = re.compile(
    rf"\A{_NAME_WORD}(?:(?:\s?[-–&,/+]\s?|\s)(?:và\s)?{_NAME_WORD}){{0,8}}"
    r"(?:\s?\((?:[Tt]ổng hợp|t/h|th|ghi|dịch|thực hiện|lược ghi|TTXVN|CTV)\))?"
)
_CREDIT = re.compile(
    r"\A(?:(?:tác giả(?: bài viết)?|người viết(?: bài)?|người thực hiện|thực hiện|bài,? ?(?:và|-|&|/)? ?ảnh|bài viết|"
    r"tin,? ?(?:và|-|&|/)? ?ảnh|tin,? ?bài,? ?(?:và )?(?:ảnh)?|tin|bài|by|pv|phóng viên|nhóm phóng viên|nhóm pv|ctv)"
    r"\s?[:：]\s?|(?:pv|phóng viên|by)\s)(?P<name>.{2,80})$",
    re.IGNORECASE,
)
_PHOTO_CREDIT = re.compile(
    r"\A(?:ảnh|photo|nguồn ảnh|ảnh minh họa|đồ họa|video|clip)\s?[:：]\s?.{2,60}$", re.IGNORECASE
)
_OUTLET = re.compile(
    r"\A[(\[]?\s?(?:theo|nguồn(?: tin| bài viết)?|source|trích|tổng hợp từ|via)\s?[:：]?\s"
    r"(?P<name>[^.!?;]{2,80}(?:\.(?:vn|com|net|org|gov)[^\s]{0,20}){0,2})[)\]]?\.?$",
    re.IGNORECASE,
)
_OUTLET_WORD = re.compile(
    r"\b(?:b(?:áo|an biên tập|news|ộ)|đài|c(?:ổng|hinhphu|ục)|v(?:ov|tv|ietnam|nexpress|ăn phòng)|"
    r"t(?:rang|ạp chí|hông tấn|txvn|tđt|oà soạn|òa soạn|rung tâm)|dân trí|website|"
    r"admin|administrator|quản trị|sở|ubnd|phòng|ủy ban)\b|"
    r"\.(?:vn|com|net|org)\b|@|https?:"
)
_AUTHOR_CLASS = re.compile(r"author|byline|tac-?gia|writer|but-?danh|nguoi-?viet|signature|source|nguon")
_RIGHT = re.compile(r"text-align\s{0,3}:\s{0,3}right", re.IGNORECASE)
_NOT_NAMES = frozenset(
    "tin tức|thời sự|trang chủ|tin nổi bật|việt nam|hết|end|kết luận|in|zalo|facebook|cchc|ảnh|video|"  # noqa: SIM905 - reads better than a list
    "infographic|chính trị|kinh tế|xã hội|văn hóa|sự kiện|pháp luật|giáo dục|y tế|tin|bài|email|chia sẻ|print|"
    "share|tweet|twitter|reddit|linkedin|read more|leave comments|related tags|related news|previous next|see also|"
    "next article|about the author|advertisement|get it|enlarge image|view comments|no comments|source".split("|")
)
_NAME_SEPARATOR = re.compile(r"[\s,&/+–-]+")
_MAX_NAME = 60
_MAX_CREDIT = 110
_MAX_DATE_LINE = 60
_TRAILING = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Byline:
    """The names found, and the indices of the blocks that hold nothing else."""

    author: str | None = None
    outlet: str | None = None
    spent: frozenset[int] = frozenset()


def find_byline(body: Sequence[Block], before: Sequence[Block], after: Sequence[Block], metadata: Metadata) -> Byline:
    """The byline from the text's own end, the lines before and after it, and the head, in this order.

    `before` are the blocks between title and text, `after` the few that follow the text.
    """
    author = outlet = None
    spent: set[int] = set()
    tail = list(reversed(body[-_TRAILING:]))
    for block in tail:
        found = _read_line(block, at_end=True)
        if found is None:
            break
        author, outlet = author or found.author, outlet or found.outlet
        spent |= found.spent
    adjacent = True
    for block in after:
        found = _read_line(block, at_end=_is_called_author(block) or (adjacent and (author is None or outlet is None)))
        is_caption = bool(block.flags & (CAPTION | AFTER_IMAGE)) or credits_photo(block.text)
        adjacent = found is not None or (adjacent and is_caption)
        if found is not None:
            author, outlet = author or found.author, outlet or found.outlet
    for block, neighbours in zip(before, _neighbours(before), strict=True):
        if author is not None:
            break
        if (named := _named_inside(block)) is not None:
            author = named
        elif (found := _read_line(block, at_end=_is_name_place(block, neighbours))) is not None:
            author, outlet = found.author, outlet or found.outlet
            spent |= found.spent
    if author is None:
        author = _declared(metadata)
    return Byline(author=author, outlet=outlet, spent=frozenset(spent))


def _read_line(block: Block, *, at_end: bool) -> Byline | None:
    """What a line credits, or None when it is not a credit. Bare names count only where `at_end`."""
    text = block.text.strip()
    if len(text) > _MAX_CREDIT or block.heading in {1, 2}:
        return None
    if _PHOTO_CREDIT.match(text):
        return Byline(spent=frozenset({block.index}))
    if match := _CREDIT.match(text):
        name = _tidy(match.group("name"))
        if len(name.split()) <= 10 and not any(map(str.isdigit, name)) and (_NAME.fullmatch(name) or at_end):
            return Byline(author=name, spent=frozenset({block.index}))
    if at_end and (match := _OUTLET.fullmatch(text)) and _is_outlet(match.group("name")):
        # A credit set as an ordinary paragraph stays in the text as well: it is the writer's own last line.
        set_apart = text.startswith(("(", "[")) or is_set_apart(block)
        spent = frozenset({block.index}) if set_apart else frozenset()
        return Byline(outlet=_tidy(match.group("name")), spent=spent)
    if at_end and block.link_share <= 0.5 and (is_name(text) or _is_pen_name(text, block)):
        if _OUTLET_WORD.search(fold(text)):
            return Byline(outlet=_tidy(text), spent=frozenset({block.index}))
        return Byline(author=_tidy(text), spent=frozenset({block.index}))
    return None


def is_name(text: str) -> bool:
    """Whether a line is nothing but a person's name, initials or a pen name.

    On a page in Vietnamese at least two thirds of a name's words are Vietnamese syllables; one word alone is a name
    only as initials.
    """
    text = text.strip(" ./*-–|")
    words = [word for word in _NAME_SEPARATOR.split(text) if word]
    if not words or len(text) > _MAX_NAME or len(words) > 9 or fold(text) in _NOT_NAMES:
        return False
    if _NAME.fullmatch(text) is None:
        return False
    syllables = sum(1 for word in words if _is_initials(word) or is_syllable(word.strip(".()")))
    if len(words) == 1:
        return _is_initials(words[0])
    return 3 * syllables >= 2 * len(words) or text.isascii()


def _is_pen_name(text: str, block: Block) -> bool:
    """One syllable is a name only where it is set as names are."""
    return text.istitle() and text.isalpha() and is_syllable(text) and is_set_apart(block)


def _is_initials(word: str) -> bool:
    """T.H, PV, N.D.H., but not a word in capitals."""
    return "." in word.strip(".") or (word.isupper() and len(word) <= 4)


def _is_outlet(name: str) -> bool:
    words = name.split()
    folded = fold(name)
    if len(words) > 14 or folded.startswith(("báo cáo", "đó", "quy định", "kế hoạch", "ông ", "bà ", "kết quả")):
        return False
    return bool(_OUTLET_WORD.search(folded)) or name[:1].isupper() or not name[:1].isalpha()


def is_set_apart(block: Block) -> bool:
    """Whether a line is set differently from running text: to the right, bold, italic, or by its class."""
    element: HtmlElement = block.element
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if (
        _AUTHOR_CLASS.search(names[:200].lower())
        or _RIGHT.search((element.get("style") or "")[:500])
        or element.get("align") == "right"
    ):
        return True
    for parent, _ in zip(ancestors(element), range(2), strict=False):
        if _AUTHOR_CLASS.search((parent.get("class") or "")[:200].lower()):
            return True
    children = [child for child in element if isinstance(child.tag, str)]
    if len(children) == 1 and not (element.text or "").strip() and not (children[0].tail or "").strip():
        inner = children[0]
        while inner.tag in {"span", "font"} and len(inner) == 1 and not (inner.text or "").strip():
            inner = inner[0]
        return inner.tag in {"strong", "b", "em", "i"}
    return False


def _is_called_author(block: Block) -> bool:
    element: HtmlElement = block.element
    return _AUTHOR_CLASS.search(f"{element.get('class') or ''} {element.get('id') or ''}"[:200].lower()) is not None


def _neighbours(blocks: Sequence[Block]) -> list[list[Block]]:
    return [[*blocks[max(0, index - 1) : index], *blocks[index + 1 : index + 2]] for index in range(len(blocks))]


def _is_name_place(block: Block, neighbours: Sequence[Block]) -> bool:
    """Whether a bare name before the text may be its author's: called so, or beside the date."""
    return _is_called_author(block) or any(
        one.length <= _MAX_DATE_LINE and any(written_dates(one.text)) for one in neighbours
    )


def _named_inside(block: Block) -> str | None:
    """The author from an element of a line before the text, where date and links stand in the same line."""
    if block.length > _MAX_CREDIT:
        return None
    for element in block.element.iterdescendants("span", "a", "strong", "b", "em", "cite"):
        if _AUTHOR_CLASS.search((element.get("class") or "")[:200].lower()) or element.get("itemprop") == "author":
            text = " ".join("".join(element.itertext()).split())
            if (credit := _CREDIT.match(text)) is not None:
                text = credit.group("name")
            if is_name(text) and not _OUTLET_WORD.search(fold(text)):
                return _tidy(text)
    return None


def _declared(metadata: Metadata) -> str | None:
    site = fold(metadata.site_name or "")
    for name in metadata.authors:
        folded = fold(name)
        if folded != site and not _OUTLET_WORD.search(folded) and is_name(name):
            return _tidy(name)
    return None


def _tidy(name: str) -> str:
    name = normalise(name).strip(" -–|,;:()[]*")
    while len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1].strip()
    # Initials keep no final full stop unless every letter has one.
    return name.strip('“”"').removesuffix("./").strip()
