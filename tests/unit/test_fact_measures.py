from __future__ import annotations

import pytest

from processor.model import Confidence, Fact, Reference, Span
from tests.unit.fact_reading import TITLE, read, told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Trong 6 tháng đầu năm 2024, toàn tỉnh tiếp nhận 325.410 hồ sơ; đã giải quyết 310.205 hồ sơ, trong đó "
            "trước hạn "
            "và đúng hạn 309.800 hồ sơ (đạt 99,87%), quá hạn 405 hồ sơ (chiếm 0,13%).",
            [
                "dossiers_received 325410 2024 Nam Định",
                "dossiers_resolved 310205 2024 Nam Định",
                "dossiers_ontime 309800 2024 Nam Định",
                "dossiers_ontime_rate 99.87 2024 Nam Định",
                "dossiers_overdue 405 2024 Nam Định",
                "dossiers_overdue_rate 0.13 2024 Nam Định",
            ],
        ),
        (
            "Năm 2022, tỉnh tiếp nhận 801.122 hồ sơ thủ tục hành chính, đã giải quyết 790.100 hồ sơ (trong đó, "
            "trước hạn "
            "60,2%; đúng hạn 39.5%; quá hạn 0,3%).",
            [
                "dossiers_received 801122 2022 Nam Định",
                "dossiers_resolved 790100 2022 Nam Định",
                "dossiers_early_rate 60.2 2022 Nam Định",
                "dossiers_ontime_rate 39.5 2022 Nam Định",
                "dossiers_overdue_rate 0.3 2022 Nam Định",
            ],
        ),
        (
            "Quý I, toàn tỉnh giải quyết 12.000 hồ sơ: 7.000 hồ sơ trước hạn, 4.900 hồ sơ đúng hạn và 100 hồ sơ "
            "quá hạn.",
            [
                "dossiers_resolved 12000 2024 Nam Định",
                "dossiers_early 7000 2024 Nam Định",
                "dossiers_ontime 4900 2024 Nam Định",
                "dossiers_overdue 100 2024 Nam Định",
            ],
        ),
        (
            "Tỷ lệ hồ sơ giải quyết đúng hạn đạt 99,2%, hồ sơ trực tuyến đạt 78,5%, thanh toán trực tuyến đạt "
            "65,4%, số hóa "
            "kết quả giải quyết TTHC đạt 88,1%.",
            [
                "dossiers_ontime_rate 99.2 2024 Nam Định",
                "dossiers_online_rate 78.5 2024 Nam Định",
                "online_payment_rate 65.4 2024 Nam Định",
                "digitisation_result_rate 88.1 2024 Nam Định",
            ],
        ),
        (
            "Năm 2018, tỉnh có 1.946/1.463.339 bộ hồ sơ quá hạn (chiếm 0,13%).",
            [
                "dossiers_overdue 1946 2018 Nam Định",
                "dossiers_received 1463339 2018 Nam Định",
                "dossiers_overdue_rate 0.13 2018 Nam Định",
            ],
        ),
        (
            "Năm 2019 có 41.644 hồ sơ nộp trực tuyến thì đến tháng 8 năm 2020, số hồ sơ trực tuyến lên đến 194.125.",
            ["dossiers_online 41644 2019 Nam Định", "dossiers_online 194125 2020 Nam Định"],
        ),
        (
            "Toàn tỉnh có 1.750 thủ tục hành chính, thực hiện theo cơ chế một cửa 1.250 thủ tục, một cửa liên "
            "thông 500 thủ tục.",
            [
                "tthc_total 1750 2024 Nam Định",
                "tthc_one_stop 1250 2024 Nam Định",
                "tthc_one_stop_interlinked 500 2024 Nam Định",
            ],
        ),
        (
            "Tỉnh rà soát 45 thủ tục hành chính; kiến nghị bộ, ngành đơn giản hóa 30 thủ tục trên 12 lĩnh vực; cắt "
            "giảm thời "
            "gian giải quyết là 150 ngày/400 ngày, đạt 37,5%; chi phí tiết kiệm sau khi đơn giản hóa là 5,2 tỷ "
            "đồng/năm.",
            [
                "tthc_reviewed 45 2024 Nam Định",
                "tthc_simplification_proposed 30 2024 Nam Định",
                "processing_days_cut 150 2024 Nam Định",
                "processing_time_cut_rate 37.5 2024 Nam Định",
                "cost_saved 5200000000 2024 Nam Định",
            ],
        ),
        (
            "Tỉnh đã cung cấp 100% dịch vụ công trực tuyến mức độ 2; 743 dịch vụ công trực tuyến mức độ 3 (đạt "
            "41%) và dịch vụ "
            "công trực tuyến mức độ 4 (đạt 22%).",
            [
                "dvc_level2_rate 100 2024 Nam Định",
                "dvc_level3_count 743 2024 Nam Định",
                "dvc_level3_rate 41 2024 Nam Định",
                "dvc_level4_rate 22 2024 Nam Định",
            ],
        ),
        (
            "Tỉnh cung cấp 1.234 dịch vụ công trực tuyến toàn trình và 456 dịch vụ công trực tuyến một phần.",
            ["dvc_full_count 1234 2024 Nam Định", "dvc_partial_count 456 2024 Nam Định"],
        ),
        (
            "Có 9.601/9.860 văn bản được phát hành dưới dạng điện tử, đạt 97,4% (vượt chỉ tiêu đề ra là 90%).",
            [
                "edocs_issued 9601 2024 Nam Định",
                "edocs_issued_rate 97.4 2024 Nam Định",
                "edocs_issued_rate 90 2024 target Nam Định",
            ],
        ),
        (
            "Năm 2020 có 15.108 hồ sơ được nộp qua mạng, tăng hơn 03 lần so cùng kỳ năm 2019.",
            ["dossiers_online 15108 2020 Nam Định", "dossiers_online +3 2020 comparison Nam Định"],
        ),
        ("Toàn tỉnh đã tinh giản biên chế 225 người.", ["staff_cut 225 2024 Nam Định"]),
        (
            "Trung bình mỗi ngày, trung tâm tiếp nhận 350 lượt người đến làm thủ tục.",
            ["visitors_per_day 350 2024 Nam Định"],
        ),
    ],
)
def test_counts_and_shares_find_their_measure(text: str, expected: list[str]) -> None:
    assert told(text, "Nam Định") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tỷ lệ hồ sơ quá hạn giảm 2% so với năm 2022.", ["dossiers_overdue_rate -2 2024 comparison Lào Cai"]),
        ("Tỷ lệ hồ sơ quá hạn giảm còn 0,5%.", ["dossiers_overdue_rate 0.5 2024 Lào Cai"]),
        ("Số hồ sơ trực tuyến tăng 35% so với cùng kỳ.", ["dossiers_online +35 2024 comparison Lào Cai"]),
        (
            "Hồ sơ trực tuyến đạt 85%; tỷ lệ hồ sơ quá hạn giảm 2%.",
            ["dossiers_online_rate 85 2024 Lào Cai", "dossiers_overdue_rate -2 2024 comparison Lào Cai"],
        ),
        (
            "Tỷ lệ hồ sơ trực tuyến đạt 85%, tăng 12,5% so với năm 2022.",
            ["dossiers_online_rate 85 2024 Lào Cai", "dossiers_online_rate +12.5 2024 comparison Lào Cai"],
        ),
        ("Tỉnh đã cắt giảm 30% thời gian giải quyết thủ tục.", ["processing_time_cut_rate 30 2024 Lào Cai"]),
        (
            "Chỉ tiêu là 85% hồ sơ trực tuyến; thực hiện 88,2% (vượt 3,2%).",
            ["dossiers_online_rate 85 2024 target Lào Cai", "dossiers_online_rate 88.2 2024 Lào Cai"],
        ),
        ("Doanh thu tăng 3,6 lần, lợi nhuận tăng 12%.", []),
    ],
)
def test_rises_and_falls_are_of_what_their_clause_names(text: str, expected: list[str]) -> None:
    assert told(text, "Lào Cai") == expected


