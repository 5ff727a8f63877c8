"""The two events on the bus, their topics, and their wire form: CloudEvents 1.0 in Kafka's binary content mode.

A version is part of the type. Within a version only optional attributes are added. Unknown versions, missing fields
and naive times are refused with `EventRejected`, never guessed. The AsyncAPI document beside this file describes
the same contract for other programs; a test holds the two together.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

import zstandard
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from store.bus.base import Record, Topic
from store.errors import EventRejected

DAY_SECONDS: Final = 86_400
MAX_BODY_BYTES: Final = 5 * 1024 * 1024
"""Largest page body, decompressed; the crawler never fetches more."""
MAX_LINK_TEXT: Final = 300

PAGES: Final = Topic(
    name="reformwatch.pages.v1",
    partitions=3,
    retention_seconds=14 * DAY_SECONDS,
    retention_bytes=20 * 1024**3,
    max_record_bytes=6 * 1024 * 1024,
)
REPORTS: Final = Topic(
    name="reformwatch.reports.v1",
    partitions=1,
    retention_seconds=90 * DAY_SECONDS,
    retention_bytes=1024**3,
    max_record_bytes=1024 * 1024,
)
TOPICS: Final = (PAGES, REPORTS)

PAGE_FETCHED_TYPE: Final = "vn.reformwatch.page.fetched.v1"
REPORT_FOUND_TYPE: Final = "vn.reformwatch.report.found.v1"

_ALWAYS_THERE: Final = ("ce_id", "ce_source", "ce_type", "ce_specversion", "ce_time")


class FetchReason(StrEnum):
    """Why a page was fetched. Only live pages alert anyone."""

    LIVE = "live"
    BACKFILL = "backfill"
    REPLAY = "replay"


@dataclass(frozen=True, kw_only=True, slots=True)
class PageFetched:
    """A page came from the web. The record's value is its body, compressed with zstd."""

    url: str
    """The canonical URL: the page's identity and the record's key."""
    final_url: str
    status: int
    content_type: str | None
    charset: str | None
    fetched_at: datetime
    source_id: str
    reason: FetchReason
    body: bytes
    link_text: str | None = None
    """The text of the link or feed entry under which the page was found."""
    source_province: str | None = None
    """The province whose news the source carries, as the registry names it."""
    linked_from: str | None = None
    """The article that links this page as a document of its own, by its canonical URL."""
    sha256: str = field(init=False, repr=False, compare=False)
    """Of the body; taken once, because it costs a third of the parse."""

    def __post_init__(self) -> None:
        _require_aware("fetched_at", self.fetched_at)
        object.__setattr__(self, "sha256", hashlib.sha256(self.body).hexdigest())

    @property
    def id(self) -> str:
        return _content_id(self.url, _iso(self.fetched_at), self.sha256)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportPlace:
    then: str | None
    level: str
    district_then: str | None
    province_then: str | None
    province_now: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportFound:
    """A version of an article was judged to be a reform report. The record's value is JSON."""

    report_id: str
    version: int
    content_hash: str
    url: str
    title: str | None
    source_id: str
    published_at: datetime | None
    fetched_at: datetime
    found_at: datetime
    score: float
    pillars: tuple[str, ...]
    """Primary pillars only."""
    place: ReportPlace | None
    reason: FetchReason
    summary: str
    """The beginning of the lead or text, at most 300 characters."""
    copy_of: str | None = None
    """The report this one is a syndicated copy of; absent on the wire when it is none."""
    attachment_of: str | None = None
    """The report that links this one as a document of its own; absent on the wire when none does."""

    def __post_init__(self) -> None:
        _require_aware("fetched_at", self.fetched_at)
        _require_aware("found_at", self.found_at)
        if self.published_at is not None:
            _require_aware("published_at", self.published_at)

    @property
    def id(self) -> str:
        return _content_id(self.report_id, str(self.version), self.content_hash)


def _require_aware(name: str, value: datetime) -> None:
    if value.tzinfo is None:
        raise EventRejected(f"{name} must carry a time zone, got the naive time {value.isoformat()}")


