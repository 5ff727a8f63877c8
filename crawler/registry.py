"""The registry of sources: a YAML file that people edit, read once, checked whole, refused with every mistake named."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable
from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Self

import yaml
from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from store.canonical import InvalidUrl, canonical_url, host_of, within_domains
from store.errors import NeverValid

MAX_REGISTRY_BYTES: Final = 4 * 1024 * 1024


class RegistryInvalid(NeverValid):
    """The registry cannot be used; the message names the file and, line by line, source, field, expected and got."""


class SourceKind(StrEnum):
    PORTAL = "portal"
    NEWSPAPER = "newspaper"
    HOME_AFFAIRS = "home_affairs"
    CCHC_SITE = "cchc_site"
    DEPARTMENT = "department"
    AGENCY = "agency"
    SERVICE_CENTRE = "service_centre"
    DISTRICT_PORTAL = "district_portal"
    COMMUNE_PORTAL = "commune_portal"
    PARTY_PORTAL = "party_portal"
    MINISTRY = "ministry"
    GOVERNMENT = "government"
    MAGAZINE = "magazine"
    INDEX_SITE = "index_site"
    AGGREGATOR = "aggregator"


class EntryKind(StrEnum):
    FEED = "feed"
    SITEMAP = "sitemap"
    LIST = "list"


def _checked_url(url: str) -> str:
    try:
        canonical_url(url)
    except InvalidUrl as error:
        raise ValueError(str(error)) from error
    return url


def _checked_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression ({error})") from error
    return pattern


def _checked_selector(selector: str) -> str:
    try:
        CSSSelector(selector, translator="html")
    except (ValueError, SyntaxError, SelectorError) as error:
        raise ValueError(f"not a CSS selector ({error})") from error
    return selector


def _checked_domain(domain: str) -> str:
    try:
        host = host_of(f"http://{domain}/")
    except InvalidUrl as error:
        raise ValueError(f"not a domain ({error})") from error
    if host != domain:
        raise ValueError(f"expected a bare domain in lower case like {host}")
    return domain


Url = Annotated[str, AfterValidator(_checked_url)]
Pattern = Annotated[str, AfterValidator(_checked_pattern)]
Selector = Annotated[str, AfterValidator(_checked_selector)]
Domain = Annotated[str, AfterValidator(_checked_domain)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EntryPoint(_Strict):
    """A place where a source announces pages: exactly one of `feed`, `sitemap` and `list` gives its URL."""

    feed: Url | None = None
    """RSS or Atom."""
    sitemap: Url | None = None
    """A sitemap, a news sitemap or a sitemap index, gzipped or not."""
    list: Url | None = None
    """An HTML page with links to articles."""
    link_selector: Selector | None = None
    """CSS selector of the anchors to take, or of elements that contain them. For `list` only."""
    link_pattern: Pattern | None = None
    """Regular expression to be found in the path and query of a link that is to be taken."""
    max_age_days: int = Field(default=30, ge=1)
    """Sitemap entries whose lastmod is older are left alone."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [kind.value for kind in EntryKind if getattr(self, kind.value) is not None]
        if len(given) != 1:
            raise ValueError(f"expected exactly one of feed, sitemap and list, got {', '.join(given) or 'none'}")
        if self.list is not None and self.link_selector is None and self.link_pattern is None:
            raise ValueError("a list needs link_selector or link_pattern, or every link of the page would be taken")
        if self.list is None and self.link_selector is not None:
            raise ValueError("link_selector is for a list only")
        return self

    @property
    def kind(self) -> EntryKind:
        return next(kind for kind in EntryKind if getattr(self, kind.value) is not None)

    @property
    def url(self) -> str:
        url = getattr(self, self.kind.value)
        assert isinstance(url, str)
        return url

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        return re.compile(self.link_pattern) if self.link_pattern is not None else None


class Expectation(_Strict):
    """The least a working source gives; less is noticed as a thin or silent source."""

    pages: int = Field(ge=1)
    days: int = Field(ge=1)


class Selectors(_Strict):
    """Where the pages of a source keep their title and text; each selector names the first element it finds."""

    title: Selector
    body: Selector
    """The element around all paragraphs, without menus and lists of other articles."""


