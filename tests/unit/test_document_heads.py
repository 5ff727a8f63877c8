"""The title and the day of issue of an office's document, from its head."""

# ruff: noqa: E501 - lines of documents stay in one piece

from __future__ import annotations

from datetime import datetime

import pytest

from processor.documents import head as document_head
from processor.documents.head import find_date, find_title
from processor.model import VIETNAM_TIME, DatePrecision
from tests.parts.documents import DAY, REPORT, layout, pdf, read, word_file


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (
            ["SỞ NỘI VỤ", "Số: 12/SNV-CCHC", "V/v báo cáo kết quả", "cải cách hành chính quý I", "Kính gửi: Các sở, ngành"],
            "V/v báo cáo kết quả cải cách hành chính quý I",
        ),
        (["KẾ HOẠCH CẢI CÁCH HÀNH CHÍNH NĂM 2025", "Thực hiện Nghị quyết số 76/NQ-CP"], "KẾ HOẠCH CẢI CÁCH HÀNH CHÍNH NĂM 2025"),
        (
            ["BẢN TIN CẢI CÁCH HÀNH CHÍNH", "TỈNH HÀ NAM SỐ 5", "Trong tháng qua, nhiều sở đã làm tốt."],
            "BẢN TIN CẢI CÁCH HÀNH CHÍNH",
        ),
        (["UBND TỈNH HÀ NAM", "Một cửa ở Kim Bảng phục vụ tốt", "Bài viết."], "Một cửa ở Kim Bảng phục vụ tốt"),
        (["THÔNG BÁO", "Kết luận của Chủ tịch UBND tỉnh tại cuộc họp", "Ngày 5/3, tại trụ sở"], "THÔNG BÁO Kết luận của Chủ tịch UBND tỉnh tại cuộc họp"),
    ],
)  # fmt: skip
def test_the_title_is_what_the_head_of_the_document_says(lines: list[str], title: str) -> None:
    assert find_title(lines, "Microsoft Word - BC CCHC.docx") == title


def test_declared_titles_serve_only_where_the_head_has_none_and_a_person_wrote_them() -> None:
    assert find_title(["abc"], "Cẩm nang một cửa cho công chức") == "Cẩm nang một cửa cho công chức"
    assert find_title(["abc"], "Microsoft Word - Document1") is None
    assert read(pdf([layout("abc")], title="Cẩm nang một cửa cho công chức")).title == "Cẩm nang một cửa cho công chức"
    assert read(word_file("abc", title="Cẩm nang một cửa cho công chức")).title == "Cẩm nang một cửa cho công chức"


@pytest.mark.parametrize(
    ("lines", "at", "precision"),
    [
        (["Long An, ngày 13", "tháng 02 năm 2025"], DAY, DatePrecision.DAY),
        (
            ["Số: 5/KH-UBND Hà Nam, ngày 3 tháng 1 năm 2024"],
            datetime(2024, 1, 3, tzinfo=VIETNAM_TIME),
            DatePrecision.DAY,
        ),
        (
            ["Số 5/KH-UBND Hà Nam, ngày 3 tháng 1 năm 2024"],
            datetime(2024, 1, 3, tzinfo=VIETNAM_TIME),
            DatePrecision.DAY,
        ),
        (["Hà Nam, ngày    tháng 02 năm 2025"], datetime(2025, 2, 1, tzinfo=VIETNAM_TIME), DatePrecision.MONTH),
        (["Hà Nam, ngày … tháng 11 năm 2023"], datetime(2023, 11, 1, tzinfo=VIETNAM_TIME), DatePrecision.MONTH),
        (["Ngày 5 tháng 6 năm 2024"], datetime(2024, 6, 5, tzinfo=VIETNAM_TIME), DatePrecision.DAY),
        (
            ["Căn cứ Luật ngày 19 tháng 6 năm 2015;", "Ngày ký: 13/02/2025 15:30:00 +07:00"],
            datetime(2025, 2, 13, 15, 30, tzinfo=VIETNAM_TIME),
            DatePrecision.MINUTE,
        ),
    ],
)
def test_the_date_is_the_day_of_issue(lines: list[str], at: datetime, precision: DatePrecision) -> None:
    found = find_date(lines)
    assert found is not None
    assert (found.at, found.precision) == (at, precision)


@pytest.mark.parametrize(
    "line",
    [
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;",
        "Thực hiện Nghị quyết số 76/NQ-CP ngày 15 tháng 7 năm 2021 của Chính phủ",
        "Thực hiện Kế hoạch số 5/KH-UBND của UBND tỉnh, ngày 19 tháng 6 năm 2015",
        "Hà Nam, ngày 31 tháng 02 năm 2025",
        "Hà Nam, ngày tháng năm 2025",
    ],
)
def test_a_cited_or_impossible_date_is_none(line: str) -> None:
    assert find_date([line]) is None


def test_the_address_dates_a_document_that_does_not_date_itself() -> None:
    document = read(pdf([layout(REPORT)]), "https://a.gov.vn/files/2024/03/15/bao-cao.pdf")
    assert document.published is not None
    assert document.published.at == datetime(2024, 3, 15, tzinfo=VIETNAM_TIME)
    assert read(pdf([layout(REPORT)])).published is None


def test_the_head_of_a_document_is_short() -> None:
    assert (
        find_title(["dòng này"] * document_head.HEAD_LINES + ["QUYẾT ĐỊNH", "Về việc khen thưởng tập thể"], None)
        is None
    )
