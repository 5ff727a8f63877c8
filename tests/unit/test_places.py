from __future__ import annotations

import time
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processor.model import (
    VIETNAM_TIME,
    Article,
    DatePrecision,
    PlaceHow,
    PlaceLevel,
    PlaceRole,
    PublishedAt,
)
from processor.places.resolver import PlaceResolver
from processor.text import normalise

RESOLVER = PlaceResolver.load()
BEFORE_MERGER = date(2023, 5, 1)
AFTER_MERGER = date(2025, 9, 1)


def article(
    text: str,
    *,
    title: str | None = None,
    on: date | None = BEFORE_MERGER,
    source_province: str | None = None,
    url: str | None = None,
) -> Article:
    published = None
    if on is not None:
        at = datetime(on.year, on.month, on.day, tzinfo=VIETNAM_TIME)
        published = PublishedAt(at=at, precision=DatePrecision.DAY, found_in="given")
    return Article(text=text, title=title, published=published, source_province=source_province, url=url)


def subject(given: Article) -> tuple[str | None, str | None, str | None] | None:
    """(then, province then, province now) of the primary place."""
    place = RESOLVER.resolve(given).primary
    return None if place is None else (place.then, place.province_then, place.province_now)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("UBND tỉnh Bến Tre họp về cải cách hành chính.", ("Bến Tre", "Bến Tre", "Vĩnh Long")),
        ("Sở Nội vụ tỉnh Kon Tum công bố chỉ số.", ("Kon Tum", "Kon Tum", "Quảng Ngãi")),
        ("Thành ủy Cần Thơ ban hành nghị quyết. UBND TP giao các sở.", ("Cần Thơ", "Cần Thơ", "Cần Thơ")),
        ("Sở Xây dựng Tp.Đà Nẵng cắt giảm 10 thủ tục.", ("Đà Nẵng", "Đà Nẵng", "Đà Nẵng")),
        (
            "BR-VT dẫn đầu. UBND tỉnh Bà Rịa – Vũng Tàu khen thưởng.",
            ("Bà Rịa - Vũng Tàu", "Bà Rịa - Vũng Tàu", "Hồ Chí Minh"),
        ),
        ("Tỉnh Đăk Lăk và Công an tỉnh Đắc Lắc phối hợp.", ("Đắk Lắk", "Đắk Lắk", "Đắk Lắk")),
        ("UBND tỉnh Thanh Hoá và tỉnh uỷ Thanh Hóa họp.", ("Thanh Hóa", "Thanh Hóa", "Thanh Hóa")),
        ("Tỉnh Thừa Thiên - Huế đứng thứ 3.", ("Thừa Thiên Huế", "Thừa Thiên Huế", "Huế")),
        ("TP.HCM công bố 55 dịch vụ công. UBND TPHCM giao các sở.", ("Hồ Chí Minh", "Hồ Chí Minh", "Hồ Chí Minh")),
        ("Công an TỈNH\nBẠC LIÊU thông báo.", ("Bạc Liêu", "Bạc Liêu", "Cà Mau")),
        ("UBND TP HCM cho biết. UBND TP.HCM trả lời.", ("Hồ Chí Minh", "Hồ Chí Minh", "Hồ Chí Minh")),
        ("Long An vinh dự nhận cờ thi đua.", ("Long An", "Long An", "Tây Ninh")),
    ],
)
def test_a_province_is_known_under_its_spellings(text: str, expected: tuple[str, str, str]) -> None:
    assert subject(article(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Huyện Ba Bể ban hành kế hoạch. UBND huyện yêu cầu các xã thực hiện.",
            ("huyện Ba Bể", "Bắc Kạn", "Thái Nguyên"),
        ),
        (
            "Chủ tịch UBND thị xã Kinh Môn cho biết thị xã Kinh Môn tiếp nhận 900 hồ sơ.",
            ("thị xã Kinh Môn", "Hải Dương", "Hải Phòng"),
        ),
        (
            "UBND quận Gò Vấp thí điểm trả kết quả tại nhà. Toàn quận Gò Vấp có 16 phường.",
            ("quận Gò Vấp", "Hồ Chí Minh", "Hồ Chí Minh"),
        ),
        ("UBND Q.7 mở quầy mới. Quận 7 có 10 phường.", ("Quận 7", "Hồ Chí Minh", "Hồ Chí Minh")),
        (
            "UBND TP Thái Nguyên công bố chỉ số. TP Thái Nguyên xếp thứ nhất.",
            ("thành phố Thái Nguyên", "Thái Nguyên", "Thái Nguyên"),
        ),
        (
            "Huyện Quảng Ninh (Quảng Bình) tinh giản bộ máy. UBND huyện Quảng Ninh cho biết.",
            ("huyện Quảng Ninh", "Quảng Bình", "Quảng Trị"),
        ),
        (
            "UBND huyện Hòa Bình kiểm tra. Huyện Hòa Bình thuộc tỉnh Bạc Liêu.",
            ("huyện Hòa Bình", "Bạc Liêu", "Cà Mau"),
        ),
        (
            "UBND TP. Thủ Đức tổng kết. Thành phố Thủ Đức có 34 phường.",
            ("thành phố Thủ Đức", "Hồ Chí Minh", "Hồ Chí Minh"),
        ),
        ("UBND quận 9 mở thêm quầy. Toàn quận 9 có 13 phường.", ("Quận 9", "Hồ Chí Minh", "Hồ Chí Minh")),
        ("Huyện Tĩnh Gia giảm 3 xã. UBND huyện cho biết.", ("huyện Tĩnh Gia", "Thanh Hóa", "Thanh Hóa")),
        (
            "Thị ủy Giá Rai (Bạc Liêu) phê bình ba chi bộ có người bỏ họp.",
            ("thị xã Giá Rai", "Bạc Liêu", "Cà Mau"),
        ),
        ("Cán bộ xã Hòa Lộc (Ninh Phước) hướng dẫn người dân.", ("huyện Ninh Phước", "Ninh Thuận", "Khánh Hòa")),
    ],
)
def test_a_district_leads_to_its_province(text: str, expected: tuple[str, str, str]) -> None:
    assert subject(article(text)) == expected


