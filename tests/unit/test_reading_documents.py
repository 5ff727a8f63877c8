"""PDF and Word files of offices are read as paragraphs with title and date; hostile files are refused with a reason."""

from __future__ import annotations

from datetime import datetime

import docx
import pytest
from viparse.normalize.encodings import CHARMAPS

from processor.documents.lines import join_wrapped, without_furniture
from processor.documents.read import DocumentFormat
from processor.model import VIETNAM_TIME, DatePrecision
from tests.parts.documents import DAY, DECISION, REPORT, TITLE, layout, pdf, read, saved, with_part, word_file


@pytest.mark.parametrize(
    ("body", "format"),
    [
        (pdf([layout(DECISION)]), DocumentFormat.PDF),
        (word_file(*DECISION.split("\n")), DocumentFormat.DOCX),
    ],
    ids=["pdf", "docx"],
)
def test_a_decision_is_read_with_its_title_and_its_own_date(body: bytes, format: DocumentFormat) -> None:
    document = read(body)
    assert (document.format, document.problem, document.scanned) == (format, None, False)
    assert document.title == TITLE
    assert document.published is not None
    assert (document.published.at, document.published.precision) == (DAY, DatePrecision.DAY)
    assert "95% hồ sơ" in document.text


def test_lines_of_a_pdf_become_paragraphs() -> None:
    paragraphs = read(pdf([layout(DECISION)])).text.split("\n")
    assert paragraphs[-2:] == [
        "Điều 1. Ban hành kèm theo Quyết định này Kế hoạch cải cách hành chính của tỉnh năm 2025, phấn đấu 95% hồ sơ "
        "được giải quyết đúng hạn và trước hạn tại các cơ quan.",
        "Điều 2. Quyết định này có hiệu lực kể từ ngày ký.",
    ]
    assert "Luật sửa đổi, bổ sung một số điều" in paragraphs[-4]


def test_the_two_columns_of_a_letterhead_are_read_one_after_the_other() -> None:
    left = layout("UBND TỈNH HÀ NAM\nSỞ NỘI VỤ\nSố: 12/SNV-CCHC\nV/v báo cáo kết quả\ncải cách hành chính quý I", x=40)
    right = layout(
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nHà Nam, ngày 5 tháng 3 năm 2024", x=330
    )
    body = layout("\n" * 7 + "Kính gửi: Các sở, ngành và Ủy ban nhân dân các huyện, thành phố trên địa bàn tỉnh.", x=40)
    document = read(pdf([[*left, *right, *body]]))
    assert document.title == "V/v báo cáo kết quả cải cách hành chính quý I"
    assert document.published is not None
    assert document.published.at == datetime(2024, 3, 5, tzinfo=VIETNAM_TIME)
    assert document.text.startswith("UBND TỈNH HÀ NAM\nSỞ NỘI VỤ\nSố: 12/SNV-CCHC\n")


def test_rows_of_a_table_keep_their_cells() -> None:
    lines = layout(REPORT + "\n" * 40)
    rows = [(x, 500 - 16 * row, text) for row, cells in enumerate(["Sở Nội vụ/98,50", "Sở Y tế/95,25"])
            for x, text in zip((72, 300), cells.split("/"), strict=True)]  # fmt: skip
    padding = [(72.0, 700 - 16 * number, "Số liệu dưới đây do Sở Nội vụ của tỉnh tổng hợp.") for number in range(12)]
    padding += [(72.0, 450 - 16 * number, "Số liệu trên đây do Sở Nội vụ của tỉnh tổng hợp.") for number in range(12)]
    text = read(pdf([[*lines, *padding], [*lines, *padding, *rows]])).text
    assert "Sở Nội vụ | 98,50\nSở Y tế | 95,25" in text


def test_words_whose_letters_come_one_by_one_are_whole() -> None:
    text = "Ủy ban nhân dân tỉnh quyết định việc cải cách thủ tục"
    letters = [(72 + 6.0 * number, 700.0, letter) for number, letter in enumerate(text) if letter != " "]
    assert read(pdf([letters])).text == text


