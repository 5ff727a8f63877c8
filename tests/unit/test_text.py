from __future__ import annotations

import itertools
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processor.text import fold, normalise, sentences, syllables

NASTY = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("aoeêuâ ̣̂̀\u0323\u0302\u200b\u00ad\ufeff\r\n\t\u00a0\u2028ÐðƉɖĐQ.!?…”) 1"),
    )
)


@given(NASTY)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(NASTY)
def test_normal_text_is_composed_and_holds_no_control_or_odd_space(text: str) -> None:
    normal = normalise(text)
    assert unicodedata.is_normalized("NFC", normal)
    assert all(letter in " \n" or not letter.isspace() for letter in normal)
    assert not any(unicodedata.category(letter) in {"Cs", "Co"} for letter in normal)
    assert not any(unicodedata.category(letter) == "Cc" for letter in normal.replace("\n", ""))
    assert "  " not in normal
    assert "\n\n\n" not in normal
    assert not any(pair in normal for pair in (" \n", "\n "))
    assert normal == normal.strip()


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("Ca\u0309i ca\u0301ch ha\u0300nh chi\u0301nh", "Cải cách hành chính"),
        ("ÐVHC, HÐND, QÐ-TTg, ðã ðược", "ĐVHC, HĐND, QĐ-TTg, đã được"),
        ("Ɖà Nẵng ɖạt", "Đà Nẵng đạt"),
        ("Guðmundur", "Guðmundur"),
        ("Lượt xem:\u00a0\u200312", "Lượt xem: 12"),
        ("một\u200b cửa\ufeff \u202aliên\u00adthông\u202c", "một cửa liênthông"),
        ("một\r\nhai\rba\u2028bốn", "một\nhai\nba\nbốn"),
        ("một \t hai  \n\n\n\n  ba\n\n", "một hai\n\nba"),
        ("\x00a\x07b", "ab"),
        ("", ""),
    ],
)
def test_normal_form(raw: str, normal: str) -> None:
    assert normalise(raw) == normal


@given(NASTY)
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Hoà Bình", "hòa bình"),
        ("ỦY BAN, UỶ BAN", "ủy ban, ủy ban"),
        ("Thuỷ, thúy, khoẻ, hoạ", "thủy, thúy, khỏe, họa"),
        ("quý, quỳ, hoàn, ngoài, huỳnh, toạ độ", "quý, quỳ, hoàn, ngoài, huỳnh, tọa độ"),
        ("Bà Rịa – Vũng Tàu", "bà rịa - vũng tàu"),
        ("İzmir", "İzmir"),
    ],
)
def test_folding_lowers_case_and_places_tones(text: str, folded: str) -> None:
    assert fold(text) == folded


def parts(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Chỉ số đạt 87.42 điểm, tăng 1.015.857 hồ sơ.",
        "TP.HCM và TP. Hồ Chí Minh cùng đạt.",
        "TP. Cần Thơ dẫn đầu.",
        "Theo GS.TS. Nguyễn Văn A. Trần thì vậy.",
        "PGS. Lê và ThS. Mai cùng dự.",
        "Phóng viên P.V đưa tin.",
        "Rà soát đất đai, hộ tịch, v.v. và các lĩnh vực khác.",
        "Một là thể chế; Hai là thủ tục; Ba là bộ máy.",
        "Ông hỏi “Vì sao chậm?” rồi yêu cầu giải trình.",
        "1. Kết quả chung của tỉnh.",
        "Trang tin baotinh.vn đăng ngày 02.9.2021.",
        "Hồ sơ... vẫn chờ.",
    ],
)
def test_one_sentence_stays_whole(sentence: str) -> None:
    assert parts(sentence) == [sentence]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Đạt 80%. Năm 2021 đạt 90%.", ["Đạt 80%.", "Năm 2021 đạt 90%."]),
        ("Đó là năm 2021. Theo báo cáo.", ["Đó là năm 2021.", "Theo báo cáo."]),
        ("Tựa đề\nĐoạn một", ["Tựa đề", "Đoạn một"]),
        ("Huyện xếp loại A. Xã xếp loại B.", ["Huyện xếp loại A.", "Xã xếp loại B."]),
        ("“Rất tốt.” Ông nói.", ["“Rất tốt.”", "Ông nói."]),
        ("Phục vụ người dân.Theo đó, tỉnh làm.", ["Phục vụ người dân.", "Theo đó, tỉnh làm."]),
        ("Có được không? Được! Làm ngay…", ["Có được không?", "Được!", "Làm ngay…"]),
        ("Xong./.\nTheo PV", ["Xong./.", "Theo PV"]),
        (" \n ", []),
    ],
)
def test_sentence_ends(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


@given(NASTY)
def test_sentences_cover_everything_but_blanks_in_order(text: str) -> None:
    found = sentences(text)
    assert "".join("".join(text[start:end].split()) for start, end in found) == "".join(text.split())
    assert all(left.end <= right.start for left, right in itertools.pairwise(found))


def test_syllables_are_runs_of_letters_and_digits() -> None:
    text = "Sở Nội vụ TP.HCM: 8/63"
    assert [text[start:end] for start, end in syllables(text)] == ["Sở", "Nội", "vụ", "TP", "HCM", "8", "63"]


@pytest.mark.parametrize(
    "unit", [".", "A.", ". ", "\n", "o", "\u0323", "TP. ", "a.\u00a0", '."', "1. ", "\u0302\u0323"]
)
def test_a_megabyte_of_anything_is_read_quickly(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    began = time.process_time()
    sentences(normalise(text))
    fold(text)
    assert time.process_time() - began < 2
