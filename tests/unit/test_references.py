from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processor.references.find import find_references
from processor.text import normalise


def codes(text: str, published_on: date | None = None) -> list[str]:
    return [reference.code for reference in find_references(normalise(text), published_on)]


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ("Nghị quyết số 30c/NQ-CP", "30c/NQ-CP", ("30c", "NQ", "CP", None)),
        ("Nghị quyết số 76/ NQ-CP", "76/NQ-CP", ("76", "NQ", "CP", None)),
        ("Nghị quyết 76 / NQ – CP", "76/NQ-CP", ("76", "NQ", "CP", None)),
        ("Nghị quyết số 19-2018/NQ-CP", "19-2018/NQ-CP", ("19", "NQ", "CP", 2018)),
        ("Nghị định 61/2018/NĐ-CP", "61/2018/NĐ-CP", ("61", "NĐ", "CP", 2018)),
        ("nghị định số 61/2018/\nNĐ-CP", "61/2018/NĐ-CP", ("61", "NĐ", "CP", 2018)),
        ("Nghị định 61/2018/NĐCP", "61/2018/NĐ-CP", ("61", "NĐ", "CP", 2018)),
        ("Nghị định 61/2018/ND-CP", "61/2018/NĐ-CP", ("61", "NĐ", "CP", 2018)),
        ("Nghị định số 61/2018/NÐ-CP", "61/2018/NĐ-CP", ("61", "NĐ", "CP", 2018)),
        ("Nghị định số 61/2018/NĐ-CPngày 23/4/2018", "61/2018/NĐ-CP", ("61", "NĐ", "CP", 2018)),
        ("Quyết định số 12-QĐNS/TW", "12-QĐNS/TW", ("12", "QĐNS", "TW", None)),
        ("QUYẾT ĐỊNH SỐ 766/QĐ-TTG", "766/QĐ-TTg", ("766", "QĐ", "TTg", None)),
        ("Quyết định số06/QĐ-TTg", "06/QĐ-TTg", ("6", "QĐ", "TTg", None)),
        ("Số: 304/TB-VPCP", "304/TB-VPCP", ("304", "TB", "VPCP", None)),
        ("Báo cáo số 1140/BC VPCP", "1140/BC-VPCP", ("1140", "BC", "VPCP", None)),
        ("Luật Tổ chức chính quyền địa phương số 77/2015/QH13", "77/2015/QH13", ("77", "Luật", "QH13", 2015)),
        ("Nghị quyết 70/2018/QH 14", "70/2018/QH14", ("70", "NQ", "QH14", 2018)),
        ("Nghị quyết số 30-NQ/2026/QH16", "30-NQ/2026/QH16", ("30", "NQ", "QH16", 2026)),
        ("Nghị quyết 76/2025/UBTVQH15", "76/2025/UBTVQH15", ("76", "NQ", "UBTVQH15", 2025)),
        ("Nghị quyết 1671/NQ-UBTVQH15 năm 2025", "1671/NQ-UBTVQH15", ("1671", "NQ", "UBTVQH15", 2025)),
        ("Nghị quyết số 21-NQ/TU", "21-NQ/TU", ("21", "NQ", "TU", None)),
        ("Nghị quyết số 57 – NQ/TW", "57-NQ/TW", ("57", "NQ", "TW", None)),
        ("Nghị quyết 18 NQ/TW", "18-NQ/TW", ("18", "NQ", "TW", None)),
        ("Nghị quyết số 60/NQ-TW", "60/NQ-TW", ("60", "NQ", "TW", None)),
        ("Chương trình số 49-Ctr/TU", "49-CTr/TU", ("49", "CTr", "TU", None)),
        ("Kế hoạch số 02-KH/BCĐTW", "02-KH/BCĐTW", ("2", "KH", "BCĐTW", None)),
        ("Báo cáo thẩm định số 18/BCTĐ-STP", "18/BCTĐ-STP", ("18", "BCTĐ", "STP", None)),
        ("Công văn số 2231/SNV-CCHC&PC", "2231/SNV-CCHC&PC", ("2231", "CV", "SNV", None)),
        ("Văn bản số 3276/UBND – KSTT", "3276/UBND-KSTT", ("3276", "CV", "UBND", None)),
        ("văn bản 4127/VPCP-KSTT", "4127/VPCP-KSTT", ("4127", "CV", "VPCP", None)),
        ("Thông tư liên tịch số 01/2015/TTLT-BNV-BTC", "01/2015/TTLT-BNV-BTC", ("1", "TTLT", "BNV-BTC", 2015)),
        ("Thông tư số 01/2018/TTVPCP", "01/2018/TT-VPCP", ("1", "TT", "VPCP", 2018)),
        ("Quyết định số 2468/QĐUBND", "2468/QĐ-UBND", ("2468", "QĐ", "UBND", None)),
        ("Công văn 285/CCTTHC ngày 08/9/2009", "285/CCTTHC", ("285", "CV", "CCTTHC", 2009)),
        ("Công văn số 03/CV-BCĐ", "03/CV-BCĐ", ("3", "CV", "BCĐ", None)),
        ("Văn bản hợp nhất 03/VBHN-VPQH", "03/VBHN-VPQH", ("3", "VBHN", "VPQH", None)),
        ("Tờ trình số 1.494/TTr-SNV", "1494/TTr-SNV", ("1494", "TTr", "SNV", None)),
        ("Báo cáo số 12/BC-SNgV", "12/BC-SNgV", ("12", "BC", "SNgV", None)),
    ],
)
def test_a_citation_is_read_whatever_its_spacing(text: str, code: str, key: tuple[str, str, str, int | None]) -> None:
    (reference,) = find_references(normalise(text), None)
    assert reference.code == code
    assert (reference.number, reference.type, reference.body, reference.year) == key


