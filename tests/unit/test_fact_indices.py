from __future__ import annotations

import pytest

from tests.unit.fact_reading import read, told


@pytest.mark.parametrize(
    ("text", "places", "expected"),
    [
        (
            "Chỉ số cải cách hành chính (PAR Index) năm 2023 của tỉnh Hà Nam đạt 87,96%, xếp thứ 21/63 tỉnh, thành "
            "phố, "
            "tăng 5 bậc so với năm 2022.",
            ["Hà Nam"],
            ["par_index 87.96 #21/63 2023 Hà Nam", "par_index +5 2023 comparison Hà Nam"],
        ),
        (
            "Năm 2023, SIPAS của tỉnh Bình Định đạt 82,15%, xếp thứ 35/63; PAPI đạt 43,12 điểm, xếp thứ 20/63; "
            "PCI đạt 68,02 điểm, hạng 13/63; PAR Index xếp thứ 30/63 với 86,5%.",
            ["Bình Định"],
            [
                "sipas 82.15 #35/63 2023 Bình Định",
                "papi 43.12 #20/63 2023 Bình Định",
                "pci 68.02 #13/63 2023 Bình Định",
                "par_index 86.5 #30/63 2023 Bình Định",
            ],
        ),
        (
            "Năm 2022, Yên Bái xếp thứ 8 về PAR Index, thứ 20 về SIPAS và thứ 15 về PAPI.",
            ["Yên Bái"],
            ["par_index #8 2022 Yên Bái", "sipas #20 2022 Yên Bái", "papi #15 2022 Yên Bái"],
        ),
        (
            "Các chỉ số PAR Index, SIPAS, PAPI và PCI của tỉnh Thái Bình lần lượt xếp thứ 8, 20, 15 và 3 cả nước.",
            ["Thái Bình"],
            [
                "par_index #8 2023 Thái Bình",
                "sipas #20 2023 Thái Bình",
                "papi #15 2023 Thái Bình",
                "pci #3 2023 Thái Bình",
            ],
        ),
        (
            "Kim ngạch xuất khẩu đạt 95,3%, tăng trưởng GRDP đạt 8,02%, PAR Index của tỉnh xếp thứ 9.",
            ["Bắc Ninh"],
            ["par_index #9 2023 Bắc Ninh"],
        ),
        (
            "Chỉ số chuyển đổi số (DTI) năm 2024 của Hà Nội đạt 0,8241 điểm, xếp thứ nhất trên 34 tỉnh, thành phố; "
            "Huế đạt 0,7951 điểm.",
            [None, "Hà Nội", "Huế"],
            ["dti 0.8241 #1/34 2024 Hà Nội", "dti 0.7951 2024 Huế"],
        ),
        (
            "PAPI năm 2021 của tỉnh đạt 40,62/80 điểm, đạt tỷ lệ 50,77%, xếp vào nhóm 4.",
            ["Bình Thuận"],
            ["papi 40.62 2021 Bình Thuận"],
        ),
        (
            "Năm 2021, chỉ số PCI đạt 69,03 điểm (tăng 3,55 điểm), xếp vị trí thứ 9, tăng 6 bậc.",
            ["Bình Thuận"],
            [
                "pci 69.03 #9 2021 Bình Thuận",
                "pci +3.55 2021 comparison Bình Thuận",
                "pci +6 2021 comparison Bình Thuận",
            ],
        ),
        (
            "Bộ chỉ số 766 của tỉnh đạt 85,6 điểm, xếp thứ 7/63.",
            ["Lạng Sơn"],
            ["qd766_score 85.6 #7/63 2024 Lạng Sơn"],
        ),
        (
            "Tỉnh Kon Tum đạt 80,05%, nằm vị trí số 44 (tăng 4 bậc so với 2018) về chỉ số cải cách hành chính năm "
            "2019.",
            ["Kon Tum"],
            ["par_index 80.05 #44 2019 Kon Tum", "par_index +4 2019 comparison Kon Tum"],
        ),
    ],
)
def test_scores_and_ranks_are_bound_to_their_index(text: str, places: list[str | None], expected: list[str]) -> None:
    assert told(text, *places) == expected


