"""Running series of places and levels, values that something began with, and shares of other things."""

from __future__ import annotations

import pytest

from tests.unit.fact_reading import told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Năm 2022, huyện Vũ Thư có tỷ lệ hồ sơ quá hạn 0,4%; hai nơi tiến bộ rõ (huyện Kiến Xương giảm từ 9,8% "
            "xuống còn 1,2%; huyện Đông Hưng giảm từ 7,5% xuống 2,1%); huyện Thái Thụy là nơi có tỷ lệ này cao nhất "
            "(8,3%).",
            [
                "dossiers_overdue_rate 0.4 2022 huyện Vũ Thư",
                "dossiers_overdue_rate 9.8 2022 previous huyện Kiến Xương",
                "dossiers_overdue_rate 1.2 2022 huyện Kiến Xương",
                "dossiers_overdue_rate 7.5 2022 previous huyện Đông Hưng",
                "dossiers_overdue_rate 2.1 2022 huyện Đông Hưng",
                "dossiers_overdue_rate 8.3 2022 huyện Thái Thụy",
            ],
        ),
        (
            "Năm 2022, huyện Vũ Thư có 81 hồ sơ quá hạn, huyện Kiến Xương 31 hồ sơ, huyện Đông Hưng 20 hồ sơ.",
            [
                "dossiers_overdue 81 2022 huyện Vũ Thư",
                "dossiers_overdue 31 2022 huyện Kiến Xương",
                "dossiers_overdue 20 2022 huyện Đông Hưng",
            ],
        ),
        (
            "Năm 2022, tỷ lệ hồ sơ trực tuyến của cả nước đạt 45,2%, trong đó khối bộ đạt 61,5% và khối tỉnh là 28,4%.",
            [
                "dossiers_online_rate 45.2 2022 cả nước",
                "dossiers_online_rate 61.5 2022 cả nước",
                "dossiers_online_rate 28.4 2022 cả nước",
            ],
        ),
    ],
)
def test_a_series_goes_on_with_what_it_measures_at_each_of_its_places(text: str, expected: list[str]) -> None:
    districts = ("huyện Vũ Thư", "huyện Kiến Xương", "huyện Đông Hưng", "huyện Thái Thụy")
    assert told(text, None, *districts) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Đã gửi 52 văn bản xin lỗi, chiếm 12,5% tổng số hồ sơ quá hạn.",
        "Tỷ lệ xin lỗi đối với hồ sơ quá hạn đạt 95%.",
        "Số hồ sơ trực tuyến quý I bằng 92% số hồ sơ trực tuyến của cả năm trước và bằng 210% cùng kỳ.",
        "Có 120 hồ sơ từ kỳ trước chuyển sang và 15 hồ sơ trả lại.",
        "Khoảng 3/4 thủ tục hành chính không phải nộp tại bộ phận một cửa.",
        "Lũy kế đã và đang giải quyết 6.100 hồ sơ.",
        "Tỉnh cắt giảm 40% điều kiện kinh doanh.",
    ],
)
def test_shares_and_counts_of_something_else_stay_unbound(text: str) -> None:
    assert told(text, "Nam Định") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Tổng số hồ sơ đã giải quyết xong là 7.200 hồ sơ, tổng số hồ sơ tiếp nhận là 7.500 hồ sơ.",
            ["dossiers_resolved 7200 2024 Nam Định", "dossiers_received 7500 2024 Nam Định"],
        ),
        (
            "Toàn tỉnh có 21.400 hồ sơ của tổ chức, cá nhân yêu cầu giải quyết.",
            ["dossiers_received 21400 2024 Nam Định"],
        ),
        (
            "Tỷ lệ hồ sơ trực tuyến được giải quyết đúng hạn và sớm hạn đạt gần 98%.",
            ["dossiers_ontime_rate 98 2024 Nam Định"],
        ),
        (
            "Trung tâm đã tiếp nhận 1.018 hồ sơ (HS). Trong đó, có 17 HS giải quyết trễ hạn (tỷ lệ 0,2%).",
            [
                "dossiers_received 1018 2024 Nam Định",
                "dossiers_overdue 17 2024 Nam Định",
                "dossiers_overdue_rate 0.2 2024 Nam Định",
            ],
        ),
        (
            "Trường có 17 HS giải quyết bài toán trễ hạn; tỉnh tiếp nhận 90 hồ sơ.",
            ["dossiers_received 90 2024 Nam Định"],
        ),
        (
            "Tỉnh đã đơn giản hóa 260 thủ tục, tương ứng 14,9% tổng số thủ tục hành chính.",
            ["tthc_simplified 260 2024 Nam Định", "simplification_rate 14.9 2024 Nam Định"],
        ),
        (
            "Tỉnh giảm 203 chỉ tiêu biên chế hành chính và 2.458 chỉ tiêu biên chế sự nghiệp.",
            ["staff_cut 203 2024 Nam Định", "staff_cut 2458 2024 Nam Định"],
        ),
        (
            "Mục tiêu năm 2024 giảm ít nhất 30% thời gian giải quyết TTHC, 25% chi phí tuân thủ TTHC.",
            [
                "processing_time_cut_rate 30 2024 target Nam Định",
                "compliance_cost_cut_rate 25 2024 target Nam Định",
            ],
        ),
        ("Năm 2026, hồ sơ trực tuyến đạt 80%.", ["dossiers_online_rate 80 2026 target Nam Định"]),
        (
            "Tính đến ngày 27/4/2023, tỉnh tiếp nhận 970 hồ sơ so với kế hoạch năm 2021.",
            ["dossiers_received 970 2023 Nam Định"],
        ),
        ("Số hồ sơ tiếp nhận giảm 142 hồ sơ so với tháng trước.", []),
    ],
)
def test_the_words_around_a_count_or_share_tell_what_it_is_of(text: str, expected: list[str]) -> None:
    assert told(text, "Nam Định") == expected


def test_a_ministry_has_what_is_told_after_its_name() -> None:
    text = "Bộ Tài chính có 870 thủ tục hành chính. Đặc biệt, 55% thủ tục được cung cấp trực tuyến mức độ 4."
    assert told(text) == ["tthc_total 870 2024 Bộ Tài chính", "dvc_level4_rate 55 2024 Bộ Tài chính"]


@pytest.mark.parametrize("word", ["đúng hạn", "trễ hạn"])
def test_dossiers_kept_to_time_are_an_office_s_without_more_words(word: str) -> None:
    text = f"Huyện tiếp nhận 300 hồ sơ, giải quyết {word} 250 hồ sơ."
    assert len(told(text, "Nam Định", title="Kết quả quý I")) == 2
    assert told(f"Ngân hàng có 300 hồ sơ vay, {word} 250 hồ sơ.", "Nam Định", title="Nợ quý I") == []
