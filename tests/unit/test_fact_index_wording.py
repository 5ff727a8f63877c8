"""Scores and ranks in the wordings of real reports: steps, brackets, classes, components, scores inside a province."""

from __future__ import annotations

import pytest

from tests.unit.fact_reading import told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "SIPAS 2021 của Hưng Yên tăng từ 81,5% lên 84,2%, nhưng thứ hạng lại bị giảm từ 51/63 xuống 56/63.",
            [
                "sipas 81.5 #51/63 2020 previous Hưng Yên",
                "sipas 84.2 #56/63 2021 Hưng Yên",
            ],
        ),
        (
            "Năm 2021, PAR Index của Hưng Yên tăng 3,3 điểm và 8 bậc, xếp thứ 12/63.",
            ["par_index +3.3 2021 comparison Hưng Yên", "par_index +8 2021 comparison Hưng Yên",
             "par_index #12/63 2021 Hưng Yên"],
        ),
        (
            "PCI 2023 có nhiều thay đổi. Hưng Yên vươn từ vị trí thứ 10 trong bảng xếp hạng năm 2022 lên thứ 2 của năm "
            "nay với 70,5 điểm.",
            ["pci #10 2022 previous Hưng Yên", "pci 70.5 #2 2023 Hưng Yên"],
        ),
        (
            "PAR Index 2022 của Hưng Yên đạt 84,1%, thuộc nhóm B (nhóm có chỉ số từ 80% đến dưới 90%).",
            ["par_index 84.1 2022 Hưng Yên"],
        ),
        (
            "Chỉ số hài lòng (SIPAS) năm 2021 của Hưng Yên đạt 9,12 điểm, chiếm tỷ lệ 91,17%.",
            ["sipas 91.17 2021 Hưng Yên"],
        ),
        (
            "PCI 2022 cao nhất là 72,9 điểm (Thái Bình).",
            ["pci 72.9 #1 2022 Thái Bình"],
        ),
        (
            "SIPAS 2022 trung bình cả nước là 80,1%, tỉnh cao nhất là 88%, tỉnh thấp nhất là 72%.",
            ["sipas 80.1 2022 cả nước"],
        ),
        (
            "PAR Index 2023 của cả nước tăng. Giá trị trung bình toàn quốc đạt 86,9%, tăng 2,1% so với năm 2022.",
            ["par_index 86.9 2023 cả nước", "par_index +2.1 2023 comparison cả nước"],
        ),
        (
            "Theo Bộ Nội vụ, Thái Bình dẫn đầu PAR Index 2022.",
            ["par_index #1 2022 Thái Bình"],
        ),
        (
            "Hưng Yên có hai chỉ số thành phần dẫn đầu cả nước trong PCI 2022.",
            [],
        ),
        (
            "Trong những năm trước, Hưng Yên luôn dẫn đầu PAR Index.",
            [],
        ),
        (
            "Các tỉnh, thành phố đứng đầu PAR Index 2022 gồm: Thái Bình, Hưng Yên.",
            [],
        ),
        (
            "Với 68,1 điểm, PCI Hưng Yên năm 2022 tăng 26 bậc lên hạng 12.",
            ["pci 68.1 #12 2022 Hưng Yên", "pci +26 2022 comparison Hưng Yên"],
        ),
        (
            "Năm 2021, Hưng Yên có chỉ số SIPAS đứng đầu Đồng bằng sông Hồng và xếp thứ 9/63 tỉnh, thành.",
            ["sipas #1 2021 Hưng Yên", "sipas #9/63 2021 Hưng Yên"],
        ),
        (
            "Năm 2022, Hưng Yên xếp thứ 50/63 về PAR Index, với tổng số 83,00/100 điểm.",
            ["par_index 83 #50/63 2022 Hưng Yên"],
        ),
        (
            "PAR Index 2022 đánh giá, xếp hạng 63 tỉnh, thành phố; Hưng Yên xếp thứ 12.",
            ["par_index #12 2022 Hưng Yên"],
        ),
        (
            "Năm 2022, ở cấp quốc gia, chỉ số DTI đạt 0,71.",
            ["dti 0.71 2022 cả nước"],
        ),
    ],
)  # fmt: skip
def test_ranks_and_scores_are_read_as_reports_word_them(text: str, expected: list[str]) -> None:
    assert sorted(told(text, None, "Hưng Yên", "Thái Bình")) == sorted(expected)


def test_the_province_named_in_the_sentence_is_meant_by_its_word() -> None:
    text = "Riêng Hưng Yên, PAR Index 2021 đạt 85,1%, nhưng tỉnh vẫn giữ vị trí thứ 48/63."
    assert told(text, "Thái Bình", "Hưng Yên") == ["par_index 85.1 #48/63 2021 Hưng Yên"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "DTI 2022: ở 3 trụ cột, chính quyền số Hưng Yên đạt 0,66 điểm, xếp thứ 29; kinh tế số đạt 0,65 điểm.",
            [
                "dti_component GOVERNMENT 0.66 #29 2022 Hưng Yên",
                "dti_component ECONOMY 0.65 2022 Hưng Yên",
            ],
        ),
        (
            "Theo DTI 2022, cả chính quyền số và kinh tế số của Hưng Yên đều xếp thứ 7.",
            ["dti_component GOVERNMENT #7 2022 Hưng Yên", "dti_component ECONOMY #7 2022 Hưng Yên"],
        ),
        (
            "PAR Index 2021 có lĩnh vực giảm điểm như: cải cách thủ tục hành chính (giảm 0,5 điểm; giảm 3 bậc).",
            [
                "par_index_component TTHC -0.5 2021 comparison Hưng Yên",
                "par_index_component TTHC -3 2021 comparison Hưng Yên",
            ],
        ),
    ],
)
def test_components_keep_what_is_told_of_them(text: str, expected: list[str]) -> None:
    assert sorted(told(text, "Hưng Yên")) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Chỉ số CCHC năm 2020 của các sở: Sở Tư pháp xếp thứ nhất, đạt tỷ lệ trung bình là 92,5%; Văn phòng UBND "
            "tỉnh xếp vị trí thứ 2 với 86,6%.",
            [
                "cchc_index_department 92.5 #1 2020 Sở Tư pháp Hưng Yên",
                "cchc_index_department 86.6 #2 2020 Văn phòng UBND tỉnh Hưng Yên",
            ],
        ),
        (
            "Chỉ số CCHC năm 2020: đứng thứ hai là Sở Công Thương, đứng thứ ba là Sở Tư pháp với số điểm lần lượt là "
            "87,6 và 86,7; đứng cuối là Ban Quản lý các Khu công nghiệp tỉnh với 70,1 điểm.",
            [
                "cchc_index_department 87.6 #2 2020 Sở Công Thương Hưng Yên",
                "cchc_index_department 86.7 #3 2020 Sở Tư pháp Hưng Yên",
                "cchc_index_department 70.1 2020 Ban Quản lý các Khu công nghiệp tỉnh Hưng Yên",
            ],
        ),
        (
            "DDCI năm 2023: điểm trung bình cấp sở đạt 76,5 điểm.",
            ["ddci 76.5 2023 Hưng Yên"],
        ),
    ],
)
def test_scores_inside_a_province_stay_inside_it(text: str, expected: list[str]) -> None:
    assert sorted(told(text, "Hưng Yên")) == sorted(expected)