def test_a_ward_whose_office_acts_is_the_subject_although_its_province_is_named_beside_it() -> None:
    text = "Tại Trung tâm Phục vụ hành chính công phường Tân Phú (gọi tắt là Trung tâm), TP HCM, quầy vẫn sáng đèn."
    expected = ("phường Tân Phú", "Hồ Chí Minh", "Hồ Chí Minh")
    assert subject(article(text, on=AFTER_MERGER)) == expected


def test_where_a_reader_lives_is_not_what_the_article_is_about() -> None:
    text = "Thủ tục còn phiền hà ở cơ sở. Bạn đọc Phan Văn Hòa (Bến Tre) kể lại. Bạn đọc Lê Mậu (Cà Mau) góp ý."
    assert subject(article(text)) is None


def test_a_district_whose_province_is_never_named_is_looked_up() -> None:
    place = RESOLVER.resolve(article("Huyện Vĩnh Linh có 18 xã. Toàn huyện tinh giản 30 người.")).primary
    assert place is not None
    assert place.how is PlaceHow.DISTRICT_LOOKUP
    assert place.level is PlaceLevel.DISTRICT
    assert (place.district_then, place.code_then, place.code_now) == ("huyện Vĩnh Linh", 45, 44)


def test_a_bare_district_name_counts_when_its_type_word_stands_elsewhere() -> None:
    given = article("Vĩnh Linh hoàn thành sắp xếp. Huyện Vĩnh Linh có 18 xã.", title="Vĩnh Linh tinh gọn bộ máy")
    assert subject(given) == ("huyện Vĩnh Linh", "Quảng Trị", "Quảng Trị")


CHAU_THANH = "UBND huyện Châu Thành vừa tổng kết công tác cải cách hành chính. Huyện Châu Thành có 13 xã."


def test_a_district_of_many_provinces_stays_ambiguous_without_support() -> None:
    place = RESOLVER.resolve(article(CHAU_THANH)).primary
    assert place is not None
    assert (place.how, place.province_then, place.province_now) == (PlaceHow.AMBIGUOUS, None, None)
    assert {"Long An", "Bến Tre", "Trà Vinh"} <= set(place.candidates)


@pytest.mark.parametrize(
    ("given", "how"),
    [
        (article(CHAU_THANH, source_province="Bến Tre"), PlaceHow.SOURCE_DEFAULT),
        (article(CHAU_THANH, url="https://baobentre.vn/tin/1.html"), PlaceHow.SOURCE_DEFAULT),
        (article(CHAU_THANH + " Bến Tre có 9 đơn vị."), PlaceHow.CONTEXT),
        (article(CHAU_THANH.replace(" vừa", ", tỉnh Bến Tre vừa"), source_province="Long An"), PlaceHow.CONTEXT),
    ],
)
def test_the_article_and_then_its_source_decide_between_provinces(given: Article, how: PlaceHow) -> None:
    places = RESOLVER.resolve(given).places
    district = next(place for place in places if place.level is PlaceLevel.DISTRICT)
    assert (district.then, district.province_then) == ("huyện Châu Thành", "Bến Tre")
    assert district.how in (how, PlaceHow.EXPLICIT)