def test_what_some_units_reach_is_not_what_the_place_reaches() -> None:
    text = (
        "Có 18 cơ quan, đơn vị giải quyết hồ sơ đúng hạn đạt 100%; các đơn vị còn lại có hồ sơ quá hạn dưới 1%. "
        "Toàn tỉnh có 15 huyện, tỷ lệ hồ sơ đúng hạn đạt 98%."
    )
    assert told(text, "Lào Cai") == ["dossiers_ontime_rate 98 2024 Lào Cai"]


def test_a_headline_that_rounds_gives_way_to_the_exact_share() -> None:
    title = "Hồ sơ đúng hạn đạt 99,7%"
    text = f"{title}\nTrong tháng, hồ sơ đúng hạn đạt 99,71%."
    assert told(text, "Lào Cai", title=title) == []
    text += " Thủ tục hành chính được chú trọng."
    assert told(text, "Lào Cai", title=title) == ["dossiers_ontime_rate 99.71 2024 Lào Cai"]


def test_values_in_turn_are_paired_with_the_levels_before_them() -> None:
    text = (
        "Năm 2022, số hóa kết quả giải quyết thủ tục hành chính của cấp tỉnh, cấp huyện, cấp xã đạt tối thiểu "
        "tương ứng là "
        "40%, 30%, 20%."
    )
    assert [(fact.value, fact.scope, fact.comparator) for fact in read(text, "Lào Cai")] == [
        (40, "cấp tỉnh", ">="),
        (30, "cấp huyện", ">="),
        (20, "cấp xã", ">="),
    ]


