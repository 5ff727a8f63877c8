"""Writes Vietnamese pages as they were written before Unicode, and with the damage that moving them left behind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html.entities import codepoint2name

from viparse.normalize.encodings import CHARMAPS

CAPITALS = "ÀÁÃÈÉÌÍÒÓÕÙÚÝ"
"""Capitals that TCVN3 lacks: it writes the small letter."""
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TCVN3 = {letter for _, letter in CHARMAPS["tcvn3"].pairs}
_LACKING = "".join(
    letter
    for letter in map(chr, range(0xC0, 0x1EFA))
    if letter.isupper() and letter.lower() in _TCVN3 and letter not in _TCVN3
)


def windows_1258(text: str) -> bytes:
    """Composed vowels with the tone as a mark of its own, which is how that code page writes Vietnamese."""
    parts = []
    for letter in text:
        decomposed = unicodedata.normalize("NFD", letter)
        base = unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in _TONES))
        parts.append(base + "".join(mark for mark in decomposed if mark in _TONES))
    return "".join(parts).encode("cp1258", "xmlcharrefreplace")


def _by_charmap(name: str) -> Callable[[str], bytes]:
    table = {unicode_letter: legacy for legacy, unicode_letter in CHARMAPS[name].pairs}

    def encode(text: str) -> bytes:
        # Symbols of Latin-1 are letters in these encodings: pages that need one write a character reference.
        letters = (
            table.get(letter)
            or table.get(letter.lower() if name == "tcvn3" and letter in CAPITALS else "")
            or (letter if letter.isascii() or letter.isalpha() else f"&#{ord(letter)};")
            for letter in text.replace("\u00a0", " ")
        )
        return "".join(letters).encode("latin-1", "xmlcharrefreplace")

    return encode


ENCODERS: dict[str, Callable[[str], bytes]] = {
    "windows-1258": windows_1258,
    **{name: _by_charmap(name) for name in ("tcvn3", "vni", "viscii", "vps")},
}


def with_capital_fonts(page: str) -> bytes:
    """TCVN3 as typists wrote it who minded: capital letters that it lacks are set in a capital font."""
    lacking = re.compile(f"[{_LACKING}]+")
    return ENCODERS["tcvn3"](
        re.sub(">[^<>]*<", lambda run: lacking.sub(lambda letters: _font(letters.group()), run.group()), page)
    )


def _font(capitals: str) -> str:
    return f'<font face=".VnTimeH">{capitals.lower()}</font>'


def twice(page: str) -> bytes:
    """UTF-8 that a reader took for Windows-1252 and saved as UTF-8; browsers fill the five holes with controls."""
    letters = (bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in page.encode())
    return "".join(letters).encode()


def stored_as_latin(name: str, page: str) -> bytes:
    """A page in an old encoding that a later system took for Latin-1 and saved as UTF-8."""
    codec = "cp1252" if name == "windows-1258" else "latin-1"
    return ENCODERS[name](page).decode(codec).encode()


def decomposed(page: str) -> bytes:
    return unicodedata.normalize("NFD", page).encode()


def with_references(page: str) -> bytes:
    """Named entities where there are some, numbers elsewhere, decimal and hexadecimal in turn."""
    return "".join(map(_reference, range(len(page)), page)).encode()


def _reference(number: int, letter: str) -> str:
    if letter.isascii():
        return letter
    name = codepoint2name.get(ord(letter))
    if name:
        return f"&{name};"
    return f"&#{ord(letter)};" if number % 2 else f"&#x{ord(letter):x};"