@pytest.mark.parametrize(
    ("text", "places", "expected"),
    [
        (
            "Theo công bố, Hải Phòng dẫn đầu bảng xếp hạng PAR Index 2024 với 96,17%, tiếp theo là Quảng Ninh 95,1%, "
            "Hà Nội 94,2%. Giá trị trung bình của chỉ số CCHC 63 tỉnh, thành phố đạt 88,37%.",
            [None, "Hải Phòng", "Quảng Ninh", "Hà Nội"],
            [
                "par_index 96.17 #1 2024 Hải Phòng",
                "par_index 95.1 2024 Quảng Ninh",
                "par_index 94.2 2024 Hà Nội",
                "par_index 88.37 2024 cả nước",
            ],
        ),
        (
            "Với 92,18 điểm, Quảng Ninh đứng đầu PAR Index 2023; Hải Phòng đứng thứ hai (91,87 điểm); Hà Nội thứ 3 "
            "(91,43 điểm); xếp cuối bảng là An Giang với 81,32 điểm trong tổng số 63 tỉnh, thành phố.",
            [None, "Quảng Ninh", "Hải Phòng", "Hà Nội", "An Giang"],
            [
                "par_index 92.18 #1 2023 Quảng Ninh",
                "par_index 91.87 #2 2023 Hải Phòng",
                "par_index 91.43 #3 2023 Hà Nội",
                "par_index 81.32 #63/63 2023 An Giang",
            ],
        ),
        (
            "PAR Index 2017 vừa được công bố. Cần Thơ dẫn đầu bảng xếp hạng với kết quả 88,2 điểm. Đứng sau Cần Thơ là "
            "Hà Nam, Lào Cai xếp thứ 3. An Giang là tỉnh có chỉ số thấp nhất với 60,1 điểm trong 63 tỉnh.",
            [None, "Cần Thơ", "Hà Nam", "Lào Cai", "An Giang"],
            [
                "par_index 88.2 #1 2017 Cần Thơ",
                "par_index #2 2017 Hà Nam",
                "par_index #3 2017 Lào Cai",
                "par_index 60.1 #63/63 2017 An Giang",
            ],
        ),
        (
            "5 tỉnh, thành phố dẫn đầu PAR Index 2023 gồm: Quảng Ninh (92,18%), Hải Phòng (91,87%), Hà Nội (91,43%), "
            "Bắc Giang (91,16%) và Lào Cai (91,03%).",
            [None, "Quảng Ninh", "Hải Phòng", "Hà Nội", "Bắc Giang", "Lào Cai"],
            [
                "par_index 92.18 #1 2023 Quảng Ninh",
                "par_index 91.87 #2 2023 Hải Phòng",
                "par_index 91.43 #3 2023 Hà Nội",
                "par_index 91.16 #4 2023 Bắc Giang",
                "par_index 91.03 #5 2023 Lào Cai",
            ],
        ),
        (
            "Bảng xếp hạng PAR Index 2024:\n1. Hải Phòng: 96,17%\n2. Quảng Ninh: 95,10%",
            [None, "Hải Phòng", "Quảng Ninh"],
            ["par_index 96.17 2024 Hải Phòng", "par_index 95.1 2024 Quảng Ninh"],
        ),
        (
            "Vị trí thứ 2 trong bảng xếp hạng PAR Index 2014 thuộc về thành phố Hải Phòng.",
            [None, "Đà Nẵng", "Hải Phòng"],
            ["par_index #2 2014 Hải Phòng"],
        ),
        (
            "Giá trị trung bình PAR Index 2023 cao nhất là vùng Đồng bằng sông Hồng với 88,33%; xếp vị trí thứ 2 "
            "là vùng "
            "Đông Nam Bộ, đạt 87,79%.",
            [None],
            ["par_index 88.33 #1 2023 Đồng bằng sông Hồng", "par_index 87.79 #2 2023 Đông Nam Bộ"],
        ),
    ],
)
def test_each_figure_belongs_to_the_place_its_words_name(
    text: str, places: list[str | None], expected: list[str]
) -> None:
    assert told(text, *places) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Dẫn đầu Chỉ số cải cách hành chính năm 2022 là Bộ Tư pháp với 89,95%, đứng cuối là Bộ Y tế đạt 77,5%.",
            ["par_index 89.95 #1 2022 Bộ Tư pháp", "par_index 77.5 2022 Bộ Y tế"],
        ),
        (
            "Bộ Tài chính, Ngân hàng Nhà nước lần lượt xếp vị trí thứ 2 và 3 về PAR Index năm 2015.",
            ["par_index #2 2015 Bộ Tài chính", "par_index #3 2015 Ngân hàng Nhà nước"],
        ),
        (
            "Bộ Tư pháp, Ngoại giao lần lượt xếp thứ nhất và thứ hai về PAR Index năm 2018.",
            ["par_index #1 2018 Bộ Tư pháp", "par_index #2 2018 Bộ Ngoại giao"],
        ),
        (
            "Năm 2016, PAR Index của Bộ Xây dựng đứng thứ 5 trên tổng số 19 bộ.",
            ["par_index #5/19 2016 Bộ Xây dựng"],
        ),
    ],
)
def test_ministries_have_an_index_of_their_own(text: str, expected: list[str]) -> None:
    assert told(text) == expected
    assert all(fact.scope == fact.place.then for fact in read(text))


def test_a_ministry_and_a_province_can_lead_different_lists_in_one_sentence() -> None:
    text = "Ngân hàng Nhà nước và thành phố Đà Nẵng tiếp tục dẫn đầu chỉ số cải cách hành chính năm 2016."
    assert told(text, None, "Đà Nẵng") == ["par_index #1 2016 Ngân hàng Nhà nước", "par_index #1 2016 Đà Nẵng"]


