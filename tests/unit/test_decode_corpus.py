"""Hundreds of pages in every old encoding, and after every usual accident, are read letter for letter."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

from processor.evaluation.report import load_baseline
from processor.reading.decode import decode
from processor.reading.tree import parse
from processor.text import normalise
from tests.dress_parts import seed_articles
from tests.legacy_encodings import ENCODERS, decomposed, stored_as_latin, twice, with_capital_fonts, with_references
from tests.near_duplicate_generator import DISTRICTS, fill, template

_GENERATED = 10
_WAYS: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "windows-1258": ("windows-1258", ENCODERS["windows-1258"]),
    "tcvn3": ("x-viet-tcvn", with_capital_fonts),
    "vni": ("x-viet-vni", ENCODERS["vni"]),
    "viscii": ("viscii", ENCODERS["viscii"]),
    "vps": ("x-viet-vps", ENCODERS["vps"]),
    "utf-8 twice": ("utf-8", twice),
    "marks apart": ("utf-8", decomposed),
    "references": ("utf-8", with_references),
    "tcvn3 stored as latin": ("utf-8", lambda page: with_capital_fonts(page).decode("latin-1").encode()),
    **{
        f"{name} stored as latin": ("utf-8", partial(stored_as_latin, name))
        for name in ("windows-1258", "vni", "viscii")
    },
}
"""Each with the name that a page which knew its encoding would declare."""
_WRONG = ("iso-8859-1", "utf-8", "windows-1258", "viscii")


def _texts() -> Iterator[list[str]]:
    """The seeds, and reports made of sentences of our own."""
    for worn in seed_articles().values():
        yield [worn.title, *worn.paragraphs]
    draw = random.Random("encodings")
    for number in range(_GENERATED):
        report = fill(template(draw, 14), sorted(DISTRICTS)[number % len(DISTRICTS)], draw)
        yield [report.title, *report.text.split("\n")]


def _page(lines: list[str], declared: str | None) -> str:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    return f"<html><head>{meta}</head><body>{''.join(f'<p>{line}</p>' for line in lines)}</body></html>"


def _read(body: bytes) -> str:
    tree = parse(decode(body).text)
    return "" if tree is None else normalise("\n".join(block.text for block in tree.blocks))


def test_files_in_old_encodings_are_read_letter_for_letter() -> None:
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for number, lines in enumerate(_texts()):
        meant = normalise("\n".join(" ".join(line.split()) for line in lines))
        for name, (own, encode) in _WAYS.items():
            for declared in (None, own, _WRONG[number % len(_WRONG)]):
                total[name] += 1
                right[name] += _read(encode(_page(lines, declared))) == meant
    assert total.total() >= 200
    share = right.total() / total.total()
    assert share >= load_baseline().test_floors["encodings.decoded"], (share, {n: (right[n], total[n]) for n in total})


def test_headings_in_capital_fonts_are_capitals_and_nothing_else_changes() -> None:
    page = (
        "<p><font face='.VnTimeH'>ủy ban <b>nhân dân</b> tỉnh &amp; huyện</font></p>"
        "<p style=\"font-family: '.VnArialH'\">đề án 06</p><p><font face='.VnTime'>Ủy ban nhân dân</font></p>"
        "<p><font face='.VnTimeH'>chưa đóng"
    )
    lines = list(seed_articles()["001"].paragraphs[:3])
    decoded = decode(ENCODERS["tcvn3"](_page(lines, None).replace("</body>", f"{page}</body>")))
    assert decoded.encoding == "tcvn3"
    text = re.sub("<[^>]*>", "|", unicodedata.normalize("NFC", decoded.text))
    for part in ("|ỦY BAN |NHÂN DÂN| TỈNH &amp; HUYỆN|", "|ĐỀ ÁN 06|", "ban nhân dân|", "|chưa đóng"):
        assert part in text
