"""Bytes become the text that was meant, in Unicode, in old encodings and after an earlier wrong decoding."""

from __future__ import annotations

import unicodedata
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processor.reading.decode import decode
from processor.reading.prescan import ScanReason, ScanVerdict, prescan
from tests.dresses import DRESSES, seed_articles
from tests.legacy_encodings import ENCODERS, stored_as_latin, twice

_PAGES = [DRESSES[name](worn)[1] for worn, name in zip(seed_articles().values(), list(DRESSES)[1:], strict=False)]


def _meant(text: str) -> str:
    return unicodedata.normalize("NFC", unescape(text).replace("\u00a0", " "))


@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("declared", [None, "iso-8859-1", "utf-8"])
def test_pages_in_old_encodings_are_read_whatever_is_declared(name: str, declared: str | None) -> None:
    for page in _PAGES:
        decoded = decode(ENCODERS[name](page), declared)
        assert decoded.encoding == name
        if name == "tcvn3":
            # This encoding has no capital letters with a tone.
            assert _meant(decoded.text).lower() == _meant(page).lower()
        else:
            assert _meant(decoded.text) == _meant(page)


@pytest.mark.parametrize("name", ["tcvn3", "vni", "viscii", "windows-1258"])
def test_old_letters_that_were_stored_as_latin_are_converted(name: str) -> None:
    for page in _PAGES:
        decoded = decode(stored_as_latin(name, page))
        assert decoded.repaired
        assert _meant(decoded.text).lower() == _meant(page).lower()


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("declared", [None, "windows-1252", "no-such-charset"])
def test_unicode_is_read_whatever_is_declared(codec: str, declared: str | None) -> None:
    for page in _PAGES[:3]:
        decoded = decode(page.encode(codec), declared)
        assert decoded.text == page
        assert not decoded.repaired


def test_utf8_that_was_taken_for_cp1252_is_undone() -> None:
    for page in _PAGES:
        decoded = decode(twice(page))
        assert decoded.repaired
        assert decoded.text == page


def test_a_page_with_a_broken_byte_stays_utf8() -> None:
    page = _PAGES[0].encode()
    cut = page[: len(page) // 2] + b"\xe1\xba" + page[len(page) // 2 :]
    decoded = decode(cut, "windows-1258")
    assert (decoded.encoding, decoded.repaired) == ("utf-8", True)
    assert decoded.text.count("\ufffd") <= 2


@pytest.mark.parametrize(
    "text",
    [
        "Die Größe der Häuser und die Höhe der Bäume können wir später prüfen, schöne Grüße aus Köln und Münster",
        "Una niña pequeña de la montaña soñaba con mañanas de otoño en España, señor",
        "Ação, não, coração, ÇÃO: a informação às três será útil também à população",
        "© 2020 Công ty ® Mẫu «thương hiệu» đã đăng ký ¤ ñ ö Ç ð",
    ],
)
def test_good_text_of_other_languages_is_left_alone(text: str) -> None:
    page = f"<html><body>{''.join(f'<p>{text}</p>' for _ in range(20))}</body></html>"
    decoded = decode(page.encode())
    assert decoded.text == page
    assert not decoded.repaired
    latin = text.encode("cp1252", "ignore").decode("cp1252")
    if latin == text:
        assert decode(page.encode("cp1252")).text == page


@given(st.binary(max_size=400), st.sampled_from([None, "utf-8", "gbk", "zip", "idna", "\x00", "windows-1258"]))
def test_no_bytes_make_decoding_fail(body: bytes, declared: str | None) -> None:
    decode(body, declared)


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_short_unicode_is_never_changed(text: str) -> None:
    if not text.startswith("\ufeff") and "\x00" not in text and "áº" not in text and "á»" not in text:
        assert decode(text.encode()).text == text


@pytest.mark.parametrize(
    ("body", "verdict", "reason"),
    [
        (b"", ScanVerdict.REFUSE, ScanReason.EMPTY),
        (b"  \n", ScanVerdict.REFUSE, ScanReason.EMPTY),
        (b"<p>" + b"a" * (6 << 20), ScanVerdict.REFUSE, ScanReason.TOO_LARGE),
        (b"<b>" * 60_000, ScanVerdict.REFUSE, ScanReason.TOO_MANY_TAGS),
        (b"<div " + b"a=b " * 20_000 + b">x</div>", ScanVerdict.REFUSE, ScanReason.TAG_TOO_LONG),
        (b"<p>" + b"<i>x</i>" * 8_000, ScanVerdict.REFUSE, ScanReason.TOO_MANY_INLINE_TAGS),
        (b"<!DOCTYPE html [<!ENTITY a 'b'>]><p>text</p>", ScanVerdict.SUSPECT, ScanReason.INTERNAL_DTD),
        (b"<!DOCTYPE html><p>text</p>", ScanVerdict.OK, None),
        (b"plain text, x < y", ScanVerdict.OK, None),
    ],
)
def test_dangerous_pages_are_known_before_they_are_parsed(
    body: bytes, verdict: ScanVerdict, reason: ScanReason | None
) -> None:
    scan = prescan(body)
    assert (scan.verdict, scan.reason) == (verdict, reason)


def test_embedded_images_do_not_make_a_page_too_large() -> None:
    image = b'<img src="data:image/png;base64,' + b"A" * (2 << 20) + b'">'
    scan = prescan(b"<p>before</p>" + image * 4 + b"<p>after</p>")
    assert scan.verdict is ScanVerdict.OK
    assert len(scan.body) < 300


def test_what_follows_an_internal_subset_is_still_read() -> None:
    assert prescan(b"<!DOCTYPE html [<!ENTITY a 'b'>]><p>text</p>").body == b"<p>text</p>"
