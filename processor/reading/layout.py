"""What a few pages of one source teach about all of its pages: learns its profile.

A profile is learned only when it reads the pages it was learned from as the general way does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml.html import HtmlElement

from processor.model import Article, Page
from processor.reading.decode import decode
from processor.reading.excerpt import CUTTABLE, Cut, tells_elsewhere
from processor.reading.extract import ReadingRules, locate, read_page
from processor.reading.lines import clean_blocks
from processor.reading.metadata import read_metadata
from processor.reading.prescan import prescan
from processor.reading.profiles import (
    SiteProfile,
    find,
    read_excerpt,
    read_whole,
    read_with_profile,
    titles_agree,
)
from processor.reading.tree import Block, PageTree, ancestors, parse, parse_root

_MIN_PAGES = 3
_MIN_SHARE = 0.6
"""Share of the pages that must agree on a place."""
_MIN_FIT = 0.8
"""Share of the pages that the profile must read as the general way does."""
_FRAME_LEVELS = 4
_CUT_LEVELS = 6
_NUMBERED = re.compile(r"\d{3}|[0-9a-f]{8}|_ctl\d", re.IGNORECASE)
_NOT_IN_STEP = re.compile(r"[\"'\]\[]")
_STEP = re.compile(r"/(\w{1,20})(?:\[(\d{1,5})\])?")
_FIRM = CUTTABLE | {"tbody", "tr", "td", "center"}
"""Elements that stay where they are put when a page is parsed."""


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
            return with_cut(profile, [page for page, _ in read], rules=rules)
    return None


def _repeated(articles: Sequence[Article]) -> tuple[str, ...]:
    """The lines that stand in the text of most pages."""
    lines = Counter(line for article in articles for line in set(article.text.split("\n")))
    enough = max(_MIN_PAGES, _MIN_SHARE * len(articles))
    return tuple(sorted(line for line, times in lines.items() if times >= enough))


def _head_agrees(page: Page, article: Article) -> bool:
    root = parse_root(decode(prescan(page.body).body, page.charset).text)
    if root is None or article.title is None:
        return False
    metadata = read_metadata(PageTree(root, root.find("head")))
    return any(titles_agree(article.title, claim) for claim in (*metadata.titles, metadata.title) if claim)


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
    return (
        tuple(_path(tree.root, one) for one in frames),
        _path(tree.root, _title_element(heading)),
        _path(tree.root, body),
    )


def _title_element(heading: Block) -> HtmlElement:
    """The heading's element, or the inline one with its text where other blocks stand in that element too."""
    if " ".join("".join(heading.element.itertext()).split()) == heading.text:
        return heading.element
    within: Iterator[HtmlElement] = heading.element.iterdescendants("a", "b", "strong", "span", "font", "em", "i")
    exact = (element for element in within if " ".join("".join(element.itertext()).split()) == heading.text)
    return next(exact, heading.element)


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
        if find(root, path) is element:
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


# --- where pages can be cut ------------------------------------------------------------------------------------------


def with_cut(profile: SiteProfile, pages: Sequence[Page], *, rules: ReadingRules) -> SiteProfile:
    """The profile with the place where pages can be cut, if each of them is read so as it is whole."""
    cuts = [_cuts(page, profile) for page in pages]
    for level in range(_CUT_LEVELS):
        (cut, count), *_ = Counter(chain[level] for chain in cuts).most_common(1)
        if cut is None or count < _MIN_FIT * len(pages):
            continue
        candidate = replace(
            profile, cut=replace(cut, told_elsewhere=any(tells_elsewhere(page.body, cut) for page in pages))
        )
        readings = [
            (read_excerpt(page, candidate, rules=rules), read_whole(page, profile, rules=rules)) for page in pages
        ]
        same = [part == whole for part, whole in readings if part is not None]
        if all(same) and 2 * len(same) >= len(pages):
            return candidate
    return profile


def _cuts(page: Page, profile: SiteProfile) -> list[Cut | None]:
    """How a page could be cut at the frame and at the elements around it; None where it could not."""
    root = parse_root(decode(prescan(page.body).body, page.charset).text)
    frame = find(root, profile.frame) if root is not None else None
    chain = [frame, *ancestors(frame)][:_CUT_LEVELS] if root is not None and frame is not None else []
    counted = not all(path.startswith(".//") for path in (profile.frame, profile.title, profile.body))
    found = [_cut(page.body, root, element, counted) for element in chain]
    return found + [None] * (_CUT_LEVELS - len(found))


def _cut(body: bytes, root: HtmlElement, element: HtmlElement, counted: bool) -> Cut | None:
    """Where a page is cut to get one element; `counted` says that paths count what stands around it."""
    around = _around(element) if counted else ""
    if element.tag not in CUTTABLE or around is None:
        return None
    tags = re.findall(rb"<" + element.tag.encode() + rb"(?:\s[^<>]{0,1000})?>", body, re.IGNORECASE)
    elements = list(root.iter(element.tag))
    if len(tags) != len(elements):
        return None
    index = elements.index(element)
    opening = tags[index]
    nth = tags[: index + 1].count(opening) if body.count(opening) > 1 else 0
    return Cut(opening=opening.decode("utf-8", "replace"), nth=nth, around=around, told_elsewhere=True)


def _around(element: HtmlElement) -> str | None:
    """Opening tags that give an element its place among those it is counted with; None where they may give another."""
    path = str(element.getroottree().getpath(element))
    steps = _STEP.findall(path.removeprefix("/html/body").rpartition("/")[0])
    if not path.startswith("/html/body/") or any(tag not in _FIRM for tag, _ in steps):
        return None
    *_, (_, last) = [("", ""), *_STEP.findall(path)]
    own = f"<{element.tag}></{element.tag}>" * (int(last or 1) - 1)
    return "".join(f"<{tag}></{tag}>" * (int(number or 1) - 1) + f"<{tag}>" for tag, number in steps) + own
