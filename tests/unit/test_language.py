"""The language is told from the body, the same every time, and never by an exception."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processor.reading.language import detect_language
from tests.dresses import seed_articles


@pytest.mark.parametrize("seed", sorted(seed_articles()))
def test_the_seeds_are_vietnamese(seed: str) -> None:
    assert detect_language(seed_articles()[seed].text) == "vi"


def test_vietnamese_without_its_marks_is_vietnamese() -> None:
    text = "Huyen da tiep nhan va giai quyet dung han ho so cua nguoi dan tai bo phan mot cua trong nam nay."
    assert detect_language(text) == "vi"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The province received more than one thousand dossiers at its public service centre this year.", "en"),
        ("Le service public de la province a reçu plus de mille dossiers cette année, dit le directeur.", "fr"),
        ("Pemerintah daerah menerima lebih dari seribu berkas permohonan pada tahun ini, kata kepala dinas.", "id"),
        ("El gobierno provincial recibió más de mil expedientes durante este año, según el director.", "es"),
    ],
)
def test_other_languages_are_told_apart(text: str, language: str) -> None:
    assert {detect_language(text) for _ in range(5)} == {language}


@pytest.mark.parametrize("text", ["", "12/04/2021", "http://a.vn", "UBND", "    \n", "?!…", "😀" * 50])
def test_too_little_text_has_no_language(text: str) -> None:
    assert detect_language(text) is None


@given(st.text(max_size=300))
def test_no_text_makes_it_fail(text: str) -> None:
    detect_language(text)
