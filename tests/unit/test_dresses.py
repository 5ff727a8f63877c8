"""The seeds, served by eleven content-management systems, are read back whole."""

from __future__ import annotations

from collections import Counter
from html import escape
from importlib.resources import files

import pytest

from processor.evaluation.report import load_baseline
from processor.model import Article, Page
from processor.reading.extract import NotArticle, read_page
from processor.text import normalise
from tests.dresses import DRESSES, FETCHED, Worn, dress, seed_articles, shown
from tests.newer_dresses import NEWER_DRESSES, dress_newer

_CASES = [(seed, name) for seed in seed_articles() for name in (*DRESSES, *NEWER_DRESSES)]


def _read(seed: str, name: str) -> Article | NotArticle:
    worn = seed_articles()[seed]
    return read_page(dress_newer(worn, name) if name in NEWER_DRESSES else dress(worn, name))


@pytest.fixture(params=_CASES, ids="-".join)
def case(request: pytest.FixtureRequest) -> tuple[Worn, Article]:
    seed, name = request.param
    article = _read(seed, name)
    assert isinstance(article, Article), article
    return shown(seed_articles()[seed], name), article


def test_a_dressed_seed_is_read_back_whole(case: tuple[Worn, Article]) -> None:
    worn, article = case
    assert article.text.split("\n") == normalise(worn.text).split("\n")
    assert article.title == worn.title
    assert article.lead == normalise(worn.lead or "")
    assert (article.author, article.outlet) == (worn.author, worn.outlet)


def test_a_dressed_seed_has_its_date_and_no_other(case: tuple[Worn, Article]) -> None:
    worn, article = case
    if worn.published is None:
        assert article.published is None
    else:
        assert article.published is not None
        assert (article.published.at, article.published.precision) == (worn.published, worn.precision)


def test_what_is_read_of_all_dresses_holds_its_floors() -> None:
    right: Counter[str] = Counter()
    for seed, name in _CASES:
        worn, article = shown(seed_articles()[seed], name), _read(seed, name)
        right["articles"] += isinstance(article, Article)
        if isinstance(article, Article):
            published = article.published and (article.published.at, article.published.precision)
            right["titles"] += article.title == worn.title
            right["dates"] += published == (worn.published and (worn.published, worn.precision))
            right["bylines"] += (article.author, article.outlet) == (worn.author, worn.outlet)
            right["leads"] += article.lead == normalise(worn.lead or "")
            right["texts"] += article.text.split("\n") == normalise(worn.text).split("\n")
    floors = load_baseline().test_floors
    shares = {f"dresses.{what}": count / len(_CASES) for what, count in right.items()}
    assert all(shares[name] >= floor for name, floor in floors.items() if name.startswith("dresses.")), shares


@pytest.mark.parametrize("tag", ["p", "div"])
@pytest.mark.parametrize("seed", sorted(seed_articles()))
def test_pages_saved_as_plain_lines_keep_their_title_date_and_byline(seed: str, tag: str) -> None:
    """The seeds as they are: everything around them in the same kind of paragraph, and nothing named."""
    worn = seed_articles()[seed]
    source = next(entry for entry in files("seeds").iterdir() if entry.name.startswith(seed))
    lines = "".join(f"<{tag}>{escape(line)}</{tag}>" for line in source.read_text("utf-8").split("\n"))
    article = read_page(
        Page(url="https://x.example/a.html", body=f"<html><body>{lines}</body></html>".encode(), fetched_at=FETCHED)
    )
    assert isinstance(article, Article)
    assert (article.title, article.author, article.outlet) == (worn.title, worn.author, worn.outlet)
    assert (article.published and article.published.at) == worn.published
    text = article.text.split("\n")
    expected = normalise(worn.text).split("\n")
    assert [line for line in text if line in expected] == expected
    assert len(text) <= len(expected) + 1