def _content_id(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _iso(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


# ---- PageFetched on the wire


def encode_page(event: PageFetched) -> Record:
    attributes: dict[str, Any] = {
        "id": event.id,
        "source": f"/sources/{event.source_id}",
        "type": PAGE_FETCHED_TYPE,
        "specversion": "1.0",
        "time": event.fetched_at.astimezone(UTC),
        "datacontenttype": "application/octet-stream",
        "url": event.url,
        "finalurl": event.final_url,
        "status": str(event.status),
        "sha256": event.sha256,
        "reason": event.reason.value,
        "sourceid": event.source_id,
        "contentencoding": "zstd",
    }
    optional = {
        "mediatype": event.content_type,
        "charset": event.charset,
        "linktext": event.link_text[:MAX_LINK_TEXT] if event.link_text else None,
        "province": event.source_province,
        "linkedfrom": event.linked_from,
    }
    attributes |= {name: value for name, value in optional.items() if value}
    body = zstandard.ZstdCompressor(level=3).compress(event.body)
    return _to_record(CloudEvent(attributes, body), key=event.url)


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedPage:
    """A `PageFetched` whose body is still packed: enough to recognise one that is known already."""

    url: str
    final_url: str
    fetched_at: datetime
    source_id: str
    reason: FetchReason
    sha256: str
    """As it is announced; whether the body has it shows when it is unpacked."""
    _event: CloudEvent = field(repr=False, compare=False)

    @property
    def id(self) -> str:
        return _content_id(self.url, _iso(self.fetched_at), self.sha256)

    def unpacked(self) -> PageFetched:
        """Raises `EventRejected` naming the first thing that is wrong."""
        event = self._event
        page = PageFetched(
            url=self.url,
            final_url=self.final_url,
            status=_integer(event, "status"),
            content_type=event.get_extension("mediatype"),
            charset=event.get_extension("charset"),
            fetched_at=self.fetched_at,
            source_id=self.source_id,
            reason=self.reason,
            body=_decompress(event.get_data(), _required(event, "contentencoding")),
            link_text=event.get_extension("linktext"),
            source_province=event.get_extension("province"),
            linked_from=event.get_extension("linkedfrom"),
        )
        if page.sha256 != self.sha256:
            raise EventRejected(f"page {page.url}: the body does not have the announced sha256")
        return page


def open_page(record: Record) -> SealedPage:
    """The event without its body. Raises `EventRejected` naming the first thing that is wrong."""
    event = _from_record(record, expected_type=PAGE_FETCHED_TYPE)
    return SealedPage(
        url=_required(event, "url"),
        final_url=_required(event, "finalurl"),
        fetched_at=_time(event),
        source_id=_required(event, "sourceid"),
        reason=_reason(event),
        sha256=_required(event, "sha256"),
        _event=event,
    )


def decode_page(record: Record) -> PageFetched:
    """Raises `EventRejected` naming the first thing that is wrong."""
    return open_page(record).unpacked()


def _decompress(data: object, encoding: str) -> bytes:
    if encoding != "zstd":
        raise EventRejected(f"contentencoding must be zstd, got {encoding!r}")
    if not isinstance(data, bytes):
        raise EventRejected("the record has no body")
    try:
        if 0 <= zstandard.frame_content_size(data) <= MAX_BODY_BYTES:
            # As large as the frame announces, and an error if it is not so large.
            return zstandard.ZstdDecompressor().decompress(data)
        # The reader never produces more than asked for, whatever size the frame announces.
        with zstandard.ZstdDecompressor().stream_reader(data) as reader:
            body = reader.read(MAX_BODY_BYTES + 1)
    except zstandard.ZstdError as error:
        raise EventRejected(f"the body is not valid zstd: {error}") from error
    if len(body) > MAX_BODY_BYTES:
        raise EventRejected(f"the body decompresses to more than {MAX_BODY_BYTES} bytes")
    return body


# ---- ReportFound on the wire


_REPORT_NAMES: Final = tuple(field.name for field in fields(ReportFound))


def encode_report(event: ReportFound) -> Record:
    attributes: dict[str, Any] = {
        "id": event.id,
        "source": f"/sources/{event.source_id}",
        "type": REPORT_FOUND_TYPE,
        "specversion": "1.0",
        "time": event.found_at.astimezone(UTC),
        "datacontenttype": "application/json",
        "subject": event.report_id,
    }
    payload = {name: getattr(event, name) for name in _REPORT_NAMES}
    payload["place"] = asdict(event.place) if event.place else None
    for name in ("published_at", "fetched_at", "found_at"):
        payload[name] = _iso(payload[name]) if payload[name] else None
    for name in ("copy_of", "attachment_of"):
        if payload[name] is None:
            del payload[name]
    data = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    return _to_record(CloudEvent(attributes, data), key=event.url)


def decode_report(record: Record) -> ReportFound:
    """Raises `EventRejected` naming the first thing that is wrong."""
    _from_record(record, expected_type=REPORT_FOUND_TYPE)
    try:
        payload = json.loads(record.value)
        place = payload["place"]
        return ReportFound(
            **{name: payload[name] for name in ("report_id", "content_hash", "url", "title", "source_id")},
            version=int(payload["version"]),
            score=float(payload["score"]),
            summary=payload["summary"],
            pillars=tuple(payload["pillars"]),
            published_at=_parse_time(payload["published_at"]) if payload["published_at"] else None,
            fetched_at=_parse_time(payload["fetched_at"]),
            found_at=_parse_time(payload["found_at"]),
            place=ReportPlace(**{field.name: place[field.name] for field in fields(ReportPlace)}) if place else None,
            reason=FetchReason(payload["reason"]),
            copy_of=payload.get("copy_of"),
            attachment_of=payload.get("attachment_of"),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise EventRejected(f"{REPORT_FOUND_TYPE}: the payload is not as described: {error!r}") from error


# ---- Shared


def event_id(record: Record) -> str | None:
    """The id in the headers, when there is one: enough to name a record that cannot be decoded."""
    raw = record.headers.get("ce_id")
    return raw.decode("utf-8", "replace") if raw else None


def _to_record(event: CloudEvent, *, key: str) -> Record:
    message = to_binary(event, _BytesFormat(), key_mapper=lambda _: key)
    return Record(key=key, value=message.value, headers=message.headers)


class _BytesFormat(JSONFormat):
    """The value of every record is bytes that this module made itself: pass them through untouched."""

    def write_data(self, data: dict[str, Any] | str | bytes | None, datacontenttype: str | None) -> bytes:
        if not isinstance(data, bytes):
            raise TypeError(f"event data must be bytes, got {type(data).__name__}")
        return data

    def read_data(self, body: bytes, datacontenttype: str | None) -> bytes:
        return body


def _from_record(record: Record, *, expected_type: str) -> CloudEvent:
    # The library would make up an id and a time.
    missing = [name for name in _ALWAYS_THERE if name not in record.headers]
    if missing:
        raise EventRejected(f"not a CloudEvent in binary mode: without the headers {', '.join(missing)}")
    message = KafkaMessage(headers=dict(record.headers), key=None, value=record.value)
    try:
        event = from_binary(message, _BytesFormat(), CloudEvent)
    except (CloudEventValidationError, ValueError) as error:
        raise EventRejected(f"not a CloudEvent in binary mode: {error}") from error
    if event.get_type() != expected_type:
        raise EventRejected(f"expected an event of type {expected_type}, got {event.get_type()!r}")
    assert isinstance(event, CloudEvent)
    return event


def _required(event: CloudEvent, name: str) -> str:
    value = event.get_extension(name)
    if not isinstance(value, str) or not value:
        raise EventRejected(f"{event.get_type()}: attribute {name!r} is missing")
    return value


def _integer(event: CloudEvent, name: str) -> int:
    value = _required(event, name)
    if not value.isdecimal():
        raise EventRejected(f"{event.get_type()}: attribute {name!r} must be a whole number, got {value!r}")
    return int(value)


def _reason(event: CloudEvent) -> FetchReason:
    value = _required(event, "reason")
    try:
        return FetchReason(value)
    except ValueError:
        expected = ", ".join(FetchReason)
        raise EventRejected(f"{event.get_type()}: reason must be one of {expected}, got {value!r}") from None


def _time(event: CloudEvent) -> datetime:
    value = event.get_time()
    if value is None:
        raise EventRejected(f"{event.get_type()}: attribute 'time' is missing")
    _require_aware("time", value)
    return value.astimezone(UTC)


def _parse_time(value: str) -> datetime:
    parsed = datetime.fromisoformat(value)
    _require_aware("time", parsed)
    return parsed
