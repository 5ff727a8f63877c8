"""What a few pages of one source teach about all of its pages: where title, text and their frame stand.

A profile is a value that can be stored as JSON. Reading with it walks only the frame of the article and asks no second
opinion, and every result is checked; a page that does not fit is read the general way by the caller. A profile is
learned only when it reads the pages it was learned from as the general way does.
"""

from __future__ import annotations

import re
from collections import Counter
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
from processor.reading.extract import Located, NotArticle, ReadingRules, assemble, locate, read_page
from processor.reading.lines import clean_blocks
from processor.reading.metadata import read_metadata
from processor.reading.prescan import ScanVerdict, prescan
from processor.reading.title import TitleChoice, clean_title, unaccented
from processor.reading.tree import Block, PageTree, ancestors, parse, parse_root

PROFILE_VERSION = 1
_MIN_PAGES = 3
_MIN_SHARE = 0.6
"""Share of the pages that must agree on a place."""
_MIN_FIT = 0.8
"""Share of the pages that the profile must read as the general way does."""
_FRAME_LEVELS = 4
_MIN_TEXT = 200
_MAX_LINK_SHARE = 0.3
_NUMBERED = re.compile(r"\d{3}|[0-9a-f]{8}|_ctl\d", re.IGNORECASE)
_NOT_IN_STEP = re.compile(r"[\"'\]\[]")


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
        frame, title, body, named, repeated, learned_from = (
            value[key] for key in ("frame", "title", "body", "head_names_title", "repeated", "learned_from")
        )
        if not all(isinstance(text, str) for text in (frame, title, body)):
            raise TypeError("places must be strings")
        if not (isinstance(named, bool) and isinstance(learned_from, int) and isinstance(repeated, Sequence)):
            raise TypeError("head_names_title must be a truth, repeated a list, learned_from a number")
        return cls(
            frame=str(frame),
            title=str(title),
            body=str(body),
            head_names_title=named,
            repeated=tuple(map(str, repeated)),
            learned_from=learned_from,
        )


def learn_profile(pages: Sequence[Page], *, rules: ReadingRules) -> SiteProfile | None:
    """The profile that the pages agree on; None when they are too few, disagree, or would be read differently."""
    read = [(page, article) for page in pages if isinstance(article := read_page(page, rules=rules), Article)]
    places = [place for page, _ in read if (place := _places(page, rules)) is not None]
    if len(places) < _MIN_PAGES:
        return None
    repeated = _repeated([article for _, article in read])
    named = sum(_head_agrees(page, article) for page, article in read)
    for level in range(_FRAME_LEVELS):
        (frame, title, body), count = Counter((frames[level], *rest) for frames, *rest in places).most_common(1)[0]
        if count < _MIN_SHARE * len(read):
            continue
        profile = SiteProfile(
            frame=frame,
            title=title,
            body=body,
            head_names_title=named >= _MIN_FIT * len(read),
            repeated=repeated,
            learned_from=len(read),
        )
        fitting = sum(_same(article, read_with_profile(page, profile, rules=rules), repeated) for page, article in read)
        if fitting >= _MIN_FIT * len(read):
            return profile
    return None


def _repeated(articles: Sequence[Article]) -> tuple[str, ...]:
    """The lines that stand in the text of most pages."""
    lines = Counter(line for article in articles for line in set(article.text.split("\n")))
    enough = max(_MIN_PAGES, _MIN_SHARE * len(articles))
    return tuple(sorted(line for line, times in lines.items() if times >= enough))


def read_with_profile(page: Page, profile: SiteProfile, *, rules: ReadingRules) -> Article | None:
    """Read a page where the profile says things are; None when what stands there does not pass for an article."""
    scan = prescan(page.body)
    if scan.verdict is not ScanVerdict.OK:
        return None
    root = parse_root(decode(scan.body, page.charset).text)
    if root is None:
        return None
    frame, title, body = (_find(root, path) for path in (profile.frame, profile.title, profile.body))
    if frame is None or title is None or body is None:
        return None
    tree = PageTree(root, frame)
    metadata = read_metadata(tree)
    heading = _block_of(tree, title)
    kept = [block for block in container_at(tree, body).kept if block.text not in profile.repeated]
    if heading is None or not kept or tree.truncated or not _passes(kept):
        return None
    heads = (*metadata.titles, metadata.title) if profile.head_names_title else ()
    # Who writes selectors has seen the page; lists whose links say "more" must not overrule them.
    claims = [] if profile.hand_written else [claim for claim in (page.link_text, *heads) if claim]
    if claims and not any(_agree(heading.text, claim) for claim in claims):
        return None
    choice = TitleChoice(clean_title(heading.text), heading)
    located = Located(tree=tree, metadata=metadata, title=choice, body=Body(blocks=tuple(kept)))
    article = assemble(located, page, False, rules)
    return None if isinstance(article, NotArticle) else article