OWN = "UBND tỉnh tổ chức hội nghị tổng kết cải cách hành chính. Toàn tỉnh tiếp nhận 1.000 hồ sơ."


def test_the_source_speaks_for_an_article_that_names_nobody() -> None:
    assert subject(article(OWN)) is None
    assert subject(article(OWN, source_province="Gia Lai")) == ("Gia Lai", "Gia Lai", "Gia Lai")
    assert subject(article(OWN, url="https://sonoivu.caobang.gov.vn/x")) == ("Cao Bằng", "Cao Bằng", "Cao Bằng")


def test_the_source_never_overrides_a_named_province() -> None:
    given = article("UBND tỉnh Hà Giang họp. Tỉnh Hà Giang tiếp nhận 1.000 hồ sơ.", source_province="Cao Bằng")
    assert subject(given) == ("Hà Giang", "Hà Giang", "Tuyên Quang")


@pytest.mark.parametrize(
    "text",
    [
        "Thủ tướng Chính phủ yêu cầu các bộ, ngành cắt giảm thủ tục. Văn phòng Chính phủ báo cáo Chính phủ.",
        "Sáng 4/9, tại Hà Nội, Bộ Nội vụ công bố chỉ số. Bộ Tư pháp dẫn đầu các bộ, ngành.",
        "Bộ Nội vụ công bố PAR Index. Bộ trưởng Bộ Nội vụ cho biết các bộ, ngành cần cải thiện. Chính phủ giao "
        "Bộ Nội vụ theo dõi. Một số nơi như Quảng Ninh, Hải Phòng làm tốt.",
    ],
)
def test_an_article_of_the_centre_is_national_whoever_published_it(text: str) -> None:
    assert subject(article(text, source_province="Hà Nội")) is None
    assert subject(article(text)) is None


def test_a_ranking_of_provinces_is_national_although_its_title_names_the_first() -> None:
    text = (
        "Bộ Nội vụ công bố chỉ số của 63 tỉnh. Theo Bộ Nội vụ, Quảng Ninh đạt 92 điểm. Kế đó là Hải Phòng và Long An. "
        "Cuối bảng là Cao Bằng và Bình Thuận. Bộ trưởng Bộ Nội vụ cho biết các bộ, ngành tiến bộ."
    )
    assert subject(article(text, title="Quảng Ninh dẫn đầu chỉ số cải cách hành chính")) is None


def test_a_title_that_ranks_two_provinces_is_national() -> None:
    text = "Quảng Ninh tiếp tục đứng đầu, trong khi Hà Nội ở vị trí thứ 3/63 tỉnh, thành phố."
    assert subject(article(text, title="PAR INDEX 2023: Quảng Ninh đứng đầu, Hà Nội thứ 3")) is None


def test_a_report_on_one_province_that_is_compared_with_others_is_not_national() -> None:
    text = (
        "Theo Sở Nội vụ, Nghệ An đứng thứ 12 cả nước. Nghệ An tăng 5 bậc, xếp sau Hà Tĩnh, Thanh Hóa và Quảng Bình. "
        "UBND tỉnh Nghệ An yêu cầu các sở khắc phục hạn chế."
    )
    resolution = RESOLVER.resolve(article(text))
    assert resolution.primary is not None
    assert resolution.primary.then == "Nghệ An"
    roles = {place.then: place.role for place in resolution.places}
    assert roles == {
        "Nghệ An": PlaceRole.SUBJECT,
        "Hà Tĩnh": PlaceRole.COMPARISON,
        "Thanh Hóa": PlaceRole.COMPARISON,
        "Quảng Bình": PlaceRole.COMPARISON,
    }


