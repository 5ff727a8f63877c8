"""The steps in order: page → text → language → relevance → pillars → places → references → facts → verdict.

A pipeline is a value: its rules are loaded once, and the same input gives the same verdict in any process. It has no
clock, network, file, log or metric in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from processor.documents.read import read_document
from processor.facts.finder import FactFinder
from processor.model import (
    VIETNAM_TIME,
    Article,
    DatePrecision,
    Outcome,
    Page,
    PlainText,
    PublishedAt,
    Verdict,
)
from processor.places.resolver import PlaceResolver
from processor.reading.extract import NotArticle, NotArticleReason, ReadingRules, read_page
from processor.reading.language import detect_language
from processor.reading.media import Media, media_of
from processor.reading.plain import read_plain
from processor.reading.prescan import ScanReason
from processor.reading.profiles import SiteProfile, read_with_profile
from processor.references.find import find_references
from processor.relevance.features import search
from processor.relevance.model import RelevanceModel
from processor.relevance.pillars import PillarTagger
from processor.relevance.seeds import load_seed_corpus
from processor.text import normalise
from store.errors import NeverValid
from store.outcome import SCANNED


@dataclass(frozen=True, kw_only=True, slots=True)
class PipelineSettings:
    """What an operator may change about meaning. Picklable: workers get a copy."""

    seeds_folder: Path | None = None
    """Extra seed articles (*.txt), added to the five that come with the program."""
    threshold: float | None = None
    """Probability from which an article counts as a report; None takes the one the rules were calibrated for."""
    languages: tuple[str, ...] = ("vi",)


@dataclass(frozen=True, slots=True)
class KnownSitePage:
    """A page of a site whose layout was learned."""

    page: Page
    profile: SiteProfile


@dataclass(frozen=True, slots=True)
class Pipeline:
    relevance: RelevanceModel
    pillars: PillarTagger
    places: PlaceResolver
    facts: FactFinder
    reading: ReadingRules
    languages: tuple[str, ...]

    @classmethod
    def load(cls, settings: PipelineSettings | None = None) -> Pipeline:
        """Read the rules. Raises `NeverValid` naming the file when one cannot be used."""
        settings = settings or PipelineSettings()
        try:
            seeds = load_seed_corpus(settings.seeds_folder)
        except (OSError, ValueError) as error:
            raise NeverValid(f"seeds folder {settings.seeds_folder}: {error}") from error
        relevance = RelevanceModel.load(seeds, threshold=settings.threshold)
        return cls(
            relevance=relevance,
            pillars=PillarTagger(relevance.lexicon),
            places=PlaceResolver.load(),
            facts=FactFinder.load(),
            reading=ReadingRules.load(),
            languages=settings.languages,
        )

    @property
    def rules_version(self) -> str:
        """Changes with the seeds, the lexicon, the weights, the threshold or the indicators."""
        return f"{self.relevance.version}+{self.facts.version}"

    def warm_up(self) -> None:
        """Load what libraries load lazily, so that the first page is not charged for it."""
        self.analyze(PlainText(text="Cải cách hành chính tại tỉnh Long An đạt kết quả tốt."))

    def analyze(self, item: Page | KnownSitePage | PlainText) -> Verdict:
        if isinstance(item, PlainText):
            return self._analyze_text(item)
        return self._analyze_page(item) if isinstance(item, Page) else self._analyze_known(item)

    def _analyze_known(self, item: KnownSitePage) -> Verdict:
        """Read where the profile says; a page that does not fit is read the general way, and the misfit is told."""
        page = item.page
        article = read_with_profile(page, item.profile, rules=self.reading) if media_of(page) is Media.PAGE else None
        if article is not None:
            return replace(self.analyze_article(_completed(article, page)), fits_profile=True)
        verdict = self._analyze_page(page)
        return replace(verdict, fits_profile=False) if verdict.article is not None else verdict

    def _analyze_page(self, page: Page) -> Verdict:
        media = media_of(page)
        if media is Media.OTHER:
            return Verdict(outcome=Outcome.UNSUPPORTED, reason=page.content_type or "unknown media type")
        read = _read_file(page) if media is Media.DOCUMENT else read_page(page, rules=self.reading)
        if isinstance(read, Verdict):
            return read
        if isinstance(read, NotArticle):
            return _without_article(read)
        return self.analyze_article(_completed(read, page))

    def _analyze_text(self, item: PlainText) -> Verdict:
        text = normalise(item.text)
        title = normalise(item.title) if item.title else None
        if not title and not text:
            return Verdict(outcome=Outcome.NOT_AN_ARTICLE, reason="no_text")
        read = read_plain(text, title=title, rules=self.reading) or Article(text=text, title=title)
        published = _given(item.published_at) if item.published_at else read.published
        return self.analyze_article(
            replace(read, text=text, url=item.url, source_id=item.source_id, published=published, lead=None)
        )

    def analyze_article(self, article: Article) -> Verdict:
        language = detect_language(article.text or article.title or "")
        if language is not None and language not in self.languages:
            return Verdict(outcome=Outcome.NOT_VIETNAMESE, article=article, language=language)
        searched = search(self.relevance.lexicon, article)
        relevance = self.relevance.judge(article, searched)
        places = self.places.resolve(article)
        references = find_references(article.text, article.published_on)
        return Verdict(
            outcome=Outcome.REPORT if relevance.is_report else Outcome.NOT_A_REPORT,
            article=article,
            language=language,
            relevance=relevance,
            pillars=self.pillars.tag(article, searched) if relevance.is_report else (),
            places=places,
            references=references,
            facts=self.facts.find(article, places, references),
        )


def _completed(article: Article, page: Page) -> Article:
    """The article with what is known of its page from elsewhere."""
    if article.published is None and page.published_at is not None:
        article = replace(article, published=_given(page.published_at))
    return replace(article, source_province=page.source_province)


def _read_file(page: Page) -> Article | Verdict:
    """A decision or plan that is published as a file is an article too; a scan of one has no text to judge."""
    document = read_document(page.body, page.url)
    if document is None:
        return Verdict(outcome=Outcome.UNSUPPORTED, reason=page.content_type or "unknown document format")
    if document.problem is not None:
        return Verdict(outcome=Outcome.QUARANTINED, reason=f"{document.format}: {document.problem}")
    if document.scanned or not document.text:
        return Verdict(outcome=Outcome.NOT_AN_ARTICLE, reason=SCANNED if document.scanned else "no_text")
    return Article(
        text=document.text,
        title=document.title or page.link_text,
        published=document.published,
        url=page.url,
        source_id=page.source_id,
        truncated=document.truncated,
    )


def _without_article(read: NotArticle) -> Verdict:
    if read.reason is NotArticleReason.UNREADABLE and read.detail != ScanReason.EMPTY:
        # Built to hurt a parser, or broken: kept with its bytes, because a mended program may read it.
        return Verdict(outcome=Outcome.QUARANTINED, reason=read.detail)
    return Verdict(outcome=Outcome.NOT_AN_ARTICLE, reason=read.reason)


def _given(at: datetime) -> PublishedAt:
    return PublishedAt(at=at.astimezone(VIETNAM_TIME), precision=DatePrecision.DAY, found_in="given")
