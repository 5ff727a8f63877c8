"""The faster expressions give what trafilatura's own give, and unknown versions run as they are."""

# ruff: noqa: E501 - markup and running text stay in one piece

from __future__ import annotations

import subprocess
import sys

import pytest
import trafilatura
from trafilatura import bare_extraction

from processor.reading import fast_trafilatura
from processor.reading.fast_trafilatura import accelerate, expressions_digest
from processor.reading.tree import parse
from tests.dresses import DRESSES, seed_articles

_COMPARE = """
import sys
from trafilatura import bare_extraction
from processor.reading.fast_trafilatura import accelerate
from processor.reading.tree import parse
from tests.unit.test_fast_trafilatura import pages

SETTINGS = [dict(fast=True, favor_recall=True), dict(fast=True), dict(favor_precision=True)]

def read():
    found = []
    for page in pages():
        for settings in SETTINGS:
            document = bare_extraction(parse(page).root, include_comments=False, **settings)
            found.append(document and document.text)
    return found

before = read()
assert accelerate(), "not accelerated"
after = read()
assert len(before) > 100 and any(before)
differing = [number for number, pair in enumerate(zip(before, after)) if pair[0] != pair[1]]
sys.exit(f"differing: {differing}" if differing else 0)
"""

_NAMES = (
    "comments", "comment-list", "disqus_thread", "commentary", "sidebar", "nav-main", "share-box", "related", "author", "byline",
    "cookie-notice", "post-content", "entry-content", "article-body", "story-body", "main-content", "page-content", "content",
    "hidden", "noprint", "teaser", "fulltext", "infinite-scroll", "mvp-post-add-wrap", "reply-1", "message", "text", "story",
    "ad-slot", "widget", "meta", "post", "primary", "articleContent", "MainContent", "elementor-share-buttons", "tags",
)  # fmt: skip


def pages() -> list[str]:
    """The dressed seeds, and pages on which every name that the expressions look for occurs as class and as id."""
    found = [dress(worn)[1] for worn in seed_articles().values() for dress in DRESSES.values()]
    text = "".join(f"<p>{paragraph}</p>" for paragraph in seed_articles()["003"].paragraphs)
    for name in _NAMES:
        for attribute in (f'class="{name}"', f'id="{name}"', f'id="x" class="{name} b"', f'class="a" id="{name}"'):
            aside = f"<div {attribute}><p>{text[:400]}</p><ul {attribute}><li>{name}</li></ul></div>"
            found.append(
                f"<html><body><h1>{name}</h1><div {attribute}>{text}</div>{aside}<p {attribute}>{name}</p></body></html>"
            )
    attributes = (
        'role="navigation"',
        'style="display: none"',
        'aria-hidden="true"',
        'itemprop="articleBody"',
        'role="article"',
    )
    found.extend(
        f"<html><body><div {attribute}>{text}</div><div><p>{text[:500]}</p></div></body></html>"
        for attribute in attributes
    )
    return found


def test_the_replacements_change_nothing_but_the_time() -> None:
    """In a process of its own, because the replacement holds for the whole process."""
    done = subprocess.run([sys.executable, "-c", _COMPARE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_short_way_gives_what_the_library_gives() -> None:
    differing = []
    for number, text in enumerate(pages()):
        page = parse(text)
        assert page is not None
        document = bare_extraction(page.root, include_comments=False, fast=True, favor_recall=True)
        assert not isinstance(document, dict), "only asked for as a dictionary is it one"
        if fast_trafilatura.second_reading(page.root) != (document and document.text):
            differing.append(number)
    assert not differing


def test_an_unknown_version_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    accelerate.cache_clear()
    monkeypatch.setattr(trafilatura, "__version__", "9.9.9")
    before = expressions_digest()
    assert not accelerate()
    assert expressions_digest() == before
    accelerate.cache_clear()


def test_unknown_expressions_are_left_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    accelerate.cache_clear()
    monkeypatch.setattr(fast_trafilatura, "_KNOWN_DIGEST", "other")
    before = expressions_digest()
    assert not accelerate()
    assert expressions_digest() == before
    accelerate.cache_clear()


def test_the_second_reading_leaves_the_page_untouched() -> None:
    page = parse(pages()[0])
    assert page is not None
    before = [(block.text, block.element.tag) for block in page.blocks]
    assert fast_trafilatura.second_reading(page.root)
    assert [(block.text, block.element.tag) for block in page.blocks] == before
