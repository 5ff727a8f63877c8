"""The whole processor against a bare extraction loop, page by page in random order, and the cost of meaning alone."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any

import trafilatura
from trafilatura.meta import reset_caches

from processor.evaluation.corpus import Case, load_corpus
from processor.model import Article, Outcome, Page, PlainText
from processor.pipeline import KnownSitePage, Pipeline
from processor.reading.extract import EXTRACTOR_VERSION
from processor.reading.language import detect_language
from processor.reading.layout import learn_profile
from processor.reading.profiles import SiteProfile
from processor.records import article_record
from processor.references.find import find_references
from processor.relevance.features import search
from processor.text import normalise
from store.events import FetchReason, PageFetched, ReportFound, decode_page, encode_page, encode_report
from tests.bench.corpus import LEARNED_FROM, BenchPage, f1_score, mixed_sources, report_sources
from tests.dress_parts import seed_articles

ROUNDS = 3
BLOCK = 12
"""Pages that one way reads before it is the other's turn."""


Whole = Callable[[BenchPage], str]


def compare(name: str, pages: list[BenchPage]) -> None:
    """Print the ratio of page rates, whole processor to bare loop, with its range over the rounds."""
    pipeline = Pipeline.load()
    pipeline.warm_up()
    _compare(name, pages, _whole(pipeline, pages, {}))


def known_sources() -> None:
    """Print the same ratio for pages of sources whose layout was learned.

    Once with the worst there is, reports full of figures alone, and once with what sources publish, mostly other news.
    """
    _known_sources("known sources, every page a report", report_sources())
    _known_sources("known sources, one page in ten a report", mixed_sources())


def _known_sources(name: str, sources: Mapping[str, list[BenchPage]]) -> None:
    """Each dress is a source: its profile is learned from six pages, the rest are read with it."""
    pipeline = Pipeline.load()
    pipeline.warm_up()
    rest: list[BenchPage] = []
    profiles: dict[str, SiteProfile] = {}
    for source, pages in sources.items():
        samples = [_page(_event(page)) for page in pages[:LEARNED_FROM]]
        profile = learn_profile(samples, rules=pipeline.reading)
        if profile is None:
            print(f"{name}: {source} has no layout that could be learned")
        else:
            profiles |= {page.id: profile for page in pages}
        rest.extend(pages[LEARNED_FROM:])
    verdicts = [
        pipeline.analyze(KnownSitePage(_page(_event(page)), profiles[page.id])) for page in rest if page.id in profiles
    ]
    fits = sum(verdict.fits_profile is True for verdict in verdicts)
    reports = sum(verdict.outcome is Outcome.REPORT for verdict in verdicts)
    size = sum(len(page.body) for page in rest) / len(rest) / 1000
    print(f"{name}: {len(rest)} pages of {size:.0f} KB, {fits} fit what was learned, {reports} are judged reports")
    _compare(name, rest, _whole(pipeline, rest, profiles))


def _whole(pipeline: Pipeline, pages: list[BenchPage], profiles: Mapping[str, SiteProfile]) -> Whole:
    """All that the processor does with a page, from the record on the bus to the record for the store."""
    records = {page.id: encode_page(_event(page)) for page in pages}

    def whole(page: BenchPage) -> str:
        event = decode_page(records[page.id])
        profile = profiles.get(page.id)
        verdict = pipeline.analyze(KnownSitePage(_page(event), profile) if profile else _page(event))
        if verdict.outcome in {Outcome.REPORT, Outcome.NOT_A_REPORT}:
            article_record(
                verdict, final_url=event.final_url, rules_version="bench", extractor_version=EXTRACTOR_VERSION
            )
        encode_report(_report(event))
        return verdict.article.text if verdict.article else ""

    return whole


def _compare(name: str, pages: list[BenchPage], whole: Whole) -> None:
    ratios: list[float] = []
    texts: dict[str, dict[str, str]] = {}
    for number in range(ROUNDS):
        reset_caches()
        with multiprocessing.get_context("spawn").Pool(1) as bare:
            # What the library loads with its first page is not charged to that page; nor is it on our side.
            _apart(bare, pages[0])
            spent, texts = _interleaved({"whole": partial(_timed, whole), "bare": partial(_apart, bare)}, pages, number)
        ratios.append(spent["bare"] / spent["whole"])
        per_page = {key: 1000 * seconds / len(pages) for key, seconds in spent.items()}
        print(f"{name}: whole {per_page['whole']:.2f} ms, bare {per_page['bare']:.2f} ms a page")
    ratios.sort()
    print(f"{name}: the whole processor runs at {ratios[1]:.2f} x the bare loop ({ratios[0]:.2f} to {ratios[-1]:.2f})")
    if pages[0].truth is not None:
        for key in ("whole", "bare"):
            f1, precision, recall = f1_score([(page.truth or "", texts[key][page.id]) for page in pages])
            print(f"{name}: text of {key}: F1 {f1:.4f}, precision {precision:.4f}, recall {recall:.4f}")