@pytest.mark.parametrize(
    "text",
    [
        "xếp hạng 8/63 tỉnh, thành phố",
        "cắt giảm 116 ngày/284 ngày",
        "hoàn thành 50/50 nhiệm vụ, 148.601/151.860 văn bản",
        "ngày 24/03/2021 - UBND tỉnh họp",
        "giai đoạn 2021-2025",
        "theo TCVN 11930:2017, QCVN 01:2021/BTNMT-ABC và ISO 9001:2015",
        "Giấy phép số 635/GP-BTTTT, số 17/GP-TTĐT",
        "giấy giới thiệu số 17/GT do ông ký",
        "Bản án số 12/2019/HS-ST của Tòa án",
        "Quyết định 45/QĐST-DS",
        "hợp đồng số 17/HĐ-KT",
        "trực 24/7 - UBND phường",
        "biển số 51F-123.45, đường 3/2 - TP",
        "Nghị quyết 57, Đề án 06, Nghị định 61/2018",
        "đạt 4/5 TT UBND",
        "kênh 1/VTV-HN",
        "điện thoại 0272-3979299",
        "tỷ lệ 2/UBND, trang 5/TTXVN và số 7/HTV",
    ],
)
def test_other_numbers_are_no_references(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "dated"),
    [
        ("Nghị quyết số 76/NQ-CP ngày 15-7-2021", date(2021, 7, 15)),
        ("Chương trình số 88/CTr-UBND, ngày 08/10/2021 của UBND tỉnh", date(2021, 10, 8)),
        ("Nghị định số 61/2018/NĐ-CP ngày 23 tháng 4 năm 2018", date(2018, 4, 23)),
        ("Kế hoạch 12/KH-UBND ngày 13\ntháng 02 năm 2025", date(2025, 2, 13)),
        ("Nghị quyết số 57-NQ/TW của Bộ Chính trị (khóa XIII) ngày 22/12/2024", date(2024, 12, 22)),
        ("Luật số 15/2012/QH13 được Quốc hội ban hành ngày 20/6/2012", date(2012, 6, 20)),
        ("Ngày 10/11/2025, Chính phủ ban hành Nghị định 293/2025/NĐ-CP", date(2025, 11, 10)),
        ("Ngày 20/12, UBND tỉnh đã ban hành Kế hoạch số 9/KH-UBND", date(2024, 12, 20)),
        ("Số: 87/KH-UBND\n|\nTuyên Quang, ngày\n10 tháng 12 năm 2013", date(2013, 12, 10)),
        ("Số: 87/KH-UBND TP. Hà Nội, ngày 5 tháng 3 năm 2024", date(2024, 3, 5)),
        ("Kế hoạch 12/KH-UBND ngày 19/8/19999", None),
        ("Kế hoạch 12/KH-UBND ngày 31/2/2024", None),
        ("Nghị định 61/2018/NĐ-CP ngày 23/4/2017", None),
        ("Kế hoạch 12/KH-UBND ngày 1/1/2030", None),
        ("Ngày 20/12, UBND tỉnh họp bàn về Kế hoạch số 9/KH-UBND", None),
    ],
)
def test_the_day_of_signature_is_read_where_it_can_be_true(text: str, dated: date | None) -> None:
    (reference,) = find_references(normalise(text), date(2025, 11, 20))
    assert reference.dated == dated


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        ("Chỉ thị số 23/CT-TTg ngày 02/9/2021 của Thủ tướng Chính phủ về việc", "Thủ tướng Chính phủ"),
        ("Nghị quyết số 21-NQ/TU của Ban Thường vụ Tỉnh ủy về chuyển đổi số", "Ban Thường vụ Tỉnh ủy"),
        ("Kế hoạch số 5/KH-UBND của UBND tỉnh Hà Giang ban hành", "UBND tỉnh Hà Giang"),
        ("Thông tư 04/2023/TT-BNV của Bộ Nội vụ hướng dẫn", "Bộ Nội vụ"),
        ("Nghị định 61/2018/NĐ-CP", "Chính phủ"),
        ("Nghị quyết số 21-NQ/TU", None),
    ],
)
def test_the_issuer_is_read_or_follows_from_the_code(text: str, issuer: str | None) -> None:
    (reference,) = find_references(normalise(text), None)
    assert reference.issuer == issuer


