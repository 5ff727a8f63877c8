"""Runs trafilatura as the second reading of a page, with its slowest expressions replaced by faster equal ones.

trafilatura finds furniture with XPath expressions that call a Python regular expression for every element. The
same questions, asked once for each distinct class and id, take a third of the time and give the same elements. The
replacements hold for one version only, whose expressions are known by their digest; with any other the library runs
as it is. A test compares both on many pages.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from functools import cache

import trafilatura
from lxml.html import HtmlElement
from trafilatura import bare_extraction, xpaths
from trafilatura.htmlprocessing import convert_tags, prune_unwanted_nodes, tree_cleaning
from trafilatura.main_extractor import extract_content
from trafilatura.settings import Extractor
from trafilatura.xml import xmltotxt

_KNOWN_VERSION = "2.3.1"
_KNOWN_DIGEST = "6c94d2ec41f543bafd1c19a13e906c15466d834084e48187875d4a048f9f9726"
_FORUM = "DiscussionForumPosting"
"""On a forum's page comments are the content."""
_SECTIONS = ("div", "item", "list", "p", "section", "span")
_FRAMES = ("article", "div", "main", "section")


def second_reading(root: HtmlElement) -> str | None:
    """trafilatura's text of a parsed page, or None when it finds none. The tree is not changed."""
    if accelerate() and (text := _main_text(root)) is not None:
        return text
    document = bare_extraction(root, include_comments=False, fast=True, favor_recall=True)
    return None if document is None or isinstance(document, dict) else document.text


def _main_text(root: HtmlElement) -> str | None:
    """What the library's first stage gives, with one copy of the page instead of three; None where others follow."""
    if any(_FORUM in (script.text or "") for script in root.iter("script")):
        return None
    options = Extractor(fast=True, recall=True, comments=False)
    tree = prune_unwanted_nodes(copy(root), xpaths.RAW_TREE_PRUNE_XPATH)
    tree = prune_unwanted_nodes(tree, xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH)
    try:
        body, text = extract_content(convert_tags(tree_cleaning(tree, options), options), options)
    except ValueError:
        # Noise can parse into elements whose names cannot be written; the whole extraction gives such a page up too.
        return None
    return xmltotxt(body, options.formatting) if len(text) >= options.min_extracted_size else None


@cache
def accelerate() -> bool:
    """Put the faster expressions in place, once per process; False when this version of the library is unknown."""
    if trafilatura.__version__ != _KNOWN_VERSION or expressions_digest() != _KNOWN_DIGEST:
        return False
    xpaths.RAW_TREE_PRUNE_XPATH[0] = _Elements(("div", "section", "aside"), _is_appended_article)
    xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH[0] = _Elements(
        ("div", "list", "section", "details", "ol", "ul"), _is_comments
    )
    xpaths.OVERALL_DISCARD_XPATH[0] = _Elements(_SECTIONS, _is_furniture)
    xpaths.OVERALL_DISCARD_XPATH[1] = _Elements((), _is_hidden)
    for index, frame in enumerate((_is_article_body, None, _is_story, _is_main_content)):
        if frame is not None:
            xpaths.BODY_XPATH[index] = _Elements(_FRAMES, frame)
    return True


def expressions_digest() -> str:
    """Digest of the library's own expressions that are replaced."""
    groups = (
        xpaths.RAW_TREE_PRUNE_XPATH, xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH, xpaths.OVERALL_DISCARD_XPATH,
        xpaths.BODY_XPATH,
    )  # fmt: skip
    paths = [str(getattr(expression, "path", "replaced")) for group in groups for expression in group]
    return hashlib.sha256("\n".join(paths).encode()).hexdigest()


class _Elements:
    """Stands in for an XPath expression: the descendants of an element that answer a question with yes, in order."""

    __slots__ = ("_question", "_tags", "path")

    def __init__(self, tags: Sequence[str], question: Callable[[HtmlElement, _Answers], bool]) -> None:
        self._tags = tags or ("*",)
        self._question = question
        self.path = f"replaced:{question.__name__}"

    def __call__(self, root: HtmlElement) -> Iterator[HtmlElement]:
        # A list, because the caller deletes what it is given.
        answers = _Answers()
        return iter([element for element in root.iterdescendants(*self._tags) if self._question(element, answers)])


class _Answers(dict[int, dict[str, bool]]):
    """Whether a pattern, by its identity, occurs in an attribute's value: remembered for one page."""

    __slots__ = ()

    def found(self, pattern: re.Pattern[str], value: str | None) -> bool:
        if value is None:
            return False
        answers = self[id(pattern)]
        answer = answers.get(value)
        if answer is None:
            answer = answers[value] = pattern.search(value) is not None
        return answer

    def __missing__(self, pattern: int) -> dict[str, bool]:
        answers: dict[str, bool] = {}
        self[pattern] = answers
        return answers


def _any(tokens: Sequence[str]) -> re.Pattern[str]:
    """A pattern that finds any of the tokens; those with the same first letter share a branch, which is faster."""
    branches: dict[str, list[str]] = {}
    for token in tokens:
        plain = (token[0].isalnum() or token[0] in "-_ ") and token[1:2] not in {"?", "*", "+", "{"}
        branches.setdefault(token[0] if plain else "", []).append(token[plain:])
    free = branches.pop("", [])
    return re.compile("|".join([*free, *(f"{first}(?:{'|'.join(rest)})" for first, rest in branches.items())]))