def meaning(labelled: Path | None) -> None:
    """Print what judging a text costs, by step: the mean over articles, scaled to three thousand characters.

    The seeds are the dearest there are, full of figures and alike to themselves; labelled articles show the usual.
    """
    pipeline = Pipeline.load()
    pipeline.warm_up()
    seeds = [
        Article(text="\n".join(worn.paragraphs), title=worn.title, lead=worn.lead) for worn in seed_articles().values()
    ]
    corpus = load_corpus(labelled) if labelled else None
    sets = {
        "seeds": seeds,
        "labelled articles": _articles(corpus.labelled) if corpus else [],
        "general news": _articles(corpus.general) if corpus else [],
    }
    for name, articles in sets.items():
        if articles:
            _print_costs(pipeline, name, articles)


def _articles(cases: Sequence[Case]) -> list[Article]:
    return [
        Article(text=normalise(case.item.text), title=case.item.title)
        for case in cases
        if isinstance(case.item, PlainText)
    ]


def _print_costs(pipeline: Pipeline, name: str, articles: list[Article]) -> None:
    scale = 3000 * len(articles) / sum(len(article.text) for article in articles)
    found = {id(article): pipeline.places.resolve(article) for article in articles}
    searched = {id(article): search(pipeline.relevance.lexicon, article) for article in articles}
    steps: dict[str, Callable[[Article], Any]] = {
        "all of meaning": pipeline.analyze_article,
        "language": lambda article: detect_language(article.text),
        "terms": lambda article: search(pipeline.relevance.lexicon, article),
        "relevance": lambda article: pipeline.relevance.judge(article, searched[id(article)]),
        "pillars": lambda article: pipeline.pillars.tag(article, searched[id(article)]),
        "places": pipeline.places.resolve,
        "references": lambda article: find_references(article.text, None),
        "facts": lambda article: pipeline.facts.find(article, found[id(article)], ()),
    }
    times = max(1, 50 // len(articles))
    for step, work in steps.items():
        best = min(_seconds(work, articles, times) for _ in range(5))
        print(f"meaning, {len(articles)} {name} scaled to 3,000 characters: {step} {1000 * best * scale:.3f} ms")


def _interleaved(
    ways: dict[str, Callable[[BenchPage], tuple[float, str]]], pages: list[BenchPage], seed: int
) -> tuple[dict[str, float], dict[str, dict[str, str]]]:
    """CPU seconds by way. The order of pages, and of ways on each block of them, is drawn: moods hit both alike.

    Page by page, each way would begin every page with caches that the other has emptied, as a worker never does.
    """
    draw = random.Random(seed)
    spent = dict.fromkeys(ways, 0.0)
    texts: dict[str, dict[str, str]] = {name: {} for name in ways}
    drawn = draw.sample(pages, len(pages))
    for first in range(0, len(drawn), BLOCK):
        for name in draw.sample(list(ways), len(ways)):
            for page in drawn[first : first + BLOCK]:
                seconds, texts[name][page.id] = ways[name](page)
                spent[name] += seconds
    return spent, texts


def _timed(way: Callable[[BenchPage], str], page: BenchPage) -> tuple[float, str]:
    begun = time.process_time()
    text = way(page)
    return time.process_time() - begun, text


def _apart(bare: Pool, page: BenchPage) -> tuple[float, str]:
    """In a process of its own, where the library is as it comes: the processor makes some of it faster."""
    answer: tuple[float, str] = bare.apply(_timed, (bare_extraction, page))
    return answer


def bare_extraction(page: BenchPage) -> str:
    return trafilatura.extract(page.body.decode("utf-8", "replace"), include_comments=False) or ""


def _seconds(step: Callable[[Article], Any], articles: list[Article], times: int) -> float:
    """CPU seconds an article."""
    begun = time.process_time()
    for _ in range(times):
        for article in articles:
            step(article)
    return (time.process_time() - begun) / times / len(articles)


def _event(page: BenchPage) -> PageFetched:
    return PageFetched(
        url=page.url or f"https://bench.example/{page.id}",
        final_url=page.url or f"https://bench.example/{page.id}",
        status=200,
        content_type="text/html",
        charset="utf-8",
        fetched_at=datetime(2026, 1, 2, tzinfo=UTC),
        source_id="bench",
        reason=FetchReason.LIVE,
        body=page.body,
    )


def _page(event: PageFetched) -> Page:
    return Page(url=event.final_url, body=event.body, fetched_at=event.fetched_at, charset=event.charset)


def _report(event: PageFetched) -> ReportFound:
    return ReportFound(
        report_id="r",
        version=1,
        content_hash=event.sha256,
        url=event.url,
        title="t",
        source_id="bench",
        published_at=None,
        fetched_at=event.fetched_at,
        found_at=event.fetched_at,
        score=0.5,
        pillars=(),
        place=None,
        reason=FetchReason.LIVE,
        summary="s",
    )
