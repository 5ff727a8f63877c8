"""The identity of a page: one URL for all the spellings under which a site, a feed or a reader's share button links it.

The canonical URL names a page; it is not what is fetched. So a rule may drop what servers ignore, but never what they
may read: `?ItemID=` is all that tells two SharePoint pages apart.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

import idna

from store.errors import NeverValid

MAX_URL_LENGTH: Final = 2083

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_TRACKING_PREFIXES: Final = ("utm_", "pk_", "mtm_", "matomo_", "aspsessionid", "zalo_", "hsa_", "oly_", "fb_")
# fmt: off
_TRACKING: Final = frozenset(
    {
        "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "igshid",
        "igsh", "mc_cid", "mc_eid", "_ga", "_gl", "_hsenc", "_hsmi", "zarsrc", "gidzl", "zclid", "jsessionid",
        "phpsessid", "sessionid", "session_id", "cfid", "cftoken", "s_kwcid", "wickedid", "vero_id", "_openstat",
    }
)
# fmt: on
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_KEPT: Final = _UNRESERVED | frozenset("!$&'()*+,;=:@/")
_QUERY_KEPT: Final = _UNRESERVED | frozenset("!$'()*+,;:@/?=&")
_ESCAPE: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_PATH_SESSION: Final = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)
_REMOVED: Final = dict.fromkeys(map(ord, "\t\r\n\0"))


class InvalidUrl(NeverValid):
    """The text is no address of a web page that may be fetched; the message says why."""


def canonical_url(url: str) -> str:
    """The canonical form, which is its own canonical form. Raises `InvalidUrl`."""
    text = _cleaned(url)
    if len(text) > MAX_URL_LENGTH:
        raise InvalidUrl(f"the URL is longer than {MAX_URL_LENGTH} characters: {text[:80]}…")
    parts = _split(text)
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise InvalidUrl(f"expected an http or https URL, got {text[:200]!r}")
    if "@" in parts.netloc:
        raise InvalidUrl(f"a URL with a user name is never fetched: {text[:200]!r}")
    path = _path(_PATH_SESSION.sub("", parts.path))
    query = _query(parts.query)
    canonical = f"{scheme}://{_host(parts)}{_port(parts, scheme)}{path}{'?' if query else ''}{query}"
    if len(canonical) > MAX_URL_LENGTH:
        raise InvalidUrl(f"the URL is longer than {MAX_URL_LENGTH} characters: {canonical[:80]}…")
    return canonical


def host_of(url: str) -> str:
    """The host of a URL as domains are compared: lower-case, ASCII, without port. Raises `InvalidUrl`."""
    return _host(_split(_cleaned(url)))


def within_domains(host: str, domains: tuple[str, ...]) -> bool:
    """Whether the host is one of the domains or lies under one."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _cleaned(url: str) -> str:
    return url.strip().translate(_REMOVED)


def _split(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError as error:
        raise InvalidUrl(f"not a URL ({error}): {text[:200]!r}") from error


def _host(parts: SplitResult) -> str:
    try:
        host = (parts.hostname or "").rstrip(".")
    except ValueError as error:
        raise InvalidUrl(f"not a host: {parts.netloc[:200]!r}") from error
    if not host:
        raise InvalidUrl(f"the URL names no host: {parts.geturl()[:200]!r}")
    if ":" in host:
        return f"[{host}]"
    if not host.isascii():
        try:
            # Other scripts have full stops of their own, which the standard turns into ours.
            host = idna.encode(host, uts46=True).decode("ascii").rstrip(".")
        except idna.IDNAError as error:
            raise InvalidUrl(f"not a host name ({error}): {host[:200]!r}") from error
    if not host or not all(letter in _UNRESERVED for letter in host):
        raise InvalidUrl(f"not a host name: {host[:200]!r}")
    return host.lower()


def _port(parts: SplitResult, scheme: str) -> str:
    try:
        port = parts.port
    except ValueError as error:
        raise InvalidUrl(f"not a port: {parts.netloc[:200]!r}") from error
    return "" if port in {None, _DEFAULT_PORTS[scheme]} else f":{port}"


def _path(path: str) -> str:
    kept: list[str] = []
    segments = _escaped(path, _PATH_KEPT).split("/")
    for segment in segments[1:] if segments[0] == "" else segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _query(query: str) -> str:
    kept = []
    for parameter in query.split("&"):
        name, _, _ = parameter.partition("=")
        lowered = name.lower()
        if parameter and lowered not in _TRACKING and not lowered.startswith(_TRACKING_PREFIXES):
            kept.append(_escaped(parameter, _QUERY_KEPT))
    # Stable: a repeated name keeps the order of its values, which servers do read.
    return "&".join(sorted(kept, key=lambda parameter: parameter.partition("=")[0]))


def _escaped(text: str, kept: frozenset[str]) -> str:
    """Escapes in capitals, nothing escaped that need not be, everything else escaped as UTF-8."""
    pieces: list[str] = []
    position = 0
    for match in _ESCAPE.finditer(text):
        pieces.append(_quoted(text[position : match.start()], kept))
        byte = int(match.group()[1:], 16)
        pieces.append(chr(byte) if chr(byte) in _UNRESERVED else f"%{byte:02X}")
        position = match.end()
    pieces.append(_quoted(text[position:], kept))
    return "".join(pieces)


def _quoted(text: str, kept: frozenset[str]) -> str:
    return "".join(
        letter if letter in kept else "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "replace"))
        for letter in text
    )
