from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processor.facts.numbers import Number, NumberForm, numbers, parse_value
from processor.text import fold


def one(text: str) -> Number:
    found = [number for number in numbers(fold(text)) if number.form is not NumberForm.OTHER]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("tiếp nhận 1.055.175 hồ sơ", 1055175),
        ("có 2.310 thủ tục", 2310),
        ("gần 25.600 hồ sơ", 25600),
        ("đạt 46.75%", 46.75),
        ("đạt 52,47 %", 52.47),
        ("đạt 98.500%", 98.5),
        ("đạt 0,8241 điểm", 0.8241),
        ("đạt 0.735 điểm", 0.735),
        ("tăng 03 lần", 3),
        ("hơn 1,2 triệu hồ sơ", 1_200_000),
        ("2,5 tỷ đồng", 2_500_000_000),
        ("1.250 tỷ đồng", 1_250_000_000_000),
        ("136 nghìn thủ tục", 136_000),
        ("7.935.900.927 đồng/năm", 7_935_900_927),
        ("1.234,56 tỷ", 1_234_560_000_000),
    ],
)
def test_separators_and_scale_words_give_the_value(text: str, value: float) -> None:
    assert one(text).value == pytest.approx(value)


def test_a_comma_before_three_digits_is_a_decimal_but_counts_know_the_other_reading() -> None:
    number = one("giải quyết 3,418 hồ sơ")
    assert number.value == pytest.approx(3.418)
    assert number.as_count == 3418


def test_a_dot_before_three_digits_is_a_thousands_mark_but_scores_know_the_other_reading() -> None:
    number = one("đạt 48.811 điểm")
    assert number.value == 48811
    assert number.alternative == pytest.approx(48.811)


@pytest.mark.parametrize(
    ("text", "numerator", "denominator"),
    [
        ("xếp hạng 8/63 tỉnh", 8, 63),
        ("hoàn thành 50/50 nhiệm vụ", 50, 50),
        ("cắt giảm 116 ngày/284 ngày", 116, 284),
        ("có 148.601/151.860 văn bản", 148601, 151860),
        ("đạt 40,62/80 điểm", 40.62, 80),
        ("3.946/2.463.339 bộ hồ sơ", 3946, 2463339),
        ("có 7/12 chỉ tiêu vượt kế hoạch", 7, 12),
    ],
)
def test_fractions_keep_both_sides(text: str, numerator: float, denominator: float) -> None:
    number = one(text)
    assert number.form is NumberForm.FRACTION
    assert number.value == pytest.approx(numerator)
    assert number.denominator == denominator


@pytest.mark.parametrize(
    "text",
    [
        "ngày 24/03/2021",
        "sáng 2/5, Bộ Nội vụ",
        "(24/3)",
        "tháng 10/2016",
        "giai đoạn 2021 - 2025",
        "giai đoạn 2021-30",
        "Nghị quyết 76/NQ-CP",
        "Nghị quyết số 76/ NQ-CP",
        "Công văn 3276/UBND - KSTT",
        "Nghị quyết 57-NQ/TW",
        "lúc 14h30",
        "lúc 15:53",
        "Điện thoại 0272 3979299",
        "cách mạng công nghiệp 4.0",
        "khoảng 20-25%",
        "từ 3,54 đến 6,74",
        "diện tích 42.000m2",
        "mô hình B2B, 5G",
    ],
)
def test_what_counts_nothing_is_no_figure(text: str) -> None:
    assert [number for number in numbers(fold(text)) if number.form is not NumberForm.OTHER] == []


def test_a_bare_year_is_a_year() -> None:
    assert one("trong năm 2022").form is NumberForm.YEAR
    assert one("có 2.022 hồ sơ").form is NumberForm.PLAIN


@pytest.mark.parametrize(
    ("text", "comparator"),
    [
        ("đạt tối thiểu 80%", ">="),
        ("đạt từ 30% trở lên", ">="),
        ("đạt 30% số hồ sơ trở lên", ">="),
        ("hơn 31%", ">"),
        ("trên 95%", ">"),
        ("gần 2.500 hồ sơ", "~<"),
        ("khoảng 300 hồ sơ", "~"),
        ("không quá 5%", "<="),
        ("dưới 1%", "<"),
        ("đạt 98%", "="),
    ],
)
def test_words_around_a_number_compare(text: str, comparator: str) -> None:
    assert one(text).comparator == comparator


def test_percentage_points_are_not_percent() -> None:
    assert one("tăng 0,22 điểm phần trăm").form is NumberForm.PERCENTAGE_POINT
    assert one("tăng 0,22 điểm %").form is NumberForm.PERCENTAGE_POINT
    assert one("tăng 12 phần trăm").form is NumberForm.PERCENT


@given(st.integers(min_value=0, max_value=10**15))
def test_dot_grouped_integers_read_back(value: int) -> None:
    grouped = f"{value:,}".replace(",", ".")
    assert parse_value(grouped)[0] == value


@given(st.integers(min_value=0, max_value=999_999), st.integers(min_value=0, max_value=99))
def test_comma_decimals_read_back(whole: int, hundredths: int) -> None:
    printed = f"{whole:,}".replace(",", ".") + f",{hundredths:02d}"
    assert parse_value(printed)[0] == pytest.approx(whole + hundredths / 100)


@given(st.text(alphabet="0123456789.,/-%() đạtnămhồsơ\n", max_size=80))
def test_numbers_stand_in_order_and_inside_the_text(text: str) -> None:
    found = numbers(text)
    ends = [0, *(number.end for number in found)]
    for number, before in zip(found, ends, strict=False):
        assert before <= number.start < number.end <= len(text)
        assert text[number.start].isdigit()


@pytest.mark.parametrize("unit", ["1", "1.", "1,234", "12/", "1 trên ", "0.", "9-", "%"])
def test_a_megabyte_of_one_thing_is_read_in_linear_time(unit: str) -> None:
    text = (unit * (1_000_000 // len(unit)))[:200_000]
    began = time.process_time()
    numbers(text)
    assert time.process_time() - began < 2
