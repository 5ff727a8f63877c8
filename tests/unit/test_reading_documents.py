"""PDF and Word files of offices are read as paragraphs with title and date; hostile files are refused with a reason."""

# ruff: noqa: E501 - lines of documents stay in one piece

from __future__ import annotations

import random
import time
import zipfile
from datetime import datetime
from io import BytesIO

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from viparse.normalize.encodings import CHARMAPS

from processor.documents import head as document_head
from processor.documents import pdf as reading_pdf
from processor.documents import read as reading_documents
from processor.documents import word as reading_docx
from processor.documents.head import find_date, find_title
from processor.documents.lines import join_wrapped, without_furniture
from processor.documents.raw import DocumentProblem
from processor.documents.read import Document, DocumentFormat, is_document, read_document
from processor.model import VIETNAM_TIME, DatePrecision
from processor.text import normalise
from tests.parts.documents import layout, pdf

DECISION = """ỦY BAN NHÂN DÂN
TỈNH HÀ NAM
Số: 123/QĐ-UBND
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Hà Nam, ngày 13 tháng 02 năm 2025
QUYẾT ĐỊNH
Về việc ban hành Kế hoạch cải cách hành chính
tỉnh Hà Nam năm 2025
CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH HÀ NAM
Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015 và Luật sửa
đổi, bổ sung một số điều của Luật Tổ chức Chính phủ;
QUYẾT ĐỊNH:
Điều 1. Ban hành kèm theo Quyết định này Kế hoạch cải cách hành chính của tỉnh
năm 2025, phấn đấu 95% hồ sơ được giải quyết đúng hạn và trước hạn tại các cơ quan.
Điều 2. Quyết định này có hiệu lực kể từ ngày ký."""
TITLE = "QUYẾT ĐỊNH Về việc ban hành Kế hoạch cải cách hành chính tỉnh Hà Nam năm 2025"
DAY = datetime(2025, 2, 13, tzinfo=VIETNAM_TIME)
REPORT = """Toàn tỉnh đã tiếp nhận 12.345 hồ sơ trong quý I, giải quyết đúng hạn đạt tỷ lệ cao.
Các sở, ngành tiếp tục rà soát thủ tục để người dân đỡ phải đi lại nhiều lần."""


def read(body: bytes, url: str | None = None) -> Document:
    document = read_document(body, url)
    assert document is not None
    return document


def word_file(*paragraphs: str, title: str | None = None) -> bytes:
    document = docx.Document()
    document.core_properties.title = title or ""
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document)


def saved(document: docx.document.Document) -> bytes:
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def with_part(body: bytes, name: str, content: bytes) -> bytes:
    """The archive with one part exchanged."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(body)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, content if info.filename == name else old.read(info))
    return out.getvalue()


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


@pytest.mark.parametrize(
    "body", [b"", b"<html>%PDF</html>", b"PK\x03\x04 a zip", b"\xd0\xcf\x11\xe0", b"x" * 2000 + b"%PDF-1.7"]
)
def test_other_files_are_none_of_its_business(body: bytes) -> None:
    assert read_document(body) is None
    assert not is_document(body)


def test_a_file_is_known_by_its_bytes_behind_a_little_noise() -> None:
    assert read(b"\r\n\r\n" + pdf([layout(REPORT)])).text


def test_a_pdf_that_needs_a_password_is_said_to() -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf([layout(REPORT)]))))
    writer.encrypt("secret", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    document = read(out.getvalue())
    assert (document.problem, document.scanned, document.text) == (DocumentProblem.ENCRYPTED, False, "")


def test_a_pdf_that_anyone_may_open_is_read_though_it_is_encrypted() -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf([layout(REPORT)]))))
    writer.encrypt("", "owner", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    assert "12.345 hồ sơ" in read(out.getvalue()).text


def test_pages_and_characters_are_limited_and_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_pdf, "MAX_PAGES", 2)
    document = read(pdf([layout(REPORT)] * 5))
    assert (document.page_count, document.truncated) == (2, True)
    monkeypatch.setattr(reading_documents, "MAX_CHARACTERS", 200)
    assert read(pdf([layout(REPORT)] * 5)).truncated
    document = read(word_file(*[REPORT] * 5))
    assert document.truncated
    assert len(document.text) <= 200


def test_a_page_of_endless_drawing_is_left_out_and_the_others_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_pdf, "MAX_CONTENT_BYTES", 20_000)
    drawing = [(1.0, 1.0, "x")] * 2_000
    document = read(pdf([drawing, layout(REPORT)]))
    assert "12.345 hồ sơ" in document.text
    assert document.truncated


def test_an_archive_that_would_unpack_to_too_much_is_not_unpacked() -> None:
    bomb = with_part(word_file("x"), "word/document.xml", b"<a>" + b" " * (reading_docx.MAX_PART_BYTES + 1))
    assert len(bomb) < 100_000
    begun = time.process_time()
    assert read(bomb).problem is DocumentProblem.TOO_LARGE
    assert time.process_time() - begun < 0.1


def test_an_archive_that_lies_about_its_sizes_is_broken() -> None:
    honest = with_part(word_file("x"), "word/document.xml", b"<a>" + b" " * 1_000_000 + b"</a>")
    size = (1_000_007).to_bytes(4, "little")
    assert honest.count(size) == 2
    assert read(honest.replace(size, (100).to_bytes(4, "little"))).problem is DocumentProblem.BROKEN


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_that_declares_entities_is_refused(encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    body = with_part(word_file("x"), "word/document.xml", xml.encode(encoding))
    assert read(body).problem is DocumentProblem.FORBIDDEN


@given(st.integers(0, 5_000), st.binary(min_size=1, max_size=40), st.booleans())
def test_damaged_files_are_read_or_refused_but_never_raise(at: int, damage: bytes, is_word: bool) -> None:
    body = WORD_BYTES if is_word else PDF_BYTES
    at %= len(body)
    document = read_document(body[:at] + damage + body[at + len(damage) :])
    assert document is None or document.text == normalise(document.text)


@pytest.mark.parametrize("body", [pdf([layout(DECISION)]), word_file(*DECISION.split("\n"))], ids=["pdf", "docx"])
def test_cut_files_are_read_or_refused_but_never_raise(body: bytes) -> None:
    rng = random.Random(1)
    for _ in range(40):
        read_document(body[: rng.randrange(len(body))])


PDF_BYTES = pdf([layout(DECISION)])
WORD_BYTES = word_file(*DECISION.split("\n"))


@pytest.mark.parametrize(
    "unit", ["ngày ", "ngày 1 tháng ", " ", "A ", "V/v ", "ngày ký: ", "theo ", "-", "QUYẾT ĐỊNH\n", ", ngày 1"]
)
def test_hostile_lines_cost_no_more_than_their_length(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    begun = time.process_time()
    lines = text.split("\n")
    find_date(lines)
    find_title(lines, text)
    join_wrapped(lines)
    without_furniture([lines])
    assert time.process_time() - begun < 3


def test_the_head_of_a_document_is_short() -> None:
    assert (
        find_title(["dòng này"] * document_head.HEAD_LINES + ["QUYẾT ĐỊNH", "Về việc khen thưởng tập thể"], None)
        is None
    )
