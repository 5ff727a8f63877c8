"""From a page's bytes to text: Unicode in all its forms, and the encodings Vietnamese offices used before it.

Strict UTF-8 is the strongest evidence there is, so a page that is valid UTF-8 is never decoded as anything else; what
it contains may still be damage from an earlier wrong decoding, and is then repaired where the repair makes words.
Other pages are tried in every candidate encoding, and the one that gives the most Vietnamese words wins; what the
server or the page declares only breaks ties. Nothing here raises: undecodable bytes become U+FFFD.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from viparse.normalize.encodings import CHARMAPS
from viparse.normalize.tables import convert

from processor.reading.capital_fonts import as_capitals
from processor.reading.orthography import accented_balance

_SAMPLE_CHARACTERS = 6_000
_MIN_EVIDENCE = 8
"""Words with accented letters below which nothing is concluded from the words."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET = re.compile(rb"<meta[^<>]{0,200}?charset\s{0,4}=\s{0,4}[\"']?([-\w:]{2,30})", re.IGNORECASE)
_CODE = re.compile(r"<(script|style)\b", re.IGNORECASE)
_TAGS_AND_REFERENCES = re.compile(r"<[^<>]{0,2000}>|&#?\w{1,10};")
_ASCII = bytes(range(128))
_CP1252_HOLES = (0x81, 0x8D, 0x8F, 0x90, 0x9D)


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    """A page as text, and how it was read."""

    text: str
    encoding: str
    repaired: bool
    """True when letters were changed or lost beyond plain decoding: an earlier wrong decoding, broken bytes."""


