"""The title of an article: the heading on the page that the page's other claims confirm.

No single place can be trusted: portals put the site's name into <title> and into <h1>, newspapers append theirs to
og:title. So every candidate earns points from what agrees with it, and the page's own heading wins ties.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from lxml.html import HtmlElement

from processor.reading.metadata import Metadata
from processor.reading.tree import Block, ancestors
from processor.text import fold, normalise

_SEPARATOR = re.compile(r"\s(?:[|»›–—·•~]|::?|-{1,2}|/)\s|\s?[|»]\s?")
_TITLE_CLASS = re.compile(r"title|headline|tieu-?de|heading")
_SITE_CLASS = re.compile(
    r"(?:site|widget|block|box|cat)-?title|logo|b(?:anner|rand|readcrumb)|menu|nav|folder|categor|title-?cat|portlet|"
    r"(?:^|[ -])cate?(?:[ -]|$)"
)
TITLE_DATE = re.compile(r"\s{0,3}[(\[]\s?(?:ngày )?[0-3]?\d[/.-][01]?\d[/.-](?:19|20)\d\d[^()\[\]]{0,25}[)\]]\s{0,3}$")
"""A date in brackets that some portals add to their headings."""
_MIN_HEADLINE = 6
_MIN_BOLD, _MAX_BOLD = 20, 160
"""Length of bold lines that may be titles; longer ones are leads."""
_WORD = re.compile(r"[^\W_]+")
_NEAR = 8
"""Blocks between a title and the text: date, byline, counters, lead."""
_ENOUGH = 2.5
"""Points that a heading of the first level has alone, or a name and a place, or agreement with one claim."""
_DEEP = 600
"""Characters of a text after which headings are those of its parts."""
_MIN_SLUG = 12
_MIN_LENGTH, _MAX_LENGTH = 8, 320
_MARKED = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
_STRIP_MARKS = str.maketrans({letter: unicodedata.normalize("NFD", letter)[0] for letter in _MARKED} | {"đ": "d"})


def unaccented(text: str) -> str:
    """The words of a text in lower case without marks, as they stand in addresses, joined by hyphens."""
    return "-".join(_WORD.findall(fold(text).translate(_STRIP_MARKS)))


class TitleChoice:
    """The title, and the block on the page that carries it (None when only the head names it)."""

    __slots__ = ("block", "text")

    def __init__(self, text: str | None, block: Block | None) -> None:
        self.text = text
        self.block = block


def find_title(
    blocks: Sequence[Block], metadata: Metadata, url: str | None, link_text: str | None, prose: Sequence[Block] = ()
) -> TitleChoice:
    """Choose the title.

    `link_text` is how the page was linked from a listing; None or wrong does no harm. `prose` are the blocks of the
    page's largest text: what stands deep in it is a heading of one of its parts, unless something names it.
    """
    claims = _claims(metadata, link_text)
    evidence = _Evidence(claims, metadata, url)
    best: Block | None = None
    best_score = _ENOUGH
    deep = _begins_deep(prose)
    for block in _candidates(blocks, claims, evidence.slug):
        words = unaccented(block.text)
        agreement = evidence.agreement(words)
        if metadata.titles and not agreement and block.heading != 1:
            # The head names a title, and this line is neither it nor the page's first heading.
            continue
        score = evidence.score(block, words, agreement)
        if any(_is_prose(following) for following in blocks[block.index + 1 : block.index + 1 + _NEAR]):
            score += 1.5
        if block.index > deep and not agreement:
            score -= 2.0
        if score > best_score:
            best, best_score = block, score
    if best is not None:
        return TitleChoice(clean_title(best.text), best)
    for claim, _ in claims:
        if _MIN_LENGTH <= len(claim) <= _MAX_LENGTH and len(claim.split()) >= 3 and not evidence.is_site_name(claim):
            return TitleChoice(clean_title(claim), None)
    return TitleChoice(None, None)


def first_line(blocks: Sequence[Block]) -> TitleChoice:
    """The headline of a text that nothing names: its first line, if that is short and prose follows."""
    for index, block in enumerate(blocks[:_NEAR]):
        if block.length > _MAX_LENGTH or (_is_prose(block) and block.text.endswith(".")):
            break
        words = len(block.text.split())
        headline = (
            words >= _MIN_HEADLINE and block.length <= _MAX_BOLD and not block.text.endswith((".", ";", ":", ","))
        )
        if headline and any(_is_prose(following) for following in blocks[index + 1 : index + _NEAR]):
            return TitleChoice(clean_title(block.text), block)
    return TitleChoice(None, None)


def _begins_deep(prose: Sequence[Block]) -> float:
    """The index of the block with which so much of a text is over that its title cannot follow."""
    seen = 0
    for block in prose:
        seen += block.length if _is_prose(block) else 0
        if seen >= _DEEP:
            return block.index
    return math.inf


def _is_prose(block: Block) -> bool:
    return block.length >= 80 and block.link_share < 0.3 and not block.heading


def _candidates(blocks: Sequence[Block], claims: Sequence[tuple[str, float]], slug: str) -> Iterable[Block]:
    """Blocks that could be the title: headings, blocks called so, and those that begin like a claim or the address."""
    beginnings = tuple({claim.split()[0].lower() for claim, _ in claims})
    for block in blocks:
        if not _MIN_LENGTH <= block.length <= _MAX_LENGTH:
            continue
        first = block.text.split(None, 1)[0].lower()
        named = block.heading or first.startswith(beginnings) or _is_called_title(block.element.get("class"))
        named = named or (block.length >= _MIN_BOLD and _inner_title(block) is not None)
        if named or (slug and block.length >= 20 and not block.flags and unaccented(block.text[:40])[:20] in slug):
            yield block


@lru_cache(maxsize=2048)
def _is_called_title(names: str | None) -> bool:
    return names is not None and _TITLE_CLASS.search(names[:200].lower()) is not None


def _claims(metadata: Metadata, link_text: str | None) -> list[tuple[str, float]]:
    """What the title is said to be, and how much agreement with it is worth; best first."""
    claims = [(link_text.rstrip(".… "), 4.0)] if link_text and len(link_text.strip()) >= _MIN_LENGTH else []
    claims += [(_without_site(title, metadata.site_name), 4.0) for title in metadata.titles]
    if metadata.title:
        claims.append((_without_site(metadata.title, metadata.site_name), 3.0))
    return [(claim, worth) for claim, worth in claims if claim.strip()]


class _Evidence:
    """What the page, its address and its discovery say of the title, prepared for comparison."""

    def __init__(self, claims: Sequence[tuple[str, float]], metadata: Metadata, url: str | None) -> None:
        by_worth = {unaccented(claim): worth for claim, worth in reversed(claims)}
        self._claims = sorted(by_worth.items(), key=lambda claim: -claim[1])
        self._site = unaccented(metadata.site_name or "")
        slug = (url or "").lower().partition("://")[2].partition("/")[2]
        self.slug = slug if len(slug) >= _MIN_SLUG else ""

    def agreement(self, words: str) -> float:
        """The points of the best claim that names a line, given without marks."""
        return next((worth for claim, worth in self._claims if _similar(words, claim)), 0.0)

    def score(self, block: Block, words: str, agreement: float) -> float:
        """A block's points, those from agreement with a claim included."""
        text = block.text
        heading, names = _markup(block)
        score = {1: 3.0, 2: 1.5, 3: 1.0}.get(heading, 0.0) + agreement
        if _TITLE_CLASS.search(names):
            score += 1.5
        elif names.endswith("bold") and len(text) <= _MAX_BOLD:
            score += 1.2
        if text.endswith((".", ";", ":")) and not text.endswith("..."):
            score -= 0.5
        if _SITE_CLASS.search(names):
            score -= 3.0
        if len(text.split()) < 6 and not agreement:
            score -= 0.4
        if len(words) > 15 and self.slug and (words in self.slug or (len(words) > 40 and words[:40] in self.slug)):
            score += 3.0
        if block.link_share > 0.9:
            score -= 2.0
        if block.flags:
            score -= 2.0
        if self.is_site_name(text, words):
            score -= 6.0
        if len(text) > 220:
            score -= 1.5
        # Of two that are equally likely, the earlier is the title and the later a repetition.
        return score - min(block.index, 2000) / 10_000

    def is_site_name(self, text: str, words: str | None = None) -> bool:
        if self._site and (words or unaccented(text)) == self._site:
            return True
        return bool(_SITE_NAME.match(text.lower()))