def test_the_mean_of_the_ministries_is_not_the_mean_of_the_provinces() -> None:
    text = "Năm 2023, giá trị trung bình PAR Index của 17 bộ, cơ quan ngang bộ là 84,38%, của cả nước đạt 86,98%."
    scopes = {fact.value: fact.scope for fact in read(text)}
    assert scopes[84.38] == "bộ, cơ quan ngang bộ"


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        (
            "Năm 2021, tỉnh được xếp hạng 12/63 về PAR Index với 88,02 điểm, tăng 9 hạng so với năm 2020 (86,11 điểm, "
            "hạng 21).",
            "Hậu Giang",
            [
                "par_index 88.02 #12/63 2021 Hậu Giang",
                "par_index +9 2021 comparison Hậu Giang",
                "par_index 86.11 #21 2020 previous Hậu Giang",
            ],
        ),
        (
            "PAR Index của tỉnh tăng từ hạng 45 năm 2020 lên hạng 23 năm 2021.",
            "Phú Yên",
            ["par_index #45 2020 previous Phú Yên", "par_index #23 2021 Phú Yên"],
        ),
        (
            "Từ vị trí thứ 40 năm 2021, tỉnh Sơn La đã vươn lên vị trí thứ 18 về chỉ số cải cách hành chính năm 2022.",
            "Sơn La",
            ["par_index #40 2021 previous Sơn La", "par_index #18 2022 Sơn La"],
        ),
        (
            "Năm 2022, PAPI tăng 3 hạng, từ 25 lên 22.",
            "Quảng Trị",
            ["papi +3 2022 comparison Quảng Trị", "papi #25 2021 previous Quảng Trị", "papi #22 2022 Quảng Trị"],
        ),
        (
            "Kết quả SIPAS: năm 2017 đạt 79,76%, năm 2018 đạt 81,24% và năm 2019 đạt 83,45%, xếp vị trí thứ 40.",
            "Ninh Bình",
            [
                "sipas 79.76 2017 previous Ninh Bình",
                "sipas 81.24 2018 previous Ninh Bình",
                "sipas 83.45 #40 2019 Ninh Bình",
            ],
        ),
        (
            "Chỉ số SIPAS năm 2019 đạt 83,45%, xếp vị trí thứ 40 (năm 2018 là 81,24%).",
            "Ninh Bình",
            ["sipas 83.45 #40 2019 Ninh Bình", "sipas 81.24 2018 previous Ninh Bình"],
        ),
        (
            "Phấn đấu năm 2024 PAR Index của tỉnh đạt từ 88% trở lên, xếp hạng 15/63.",
            "Lào Cai",
            ["par_index 88 #15/63 2024 target Lào Cai"],
        ),
        (
            "PAR Index năm 2022 của tỉnh còn một số chỉ số thành phần đạt thấp, như cải cách tài chính công đứng hạng "
            "40/63; cải cách thủ tục hành chính hạng 51/63.",
            "Trà Vinh",
            [
                "par_index_component TAI_CHINH_CONG #40/63 2022 Trà Vinh",
                "par_index_component TTHC #51/63 2022 Trà Vinh",
            ],
        ),
        (
            "Chỉ số PCI năm 2021: gia nhập thị trường đạt 7,5 điểm, xếp thứ 10; chi phí không chính thức xếp thứ 42.",
            "Trà Vinh",
            ["pci_component MARKET_ENTRY 7.5 #10 2021 Trà Vinh", "pci_component INFORMAL_COST #42 2021 Trà Vinh"],
        ),
        (
            "Năm 2022, Trà Vinh vươn lên vị trí dẫn đầu về PAR Index các tỉnh, thành phố khu vực ĐBSCL.",
            "Trà Vinh",
            ["par_index_region #1 2022 Trà Vinh"],
        ),
        (
            "Năm 2023, Quảng Ninh giữ vị trí quán quân ở cả hai bảng xếp hạng: Chỉ số cải cách hành chính (PAR "
            "Index) và "
            "SIPAS.",
            "Quảng Ninh",
            ["par_index #1 2023 Quảng Ninh", "sipas #1 2023 Quảng Ninh"],
        ),
    ],
)
def test_earlier_years_targets_components_and_regions_are_kept_apart(
    text: str, place: str, expected: list[str]
) -> None:
    assert told(text, place) == expected


def test_districts_and_departments_are_scored_inside_their_province() -> None:
    text = (
        "Chỉ số DDCI năm 2023: Sở Công Thương dẫn đầu khối sở, ngành với 85,31 điểm; huyện Tam Nông xếp thứ nhất khối "
        "huyện với 86,2 điểm."
    )
    facts = read(text, "Đồng Tháp", "huyện Tam Nông")
    assert [(fact.value, fact.rank, fact.place.then) for fact in facts] == [
        (85.31, 1, "Sở Công Thương Đồng Tháp"),
        (86.2, 1, "huyện Tam Nông"),
    ]
    assert {fact.rank_scope for fact in facts} == {"province-internal"}
    text = "Huyện Vĩnh Linh xếp thứ nhất trong 10 huyện, thị xã, thành phố về chỉ số CCHC năm 2022 với 91,5%."
    assert told(text, "Quảng Trị", "huyện Vĩnh Linh") == ["cchc_index_district 91.5 #1/10 2022 huyện Vĩnh Linh"]
