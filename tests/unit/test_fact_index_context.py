from __future__ import annotations

import pytest

from processor.model import Confidence, FactKind
from tests.unit.fact_reading import read, told


@pytest.mark.parametrize(
    "text",
    [
        "Người đứng đầu phải chịu trách nhiệm về PAR Index.",
        "Tỉnh nằm trong nhóm dẫn đầu, quyết tâm vào tốp 10 về PAR Index.",
        "Đây là một trong những địa phương dẫn đầu cả nước về PAR Index.",
        "PAR Index được công bố lần thứ 9; thứ hai tuần tới sẽ họp; Thứ 4, ngày 24/4.",
        "PAR Index khảo sát 18.300 công chức và gần 34.000 người dân, có 95% phiếu hợp lệ.",
        "10/19 bộ đạt dưới 80 trong tổng điểm tối đa là 100 của PAR Index, chiếm 52,6%.",
        "PAR Index gồm 8 lĩnh vực, 38 tiêu chí, thang điểm 100.",
        "PAR Index được chú trọng; năm 2023 tỉnh xếp thứ 2 về trồng rừng; tổ chức đại hội lần thứ 3.",
        "PAR Index là nhiệm vụ trọng tâm. Sản lượng lúa xếp thứ 2 cả nước, đạt 95,5% kế hoạch.",
    ],
)
def test_what_is_no_rank_or_score_stays_unbound(text: str) -> None:
    assert told(text, "Phú Yên") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Năm 2024, Kiên Giang xếp thứ 2 cả nước về Chỉ số cải cách hành chính (sau Hải Phòng), tăng 3 bậc.",
            ["par_index #2 2024 Kiên Giang", "par_index +3 2024 comparison Kiên Giang"],
        ),
        (
            "Với 73,40 điểm trong bảng xếp hạng PCI 2019, Hải Phòng giữ ngôi quán quân, á quân Kiên Giang đạt "
            "72,10 điểm.",
            ["pci 73.4 #1 2019 Hải Phòng", "pci 72.1 #2 2019 Kiên Giang"],
        ),
        (
            "Chỉ số cải cách hành chính đã trở lại đà tăng trưởng, giá trị bình quân năm 2023 đạt 86,98%.",
            ["par_index 86.98 2023 cả nước"],
        ),
        (
            "PCI 2022 của Kiên Giang xếp thứ 41/63. Đây là thứ hạng cao nhất từ trước đến nay của tỉnh.",
            ["pci #41/63 2022 Kiên Giang"],
        ),
        (
            "PAR Index 2023 của Kiên Giang đạt 85,2%. Cả 63 tỉnh, thành phố đều đạt trên 80%, mức tăng cao nhất là "
            "9,39%.",
            ["par_index 85.2 2023 Kiên Giang"],
        ),
        (
            "Ba năm qua, PCI của Kiên Giang liên tục tăng: năm 2020 xếp thứ 62, năm 2021 đứng thứ 60 và năm 2022 ở "
            "vị trí 41.",
            [
                "pci #62 2020 previous Kiên Giang",
                "pci #60 2021 previous Kiên Giang",
                "pci #41 2022 Kiên Giang",
            ],
        ),
    ],
)
def test_what_stands_around_a_figure_does_not_mislead(text: str, expected: list[str]) -> None:
    assert told(text, "Kiên Giang", "Hải Phòng") == expected


def test_a_place_that_is_compared_with_owns_only_what_its_brackets_hold() -> None:
    text = (
        "Năm 2017, Kiên Giang đạt 88,75 điểm PAR Index, xếp thứ 2/63, chỉ sau Hải Phòng (92,36 điểm); "
        "năm 2016 Kiên Giang xếp thứ 8."
    )
    assert told(text, None, "Hải Phòng", "Kiên Giang") == [
        "par_index 88.75 #2/63 2017 Kiên Giang",
        "par_index 92.36 2017 Hải Phòng",
        "par_index #8 2016 previous Kiên Giang",
    ]


def test_places_in_turn_before_a_superlative_are_ranked_by_order() -> None:
    text = (
        "Hải Phòng, Kiên Giang và Cà Mau lần lượt là các địa phương có chất lượng điều hành được đánh giá cao nhất "
        "trong "
        "báo cáo PCI 2022."
    )
    assert told(text, None, "Hải Phòng", "Kiên Giang", "Cà Mau") == [
        "pci #1 2022 Hải Phòng",
        "pci #2 2022 Kiên Giang",
        "pci #3 2022 Cà Mau",
    ]


def test_a_rank_in_brackets_after_other_words_is_not_the_index_of_the_sentence_before() -> None:
    text = "PCI 2023 đã công bố. Doanh nghiệp của Phú Yên đánh giá cao hạ tầng (xếp thứ 4/63)."
    assert told(text, "Phú Yên") == []


def test_an_index_is_carried_on_only_with_lower_confidence() -> None:
    carried = read("PAR Index 2022 vừa công bố. Đắk Nông xếp thứ 12 trong bảng xếp hạng.", None, "Đắk Nông")
    assert [(fact.rank, fact.confidence) for fact in carried] == [(12, Confidence.LOW)]


def test_ranks_that_fit_the_printed_move_are_sure_and_others_doubtful() -> None:
    text = "Năm 2021, tỉnh xếp hạng {} về PAR Index, tăng 9 hạng so với năm 2020 (hạng 21)."
    fits = read(text.format(12), "Hậu Giang")
    breaks = read(text.format(15), "Hậu Giang")
    assert {fact.confidence for fact in fits} == {Confidence.HIGH}
    assert {fact.confidence for fact in breaks} == {Confidence.LOW}


def test_lowest_and_highest_scores_of_the_country_are_a_range() -> None:
    text = "PAPI năm 2018 được công bố. Nội dung quản trị môi trường dao động từ 3,54 đến 6,74 điểm."
    facts = read(text)
    assert [(fact.value, fact.scope, fact.kind) for fact in facts] == [
        (3.54, "min", FactKind.COMPONENT),
        (6.74, "max", FactKind.COMPONENT),
    ]


def test_a_rank_that_opens_a_sentence_belongs_to_the_place_after_it() -> None:
    text = "Năm 2017, Đồng Tháp đạt 68,8 điểm PCI. Ở vị trí thứ 4, Long An giữ vững. Với thứ hạng 9, Hải Phòng lên."
    assert told(text, None, "Đồng Tháp", "Long An", "Hải Phòng", title="PCI 2017") == [
        "pci 68.8 2017 Đồng Tháp",
        "pci #4 2017 Long An",
        "pci #9 2017 Hải Phòng",
    ]


def test_a_group_of_the_highest_is_no_first_rank() -> None:
    text = "Năm 2023, Nghệ An đạt 43,96 điểm (thuộc nhóm tỉnh, thành có chỉ số PAPI cao nhất)."
    assert told(text, "Nghệ An") == ["papi 43.96 2023 Nghệ An"]