def decode(body: bytes, declared_charset: str | None = None) -> Decoded:
    """Decode a page's bytes. `declared_charset` is the server's; the page's own meta tag is looked up here."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _unicode(body, encoding, declared_charset)
    if (wide := _wide_encoding(body)) is not None:
        return _unicode(body, wide, declared_charset)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_bytes(body, declared_charset)
    return _repair(text) if _may_be_damaged(body) else Decoded(text=text, encoding="utf-8", repaired=False)


def _may_be_damaged(body: bytes) -> bool:
    """Whether valid UTF-8 has any sign that its text was decoded wrongly once; cheap, for every page passes here."""
    beyond_ascii = body.translate(None, _ASCII)
    if beyond_ascii.count(b"\xc3\xa1\xc2") >= 3:
        return True
    if beyond_ascii.count("đ".encode()) >= 3:
        return False
    return sum(map(beyond_ascii.count, _SURFACE_SIGN_BYTES)) >= _MIN_EVIDENCE


def _unicode(body: bytes, encoding: str, declared_charset: str | None) -> Decoded:
    try:
        return _repair(body.decode(encoding).removeprefix("\ufeff"), encoding)
    except UnicodeDecodeError:
        if encoding == "utf-8":
            return _decode_bytes(body.removeprefix(codecs.BOM_UTF8), declared_charset)
        return Decoded(text=body.decode(encoding, "replace"), encoding=encoding, repaired=True)


def _wide_encoding(body: bytes) -> str | None:
    """UTF-16 without a byte order mark: every other byte of its markup is zero."""
    head = body[:2000]
    if len(head) < 20 or head.count(0) < len(head) // 5:
        return None
    return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"


# --- pages that are not UTF-8 ---------------------------------------------------------------------------------


def _by_charmap(name: str) -> Callable[[bytes], str]:
    charmap = CHARMAPS[name]
    return lambda body: str(convert(body.decode("latin-1"), charmap))


def _windows_1258(body: bytes) -> str:
    return unicodedata.normalize("NFC", body.decode("cp1258", "replace"))


_LEGACY: dict[str, Callable[[bytes], str]] = {
    "windows-1258": _windows_1258,
    "tcvn3": lambda body: as_capitals(_by_charmap("tcvn3")(body)),
    "vni": _by_charmap("vni"),
    "viscii": _by_charmap("viscii"),
    "vps": _by_charmap("vps"),
}


def _decode_bytes(body: bytes, declared_charset: str | None) -> Decoded:
    declared = _known_codec(declared_charset) or _meta_charset(body)
    broken = body.decode("utf-8", "replace")
    # A cut or spliced page is UTF-8 with a few broken places; in any other encoding nearly all is broken.
    if broken.count("\ufffd") * 20 < sum(map(len, re.findall(r"[^\x00-\x7f]+", broken))):
        repaired = _repair(broken)
        return Decoded(text=repaired.text, encoding="utf-8", repaired=True)
    sample = _sample_bytes(body)
    scores = {name: _score(read(sample)) for name, read in _LEGACY.items()}
    best = max(scores, key=lambda name: scores[name] + (0.5 if name == declared else 0))
    if scores[best] >= _MIN_EVIDENCE:
        return Decoded(text=_LEGACY[best](body), encoding=best, repaired=False)
    codec = declared or "cp1252"
    if codec in _LEGACY:
        return Decoded(text=_LEGACY[codec](body), encoding=codec, repaired=False)
    text = body.decode(codec, "replace")
    return Decoded(text=text, encoding=codec, repaired="\ufffd" in text)


_ALIASES = {
    "cp1258": "windows-1258",
    "x-viet-tcvn5712": "tcvn3",
    "x-viet-tcvn": "tcvn3",
    "x-viet-vps": "vps",
    "x-viet-vni": "vni",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
}


def _known_codec(name: str | None) -> str | None:
    if not name:
        return None
    name = name.strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    if name in _LEGACY:
        return name
    try:
        codec = codecs.lookup(name).name
        # Some codecs (zip, hex) give no text; only a byte shows it.
        b"a".decode(codec, "replace")
    except (LookupError, ValueError):
        return None
    return None if codec in {"idna", "punycode", "undefined", "utf-8", "utf-7"} else codec


def _meta_charset(body: bytes) -> str | None:
    match = _META_CHARSET.search(body, 0, 4096)
    return _known_codec(match.group(1).decode("ascii", "replace")) if match else None


def _sample_bytes(body: bytes) -> bytes:
    """The visible bytes with letters beyond ASCII in them, as much as is worth scoring."""
    shown = _without_code(body[: 30 * _SAMPLE_CHARACTERS].decode("latin-1"))
    visible = _TAGS_AND_REFERENCES.sub(" ", shown).encode("latin-1")
    lines = [line for line in re.split(rb"[\r\n]+", visible) if not line.isascii()]
    return b"\n".join(lines)[:_SAMPLE_CHARACTERS]


def _without_code(text: str) -> str:
    """A page without its scripts and style sheets."""
    lowered = text.lower()
    parts, position = [], 0
    while (opening := _CODE.search(text, position)) is not None:
        end = lowered.find(f"</{opening.group(1).lower()}", opening.end())
        if end < 0:
            break
        parts.append(text[position : opening.start()])
        position = end
    return " ".join([*parts, text[position:]])


def _score(text: str) -> float:
    """Good words less broken ones; letters that Vietnamese never writes weigh as broken words do."""
    good, bad = accented_balance(text)
    return good - 2.0 * bad


# --- valid Unicode that carries older damage ------------------------------------------------------------------

_THREE_BYTES_AS_CP1252 = ("áº", "á»", "Ã¡Â")
_CP1252_HIGH = {bytes([byte]).decode("cp1252"): chr(byte) for byte in range(0x80, 0xA0) if byte not in _CP1252_HOLES}
_TO_BYTES = str.maketrans(_CP1252_HIGH)
_FROM_BYTES = str.maketrans({byte: letter for letter, byte in _CP1252_HIGH.items()})
_MOJIBAKE = re.compile(f"[\u00c2-\u00f4][\u0080-\u00f4{''.join(_CP1252_HIGH)}]{{1,1000000}}")
_LOST_BREAK_SPACE = re.compile("Ã (?=[ ,.;:!?<])")
_TEXT_RUN = re.compile(r'>[^<>]+<|"[^"<>]{2,5000}"|^[^<>]+$')
_EXTENDED_VIETNAMESE = re.compile(
    "[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]"
)
_LATIN1_LETTER = re.compile("[\u0080-\u00ff]")
_SURFACE_SIGNS = ("®", "ñ", "ð", "Ç", "\u00ad", "ö")
"""What đ (TCVN3, VNI, VISCII and Windows-1258, VPS) and ư look like when their bytes were read as Latin-1."""
_SURFACE_SIGN_BYTES = tuple(sign.encode() for sign in _SURFACE_SIGNS)


def _repair(text: str, encoding: str = "utf-8") -> Decoded:
    """Undo an earlier wrong decoding that is still visible in Unicode text."""
    repaired = False
    for _ in range(2):
        if sum(map(text.count, _THREE_BYTES_AS_CP1252)) < 3:
            break
        text = _MOJIBAKE.sub(_undo_cp1252, _LOST_BREAK_SPACE.sub("à", text))
        repaired = True
    if text.count("đ") < 3 and sum(map(text.count, _SURFACE_SIGNS)) >= _MIN_EVIDENCE:
        converted, name = _convert_surface(text)
        if name is not None:
            converted = as_capitals(converted) if name == "tcvn3" else converted
            return Decoded(text=converted, encoding=name, repaired=True)
    return Decoded(text=text, encoding=encoding, repaired=repaired)


def _cp1252_byte(character: str) -> bytes:
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1", "ignore")


def _undo_cp1252(match: re.Match[str]) -> str:
    """A run of letters as the UTF-8 it once was; letters that are none of it stay as they are."""
    raw = match.group().translate(_TO_BYTES).encode("latin-1")
    decoded = raw.decode("utf-8", "surrogateescape")
    return _NOT_UTF8.sub(lambda escape: chr(ord(escape.group()) - 0xDC00).translate(_FROM_BYTES), decoded)


_NOT_UTF8 = re.compile("[\udc80-\udcff]")


def _convert_surface(text: str) -> tuple[str, str | None]:
    """Legacy bytes that were read as Latin-1: convert the text runs of the page that become words by it."""
    runs = [
        run for run in _TEXT_RUN.findall(text) if _LATIN1_LETTER.search(run) and not _EXTENDED_VIETNAMESE.search(run)
    ]
    sample = " ".join(runs)[:_SAMPLE_CHARACTERS]
    before = _score(sample)
    scores = {name: _score(_from_surface(sample, name)) for name in _LEGACY}
    best = max(scores, key=scores.__getitem__)
    if scores[best] < _MIN_EVIDENCE or scores[best] < before + _MIN_EVIDENCE:
        return text, None

    def convert_run(match: re.Match[str]) -> str:
        run = match.group()
        if _EXTENDED_VIETNAMESE.search(run) or not _LATIN1_LETTER.search(run):
            return run
        converted = _from_surface(run, best)
        return converted if _score(converted) >= _score(run) else run

    return _TEXT_RUN.sub(convert_run, text), best


def _from_surface(text: str, name: str) -> str:
    if name == "windows-1258":
        return _windows_1258(
            b"".join(_cp1252_byte(letter) if ord(letter) > 127 else letter.encode() for letter in text)
        )
    return str(convert(text, CHARMAPS[name]))