def test_the_span_covers_the_whole_citation() -> None:
    text = "Thực hiện Nghị quyết số 76/NQ-CP ngày 15/7/2021 của Chính phủ về cải cách hành chính."
    (reference,) = find_references(text, None)
    assert reference.span.quote == "Nghị quyết số 76/NQ-CP ngày 15/7/2021 của Chính phủ"
    assert text[reference.span.start : reference.span.end] == reference.span.quote


def test_a_document_cited_twice_is_one_reference_with_all_that_is_known() -> None:
    text = "Nghị quyết 76/NQ-CP nêu rõ. Theo Nghị quyết số 76/NQ-CP ngày 15/7/2021, các tỉnh thực hiện."
    (reference,) = find_references(text, None)
    assert reference.span.start == 0
    assert (reference.dated, reference.year) == (date(2021, 7, 15), 2021)


def test_one_number_in_different_years_or_bodies_is_different_documents() -> None:
    text = (
        "Nghị quyết 76/NQ-CP ngày 15/7/2021; Nghị quyết 76/NQ-CP ngày 3/9/2013; Luật số 76/2015/QH13; "
        "Nghị quyết 76/2025/UBTVQH15"
    )
    assert len(codes(text)) == 4


def test_a_swapped_sign_is_the_same_document() -> None:
    assert codes("Nghị quyết 60-NQ/TW và Nghị quyết số 60/NQ-TW") == ["60-NQ/TW"]


def test_references_come_in_the_order_of_the_text() -> None:
    text = "Nghị định 61/2018/NĐ-CP, 107/2021/NĐ-CP; Nghị quyết 57-NQ/TW, 66-NQ/TW và 68-NQ/TW"
    assert codes(text) == ["61/2018/NĐ-CP", "107/2021/NĐ-CP", "57-NQ/TW", "66-NQ/TW", "68-NQ/TW"]


PIECES = st.sampled_from(
    [
        "76",
        "/",
        "-",
        " ",
        "NQ",
        "CP",
        "2018",
        "NĐ",
        "số ",
        "ngày 1/2/2020",
        "của ",
        "Chính phủ",
        "TW",
        "QH15",
        "\n",
        ".",
        "x",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_spans_quote_the_text_and_keys_are_unique(raw: str) -> None:
    text = normalise(raw)
    references = find_references(text, None)
    assert all(text[one.span.start : one.span.end] == one.span.quote for one in references)
    assert len({(one.code, one.type, one.year) for one in references}) == len(references)


@pytest.mark.parametrize(
    "unit", ["1", "1/", "12 NQ-", "1/NQ-A-A", "luật ", "số ", "1/2018/NĐ-", "1/A&A", "ngày 1/1/2020 "]
)
def test_a_megabyte_of_anything_is_read_quickly(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    began = time.process_time()
    find_references(text, None)
    assert time.process_time() - began < 1
