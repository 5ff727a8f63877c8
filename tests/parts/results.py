"""Makes processor results without running the processor, for tests of the store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from store.bus.base import Delivery, Record
from store.events import PAGES, FetchReason
from store.outcome import Outcome
from store.result_records import ArticleRecord, PageFacts, PageResult, QuarantineRecord

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def delivery(offset: int, *, partition: int = 0, url: str = "https://a.vn/1") -> Delivery:
    record = Record(key=url, value=b"body", headers={"ce_id": b"x"})
    return Delivery(topic=PAGES.name, partition=partition, offset=offset, appended_at=NOW, record=record)


def page(event_id: str, url: str, reason: FetchReason = FetchReason.LIVE) -> PageFacts:
    return PageFacts(
        event_id=event_id, url=url, source_id="longan", fetched_at=NOW, reason=reason, body_sha256=f"sha of {event_id}"
    )


def record(text: str, *, is_report: bool = True, **parts: Any) -> ArticleRecord:
    version: dict[str, Any] = {
        "final_url": "https://a.vn/1",
        "title": "Đẩy mạnh cải cách hành chính",
        "text": text,
        "lead": None,
        "author": None,
        "outlet": None,
        "published_at": NOW,
        "published_precision": "minute",
        "published_found_in": "meta",
        "language": "vi",
        "truncated": False,
        "is_report": is_report,
        "score": 0.9,
        "explanation": {"seeds": [], "terms": []},
        "rules_version": "r1",
        "extractor_version": "1",
    }
    return ArticleRecord(version=version, content_hash=text, **parts)


def article_result(
    offset: int,
    *,
    url: str = "https://a.vn/1",
    text: str = "Cải cách",
    event_id: str | None = None,
    partition: int = 0,
    is_report: bool = True,
    **parts: Any,
) -> PageResult:
    return PageResult(
        delivery=delivery(offset, partition=partition, url=url),
        page=page(event_id or f"event-{partition}-{offset}", url),
        outcome=Outcome.REPORT if is_report else Outcome.NOT_A_REPORT,
        article=record(text, is_report=is_report, **parts),
    )


def quarantined_result(offset: int, *, event_id: str, url: str = "https://a.vn/1") -> PageResult:
    return PageResult(
        delivery=delivery(offset, url=url),
        page=page(event_id, url),
        outcome=Outcome.QUARANTINED,
        quarantine=QuarantineRecord(reason="deadline", detail="10 s", stage="analyze", rules_version="r1"),
    )
