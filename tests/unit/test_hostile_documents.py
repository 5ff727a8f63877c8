"""Files that are none of ours, locked, damaged or built to hurt: read, or refused with a reason, within bounds."""

from __future__ import annotations

import random
import time
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from processor.documents import pdf as reading_pdf
from processor.documents import read as reading_documents
from processor.documents import word as reading_docx
from processor.documents.head import find_date, find_title
from processor.documents.lines import join_wrapped, without_furniture
from processor.documents.raw import DocumentProblem
from processor.documents.read import is_document, read_document
from processor.text import normalise
from tests.parts.documents import DECISION, REPORT, layout, pdf, read, with_part, word_file


@pytest.mark.parametrize(
    "body", [b"", b"<html>%PDF</html>", b"PK\x03\x04 a zip", b"\xd0\xcf\x11\xe0", b"x" * 2000 + b"%PDF-1.7"]
)
def test_other_files_are_none_of_its_business(body: bytes) -> None:
    assert read_document(body) is None
    assert not is_document(body)


def test_a_file_is_known_by_its_bytes_behind_a_little_noise() -> None:
    assert read(b"\r\n\r\n" + pdf([layout(REPORT)])).text


def test_a_pdf_that_needs_a_password_is_said_to() -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf([layout(REPORT)]))))
    writer.encrypt("secret", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    document = read(out.getvalue())
    assert (document.problem, document.scanned, document.text) == (DocumentProblem.ENCRYPTED, False, "")


def test_a_pdf_that_anyone_may_open_is_read_though_it_is_encrypted() -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf([layout(REPORT)]))))
    writer.encrypt("", "owner", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    assert "12.345 hồ sơ" in read(out.getvalue()).text


def test_pages_and_characters_are_limited_and_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_pdf, "MAX_PAGES", 2)
    document = read(pdf([layout(REPORT)] * 5))
    assert (document.page_count, document.truncated) == (2, True)
    monkeypatch.setattr(reading_documents, "MAX_CHARACTERS", 200)
    assert read(pdf([layout(REPORT)] * 5)).truncated
    document = read(word_file(*[REPORT] * 5))
    assert document.truncated
    assert len(document.text) <= 200


def test_a_page_of_endless_drawing_is_left_out_and_the_others_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_pdf, "MAX_CONTENT_BYTES", 20_000)
    drawing = [(1.0, 1.0, "x")] * 2_000
    document = read(pdf([drawing, layout(REPORT)]))
    assert "12.345 hồ sơ" in document.text
    assert document.truncated


def test_an_archive_that_would_unpack_to_too_much_is_not_unpacked() -> None:
    bomb = with_part(word_file("x"), "word/document.xml", b"<a>" + b" " * (reading_docx.MAX_PART_BYTES + 1))
    assert len(bomb) < 100_000
    begun = time.process_time()
    assert read(bomb).problem is DocumentProblem.TOO_LARGE
    assert time.process_time() - begun < 0.1


def test_an_archive_that_lies_about_its_sizes_is_broken() -> None:
    honest = with_part(word_file("x"), "word/document.xml", b"<a>" + b" " * 1_000_000 + b"</a>")
    size = (1_000_007).to_bytes(4, "little")
    assert honest.count(size) == 2
    assert read(honest.replace(size, (100).to_bytes(4, "little"))).problem is DocumentProblem.BROKEN


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_that_declares_entities_is_refused(encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    body = with_part(word_file("x"), "word/document.xml", xml.encode(encoding))
    assert read(body).problem is DocumentProblem.FORBIDDEN


@given(st.integers(0, 5_000), st.binary(min_size=1, max_size=40), st.booleans())
def test_damaged_files_are_read_or_refused_but_never_raise(at: int, damage: bytes, is_word: bool) -> None:
    body = WORD_BYTES if is_word else PDF_BYTES
    at %= len(body)
    document = read_document(body[:at] + damage + body[at + len(damage) :])
    assert document is None or document.text == normalise(document.text)


@pytest.mark.parametrize("body", [pdf([layout(DECISION)]), word_file(*DECISION.split("\n"))], ids=["pdf", "docx"])
def test_cut_files_are_read_or_refused_but_never_raise(body: bytes) -> None:
    rng = random.Random(1)
    for _ in range(40):
        read_document(body[: rng.randrange(len(body))])


PDF_BYTES = pdf([layout(DECISION)])
WORD_BYTES = word_file(*DECISION.split("\n"))


@pytest.mark.parametrize(
    "unit", ["ngày ", "ngày 1 tháng ", " ", "A ", "V/v ", "ngày ký: ", "theo ", "-", "QUYẾT ĐỊNH\n", ", ngày 1"]
)
def test_hostile_lines_cost_no_more_than_their_length(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    begun = time.process_time()
    lines = text.split("\n")
    find_date(lines)
    find_title(lines, text)
    join_wrapped(lines)
    without_furniture([lines])
    assert time.process_time() - begun < 3
