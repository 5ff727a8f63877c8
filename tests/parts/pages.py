"""Small pages with a sequence number, so that a checker can tell which are missing or there twice."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from store.events import FetchReason, PageFetched

FETCHED_AT = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
REFORM = (
    "UBND tỉnh yêu cầu các sở, ngành đẩy mạnh cải cách hành chính, đơn giản hóa thủ tục hành chính và nâng cao chất "
    "lượng bộ phận một cửa.",
    "Trung tâm Phục vụ hành chính công tiếp nhận và trả kết quả hồ sơ trực tuyến cho người dân, doanh nghiệp.",
    "Sở Nội vụ tham mưu kế hoạch nâng cao chỉ số PAR Index và SIPAS của tỉnh trong năm.",
    "Tỉnh tinh gọn tổ chức bộ máy, sắp xếp các cơ quan chuyên môn và tinh giản biên chế.",
)
OTHER = (
    "Đội bóng của tỉnh thắng trận khai mạc giải trẻ với hai bàn trong hiệp hai trước khán giả nhà.",
    "Nông dân vào vụ thu hoạch lúa hè thu, năng suất ước đạt cao hơn cùng kỳ nhờ thời tiết thuận lợi.",
    "Trời nhiều mây, chiều tối có mưa rào rải rác, gió nhẹ, nhiệt độ cao nhất ba mươi hai độ.",
    "Lễ hội đua thuyền truyền thống thu hút đông đảo du khách về dự trong ba ngày cuối tuần.",
)


def html(sequence: int, *, paragraphs: int = 4) -> str:
    """An article page: a third are reform reports."""
    draw = random.Random(sequence)
    sentences = REFORM if sequence % 3 == 0 else OTHER
    body = "\n".join(f"<p>{' '.join(draw.sample(sentences, 3))} Bản tin số {sequence}.</p>" for _ in range(paragraphs))
    title = "Đẩy mạnh cải cách hành chính" if sequence % 3 == 0 else "Tin trong ngày"
    return (
        f"<!DOCTYPE html><html lang=vi><head><title>{title} {sequence}</title></head>"
        f"<body><article><h1>{title} {sequence}</h1>{body}</article></body></html>"
    )


def event(sequence: int, *, body: bytes | None = None, reason: FetchReason = FetchReason.LIVE) -> PageFetched:
    url = f"https://tin.example.vn/bai-{sequence}"
    return PageFetched(
        url=url,
        final_url=url,
        status=200,
        content_type="text/html",
        charset="utf-8",
        fetched_at=FETCHED_AT,
        source_id="example",
        reason=reason,
        body=body if body is not None else html(sequence).encode(),
    )
