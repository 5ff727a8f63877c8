from __future__ import annotations

import json
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processor.model import Article, Pillar, PillarRole
from processor.relevance.pillars import PillarTagger
from processor.relevance.seeds import load_seed_corpus

TAGGER = PillarTagger.load()
RECITAL = (
    "Kế hoạch gồm sáu nội dung: cải cách thể chế; cải cách thủ tục hành chính; cải cách tổ chức bộ máy; cải cách chế "
    "độ công vụ; cải cách tài chính công; xây dựng chính quyền điện tử, chính quyền số."
)
SIX = {Pillar.THE_CHE, Pillar.TTHC, Pillar.BO_MAY, Pillar.CONG_VU, Pillar.TAI_CHINH_CONG, Pillar.CQDT}


def primary(title: str | None, text: str) -> set[Pillar]:
    tags = TAGGER.tag(Article(title=title, text=text))
    return {tag.id for tag in tags if tag.role is PillarRole.PRIMARY}


def test_the_seeds_are_tagged_as_annotated() -> None:
    gold = json.loads(resources.files("seeds").joinpath("gold.json").read_text(encoding="utf-8"))["seeds"]
    for seed, entry in zip(load_seed_corpus(), gold, strict=True):
        expected = {(each["id"], "primary" if each["weight"] == "primary" else "listed") for each in entry["pillars"]}
        tags = TAGGER.tag(Article(title=seed.title, text=seed.text))
        assert {(tag.id.value, tag.role.value) for tag in tags} == expected, seed.id


def test_reciting_all_six_pillars_lists_them_and_makes_none_primary() -> None:
    tags = TAGGER.tag(Article(title="Huyện Sông Trong ban hành kế hoạch năm tới", text=RECITAL))
    assert {tag.id for tag in tags if tag.role is PillarRole.LISTED} == SIX
    assert not [tag for tag in tags if tag.role is PillarRole.PRIMARY]


def test_content_beside_a_recital_decides_what_is_primary() -> None:
    text = f"{RECITAL}\nHuyện sáp nhập 6 xã, giảm 40 biên chế và sắp xếp lại tổ chức bộ máy các phòng chuyên môn."
    assert primary("Huyện Sông Trong tinh gọn bộ máy", text) == {Pillar.BO_MAY}


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Hợp nhất hai sở, giảm 9 phòng",
            "Đề án sắp xếp tổ chức bộ máy được HĐND tỉnh thông qua. Tỉnh giải thể 3 ban quản lý.",
            {Pillar.BO_MAY},
        ),
        (
            "Gửi thư xin lỗi vì hồ sơ trễ hẹn",
            "Bộ phận một cửa của huyện công khai thủ tục hành chính và gửi thư xin lỗi người dân.",
            {Pillar.TTHC},
        ),
        (
            "Thi tuyển công chức trên máy tính",
            "Kỳ thi tuyển công chức có 900 thí sinh. Sở Nội vụ công bố điểm trong ngày.",
            {Pillar.CONG_VU},
        ),
        (
            "90% hồ sơ nộp trực tuyến",
            "Cổng dịch vụ công của tỉnh cung cấp 800 dịch vụ công trực tuyến, thanh toán trực tuyến đạt 60%.",
            {Pillar.CQDT},
        ),
        (
            "Khoán xe công ở các sở",
            "Khoán xe công giúp ngân sách tiết kiệm chi hành chính. Các đơn vị sự nghiệp công lập tự chủ tài chính.",
            {Pillar.TAI_CHINH_CONG},
        ),
        (
            "Rà soát văn bản quy phạm pháp luật",
            "Sở Tư pháp kiểm tra, rà soát văn bản quy phạm pháp luật, bãi bỏ 40 văn bản, hoàn thiện thể chế.",
            {Pillar.THE_CHE},
        ),
        (
            "Công bố chỉ số cải cách hành chính năm qua",
            "Chỉ số cải cách hành chính (PAR Index) của tỉnh tăng 5 bậc, chỉ số SIPAS đạt 85%.",
            {Pillar.CHI_DAO},
        ),
    ],
)
def test_an_article_has_the_pillar_it_tells_of(title: str, text: str, expected: set[Pillar]) -> None:
    assert primary(title, text) == expected


def test_steering_is_never_merely_listed() -> None:
    text = "Bộ phận một cửa giải quyết thủ tục hành chính cho dân. Huyện kiểm tra cải cách hành chính hằng quý."
    tags = TAGGER.tag(Article(title="Một cửa ở xã vùng cao, dân đỡ đi lại", text=text * 3))
    assert all(tag.role is PillarRole.PRIMARY for tag in tags if tag.id is Pillar.CHI_DAO)


def test_evidence_stands_in_the_text_also_when_the_title_is_repeated_there() -> None:
    title = "Hợp nhất hai sở, giảm 9 phòng"
    text = f"{title}\n\nĐề án sắp xếp tổ chức bộ máy được thông qua. Tỉnh giải thể 3 ban quản lý."
    for tag in TAGGER.tag(Article(title=title, text=text)):
        assert tag.evidence
        assert all(text[span.start : span.end] == span.quote for span in tag.evidence)


def test_what_is_about_nothing_of_this_has_no_pillars() -> None:
    assert TAGGER.tag(Article(title="Giá cà phê tăng", text="Giá cà phê hôm nay tăng nhẹ.")) == ()


@given(st.lists(st.sampled_from([RECITAL, "một cửa", "tinh giản biên chế", "; (1) ", "\n", "PAR Index."]), max_size=12))
def test_any_mixture_has_at_most_one_tag_a_pillar_and_sound_evidence(parts: list[str]) -> None:
    text = " ".join(parts)
    tags = TAGGER.tag(Article(title=None, text=text))
    assert len({tag.id for tag in tags}) == len(tags)
    assert all(text[span.start : span.end] == span.quote for tag in tags for span in tag.evidence)


def test_reform_as_such_is_steering_when_nothing_else_is_told_of_it() -> None:
    text = "Năm tới, thành phố coi cải cách hành chính là việc trước hết."
    (tag,) = TAGGER.tag(Article(title="Thành phố bàn về cải cách hành chính", text=text))
    assert (tag.id, tag.role) == (Pillar.CHI_DAO, PillarRole.PRIMARY)
    assert [span.quote for span in tag.evidence] == ["cải cách hành chính"]


def test_a_title_does_not_drown_what_the_text_tells_beside_it() -> None:
    text = (
        "Báo cáo công bố chỉ số cải cách hành chính của các tỉnh. Nhiều tỉnh cải cách thủ tục hành chính, mở trung "
        "tâm phục vụ hành chính công và rút ngắn thời gian giải quyết."
    )
    assert primary("Sông Trong dẫn đầu chỉ số cải cách hành chính", text) == {Pillar.CHI_DAO, Pillar.TTHC}
