"""Report events for tests of what stands behind the topic of reports."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from store.events import FetchReason, ReportFound, ReportPlace


def report(number: int = 1, **changes: Any) -> ReportFound:
    """The same number gives the same event id; the times are now unless given."""
    now = datetime.now(UTC)
    fields: dict[str, Any] = {
        "report_id": f"{number:032x}",
        "version": 1,
        "content_hash": f"{number:064x}",
        "url": f"https://a.vn/bai-{number}",
        "title": f"Đẩy mạnh cải cách hành chính, kỳ {number}",
        "source_id": "longan",
        "published_at": now,
        "fetched_at": now,
        "found_at": now,
        "score": 0.97,
        "pillars": ("TTHC",),
        "place": ReportPlace(
            then="tỉnh Long An", level="province", district_then=None, province_then="Long An", province_now="Tây Ninh"
        ),
        "reason": FetchReason.LIVE,
        "summary": "Tỉnh đẩy mạnh cải cách hành chính.",
    }
    return ReportFound(**(fields | changes))