class Source(_Strict):
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")
    """Stable; used in metrics, events and rows."""
    name: str = Field(min_length=1, max_length=200)
    kind: SourceKind
    home: Url
    province: str | None
    """The province whose news it carries, by the name in force when the source was founded; null for national ones."""
    official: bool
    """Whether a state or party body publishes it."""
    language: str = Field(default="vi", pattern=r"^[a-z]{2}$")
    entry_points: tuple[EntryPoint, ...] = Field(min_length=1)
    allowed_domains: tuple[Domain, ...] = Field(min_length=1)
    """Links and redirects outside these domains and their subdomains are not followed."""
    poll_seconds: float = Field(default=1800.0, gt=0)
    delay_seconds: float | None = Field(default=None, ge=0)
    """Pause between requests to its hosts when it must be longer than the crawler's."""
    expect: Expectation = Expectation(pages=1, days=7)
    include: tuple[Pattern, ...] = ()
    """A link is taken only if one of these is found in its path and query; empty takes all."""
    exclude: tuple[Pattern, ...] = ()
    documents: bool = True
    """Whether files (PDF, Word) that its articles link in their text are fetched too, up to eight an article, when they
    lie in allowed_domains and no `exclude` pattern names them. `include` does not apply to them."""
    selectors: Selectors | None = None
    """Win over the layout that is learned from the pages; for sources whose pages are read wrongly."""
    verify_tls: bool = True
    """False lets a site with a broken certificate be read; its pages could then be forged on the way."""
    enabled: bool = True
    established: date
    """When somebody last established that the entry points are as written."""
    evidence: str = Field(min_length=1)
    """How that was established, and what is not certain."""

    @model_validator(mode="after")
    def _entry_points_inside(self) -> Self:
        for url in (self.home, *(entry.url for entry in self.entry_points)):
            if not within_domains(host_of(url), self.allowed_domains):
                raise ValueError(f"{url} lies outside allowed_domains ({', '.join(self.allowed_domains)})")
        return self

    @cached_property
    def include_patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(pattern) for pattern in self.include)

    @cached_property
    def exclude_patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(pattern) for pattern in self.exclude)


class Registry(_Strict):
    sources: tuple[Source, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _distinct_ids(self) -> Self:
        doubled = [source_id for source_id, times in Counter(s.id for s in self.sources).items() if times > 1]
        if doubled:
            raise ValueError(f"every id may be used once, used again: {', '.join(sorted(doubled))}")
        return self

    @property
    def enabled(self) -> tuple[Source, ...]:
        return tuple(source for source in self.sources if source.enabled)

    def find(self, source_id: str) -> Source | None:
        return next((source for source in self.sources if source.id == source_id), None)


def load_registry(path: Path) -> Registry:
    """Read and check the file. Raises `RegistryInvalid` naming every mistake."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_REGISTRY_BYTES + 1)
    except OSError as error:
        raise RegistryInvalid(f"{path}: cannot be read: {error.strerror}") from error
    if len(raw) > MAX_REGISTRY_BYTES:
        raise RegistryInvalid(f"{path}: larger than {MAX_REGISTRY_BYTES} bytes")
    return parse_registry(raw, name=str(path))


def parse_registry(raw: bytes | str, *, name: str) -> Registry:
    """Like `load_registry`, for text at hand; `name` stands for the file in messages."""
    try:
        data = yaml.load(raw, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader that also refuses doubled keys
    except yaml.YAMLError as error:
        raise RegistryInvalid(f"{name}: not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(data, dict):
        raise RegistryInvalid(f"{name}: expected a mapping with the key 'sources', got {type(data).__name__}")
    try:
        return Registry.model_validate(data)
    except ValidationError as error:
        problems: list[dict[str, Any]] = [dict(problem) for problem in error.errors(include_url=False)]
        # A list whose every item is wrong is also reported as too short, which misleads.
        within = {problem["loc"][:depth] for problem in problems for depth in range(len(problem["loc"]))}
        told = [problem for problem in problems if problem["type"] != "too_short" or problem["loc"] not in within]
        lines = [_describe(problem, data) for problem in told]
        raise RegistryInvalid("\n".join(f"{name}: {line}" for line in lines)) from error


def _describe(problem: dict[str, Any], data: dict[str, Any]) -> str:
    location = tuple(problem["loc"])
    message = str(problem["msg"]).removeprefix("Value error, ")
    where = "registry"
    if location[:1] == ("sources",) and len(location) > 1 and isinstance(location[1], int):
        entry = data["sources"][location[1]]
        source_id = entry.get("id", "?") if isinstance(entry, dict) else "?"
        where = f"source {source_id!r} (number {location[1] + 1})"
        location = location[2:]
    field = ".".join(map(str, location))
    got = problem.get("input")
    shown = "" if problem["type"] == "missing" or isinstance(got, dict | BaseModel) else f"; got {str(got)[:80]!r}"
    return f"{where}: {field + ': ' if field else ''}{message}{shown}"


class _StrictLoader(yaml.SafeLoader):
    """YAML lets a later key silently replace an earlier one; in a registry that is a mistake to be named."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key.value!r} is doubled", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)
