"""Where title, text and their frame stand on the pages of one source, and how a page is read by that.

A profile is a value that can be stored as JSON. Reading with it parses only the frame of the article where it can,
walks only that, and asks no second opinion. Every result is checked; a page that does not fit is read the general way
by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from lxml.etree import XPathError
from lxml.html import HtmlElement

from processor.model import Article, Page
from processor.reading.body import Body
from processor.reading.container import container_at
from processor.reading.decode import decode
from processor.reading.excerpt import Cut, excerpt
from processor.reading.extract import Located, NotArticle, ReadingRules, assemble
from processor.reading.metadata import read_metadata
from processor.reading.prescan import ScanVerdict, prescan
from processor.reading.title import TitleChoice, clean_title, unaccented
from processor.reading.tree import Block, PageTree, ancestors, parse_root

PROFILE_VERSION = 2
_MIN_TEXT = 200
_MAX_LINK_SHARE = 0.3
_SHORT_TEXT = 1_200
"""Characters of a text below which the rest of its page may show that it is no article."""
_SIGNS_OF_NONE = (b"password", b"decrypt", b"cryptojs", b"atob(")
"""What a page has, in lower case, that asks for a login or decrypts its text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteProfile:
    """Places as XPath expressions, valid for the pages of one source."""

    frame: str
    """The smallest element around title and text."""
    title: str
    body: str
    head_names_title: bool
    """Whether the page's head gives the title too, so that it can be checked; portals give the site's name there."""
    repeated: tuple[str, ...] = ()
    """Lines that stand in the text of most pages and belong to none."""
    learned_from: int = 0
    cut: Cut | None = None
    """Where pages can be cut, so that only a part of them need be parsed; None where they cannot."""
    version: int = PROFILE_VERSION

    @classmethod
    def from_selectors(cls, title_css: str, body_css: str) -> SiteProfile:
        """What a person says of a source: learned from no page. Raises ValueError when one is no CSS selector.

        The frame is the page, since date and byline may stand anywhere; the head is not asked, since the title's place
        is known.
        """
        try:
            title, body = (CSSSelector(css, translator="html").path for css in (title_css, body_css))
        except (SelectorError, SyntaxError) as error:
            raise ValueError(f"not a CSS selector ({error})") from error
        return cls(frame=".//body", title=title, body=body, head_names_title=False)

    @property
    def hand_written(self) -> bool:
        return self.learned_from == 0

    def to_json(self) -> dict[str, object]:
        """A value of plain lists and strings."""
        return asdict(self) | {"repeated": list(self.repeated)}

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> SiteProfile:
        """The profile back. Raises ValueError for another version, KeyError or TypeError for another shape."""
        if value["version"] != PROFILE_VERSION:
            raise ValueError(f"profile version {value['version']}, expected {PROFILE_VERSION}")
        frame, title, body = (value[key] for key in ("frame", "title", "body"))
        named, repeated, learned_from = (value[key] for key in ("head_names_title", "repeated", "learned_from"))
        cut = value["cut"]
        if not all(isinstance(text, str) for text in (frame, title, body)):
            raise TypeError("places must be strings")
        if not (isinstance(named, bool) and isinstance(learned_from, int) and isinstance(repeated, Sequence)):
            raise TypeError("head_names_title must be a truth, repeated a list, learned_from a number")
        if not (cut is None or isinstance(cut, Mapping)):
            raise TypeError("cut must be an object or null")
        return cls(
            frame=str(frame),
            title=str(title),
            body=str(body),
            head_names_title=named,
            repeated=tuple(map(str, repeated)),
            learned_from=learned_from,
            cut=Cut.from_json(cut) if cut is not None else None,
        )


def read_with_profile(page: Page, profile: SiteProfile, *, rules: ReadingRules) -> Article | None:
    """Read a page where the profile says things are; None when what stands there does not pass for an article."""
    article = read_excerpt(page, profile, rules=rules) if profile.cut is not None else None
    return article if article is not None else read_whole(page, profile, rules=rules)


def read_excerpt(page: Page, profile: SiteProfile, *, rules: ReadingRules) -> Article | None:
    """Read what can be cut from the page, as the whole page would be read; None when it may have to be asked."""
    part = excerpt(page.body, profile.cut) if profile.cut is not None else None
    if part is None or prescan(part).verdict is not ScanVerdict.OK:
        return None
    decoded = decode(part, page.charset)
    if decoded.encoding != "utf-8" or decoded.repaired:
        return None
    article = _read(decoded.text, page, profile, rules)
    if article is not None and len(article.text) < _SHORT_TEXT:
        whole = page.body.lower()
        return None if any(sign in whole for sign in _SIGNS_OF_NONE) else article
    return article


def read_whole(page: Page, profile: SiteProfile, *, rules: ReadingRules) -> Article | None:
    """The same for the whole page."""
    scan = prescan(page.body)
    if scan.verdict is not ScanVerdict.OK:
        return None
    return _read(decode(scan.body, page.charset).text, page, profile, rules)


def _read(text: str, page: Page, profile: SiteProfile, rules: ReadingRules) -> Article | None:
    root = parse_root(text)
    if root is None:
        return None
    frame, title, body = (find(root, path) for path in (profile.frame, profile.title, profile.body))
    if frame is None or title is None or body is None:
        return None
    tree = PageTree(root, frame)
    heading = block_of(tree, title)
    kept = [block for block in container_at(tree, body).kept if block.text not in profile.repeated]
    if heading is None or not kept or tree.truncated or not _passes(kept):
        return None
    metadata = read_metadata(tree)
    heads = (*metadata.titles, metadata.title) if profile.head_names_title else ()
    # Who writes selectors has seen the page; lists whose links say "more" must not overrule them.
    claims = [] if profile.hand_written else [claim for claim in (page.link_text, *heads) if claim]
    if claims and not any(titles_agree(heading.text, claim) for claim in claims):
        return None
    choice = TitleChoice(clean_title(heading.text), heading)
    located = Located(tree=tree, metadata=metadata, title=choice, body=Body(blocks=tuple(kept)))
    article = assemble(located, page, False, rules)
    return None if isinstance(article, NotArticle) else article


def _passes(kept: Sequence[Block]) -> bool:
    length = sum(block.length for block in kept)
    return length >= _MIN_TEXT and sum(block.link_length for block in kept) <= _MAX_LINK_SHARE * length


def titles_agree(heading: str, claim: str) -> bool:
    """Whether one title contains the other, as far as a cut one goes."""
    shorter, longer = sorted((unaccented(heading), unaccented(claim.rstrip(".… "))), key=len)
    return bool(shorter) and shorter in longer


def find(root: HtmlElement, path: str) -> HtmlElement | None:
    """The first element at a place of a profile."""
    try:
        if path.startswith("descendant-or-self::"):
            # Made from a CSS selector: `find` knows too little of XPath for it.
            return next((element for element in root.xpath(path) if isinstance(element, HtmlElement)), None)
        found: HtmlElement | None = root.find(path)
    except (SyntaxError, XPathError):
        # A stored profile whose expression this version of lxml does not know.
        return None
    return found


def block_of(tree: PageTree, element: HtmlElement) -> Block | None:
    """The block of an element; of an inline one, the block of the same text in the element around it."""
    inside = set(element.iter())
    for block in tree.blocks:
        if block.element in inside:
            return block
    text = " ".join("".join(element.itertext()).split())
    around = set(ancestors(element))
    return next((block for block in tree.blocks if block.text == text and block.element in around), None)
