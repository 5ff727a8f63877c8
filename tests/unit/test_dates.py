"""Dates are read as they are written, where they stand for the article, and never invented."""

# ruff: noqa: E501 - markup and running text stay in one piece

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processor.model import VIETNAM_TIME, Article, DatePrecision, Page, PublishedAt
from processor.reading.date_forms import machine_date, url_date, written_dates
from processor.reading.extract import read_page

MINUTE, DAY, MONTH = DatePrecision.MINUTE, DatePrecision.DAY, DatePrecision.MONTH
_FETCHED = datetime(2026, 1, 5, 1, 27, tzinfo=UTC)
_BODY = (
    "Ngày 12/3/2020, đoàn kiểm tra của huyện làm việc tại bộ phận tiếp nhận và trả kết quả của ba xã, ghi nhận hồ sơ được "
    "cập nhật đầy đủ trên phần mềm một cửa điện tử.",
    "Theo kế hoạch ban hành ngày 05 tháng 01 năm 2019, các xã còn lại sẽ được kiểm tra trong quý tới, trọng tâm là việc xin lỗi "
    "người dân khi trả kết quả trễ hẹn và niêm yết công khai thủ tục.",
    "Trưởng đoàn đề nghị các xã khắc phục ngay những tồn tại đã nêu, báo cáo kết quả về Phòng Nội vụ trước cuối tháng.",
)


def _at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=VIETNAM_TIME)


def _published(
    *, head: str = "", top: str = "", header: str = "", footer: str = "", url: str = "https://a.example/bai-viet.html",
    first: str = "",
) -> PublishedAt | None:  # fmt: skip
    menu = "".join(f'<li><a href="/{name}">Chuyên mục {name}</a></li>' for name in "abcdefgh")
    others = "".join(
        f'<li><a href="/{n}">Tin khác về một việc khác số {n}</a> <i>({n}/07/2024)</i></li>' for n in range(1, 6)
    )
    body = "".join(f"<p>{first if i == 0 else ''}{text}</p>" for i, text in enumerate(_BODY))
    html = f"""<html><head><title>Kiểm tra công tác cải cách hành chính tại ba xã</title>{head}</head><body>
    <div class="top">{top}</div><ul>{menu}</ul>
    <div class="content"><h1>Kiểm tra công tác cải cách hành chính tại ba xã</h1><div>{header}</div>
    <div class="text">{body}</div><div>{footer}</div><div class="other"><h4>Tin khác</h4><ul>{others}</ul></div></div></body></html>"""
    article = read_page(Page(url=url, body=html.encode(), fetched_at=_FETCHED, content_type="text/html"))
    assert isinstance(article, Article)
    assert article.text.split("\n")[-1] == _BODY[-1]
    return article.published


@pytest.mark.parametrize(
    ("line", "expected", "precision"),
    [
        ("Thứ 4, Ngày 24/03/2021, 11:00", _at(2021, 3, 24, 11), MINUTE),
        ("15:53 PM 26/10/2021", _at(2021, 10, 26, 15, 53), MINUTE),
        ("11/07/2017 14:38 Số lượt xem: 55", _at(2017, 7, 11, 14, 38), MINUTE),
        ("26/11/2018 01:49:17 PM", _at(2018, 11, 26, 13, 49), MINUTE),
        ("Thứ năm, 20/04/2023 06:58 (GMT+7)", _at(2023, 4, 20, 6, 58), MINUTE),
        ("08:24 | 18/04/2024", _at(2024, 4, 18, 8, 24), MINUTE),
        ("09h05, ngày 02-9-2022", _at(2022, 9, 2, 9, 5), MINUTE),
        ("Cập nhật lúc 07:15 ngày 03.02.2023", _at(2023, 2, 3, 7, 15), MINUTE),
        ("Đăng ngày 1/2/2016 | Lượt xem: 1.204 | Cỡ chữ A+ A A- | Tăng tương phản", _at(2016, 2, 1), DAY),
        ("Thứ Sáu, ngày 13 tháng 02 năm 2026", None, None),
        ("Thứ sáu, ngày 14 tháng 2 năm 2025", _at(2025, 2, 14), DAY),
        ("Ngày 21-10", None, None),
        ("Chủ nhật, 31/02/2021", None, None),
    ],
)
def test_the_line_below_the_title_gives_the_date(
    line: str, expected: datetime | None, precision: DatePrecision | None
) -> None:
    published = _published(header=line)
    assert (published and published.at, published and published.precision) == (expected, precision)


def test_the_clock_of_the_page_header_is_not_the_date_of_the_article() -> None:
    assert _published(top="Thứ hai, 05/01/2026 - 08:27") is None
    published = _published(top="Thứ hai, 05/01/2026 - 08:27", header="18/04/2024")
    assert published == PublishedAt(at=_at(2024, 4, 18), precision=DAY, found_in="header")


def test_dates_in_the_text_and_of_other_articles_are_not_the_date() -> None:
    assert _published() is None


