from __future__ import annotations

import pytest

from tests.unit.fact_reading import read, told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Mục tiêu đến năm 2025: 90% thủ tục hành chính được cung cấp dịch vụ công trực tuyến toàn trình; tối "
            "thiểu 80% hồ "
            "sơ được giải quyết đúng hạn; thanh toán trực tuyến đạt 50%.",
            [
                "dvc_full_rate 90 2025 target Lào Cai",
                "dossiers_ontime_rate 80 2025 target Lào Cai",
                "online_payment_rate 50 2025 target Lào Cai",
            ],
        ),
        (
            "Năm 2024, tỉnh phấn đấu tỷ lệ hồ sơ trực tuyến đạt 70% trở lên; mức độ hài lòng của người dân đạt "
            "trên 95%.",
            ["dossiers_online_rate 70 2024 target Lào Cai", "satisfaction_tthc_rate 95 2024 target Lào Cai"],
        ),
        (
            "Kế hoạch giai đoạn 2021-2025 đặt ra các mục tiêu:\n- Số hóa kết quả giải quyết TTHC đạt 60%;\n- Thanh "
            "toán trực "
            "tuyến đạt 40%.\nĐến nay, thanh toán trực tuyến đã đạt 35%.",
            [
                "digitisation_result_rate 60 2025 target Lào Cai",
                "online_payment_rate 40 2025 target Lào Cai",
                "online_payment_rate 35 2024 Lào Cai",
            ],
        ),
    ],
)
def test_a_target_governs_its_whole_list(text: str, expected: list[str]) -> None:
    assert told(text, "Lào Cai") == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Từ năm 2016 đến năm 2020, tỉnh giải quyết 500.000 hồ sơ.", "achieved"),
        ("Tính đến năm 2023, tỷ lệ hồ sơ trực tuyến đạt 60%.", "achieved"),
        ("Đến năm 2020, tỷ lệ hồ sơ trực tuyến đạt 40%.", "achieved"),
        ("Đến năm 2030, tỷ lệ hồ sơ trực tuyến đạt 90%.", "target"),
        ("Đến hết năm 2025, 90% hồ sơ được nộp trực tuyến.", "target"),
        ("Tỷ lệ hồ sơ trực tuyến đạt 91%, vượt chỉ tiêu đề ra.", "achieved"),
        ("So với mục tiêu đề ra, tỷ lệ hồ sơ trực tuyến đạt 91%.", "achieved"),
        ("Chủ tịch tỉnh yêu cầu các sở làm tốt hơn. Tỷ lệ hồ sơ trực tuyến đạt 91%.", "achieved"),
        ("Chủ tịch tỉnh yêu cầu 95% hồ sơ được giải quyết đúng hạn.", "target"),
        ("Bảo đảm tỷ lệ hồ sơ trực tuyến đạt 70%.", "target"),
        ("Tỉnh có 120 hồ sơ trực tuyến; sẽ tiếp nhận 500 hồ sơ trực tuyến.", "achieved"),
        ("Hồ sơ trực tuyến đạt từ 80% trở lên.", "target"),
        ("Đã có hồ sơ trực tuyến đạt từ 80% trở lên.", "achieved"),
    ],
)
def test_the_words_that_govern_a_figure_tell_its_kind(text: str, kind: str) -> None:
    facts = read(text, "Lào Cai")
    assert facts
    assert {fact.kind for fact in facts} == {kind}


def test_a_goal_ends_where_its_result_is_told() -> None:
    facts = read("Năm 2023, tỉnh đặt mục tiêu 80% hồ sơ trực tuyến, kết quả đạt 85%.", "Lào Cai")
    assert [(fact.value, fact.kind) for fact in facts] == [(80, "target"), (85, "achieved")]
