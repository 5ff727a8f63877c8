"""A page is cut only where the cut is sure to hold one element and all of it."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from processor.reading.excerpt import Cut, excerpt, tells_elsewhere

_HEAD = b"<html><head><title>T</title>"
_CUT = Cut(opening="<div class=a>", nth=0, around="", told_elsewhere=False)
_TOLD = replace(_CUT, told_elsewhere=True)


def _page(body: bytes) -> bytes:
    return b"%s</head><body>%s</body></html>" % (_HEAD, body)


def _kept(body: bytes, cut: Cut = _CUT) -> bytes | None:
    part = excerpt(_page(body), cut)
    return part.removeprefix(_HEAD + b"</head><body>") if part is not None else None


def test_elements_of_the_same_name_within_are_counted() -> None:
    element = b"<div class=a>x<div>y</div><DIV id=b>z</DIV ><dividend></dividend></div>"
    assert _kept(b"<p>v</p>%s<div>w</div>" % element) == element


def test_tags_in_comments_and_scripts_within_are_not_counted() -> None:
    element = b"<div class=a><!-- <div><td> --><script>a='</div>' + b;\n</script>x</div>"
    assert _kept(element + b"y</div>") == element


def test_a_cell_left_open_ends_with_its_table() -> None:
    element = b"<div class=a><table><tr><td>x<td>y</tr></table></div>"
    assert _kept(element + b"z</div>") == element
    assert _kept(b"<div class=a>x<td>y</div>") is None


def test_the_second_of_several_is_taken_with_what_counts_its_place() -> None:
    cut = Cut(opening="<table>", nth=2, around="<table></table>", told_elsewhere=False)
    assert _kept(b"<table>a</table><table>b</table><table>c</table>", cut) == b"<table></table><table>b</table>"
    assert _kept(b"<table>a</table>", cut) is None


@pytest.mark.parametrize(
    "body",
    [
        b"<div class=b>x</div>",
        b"<div class=a>x</div><div class=a>y</div>",
        b"<div class=a>x<div>y</div>",
        b"<div class=a>x<!-- y</div>",
        b"<div class=a>x<script>y</div>",
        b"<!-- <div class=a>x</div> -->",
        b"<script>'<div class=a>x</div>'</script>",
        b'<div class=a><img alt="</div>">x</div>',
        b"<table><tr><td><div class=a>x</td></tr>y</div></table>",
        b"<div class=a>x<textarea>y</div>",
    ],
    ids=["absent", "twice", "open", "comment", "script", "in-comment", "in-script", "in-value", "stray-end", "stray"],
)
def test_where_it_is_in_doubt_nothing_is_cut(body: bytes) -> None:
    assert _kept(body) is None


def test_a_page_without_a_head_or_title_is_not_cut() -> None:
    assert excerpt(b"<html><body><div class=a>x</div></body></html>", _CUT) is None
    assert excerpt(b"<html><head></head><body><div class=a>x</div></body></html>", _CUT) is None


def test_what_is_declared_elsewhere_is_taken_along_in_its_order() -> None:
    meta, data = (
        b'<meta itemprop="datePublished" content="2024-01-02">',
        b'<script type="application/ld+json">{}</script>',
    )
    body = b"<p>%s<!-- <meta name=x> --></p><div class=a>x</div><p>%s</p>" % (meta, data)
    assert tells_elsewhere(_page(body), _TOLD)
    assert _kept(body, _TOLD) == meta + b"<div class=a>x</div>" + data
    assert not tells_elsewhere(_page(b"<p>y</p><div class=a>x</div>"), _TOLD)


@pytest.mark.parametrize(
    "other", [b"<time pubdate datetime=x>", b"<time itemprop=datePublished datetime=x>", b"<META name=x>"]
)
def test_a_page_that_declares_elsewhere_what_cannot_be_taken_along_is_not_cut(other: bytes) -> None:
    assert tells_elsewhere(_page(b"<div class=a>x</div>" + other), _TOLD)
    assert _kept(b"<div class=a>x</div>" + other, _TOLD) is None


@pytest.mark.parametrize(
    "piece", [b"<div ", b"<!--", b"<script", b"</div", b'="', b"ld+json", b"<meta", b"<div class=b>"]
)
def test_hostile_pages_cost_little(piece: bytes) -> None:
    page = _page(b"<div class=a>%s</div>%s" % (piece * (1_000_000 // len(piece)), piece * 50_000))
    begun = time.process_time()
    excerpt(page, _TOLD)
    assert time.process_time() - begun < 1.0