def test_an_introduced_date_below_the_text_counts() -> None:
    published = _published(footer="Ngày đăng: 24/11/2021")
    assert published == PublishedAt(at=_at(2021, 11, 24), precision=DAY, found_in="footer")


def test_the_dateline_of_an_agency_counts() -> None:
    published = _published(first="(TTXVN 18/4/2024) - ")
    assert published == PublishedAt(at=_at(2024, 4, 18), precision=DAY, found_in="dateline")


def test_structured_time_refines_the_day_that_is_shown() -> None:
    json_ld = (
        '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2024-04-18T01:24:00Z"}</script>'
    )
    published = _published(head=json_ld, header="18/04/2024")
    assert published == PublishedAt(at=_at(2024, 4, 18, 8, 24), precision=MINUTE, found_in="json-ld")


def test_local_time_that_is_declared_as_utc_does_not_move_the_day() -> None:
    meta = '<meta property="article:published_time" content="2024-04-18T20:24:00Z">'
    published = _published(head=meta, header="20:24 18/04/2024")
    assert published is not None
    assert published.at == _at(2024, 4, 18, 20, 24)


def test_the_date_shown_with_the_title_wins_over_a_declared_one() -> None:
    meta = '<meta name="pubdate" content="2019-01-01">'
    published = _published(head=meta, header="Thứ năm, 18/04/2024 08:24")
    assert published is not None
    assert published.at == _at(2024, 4, 18, 8, 24)


def test_the_date_of_an_update_that_is_shown_is_not_the_date_of_publication() -> None:
    meta = (
        '<meta property="article:published_time" content="2024-04-18T08:24:00+07:00">'
        '<meta property="article:modified_time" content="2024-06-03T14:15:00+07:00">'
    )
    published = _published(head=meta, header="03/06/2024 14:15")
    assert published == PublishedAt(at=_at(2024, 4, 18, 8, 24), precision=MINUTE, found_in="meta")
    named = _published(head=meta, header="Ngày đăng: 03/06/2024 14:15")
    assert named is not None
    assert named.at == _at(2024, 6, 3, 14, 15)


@pytest.mark.parametrize("beside", ["3 phút đọc", "Đọc 3 phút", "3 min read"])
def test_the_time_that_reading_takes_may_stand_beside_the_date(beside: str) -> None:
    published = _published(header=f"18/04/2024 · {beside}")
    assert published is not None
    assert published.at == _at(2024, 4, 18)


def test_a_declared_date_counts_when_none_is_shown() -> None:
    meta = '<meta property="article:published_time" content="2024-04-18T08:24:00+07:00">'
    published = _published(head=meta)
    assert published == PublishedAt(at=_at(2024, 4, 18, 8, 24), precision=MINUTE, found_in="meta")


@pytest.mark.parametrize(
    ("url", "expected", "precision"),
    [
        ("https://x.example/bai-viet-119250123190538988.htm", _at(2025, 1, 23, 19, 5), MINUTE),
        ("https://x.example/xa-hoi/bai-viet-20251021181803153.htm", _at(2025, 10, 21, 18, 18), MINUTE),
        ("https://x.example/2023/04/20/bai-viet/", _at(2023, 4, 20), DAY),
        ("https://x.example/thoi-su/202603/bai-viet-d0f7a12/", _at(2026, 3, 1), MONTH),
        ("https://x.example/bai-viet-post819198.html", None, None),
        ("https://x.example/1012202005", None, None),
        ("https://x.example/a-999999999999999999.htm", None, None),
    ],
)
def test_addresses_carry_dates(url: str, expected: datetime | None, precision: DatePrecision | None) -> None:
    assert url_date(url) == (None if expected is None else (expected, precision))


def test_the_address_counts_only_when_the_page_says_nothing() -> None:
    url = "https://x.example/202103/kiem-tra-d0f7a12/"
    by_address = _published(url=url)
    assert by_address == PublishedAt(at=_at(2021, 3, 1), precision=MONTH, found_in="url")
    shown = _published(url=url, header="24/03/2021")
    assert shown is not None
    assert shown.at == _at(2021, 3, 24)


def test_the_future_is_no_date_of_publication() -> None:
    assert _published(header="24/03/2031", url="https://x.example/203103/a-d0f7a12/") is None


@given(day=st.dates(date(1998, 1, 1), date(2099, 12, 31)), hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_every_day_and_minute_is_read_day_first(day: date, hour: int, minute: int) -> None:
    moment = _at(day.year, day.month, day.day, hour, minute)
    for text in (f"{hour:02d}:{minute:02d} {day:%d/%m/%Y}", f"{day.day}-{day.month}-{day.year}, {hour}h{minute:02d}"):
        assert [written.at for written in written_dates(text)] == [moment]
    assert machine_date(moment.isoformat()) == (moment, MINUTE if hour or minute else DAY, True)


@given(st.text(max_size=60))
def test_no_text_makes_the_reader_of_dates_fail(text: str) -> None:
    list(written_dates(text))
    machine_date(text)
    url_date(text)
