"""Two versions of an article: what a reader would notice is found and weighed, what changes by itself is not."""

from __future__ import annotations

import random
import re
import time
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from processor.model import VIETNAM_TIME, Article, DatePrecision, PublishedAt, Span
from processor.text import normalise
from processor.versions.alignment import Block, Budget, align
from processor.versions.compare import MAX_EDITS, Change, EditKind, Part, compare
from processor.versions.diff import MAX_DIFF_CHARACTERS

BASE = (
    "Sáng 12/4, UBND tỉnh Hà Nam tổ chức hội nghị sơ kết công tác cải cách hành chính.\n"
    "Theo báo cáo, toàn tỉnh đã tiếp nhận 12.345 hồ sơ, giải quyết đúng hạn 98,5%.\n"
    "Ông Nguyễn Văn Thịnh yêu cầu các sở, ngành tiếp tục nâng cao chất lượng phục vụ người dân."
)
WORDS = st.sampled_from(
    re.split(" ", "tỉnh Hà Nam đạt 98,5% và 1.234 hồ sơ đúng hạn. Ông Thịnh nói hoà bình, 08:27 \n")
)
TEXTS = st.lists(WORDS, max_size=40).map(lambda words: normalise(" ".join(words)))


def article(text: str, title: str | None = "Hà Nam sơ kết cải cách hành chính") -> Article:
    return Article(text=text, title=title)


def change(old: str, new: str, text: str = BASE) -> Change:
    assert old in text
    return compare(article(text), article(text.replace(old, new)))


def test_a_changed_figure_is_found_with_its_place_in_both_texts() -> None:
    found = change("12.345", "12.354")
    (edit,) = found.edits
    assert (edit.kind, edit.part) == (EditKind.FIGURE, Part.TEXT)
    assert edit.old == Span(start=BASE.index("12.345"), end=BASE.index("12.345") + 6, quote="12.345")
    assert edit.new is not None
    assert edit.new.quote == "12.354"
    assert found.diff == (
        "@@ text @@\nTheo báo cáo, toàn tỉnh đã tiếp nhận [-12.345-] {+12.354+} hồ sơ, giải quyết đúng hạn 98,5%."
    )


def test_a_percentage_that_loses_its_sign_is_a_changed_figure() -> None:
    assert change("98,5%", "98,5").kinds == {EditKind.FIGURE}


def test_a_changed_name_is_told_from_changed_prose() -> None:
    assert change("Nguyễn Văn Thịnh", "Trần Quốc Hưng").kinds == {EditKind.NAME}
    assert change("Hà Nam", "Hà Giang").kinds == {EditKind.NAME}
    assert change("nâng cao chất lượng", "cải thiện chất lượng").kinds == {EditKind.PROSE}


def test_figures_weigh_more_than_names_and_names_more_than_prose() -> None:
    figure = change("12.345", "12.354").significance
    name = change("Thịnh", "Hưng").significance
    prose = change("nâng cao", "cải thiện").significance
    assert figure > name > prose > 0
    assert figure >= 0.5
    assert name >= 0.3


def test_a_rewritten_text_is_significant_without_any_figure() -> None:
    other = "Cán bộ một cửa cần thân thiện hơn với bà con, theo nhiều ý kiến góp ý gửi về trong tuần qua."
    assert compare(article("Trời hôm nay đẹp và mát mẻ."), article(other)).significance > 0.9


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("đã tiếp nhận", "đã  tiếp\u00a0nhận"),
        ("\n", "\n\n"),
        ("12.345", "12345"),
        ("98,5%", "98.5 %"),
        ("hồ sơ, giải", "hồ sơ; giải"),
        ("UBND tỉnh", "Ubnd Tỉnh"),
        ("Sáng 12/4, ", "“Sáng 12/4”, "),
    ],
)
def test_spaces_punctuation_case_and_the_writing_of_figures_are_no_change(old: str, new: str) -> None:
    assert change(old, new).edits == ()
    assert change(old, new).significance == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Lượt xem: 55", "Lượt xem: 1.204"),
        ("Số lượt người xem: 7", "Số lượt người xem: 8"),
        ("120 lượt xem", "121 lượt xem"),
        ("Bình luận (3)", "Bình luận (12)"),
        ("Thứ hai, 05/01/2026 - 08:27", "Thứ ba, 06/01/2026 - 19:03"),
        ("Cách đây 5 phút trước", "Cách đây 2 giờ trước"),
        ("08:27 (GMT+7)", "09:00 (GMT+7)"),
    ],
)
def test_counters_and_clocks_of_the_page_are_no_change(old: str, new: str) -> None:
    found = compare(article(f"{BASE}\n{old}"), article(f"{BASE}\n{new}"))
    assert found.edits == ()


def test_the_views_of_a_portal_in_a_sentence_are_a_figure() -> None:
    text = "Trong quý I, cổng dịch vụ công của tỉnh có 120.000 lượt truy cập, tăng mạnh so với cùng kỳ."
    assert change("120.000", "150.000", text).kinds == {EditKind.FIGURE}


def test_the_place_of_the_tone_mark_is_no_change() -> None:
    assert compare(article("Lễ khánh thành ở Hoà Bình"), article("Lễ khánh thành ở Hòa Bình")).edits == ()