def test_neighbouring_paragraphs_keep_their_own_district() -> None:
    text = (
        "Năm 2023, huyện A Lưới có hồ sơ trực tuyến đạt 92%.\nHuyện Phú Lộc tiếp nhận 5.100 hồ sơ. Thanh toán trực "
        "tuyến của "
        "huyện đạt 40%."
    )
    facts = told(text, "Quảng Nam", "huyện A Lưới", "huyện Phú Lộc")
    assert [fact.split(" ", 3)[3] for fact in facts] == ["huyện A Lưới", "huyện Phú Lộc", "huyện Phú Lộc"]


def test_a_department_owns_what_is_said_of_it_but_not_what_it_reports() -> None:
    text = "Sở Xây dựng Vĩnh Long đã cung cấp 25 dịch vụ công trực tuyến mức độ 4."
    assert told(text, "Vĩnh Long") == ["dvc_level4_count 25 2024 Sở Xây dựng Vĩnh Long"]
    text = "Theo báo cáo của Sở Nội vụ, đã tiếp nhận 52.000 hồ sơ, tỷ lệ đúng hạn 98%."
    assert told(text, "Vĩnh Long") == [
        "dossiers_received 52000 2024 Vĩnh Long",
        "dossiers_ontime_rate 98 2024 Vĩnh Long",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Tăng trưởng GRDP đạt 8,2%, thu ngân sách đạt 95% dự toán; kim ngạch xuất khẩu đạt 3,2 tỷ USD.",
        "Sở đã tiếp nhận 1.500 hồ sơ dự tuyển công chức; 200 hồ sơ vay vốn.",
        "Có 35% doanh nghiệp hài lòng với hạ tầng; 3,4% người được hỏi bị phiền hà.",
        "Trao bằng khen cho 9 tập thể; điện thoại 0272 3979299; lượt xem: 128.",
        "Tập trung vào 06 nội dung, 6 giải pháp, 16 sở, 20 lĩnh vực của thủ tục hành chính.",
        "Ngày 23/3/2021, tại phòng họp số 2, 150 đại biểu bàn về thủ tục hành chính.",
        "Đầu tư 650 tỷ đồng xây trung tâm hành chính công; diện tích 42.000 m2.",
        "Cách mạng công nghiệp 4.0 và dịch vụ công trực tuyến mức độ 4 cần được đẩy mạnh.",
        "Dân số toàn tỉnh hơn 1,2 triệu người, 80% dùng điện thoại thông minh để làm thủ tục hành chính.",
    ],
)
def test_numbers_of_other_things_stay_unbound(text: str) -> None:
    assert told(text, "Cà Mau") == []