def _first_of(element: HtmlElement, *names: str) -> str | None:
    """The value of whichever attribute stands first in the source, as XPath's string(@a|@b) gives it."""
    found = [name for name in element.keys() if name in names]  # noqa: SIM118 - an element iterates over its children
    return element.get(found[0]) if found else None


_APPENDED = re.compile(r"mvp-post-add-(?:box|wrap)|infinite-?scroll")
_APPENDED_BOX = re.compile(r"mvp-post-add-(?:box|wrap)")
_COMMENTS_ID = re.compile(rf"^(?:{xpaths._COMMENTS_ID}|disqus_thread|dsq-comments)")
_COMMENTS_LIST_ID = re.compile(rf"^(?:{xpaths._COMMENTS_ID})")
_COMMENTS_CLASS = re.compile(xpaths._COMMENTS_CLASS)


def _is_appended_article(element: HtmlElement, answers: _Answers) -> bool:
    name, identity = element.get("class"), element.get("id")
    if not (answers.found(_APPENDED, name) or answers.found(_APPENDED, identity)):
        return False
    boxed = answers.found(_APPENDED_BOX, name) or answers.found(_APPENDED_BOX, identity)
    return boxed or element.find(".//h1") is None


def _is_comments(element: HtmlElement, answers: _Answers) -> bool:
    if answers.found(_COMMENTS_CLASS, element.get("class")):
        return True
    pattern = _COMMENTS_LIST_ID if element.tag in {"ol", "ul"} else _COMMENTS_ID
    return answers.found(pattern, element.get("id"))


_CONSENT = _any(xpaths._CONSENT_ID_CLASS_TOKENS)
_DISCARD_ID = _any(xpaths._OVERALL_DISCARD_BOTH_TOKENS + xpaths._OVERALL_DISCARD_ID_TOKENS)
_DISCARD_CLASS = _any(xpaths._OVERALL_DISCARD_BOTH_TOKENS + xpaths._OVERALL_DISCARD_CLASS_TOKENS)


def _is_furniture(element: HtmlElement, answers: _Answers) -> bool:
    if not element.attrib:
        return False
    name, identity = element.get("class"), element.get("id")
    if answers.found(_DISCARD_CLASS, name) or answers.found(_DISCARD_ID, identity):
        return True
    if (name or identity) and answers.found(_CONSENT, _first_of(element, "id", "class")):
        return True
    role = element.get("role")
    return (
        (role is not None and "nav" in role.replace("N", "n"))
        or bool(element.get("data-lp-replacement-content") is not None)
        or "MostPopularStories" in element.get("data-component", "")
    )


_HIDDEN = re.compile("hidden")
_HIDDEN_ID = re.compile("reader-comments|akismet")
_HIDDEN_CLASS = re.compile(
    "^hide-|comments-title|nocomments|-reply-|message|akismet|suggest-links|-hide-|hide-print| hidden| hide|"
    "noprint|notloaded"
)


def _is_hidden(element: HtmlElement, answers: _Answers) -> bool:
    if not element.attrib:
        return False
    name, identity, style = element.get("class"), element.get("id"), element.get("style")
    if answers.found(_HIDDEN_CLASS, name) or answers.found(_HIDDEN_ID, identity):
        return True
    if style is not None and ("display:none" in style or "display: none" in style):
        return True
    if (style or identity) and answers.found(_HIDDEN, _first_of(element, "id", "style")):
        return True
    if element.get("aria-hidden") == "true":
        return True
    return bool(name or identity) and (_first_of(element, "id", "class") or "").startswith("reply-")


_BODY_ID = _any(xpaths._ARTICLE_CONTENT_ID_TOKENS)
_BODY_CLASS = _any(xpaths._ARTICLE_CONTENT_CLASS_TOKENS)
_STORY_ID = _any(xpaths._STORY_ID_TOKENS)
_STORY_CLASS = _any(xpaths._STORY_CLASS_TOKENS)
_FULL_TEXT = re.compile("fulltext", re.IGNORECASE)
_MAIN_ID = _any(xpaths._MAIN_CONTENT_ID_TOKENS)
_MAIN_CLASS = _any(xpaths._MAIN_CONTENT_CLASS_TOKENS)


def _is_article_body(element: HtmlElement, answers: _Answers) -> bool:
    name, identity = element.get("class"), element.get("id")
    if name in {"post", "entry"} or identity == "articleContent" or element.get("itemprop") == "articleBody":
        return True
    return answers.found(_BODY_ID, identity) or answers.found(_BODY_CLASS, name)


def _is_story(element: HtmlElement, answers: _Answers) -> bool:
    name, identity = element.get("class"), element.get("id")
    if element.get("role") == "article" or identity in {"article", "story"}:
        return True
    if name in {"postarea", "art-postcontent", "text", "cell", "story"} or answers.found(_STORY_ID, identity):
        return True
    return answers.found(_FULL_TEXT, name) or answers.found(_STORY_CLASS, name)


def _is_main_content(element: HtmlElement, answers: _Answers) -> bool:
    name, identity = element.get("class"), element.get("id")
    if (
        name == "content"
        or identity == "content"
        or answers.found(_MAIN_ID, identity)
        or answers.found(_MAIN_CLASS, name)
    ):
        return True
    lowered = (name or "").replace("C", "c").replace("M", "m")
    if "main-content" in lowered or "main-content" in (identity or "").replace("C", "c").replace("M", "m"):
        return True
    return "page-content" in (name or "").replace("C", "c").replace("P", "p")