def test_added_and_removed_paragraphs_have_no_counterpart() -> None:
    longer = BASE + "\nHội nghị bế mạc lúc chiều cùng ngày."
    (added,) = compare(article(BASE), article(longer)).edits
    assert added.old is None
    assert added.new is not None
    assert added.new.quote == "Hội nghị bế mạc lúc chiều cùng ngày"
    assert "{+Hội nghị bế mạc" in compare(article(BASE), article(longer)).diff
    (removed,) = compare(article(longer), article(BASE)).edits
    assert removed.new is None


def test_removed_words_are_marked_where_they_stood() -> None:
    assert change(" tiếp tục", "").diff.endswith(
        "yêu cầu các sở, ngành [-tiếp tục-] nâng cao chất lượng phục vụ người dân."
    )


def test_a_paragraph_that_moves_is_not_taken_for_new() -> None:
    lines = BASE.split("\n")
    found = compare(article(BASE), article("\n".join([lines[1], lines[0], lines[2]])))
    assert found.kinds == {EditKind.MOVED}
    assert found.significance < 0.1


def test_a_title_is_compared_and_weighs_more_than_the_text() -> None:
    found = compare(article(BASE, "Hà Nam sơ kết cải cách"), article(BASE, "Hà Nam tổng kết cải cách"))
    (edit,) = found.edits
    assert (edit.part, edit.kind) == (Part.TITLE, EditKind.PROSE)
    assert found.significance > change("nâng cao", "cải thiện").significance
    assert compare(article(BASE, None), article(BASE, "Hà Nam sơ kết")).edits[0].old is None


def test_other_fields_are_named() -> None:
    at = datetime(2024, 4, 12, tzinfo=VIETNAM_TIME)
    dated = PublishedAt(at=at, precision=DatePrecision.DAY, found_in="meta")
    new = Article(text=BASE, title="T", author="Phong Nhã", published=dated)
    assert compare(Article(text=BASE, title="T"), new).fields == ("author", "published")


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    found = compare(article(text), article(text))
    assert (found.edits, found.edit_count, found.diff, found.significance) == ((), 0, "", 0.0)


@given(TEXTS, TEXTS)
@example("a\nb", "b\na")
@example("a b a b", "b a")
def test_exchanging_the_versions_mirrors_the_change(old: str, new: str) -> None:
    there, back = compare(article(old), article(new)), compare(article(new), article(old))
    assert there.significance == pytest.approx(back.significance)
    mirrored = {(edit.kind, edit.part, edit.new, edit.old) for edit in back.edits}
    assert {(edit.kind, edit.part, edit.old, edit.new) for edit in there.edits} == mirrored


@given(TEXTS, TEXTS)
def test_edits_quote_what_stands_there(old: str, new: str) -> None:
    for edit in compare(article(old), article(new)).edits:
        for span, text in ((edit.old, old), (edit.new, new)):
            assert span is None or text[span.start : span.end] == span.quote
        assert edit.old or edit.new


@given(TEXTS, TEXTS)
def test_significance_is_a_share_and_positive_exactly_when_something_changed(old: str, new: str) -> None:
    found = compare(article(old), article(new))
    assert 0 <= found.significance <= 1
    assert (found.significance > 0) == bool(found.edits) == bool(found.diff)


SEQUENCES = st.lists(st.sampled_from("abc"), max_size=12)


@given(SEQUENCES, SEQUENCES, st.integers(min_value=0, max_value=60))
def test_an_alignment_turns_the_old_into_the_new_however_small_its_budget(
    old: list[str], new: list[str], steps: int
) -> None:
    blocks = align(old, new, Budget(steps))
    at, rebuilt = 0, []
    for block in blocks:
        rebuilt += old[at : block.old_start] + new[block.new_start : block.new_end]
        at = block.old_end
    assert rebuilt + old[at:] == new


@given(SEQUENCES, SEQUENCES)
def test_an_alignment_is_the_shortest_and_mirrors(old: list[str], new: list[str]) -> None:
    blocks = align(old, new, Budget())
    edits = sum(block.old_end - block.old_start + block.new_end - block.new_start for block in blocks)
    assert edits == len(old) + len(new) - 2 * _longest_common(old, new)
    assert align(new, old, Budget()) == [Block(*block[2:], *block[:2]) for block in blocks]


def _longest_common(old: list[str], new: list[str]) -> int:
    best = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, a in enumerate(old):
        for j, b in enumerate(new):
            best[i + 1][j + 1] = best[i][j] + 1 if a == b else max(best[i][j + 1], best[i + 1][j])
    return best[-1][-1]


def _letters(seed: int, separator: str) -> str:
    rng = random.Random(seed)
    return separator.join(rng.choice("abcdefgh") for _ in range(500_000))


HOSTILE = {
    "two words over and over": ("a b " * 250_000, "b a a " * 160_000),
    "random lines": (_letters(1, "\n"), _letters(2, "\n")),
    "random words": (_letters(1, " "), _letters(2, " ")),
    "one long figure": ("1.1" * 300_000, "1.1" * 200_000 + "2"),
    "counters": (" lượt xem" * 100_000, "1 lượt xem :" * 80_000),
    "names": ("Aa " * 330_000, "a A" * 330_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_compared_in_bounded_time_and_size(name: str) -> None:
    old, new = HOSTILE[name]
    begun = time.process_time()
    found = compare(article(old), article(new))
    assert time.process_time() - begun < 8
    assert len(found.edits) <= MAX_EDITS
    assert len(found.diff) < 2 * MAX_DIFF_CHARACTERS
    assert found.edit_count