def _markup(block: Block) -> tuple[int, str]:
    """Heading level and class names of the block's element and of what wraps only it."""
    element: HtmlElement = block.element
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    for parent, _ in zip(ancestors(element), range(2), strict=False):
        if len(parent) <= 2 and parent.tag not in {"body", "html", "td"}:
            names += f" {parent.get('class') or ''}"
    if not block.heading and (inner := _inner_title(block)) is not None:
        names += f" {inner}"
    return block.heading, names[:300].lower()


def _inner_title(block: Block) -> str | None:
    """The class of an inline element that holds all of a block; "bold" for bold or large type without one."""
    element: HtmlElement = block.element
    for _ in range(3):
        if len(element) != 1 or (element.text or "").strip() or (element[0].tail or "").strip():
            return None
        element = element[0]
        name = element.get("class")
        if _is_called_title(name):
            return str(name)
        if element.tag in {"b", "strong"}:
            return "bold"
    return None


def _similar(a: str, b: str) -> bool:
    """Whether two titles, without marks, are the same but for a cut end."""
    if not a or not b:
        return False
    shorter, longer = sorted((a, b), key=len)
    if shorter == longer:
        return True
    return len(shorter) >= 20 and longer.startswith(shorter) and len(shorter) > 0.6 * len(longer)