def test_an_article_without_administration_has_no_dossiers() -> None:
    text = "Hội đồng tiếp nhận 1.200 hồ sơ, giải quyết 900 hồ sơ."
    assert told(text, "Cà Mau", title="Giải chạy quanh hồ") == []
    assert len(told(text, "Cà Mau", title=TITLE)) == 2


def test_numbers_of_legal_references_are_no_figures() -> None:
    text = "Theo Quyết định 80/QĐ-UBND, 80 thủ tục hành chính được đơn giản hóa."
    quote = "Quyết định 80/QĐ-UBND, 80 thủ tục"
    start = text.index(quote)
    span = Span(start=start, end=start + len(quote), quote=quote)
    reference = Reference(
        code="80/QĐ-UBND", number="80", type="QĐ", body="UBND", year=None, dated=None, issuer=None, span=span
    )
    assert len(read(text, "Cà Mau")) == 1
    assert read(text, "Cà Mau", references=(reference,)) == ()


def by_indicator(facts: tuple[Fact, ...]) -> dict[str, Fact]:
    return {fact.indicator: fact for fact in facts}


def test_shares_that_add_up_are_sure_and_others_doubtful() -> None:
    text = "Tỉnh giải quyết 1.000 hồ sơ (trước hạn {}%; đúng hạn 39,5%; quá hạn 0,3%)."
    good = by_indicator(read(text.format("60,2"), "Cà Mau"))
    bad = by_indicator(read(text.format("50,2"), "Cà Mau"))
    assert good["dossiers_early_rate"].confidence is Confidence.HIGH
    assert bad["dossiers_early_rate"].confidence is Confidence.LOW


def test_parts_know_the_whole_they_are_shares_of() -> None:
    text = "Tỉnh giải quyết 1.000 hồ sơ, trong đó trước hạn 600 hồ sơ, đạt 60%; đúng hạn 390 hồ sơ; quá hạn 10 hồ sơ."
    facts = by_indicator(read(text, "Cà Mau"))
    early = facts["dossiers_early"]
    assert (early.denominator, early.rate, early.confidence) == (1000, 60, Confidence.HIGH)
    assert facts["dossiers_overdue"].denominator == 1000


def test_a_rounded_figure_gives_way_to_the_exact_one() -> None:
    text = "Tỉnh có gần 4.000 hồ sơ quá hạn.\nCụ thể, năm 2018 có 3.946 hồ sơ quá hạn."
    assert told(text, "Cà Mau") == ["dossiers_overdue 3946 2018 Cà Mau"]


def test_what_repeats_is_told_once() -> None:
    text = "Năm 2022, tỉnh tiếp nhận 5.000 hồ sơ.\nNhư vậy năm 2022 tỉnh tiếp nhận 5.000 hồ sơ."
    assert told(text, "Cà Mau") == ["dossiers_received 5000 2022 Cà Mau"]