@pytest.mark.parametrize(
    "text",
    [
        "Khu vực châu Á - Thái Bình Dương hội nhập. Vì hòa bình, hợp tác; bình định giá cả; cao bằng núi.",
        "VÌ MỤC TIÊU HÒA BÌNH, HỢP TÁC VÀ PHÁT TRIỂN",
        "Tàu Hải Dương 981 rời cảng.",
        "Chủ tịch Hồ Chí Minh nói về công bộc; Học viện Chính trị quốc gia Hồ Chí Minh mở lớp.",
        "Kỷ niệm chiến thắng Điện Biên Phủ trên đường Điện Biên Phủ.",
        "Ông Nguyễn Hà Nam và bà Trần Thị Thanh Bình phát biểu.",
        "Anh Thái Bình và chị Kiên Giang làm thủ tục.",
        "CLB Hà Nội thắng Becamex Bình Dương.",
        "Xe chạy trên phố Vĩnh Phúc tới cầu Long Biên.",
        "Tỉnh Hà Nam (Trung Quốc) thí điểm chính phủ số.",
        "Phường Vĩnh Phúc và xã Thái Bình cùng nghỉ lễ.",
        "Công ty Hoàng Anh Gia Lai báo lãi.",
    ],
)
def test_namesakes_are_no_subject(text: str) -> None:
    assert subject(article(text)) is None


@pytest.mark.parametrize(
    ("text", "on", "expected"),
    [
        (
            "Tỉnh Phú Thọ (mới) có 148 xã, phường. UBND tỉnh Phú Thọ giao Sở Nội vụ.",
            AFTER_MERGER,
            ("Phú Thọ", "Phú Thọ", "Phú Thọ"),
        ),
        (
            "UBND xã Cần Giuộc công bố 414 thủ tục. Xã Cần Giuộc tiếp nhận 1.200 hồ sơ.",
            AFTER_MERGER,
            ("xã Cần Giuộc", "Tây Ninh", "Tây Ninh"),
        ),
        (
            "Phường Cao Lãnh, tỉnh Đồng Tháp khai trương quầy số. Phường Cao Lãnh phục vụ tốt.",
            AFTER_MERGER,
            ("phường Cao Lãnh", "Đồng Tháp", "Đồng Tháp"),
        ),
        (
            "UBND tỉnh Tây Ninh yêu cầu các xã ở Long An (cũ) rà soát. Tỉnh Tây Ninh tiếp nhận 900 hồ sơ.",
            AFTER_MERGER,
            ("Tây Ninh", "Tây Ninh", "Tây Ninh"),
        ),
        (
            "UBND thành phố Huế đối thoại. Thành phố Huế cắt giảm thủ tục.",
            BEFORE_MERGER,
            ("thành phố Huế", "Thừa Thiên Huế", "Huế"),
        ),
        ("UBND thành phố Huế đối thoại với người dân.", date(2025, 3, 1), ("Huế", "Huế", "Huế")),
        (
            "UBND thành phố Bắc Ninh chỉ đạo. Thành phố Bắc Ninh số hóa hồ sơ.",
            BEFORE_MERGER,
            ("thành phố Bắc Ninh", "Bắc Ninh", "Bắc Ninh"),
        ),
        (
            "UBND thành phố Bắc Ninh chỉ đạo. Thành phố Bắc Ninh số hóa hồ sơ.",
            date(2026, 10, 1),
            ("Bắc Ninh", "Bắc Ninh", "Bắc Ninh"),
        ),
        ("UBND thành phố Đồng Nai giao Sở Nội vụ.", date(2026, 6, 1), ("Đồng Nai", "Đồng Nai", "Đồng Nai")),
        (
            "Ngày 15/8/2025, UBND xã Nghĩa Trụ khai trương điểm phục vụ. Xã Nghĩa Trụ có 12 thôn.",
            None,
            ("xã Nghĩa Trụ", "Hưng Yên", "Hưng Yên"),
        ),
        (
            "Số: 12/CT-UBND\nĐắk Lắk, ngày\n26 tháng 11 năm 2025\nUBND tỉnh Đắk Lắk và các xã của Phú Yên cũ.",
            None,
            ("Đắk Lắk", "Đắk Lắk", "Đắk Lắk"),
        ),
        (
            "UBND tỉnh Phú Yên họp. Tỉnh Phú Yên đặt hạn 31/12/2025, trước ngày 1/7/2025 phải xong.",
            None,
            ("Phú Yên", "Phú Yên", "Đắk Lắk"),
        ),
        ("Tỉnh Long An xếp hạng 8/63.", None, ("Long An", "Long An", "Tây Ninh")),
    ],
)
def test_the_units_in_force_on_the_day_are_meant(text: str, on: date | None, expected: tuple[str, str, str]) -> None:
    assert subject(article(text, on=on)) == expected