def _passes(kept: Sequence[Block]) -> bool:
    length = sum(block.length for block in kept)
    return length >= _MIN_TEXT and sum(block.link_length for block in kept) <= _MAX_LINK_SHARE * length


def _head_agrees(page: Page, article: Article) -> bool:
    root = parse_root(decode(prescan(page.body).body, page.charset).text)
    if root is None or article.title is None:
        return False
    metadata = read_metadata(PageTree(root, root.find("head")))
    return any(_agree(article.title, claim) for claim in (*metadata.titles, metadata.title) if claim)


def _agree(heading: str, claim: str) -> bool:
    """Whether one title contains the other, as far as a cut one goes."""
    shorter, longer = sorted((unaccented(heading), unaccented(claim.rstrip(".… "))), key=len)
    return bool(shorter) and shorter in longer


def _same(general: Article, special: Article | None, repeated: Sequence[str]) -> bool:
    if special is None or special.title != general.title or special.published != general.published:
        return False
    expected = [line for line in general.text.split("\n") if line not in repeated]
    return expected == special.text.split("\n")


# --- places --------------------------------------------------------------------------------------------------------


def _places(page: Page, rules: ReadingRules) -> tuple[tuple[str, ...], str, str] | None:
    """Where frame, title and body of one page are, as the general way finds them; the frame with those around it.

    Date and byline may stand outside the smallest frame, so wider ones are kept to be tried.
    """
    tree = parse(decode(prescan(page.body).body, page.charset).text)
    if tree is None:
        return None
    located = locate(tree, page)
    heading = located.title.block
    if heading is None:
        return None
    text = [block for block in located.body.blocks if block.index > heading.index]
    body = _common([block.element for block in clean_blocks(text, located.title.text, rules.boilerplate)])
    frame = _common([heading.element, body]) if body is not None else None
    if body is None or frame is None:
        return None
    frames = [frame, *ancestors(frame)][:_FRAME_LEVELS]
    frames += [frames[-1]] * (_FRAME_LEVELS - len(frames))
    return tuple(_path(tree.root, one) for one in frames), _path(tree.root, heading.element), _path(tree.root, body)


def _common(elements: Sequence[HtmlElement]) -> HtmlElement | None:
    """The nearest element that holds them all, and is not itself one of several."""
    if not elements:
        return None
    chain = [elements[0], *ancestors(elements[0])]
    for element in elements[1:]:
        above = {element, *ancestors(element)}
        chain = [candidate for candidate in chain if candidate in above]
    if len(set(elements)) == 1 and chain and chain[0].tag in {"p", "span"}:
        chain = chain[1:]
    return chain[0] if chain else None


def _path(root: HtmlElement, element: HtmlElement) -> str:
    """An expression that finds the element first: by its names, with those of elements around it where needed."""
    steps: list[str] = []
    for node in (element, *ancestors(element)):
        step = _step(node)
        if step is None:
            if not steps:
                break
            continue
        steps.insert(0, step)
        path = ".//" + "//".join(steps)
        if _find(root, path) is element:
            return path
        if len(steps) >= 4:
            break
    tree = element.getroottree()
    return "." + str(tree.getpath(element))[len(str(tree.getpath(root))) :]


def _step(node: HtmlElement) -> str | None:
    for attribute in ("id", "class", "itemprop"):
        value = node.get(attribute)
        if value and not _NUMBERED.search(value) and not _NOT_IN_STEP.search(value) and len(value) <= 80:
            return f'{node.tag}[@{attribute}="{value}"]'
    return node.tag if node.tag in {"h1", "article", "main"} else None


def _find(root: HtmlElement, path: str) -> HtmlElement | None:
    try:
        if path.startswith("descendant-or-self::"):
            # Made from a CSS selector: `find` knows too little of XPath for it.
            return next((element for element in root.xpath(path) if isinstance(element, HtmlElement)), None)
        found: HtmlElement | None = root.find(path)
    except (SyntaxError, XPathError):
        # A stored profile whose expression this version of lxml does not know.
        return None
    return found


def _block_of(tree: PageTree, element: HtmlElement) -> Block | None:
    inside = set(element.iter())
    return next((block for block in tree.blocks if block.element in inside), None)
