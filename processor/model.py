"""The values that pass between the processor's steps: frozen, complete and time-zone aware.

Offsets are in code points and always refer to `Article.text`, the text as it is stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

from store.outcome import Outcome as Outcome

VIETNAM_TIME = timezone(timedelta(hours=7), "+07")


class Pillar(StrEnum):
    """The six pillars of resolution 76/NQ-CP (2021), and steering, which is not a pillar."""

    THE_CHE = "THE_CHE"
    TTHC = "TTHC"
    BO_MAY = "BO_MAY"
    CONG_VU = "CONG_VU"
    TAI_CHINH_CONG = "TAI_CHINH_CONG"
    CQDT = "CQDT"
    CHI_DAO = "CHI_DAO"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A stretch of `Article.text`: `text[start:end] == quote`."""

    start: int
    end: int
    quote: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A page as it came from the network, before anything was read out of it."""

    url: str
    body: bytes
    fetched_at: datetime | None
    content_type: str | None = None
    """The media type the server declared, without parameters, lower case."""
    charset: str | None = None
    """The character set the server declared, if it did."""
    source_id: str | None = None
    link_text: str | None = None
    """The text of the link or feed entry under which the page was discovered: evidence for its title."""
    source_province: str | None = None
    """Then-name of the province whose news the source carries: a prior for places, never more."""
    published_at: datetime | None = None
    """Known from elsewhere, for example a feed: stands in when the page itself does not say."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlainText:
    """A text that never was a page, for example a seed or a line of a corpus."""

    text: str
    title: str | None = None
    """None: the first line that is not empty serves as title."""
    published_at: datetime | None = None
    url: str | None = None
    source_id: str | None = None


class DatePrecision(StrEnum):
    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedAt:
    """When the page says it was published, how exactly, and where on the page that stood."""

    at: datetime
    """Aware, at +07:00; midnight when only the day is known."""
    precision: DatePrecision
    found_in: str
    """A closed word: json-ld, meta, time, byline, header, footer, dateline, url, given."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentLink:
    """A file that an article's body links: the decision it tells of, a plan, a form."""

    url: str
    """Canonical."""
    fetch_url: str
    """As it is linked, absolute."""
    text: str | None
    """What the link says; None when it is only a picture."""
    title: str | None
    """The same where it says what the document is, and not only "Tải về"."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """What was read from a page: the input of every step of meaning."""

    text: str
    """Lead and body, paragraphs separated by one newline, in the normal form of `processor.text`."""
    title: str | None
    author: str | None = None
    outlet: str | None = None
    """The outlet credited on the page ("Theo Cổng TTĐT Long An"), which is not the author."""
    lead: str | None = None
    published: PublishedAt | None = None
    url: str | None = None
    source_id: str | None = None
    source_province: str | None = None
    """Then-name of the province the source belongs to: a prior, never more."""
    truncated: bool = False
    """True when the parser is known to have dropped part of the page."""
    documents: tuple[DocumentLink, ...] = ()
    """Files that the body links, wherever they lie, in the order of the page."""

    @property
    def published_on(self) -> date | None:
        return self.published.at.date() if self.published else None


@dataclass(frozen=True, kw_only=True, slots=True)
class SeedSimilarity:
    seed: str
    """The seed's id, for example "002"."""
    similarity: float


@dataclass(frozen=True, kw_only=True, slots=True)
class TermWeight:
    """A term that moved the relevance score, with its share of the log-odds (negative: against)."""

    term: str
    weight: float
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Relevance:
    is_report: bool
    score: float
    """Calibrated probability that the article is a reform report."""
    seeds: tuple[SeedSimilarity, ...]
    """Nearest first."""
    terms: tuple[TermWeight, ...]
    """The deciding terms and reasons, strongest first; reasons against have negative weight."""
    version: str
    """Which rules and seeds judged."""


class PillarRole(StrEnum):
    PRIMARY = "primary"
    LISTED = "listed"


@dataclass(frozen=True, kw_only=True, slots=True)
class PillarTag:
    id: Pillar
    role: PillarRole
    evidence: tuple[Span, ...]


class PlaceLevel(StrEnum):
    NATIONAL = "national"
    REGION = "region"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    DEPARTMENT = "department"
    UNKNOWN = "unknown"


class PlaceHow(StrEnum):
    EXPLICIT = "explicit"
    DISTRICT_LOOKUP = "district_lookup"
    SOURCE_DEFAULT = "source_default"
    CONTEXT = "context"
    AMBIGUOUS = "ambiguous"


class PlaceRole(StrEnum):
    SUBJECT = "subject"
    COMPARISON = "comparison"
    MENTIONED = "mentioned"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """An administrative unit as it was called on the article's date, and its successor of today."""

    then: str | None
    """Name in force on the article's date, with its type word for districts and communes; None when national."""
    level: PlaceLevel
    district_then: str | None = None
    province_then: str | None = None
    province_now: str | None = None
    code_then: int | None = None
    """Statistical code of the province before 1 July 2025. Codes were reused: never a key without its edition."""
    code_now: int | None = None
    how: PlaceHow = PlaceHow.EXPLICIT
    role: PlaceRole = PlaceRole.SUBJECT
    spans: tuple[Span, ...] = ()
    candidates: tuple[str, ...] = ()
    """When ambiguous: the provinces it may lie in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceResolution:
    """All places of an article in order of importance, and the one it is about (None: national)."""

    places: tuple[Place, ...]
    primary: Place | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A legal document that the text cites, keyed by (number, type, body, year)."""

    code: str
    """Normal form as it is cited, for example "76/NQ-CP" or "61/2018/NĐ-CP"."""
    number: str
    type: str
    """Type code: NQ, NĐ, QĐ, CT, TT, KH, ..."""
    body: str
    """Issuing body code: CP, TTg, TW, TU, UBND, QH15, ..."""
    year: int | None
    dated: date | None
    issuer: str | None
    span: Span


class FactKind(StrEnum):
    ACHIEVED = "achieved"
    TARGET = "target"
    PREVIOUS = "previous"
    COMPONENT = "component"
    COMPARISON = "comparison"


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One indicator value that the text claims, as printed. Field meanings follow `data/fact_schema.json`."""

    indicator: str
    kind: FactKind
    place: Place
    span: Span
    sentence: Span
    component: str | None = None
    value: float | None = None
    unit: str | None = None
    comparator: str = "="
    numerator: float | None = None
    denominator: float | None = None
    rate: float | None = None
    rank: int | None = None
    out_of: int | None = None
    rank_scope: str | None = None
    delta: float | None = None
    delta_unit: str | None = None
    base_year: int | None = None
    year: int | None = None
    period: str | None = None
    year_source: str | None = None
    scope: str | None = None
    region: str | None = None
    cue: str | None = None
    confidence: Confidence = Confidence.MEDIUM
    check: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The pipeline's whole answer for one page."""

    outcome: Outcome
    article: Article | None = None
    language: str | None = None
    relevance: Relevance | None = None
    pillars: tuple[PillarTag, ...] = ()
    places: PlaceResolution = field(default_factory=lambda: PlaceResolution(places=(), primary=None))
    references: tuple[Reference, ...] = ()
    facts: tuple[Fact, ...] = ()
    reason: str | None = None
    """For outcomes without an article: what was found instead, in one closed word or short phrase."""
    fits_profile: bool | None = None
    """Whether an article stood where its site's profile says; None when there was no profile to hold it to."""