@pytest.mark.parametrize(
    ("text", "title", "published", "year", "source"),
    [
        ("Năm 2021, tiếp nhận 500 hồ sơ.", None, "2024-05-02", 2021, "sentence"),
        ("Tiếp nhận 500 hồ sơ năm 2021.", None, "2024-05-02", 2021, "sentence"),
        ("Kết quả năm 2021 khả quan. Tỉnh tiếp nhận 500 hồ sơ.", None, "2024-05-02", 2021, "paragraph"),
        ("Tỉnh tiếp nhận 500 hồ sơ.", "Cải cách hành chính năm 2020", "2024-05-02", 2020, "headline"),
        ("Tỉnh tiếp nhận 500 hồ sơ.", None, "2024-05-02", 2024, "publication"),
        ("Tiếp nhận 500 hồ sơ, tăng so với năm 2022.", None, "2024-05-02", 2024, "publication"),
        ("Theo Kế hoạch năm 2025, đã tiếp nhận 500 hồ sơ.", None, "2024-05-02", 2024, "publication"),
        ("Quý III/2023, tỉnh tiếp nhận 500 hồ sơ.", None, "2024-05-02", 2023, "sentence"),
        ("Trong tháng 9/2021, tỉnh tiếp nhận 500 hồ sơ.", None, "2024-05-02", 2021, "sentence"),
        ("Từ tháng 9/2021 hoạt động, trung tâm tiếp nhận 500 hồ sơ.", None, "2024-05-02", 2024, "publication"),
        ("Ngày 3/2/2023, tỉnh tiếp nhận 500 hồ sơ.", None, None, 2023, "publication"),
    ],
)
def test_the_year_is_the_nearest_one_said(
    text: str, title: str | None, published: str | None, year: int, source: str
) -> None:
    (fact, *_) = read(f"{text} Thủ tục hành chính.", "Cà Mau", title=title, published=published)
    assert (fact.year, fact.year_source) == (year, source)


def test_spans_and_sentences_quote_the_text() -> None:
    text = "Kết quả khá tốt. Năm 2022, tỉnh tiếp nhận 5.000 hồ sơ; đúng hạn đạt 99%. Xin cảm ơn."
    facts = read(text, "Cà Mau")
    assert len(facts) == 2
    for fact in facts:
        assert text[fact.span.start : fact.span.end] == fact.span.quote
        assert text[fact.sentence.start : fact.sentence.end] == fact.sentence.quote
        assert fact.sentence.start <= fact.span.start < fact.span.end <= fact.sentence.end
    assert facts[0].span.quote == "tiếp nhận 5.000 hồ sơ"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Toàn tỉnh có 1.900 TTHC, trong đó 760 TTHC (40%) cung cấp dịch vụ công trực tuyến toàn trình.",
            ["tthc_total 1900 2024 Nam Định", "dvc_full_count 760 2024 Nam Định", "dvc_full_rate 40 2024 Nam Định"],
        ),
        (
            "Tỷ lệ hồ sơ trực tuyến các năm 2021, 2022 và 2023 lần lượt là 31%, 48% và 70%.",
            [
                "dossiers_online_rate 31 2021 Nam Định",
                "dossiers_online_rate 48 2022 Nam Định",
                "dossiers_online_rate 70 2023 Nam Định",
            ],
        ),
        (
            "Số hồ sơ mới tiếp nhận là 8.120 bộ, đã giải quyết 8.001 bộ.",
            ["dossiers_received 8120 2024 Nam Định", "dossiers_resolved 8001 2024 Nam Định"],
        ),
        (
            "Các sở tiếp nhận gần 620.000 hồ sơ, với hơn 40% nộp trực tuyến.",
            ["dossiers_received 620000 2024 Nam Định", "dossiers_online_rate 40 2024 Nam Định"],
        ),
        ("Có 9.944 hồ sơ đến hạn giải quyết; hồ sơ thuộc thẩm quyền giải quyết cấp xã 3.085 hồ sơ.", []),
        ("Những địa phương có tỷ lệ hồ sơ giải quyết đúng hạn đạt 100% là ba huyện miền biển.", []),
    ],
)
def test_what_stands_around_a_count_decides_what_it_counts(text: str, expected: list[str]) -> None:
    assert told(text, "Nam Định") == expected


def test_the_share_of_a_department_is_no_national_figure() -> None:
    assert told("Tỷ lệ hồ sơ quá hạn của Sở Xây dựng còn 0,8%.") == []


def test_a_headline_without_a_year_is_dated_by_the_sentence_it_is_taken_from() -> None:
    title = "Tỷ lệ hồ sơ giải quyết đúng hạn đạt 99,9%"
    text = f"{title}\nNăm 2021, các xã của tỉnh tiếp nhận 4.497 hồ sơ thủ tục hành chính."
    assert told(text, "Nam Định", title=title, published="2022-01-27") == [
        "dossiers_ontime_rate 99.9 2021 Nam Định",
        "dossiers_received 4497 2021 Nam Định",
    ]