def test_codes_belong_to_their_edition() -> None:
    old = RESOLVER.resolve(article("UBND tỉnh Long An họp. Tỉnh Long An tăng hạng.")).primary
    new = RESOLVER.resolve(article("UBND tỉnh Tây Ninh họp. Tỉnh Tây Ninh tăng hạng.", on=AFTER_MERGER)).primary
    assert old is not None
    assert new is not None
    assert (old.code_then, old.code_now) == (80, 80)
    assert (new.code_then, new.code_now) == (None, 80)


def test_two_districts_of_one_province_make_it_the_provinces_article() -> None:
    text = (
        "Huyện Cần Giuộc đạt gần 95%. UBND huyện Cần Giuộc đề ra mục tiêu.\n"
        "Huyện Tân Trụ tiếp nhận 200 lượt. UBND huyện Tân Trụ cho biết.\n"
        "Nghị quyết số 21-NQ/TU về chuyển đổi số tỉnh Long An đến năm 2025."
    )
    resolution = RESOLVER.resolve(article(text))
    assert resolution.primary is not None
    assert resolution.primary.then == "Long An"
    assert {place.then for place in resolution.places} == {"Long An", "huyện Cần Giuộc", "huyện Tân Trụ"}
    assert all(place.role is PlaceRole.SUBJECT for place in resolution.places)


def test_a_title_repeated_in_the_text_counts_once_and_keeps_its_spans() -> None:
    title = "Sóc Trăng cải cách hành chính"
    text = f"{title}\nUBND tỉnh Sóc Trăng họp."
    (place,) = RESOLVER.resolve(article(text, title=title)).places
    assert [text[span.start : span.end] for span in place.spans] == ["Sóc Trăng", "Sóc Trăng"]


def test_regions_are_places_without_a_province() -> None:
    places = RESOLVER.resolve(article("Long An dẫn đầu khu vực ĐBSCL. Tỉnh Long An vui mừng.")).places
    region = next(place for place in places if place.level is PlaceLevel.REGION)
    assert (region.then, region.province_then) == ("Đồng bằng sông Cửu Long", None)


WORDS = st.sampled_from(
    [
        "tỉnh ",
        "Long An",
        "huyện ",
        "Châu Thành",
        "UBND ",
        ", ",
        "TP.",
        "HCM",
        "Hòa Bình",
        "\n",
        "Huế ",
        "(",
        "Q.1 ",
        "đ ",
    ]
)


@given(st.lists(WORDS, max_size=30).map("".join), st.sampled_from([BEFORE_MERGER, AFTER_MERGER, None]))
def test_every_span_quotes_the_text(raw: str, on: date | None) -> None:
    text = normalise(raw)
    resolution = RESOLVER.resolve(article(text, title=text[:20], on=on))
    for place in resolution.places:
        assert all(text[span.start : span.end] == span.quote for span in place.spans)
        assert (place.how is PlaceHow.AMBIGUOUS) == bool(place.candidates)
    if resolution.primary is not None and resolution.primary.how is not PlaceHow.AMBIGUOUS:
        assert resolution.primary.province_now is not None


@pytest.mark.parametrize(
    "unit", ["Long An ", "huyện Châu Thành, ", "a", "tỉnh ", "sở a ", "Nguyễn ", "ngày 1/1/2025 ", "\n"]
)
def test_a_large_text_is_read_quickly(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    began = time.process_time()
    RESOLVER.resolve(article(text, on=None))
    assert time.process_time() - began < 2


def test_a_speakers_constituency_and_a_dateline_are_no_subject() -> None:
    speaker = "Đại biểu Trần Văn A, Đoàn ĐBQH tỉnh Thanh Hóa đề nghị Chính phủ sớm sửa nghị định về đơn vị sự nghiệp."
    assert RESOLVER.resolve(Article(title=None, text=speaker)).primary is None
    dateline = "Hà Nội (TTXVN 18/4) - Bộ Nội vụ công bố kết quả đánh giá. Hà Nội đạt 91 điểm, Hà Nội xếp thứ ba."
    assert [span.start for span in RESOLVER.resolve(Article(title=None, text=dateline)).places[0].spans] == [58, 78]


def test_three_provinces_spoken_of_alike_are_none_s_subject() -> None:
    text = "Chính phủ đồng ý mở thêm ba trung tâm: một ở Cà Mau, một ở Sơn La và một ở Kon Tum, đều trong năm nay."
    assert RESOLVER.resolve(Article(title=None, text=text)).primary is None
    title = "Thêm trung tâm ở Cà Mau, Sơn La và Kon Tum"
    assert (
        RESOLVER.resolve(Article(title=title, text="Toàn tỉnh Sơn La có 9 huyện, toàn tỉnh đều vui.")).primary is None
    )