def test_a_paragraph_goes_on_over_pages_without_their_headings_and_numbers() -> None:
    body = [
        "Việc rà soát thủ tục hành chính năm nay được các sở, ngành của tỉnh triển",
        "khai sớm hơn mọi năm, nhờ đó số hồ sơ trễ hẹn giảm mạnh so với cùng kỳ và",
        "người dân đánh giá tốt hơn về thái độ phục vụ của công chức bộ phận một",
        "cửa các cấp, nhất là ở những xã vùng cao vốn còn nhiều khó khăn về hạ tầng",
    ]
    pages = [layout("\n".join([f"CÔNG BÁO/Số {number + 10}", *body, f"- {number} -"])) for number in range(1, 6)]
    assert read(pdf(pages)).text == " ".join(body * 5)


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["giai đoạn 2021-", "2025 của tỉnh"], "giai đoạn 2021-2025 của tỉnh"),
        (["dùng phần mềm qua Inter-", "net mỗi ngày"], "dùng phần mềm qua Internet mỗi ngày"),
        (["phát triển kinh tế -", "xã hội bền vững"], "phát triển kinh tế - xã hội bền vững"),
        (["người dân và", "doanh nghiệp"], "người dân và doanh nghiệp"),
    ],
)
def test_what_a_line_divides_is_made_whole(lines: list[str], joined: str) -> None:
    padding = "Công tác cải cách hành chính được các cấp quan tâm "
    assert join_wrapped([padding + lines[0], lines[1]]) == [padding + joined]


@pytest.mark.parametrize(
    "item", ["- Sở Nội vụ", "2. Mục tiêu", "b) Chỉ tiêu", "II. NHIỆM VỤ", "Điều 3. Tổ chức", "• Xã"]
)
def test_an_item_of_a_list_begins_a_paragraph(item: str) -> None:
    line = "Công tác cải cách hành chính được các cấp quan tâm và chỉ đạo quyết liệt"
    assert join_wrapped([line, item]) == [line, item]


def test_lines_of_a_table_stay_lines() -> None:
    assert join_wrapped(["Sở Nội vụ", "98,5", "Sở Y tế", "97,2"]) == ["Sở Nội vụ", "98,5", "Sở Y tế", "97,2"]


def test_a_line_that_recurs_inside_pages_is_kept() -> None:
    page = ["Trang bìa", "một", "hai", "Hồ sơ đúng hạn", "ba", "bốn", "năm"]
    assert without_furniture([page, page, page, page]).count("Hồ sơ đúng hạn") == 4


def test_a_scan_is_said_to_be_one() -> None:
    document = read(pdf([[], [], []]))
    assert (document.scanned, document.text, document.page_count, document.problem) == (True, "", 3, None)


@pytest.mark.parametrize("name", ["tcvn3", "vni"])
def test_fonts_from_before_unicode_are_turned_into_letters(name: str) -> None:
    legacy = {letter: code for code, letter in CHARMAPS[name].pairs}
    text = "công tác cải cách thủ tục hành chính được người dân ủng hộ và đánh giá cao trong thời gian qua\n" * 6
    surface = "".join(legacy.get(letter, letter) for letter in text).strip()
    body = pdf([layout(surface)], legacy=True)
    assert "cải cách thủ tục hành chính được người dân ủng hộ" in read(body).text
    assert "được người dân" in read(word_file(*surface.split("\n"))).text


def test_a_table_keeps_its_rows_and_a_letterhead_its_lines() -> None:
    document = docx.Document()
    head = document.add_table(rows=1, cols=2)
    head.cell(0, 0).text = "UBND TỈNH HÀ NAM\nSố: 5/BC-UBND"
    head.cell(0, 1).text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nHà Nam, ngày 5 tháng 6 năm 2024"
    document.add_paragraph("BÁO CÁO")
    document.add_paragraph("Kết quả cải cách hành chính 6 tháng đầu năm 2024")
    table = document.add_table(rows=2, cols=2)
    for row, cells in enumerate([("Đơn vị", "Điểm"), ("Sở Nội vụ", "98,5")]):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    found = read(saved(document))
    assert found.title == "BÁO CÁO Kết quả cải cách hành chính 6 tháng đầu năm 2024"
    assert found.published is not None
    assert found.published.at == datetime(2024, 6, 5, tzinfo=VIETNAM_TIME)
    assert found.text.endswith("Đơn vị | Điểm\nSở Nội vụ | 98,5")


def test_deleted_and_hidden_words_are_not_read() -> None:
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    xml = (
        f"<w:document {w}><w:body><w:p><w:r><w:t>Giữ</w:t><w:tab/><w:t>lại</w:t></w:r>"
        "<w:del><w:r><w:delText>đã xóa</w:delText></w:r></w:del><w:r><w:rPr><w:vanish/></w:rPr><w:t>ẩn</w:t></w:r>"
        "</w:p></w:body></w:document>"
    )
    assert read(with_part(word_file("x"), "word/document.xml", xml.encode())).text == "Giữ lại"