_SITE_NAME = re.compile(
    r"\A(?:trang (?:chủ|thông tin điện tử|tin điện tử|tin)|cổng (?:thông tin điện tử|ttđt|dịch vụ công)|chuyên trang|"
    r"báo (?:điện tử )?[^\s]{1,12}(?: [^\s]{1,12}){0,2}$|home$|default$|website |"
    r"tin tức(?: sự kiện| - sự kiện| hoạt động)?$)"
)
_PLACE_NAME = re.compile(
    r"\A(?:(?:tỉnh|huyện|thị xã|thành phố|tp\.?|xã|phường|quận)(?: [^\s,.:;]{1,12}){1,3}[ ,-]{0,3}){1,3}$"
)


def _without_site(title: str, site_name: str | None) -> str:
    """A title without the site's name at either end."""
    parts = [part for part in _SEPARATOR.split(title) if part and part.strip()]
    if len(parts) < 2:
        return title.strip()
    site = unaccented(site_name) if site_name else ""
    kept = [
        part for part in parts if not (site and unaccented(part) == site) and not _SITE_NAME.match(fold(part.strip()))
    ]
    if len(kept) < len(parts) and _PLACE_NAME.match(fold(" ".join(kept).strip())):
        # "Trang thông tin điện tử huyện A - tỉnh B": what is left belongs to the site's name.
        return ""
    if len(kept) == len(parts):
        last = parts[-1]
        # An address or a short name after the last separator is the site's.
        if re.search(r"\.(?:vn|com|net|org)\b", last) or (len(_WORD.findall(last)) <= 4 and len(last) * 3 < len(title)):
            kept = parts[:-1]
    if not kept:
        return ""
    start = title.index(kept[0])
    end = title.rindex(kept[-1]) + len(kept[-1])
    return title[start:end].strip()


def clean_title(title: str) -> str:
    """A title in normal form, without a date in brackets behind it."""
    return normalise(TITLE_DATE.sub("", title)).replace("\n", " ").strip(" |")
