"""The seeds, served by eight content-management systems, are read back whole."""

from __future__ import annotations

import pytest

from processor.model import Article
from processor.reading.extract import read_page
from processor.text import normalise
from tests.dresses import DRESSES, Worn, dress, seed_articles, shown

_CASES = [(seed, name) for seed in seed_articles() for name in DRESSES]


@pytest.fixture(params=_CASES, ids="-".join)
def case(request: pytest.FixtureRequest) -> tuple[Worn, Article]:
    seed, name = request.param
    worn = seed_articles()[seed]
    article = read_page(dress(worn, name))
    assert isinstance(article, Article), article
    return shown(worn, name), article


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
