"""Finds the legal documents that a text cites by number, as in "Nghị quyết số 76/NQ-CP ngày 15/7/2021 của Chính phủ".

State documents are written NUMBER/[YEAR/]TYPE-BODY, Party documents NUMBER-TYPE/BODY, laws NUMBER/YEAR/QH15 and
letters often NUMBER/BODY-UNIT. Newspapers add spaces and long dashes, drop a dash or swap the two signs. All of that
is read, but only spaces, dashes and the case of known codes are repaired in what is reported.
Documents named without the code of their number ("Nghị quyết 57", "Đề án 06") are not references.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from processor.model import Reference, Span
from processor.references.context import Context, read_context

# Codes of legal and steering documents. Licences (GP), certificates, contracts and judgements are none.
_TYPE_CODES = {
    *("NQ", "NQLT", "NĐ", "QĐ", "QĐNS", "QyĐ", "CT", "TT", "TTLT", "TTr"),
    *("KH", "KHPH", "KHLT", "CTr", "CTPH", "CTHĐ", "CĐ"),
    *("CV", "BC", "BCTĐ", "TB", "TBKL", "KL", "HD", "HDLT", "VBHN", "QC", "QCPH", "ĐA", "PA", "GM", "L", "PL"),
}
_TYPES = {code.upper(): code for code in _TYPE_CODES} | {"ND": "NĐ", "QD": "QĐ", "CD": "CĐ", "QYD": "QyĐ"}
_BODIES = {"TTG": "TTg"}

_CAPS = "A-ZĐƠƯ"
_DASH = "[-‐‑‒–—−]"
_SPELLINGS = sorted({*_TYPE_CODES, *_TYPES, "Ctr", "Ttr"}, key=len, reverse=True)
_TYPE = rf"(?=[{_CAPS}])(?:{'|'.join(_SPELLINGS)})"
# TTg, QH15, UBTVQH14, BKHĐT, SNgV, BCĐTW; the press writes "QH 15" too.
_BODY = rf"(?:TTg|(?:QH|UBTVQH)\s?+\d\d|[{_CAPS}](?:[{_CAPS}]|[gh](?=[{_CAPS}])){{1,11}}\d{{0,3}})"
# Bodies that are read although the dash before them is lost.
_GLUED = "CP|TTg|UBND|HĐND|VPCP|TW|BNV|BTC|BTP|BTTTT|BKHĐT|BKHCN|BGDĐT|BTNMT|BCT|BXD|BYT|BGTVT|BCA|BNNPTNT|BLĐTBXH"
# What may follow a body: BNV-BTC, UBND-KSTTCNC, SNV-CCHC&PC, VPCP-TH2.
_UNITS = rf"(?:\s?{_DASH}\s?[{_CAPS}][{_CAPS}\d]{{0,11}}(?!\w)|[.&][{_CAPS}][{_CAPS}\d]{{0,7}}){{0,4}}"
# The digit comes before the look behind it so that the search can skip to digits.
_NUMBER = r"(?P<number>[0-9](?:(?<![\w/.,:-].)|(?<=[sS]ố.)|(?<=[sS]ố:.))(?:\.\d{3}|\d{0,4}+[a-zA-Z]?+))"
_YEAR = r"(?:19|20)\d\d"

_CODE = re.compile(
    rf"{_NUMBER}(?=\s?+(?:/|{_DASH})|\s[{_CAPS}])(?:"
    # 61/2018/NĐ-CP, 76/NQ-CP, 60/NQ-TW, 1140/BC VPCP, 43/2006/NĐCP, 01/2018/TTVPCP, 19-2018/NQ-CP
    rf"(?:\s?+/\s?+(?P<year>{_YEAR})\s?+/\s?+|\s?+/\s?+|{_DASH}(?P<hyphen_year>20\d\d)\s?+/\s?+)(?P<type>{_TYPE})"
    rf"(?:\s?+{_DASH}\s?+|[/. ]|(?=(?:{_GLUED})(?!\w)))(?P<body>{_BODY}{_UNITS})"
    # 76/2015/QH13, 76/2025/UBTVQH15
    rf"|\s?+/\s?+(?P<law_year>{_YEAR})\s?+/\s?+(?P<law_body>(?:QH|UBTVQH)\s?+\d\d)"
    # 21-NQ/TU, 49-CTr/TU, 02-KH/BCĐTW, 18 NQ/TW, 30-NQ/2026/QH16
    rf"|(?:\s?+{_DASH}\s?+|\s)(?P<party_type>{_TYPE})\s?+(?:/|{_DASH})\s?+"
    rf"(?:(?P<odd_year>20\d\d)\s?+/\s?+)?(?P<party_body>{_BODY}{_UNITS})"
    # 3276/UBND-KSTTCNC, 2231/SNV-CCHC&PC, 5432/VPCP-KSTT, 285/CCTTHC
    rf"|\s?+/\s?+(?P<sender>TTg|[{_CAPS}][{_CAPS}&]{{1,8}})(?:\s?+{_DASH}\s?+"
    rf"(?P<unit>[{_CAPS}][{_CAPS}\d]{{0,11}}{_UNITS}))?"
    # "61/2018/NĐ-CPngày 23/4/2018": converted documents lose the space.
    r")(?:(?!\w)|(?=ngày ))"
)
_SPACE = re.compile(r"\s+")
_LONG_DASH = re.compile(_DASH)
_LETTER_SENDER = re.compile(
    r"UBND|HĐND|VP[A-ZĐ]{0,6}|TTg|CP|B[A-ZĐ]{1,7}|S[A-ZĐ&]{1,7}|TCT[A-Z]{0,3}|[TH]U|ĐU[A-ZĐ]{0,3}|C[A-ZĐ]{2,5}"
)
_LETTER_WORDS = frozenset({"công văn", "văn bản", "tờ trình", "báo cáo", "thông báo"})
_NO_SENDER = re.compile(r"QĐ|HĐ(?!ND)|BB|GT|G[CX]N")
# Courts, prosecutors and licensing sections number their papers alike.
_NOT_A_DOCUMENT = re.compile(r"(?:^|-)(?:ST|PT|GĐT|VKS[A-Z]*|CSĐT|GP[A-Z]*)(?:$|-)")
_ISSUERS = {
    "CP": "Chính phủ",
    "TTg": "Thủ tướng Chính phủ",
    "VPCP": "Văn phòng Chính phủ",
    "QH": "Quốc hội",
    "UBTVQH": "Ủy ban Thường vụ Quốc hội",
}
_MOST_CHARACTERS = 500_000
"""Characters of a text that are read: two hundred pages. A megabyte of nothing but numbers would hold up a worker."""
_LAW_TYPES = {"luật": "Luật", "bộ luật": "Luật", "pháp lệnh": "PL", "nghị quyết": "NQ"}


def find_references(text: str, published_on: date | None) -> tuple[Reference, ...]:
    """The documents cited in a text in its normal form, each once, at its first citation.

    The span covers the whole citation, from "Nghị quyết số" to "của Chính phủ". `dated` is the day of signature if
    the text gives one that can be true: not after publication and not against the year in the number.
    """
    found: dict[tuple[str, str, str], list[Reference]] = {}
    for match in _CODE.finditer(text, 0, _MOST_CHARACTERS):
        reference = _reference(text, match, published_on)
        if reference is not None:
            _remember(found.setdefault(_key(reference), []), reference)
    return tuple(sorted((one for same in found.values() for one in same), key=lambda one: one.span.start))


def _key(reference: Reference) -> tuple[str, str, str]:
    # Laws and resolutions of one National Assembly share their numbering, and the word before it may be missing.
    kind = "" if _is_assembly(reference.body) and reference.year else reference.type
    return reference.number, kind, reference.body


def _remember(same_number: list[Reference], new: Reference) -> None:
    """Adds a citation, or completes an earlier one that it repeats: a year that only one of them gives is shared."""
    for index, old in enumerate(same_number):
        if old.year is None or new.year is None or old.year == new.year:
            same_number[index] = replace(
                old, year=old.year or new.year, dated=old.dated or new.dated, issuer=old.issuer or new.issuer
            )
            return
    same_number.append(new)


def _reference(text: str, match: re.Match[str], published_on: date | None) -> Reference | None:
    found = match.groupdict()
    law = found["law_body"] is not None
    context = read_context(text, match.start("number"), match.end(), published_on, titled=law)
    if found["sender"]:
        return _letter(text, match, context)
    kind = _TYPES[(found["type"] or found["party_type"] or "NQ").upper()]
    body = _tight(found["body"] or found["law_body"] or found["party_body"])
    body = _BODIES.get(body.upper(), body)
    if _NOT_A_DOCUMENT.search(body) or _is_prose(match, context):
        return None
    year = found["year"] or found["hyphen_year"] or found["law_year"] or found["odd_year"]
    if law:
        kind = _LAW_TYPES.get(context.word or "", "NQ" if body.startswith("UBTVQH") else "Luật")
    return _build(text, match, context, (_code(match, kind, body), kind, body, int(year) if year else None))


def _is_prose(match: re.Match[str], context: Context) -> bool:
    """A number, a space and capitals are a document only where the text says so: "Nghị quyết 18 NQ/TW"."""
    loose = match["party_type"] is not None and match.group()[len(match["number"])].isspace()
    spaced = match["type"] is not None and " " in match.group() and "-" not in _LONG_DASH.sub("-", match.group())
    return (loose or spaced) and context.start == match.start("number")


def _letter(text: str, match: re.Match[str], context: Context) -> Reference | None:
    sender, unit = match["sender"], _tight(match["unit"] or "")
    if not unit and context.word not in _LETTER_WORDS:
        return None
    if _NOT_A_DOCUMENT.search(f"{sender}-{unit}") or _NO_SENDER.match(sender):
        return None
    if context.word is None and not _LETTER_SENDER.fullmatch(sender):
        return None
    code = f"{_digits(match)}/{sender}-{unit}" if unit else f"{_digits(match)}/{sender}"
    return _build(text, match, context, (code, "CV", sender, None))


def _build(text: str, match: re.Match[str], context: Context, parts: tuple[str, str, str, int | None]) -> Reference:
    code, kind, body, year = parts
    dated = context.dated
    if dated and year and dated.year != year:
        dated = None
    return Reference(
        code=code,
        number=_digits(match).lstrip("0") or "0",
        type=kind,
        body=body,
        year=year or (dated.year if dated else context.year),
        dated=dated,
        issuer=context.issuer or _ISSUERS.get(body.rstrip("0123456789")),
        span=Span(start=context.start, end=context.end, quote=text[context.start : context.end]),
    )


def _code(match: re.Match[str], kind: str, body: str) -> str:
    number = _digits(match)
    if match["law_year"]:
        return f"{number}/{match['law_year']}/{body}"
    if match["hyphen_year"]:
        return f"{number}-{match['hyphen_year']}/{kind}-{body}"
    if match["type"]:
        return f"{number}/{match['year']}/{kind}-{body}" if match["year"] else f"{number}/{kind}-{body}"
    if match["odd_year"]:
        return f"{number}-{kind}/{match['odd_year']}/{body}"
    return f"{number}-{kind}/{body}"


def _digits(match: re.Match[str]) -> str:
    return match["number"].replace(".", "")


def _tight(code: str) -> str:
    return _LONG_DASH.sub("-", _SPACE.sub("", code))


def _is_assembly(body: str) -> bool:
    return body.rstrip("0123456789") in {"QH", "UBTVQH"}
