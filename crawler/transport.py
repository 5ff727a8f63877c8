"""Scrapy's HTTP handler with the bounds that it lacks: the size of a response's head, and certificates per host."""

from __future__ import annotations

from typing import Any, Final

from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]  # it ships no types

from crawler import metrics
from store.canonical import within_domains

DEFAULT_MAX_HEADER_BYTES: Final = 64 * 1024


class HeadersTooLarge(Exception):
    """The head of a response, informational ones included, went past the limit."""


class BoundedDownloadHandler(HTTP11DownloadHandler):
    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        limit = crawler.settings.getint("REFORMWATCH_MAX_HEADER_BYTES", DEFAULT_MAX_HEADER_BYTES)
        self._pool._factory = _bounded_factory(limit)
        policy: Any = _PerHostContextFactory(
            strict=self._contextFactory,
            lenient=_ScrapyClientContextFactory.from_crawler(crawler),
            lenient_domains=tuple(crawler.settings.getlist("REFORMWATCH_UNVERIFIED_DOMAINS")),
        )
        self._contextFactory = policy


@implementer(IPolicyForHTTPS)
class _PerHostContextFactory:
    """Verifies certificates but for the domains whose registry entry opts out."""

    def __init__(self, *, strict: Any, lenient: Any, lenient_domains: tuple[str, ...]) -> None:
        self._strict = strict
        self._lenient = lenient
        self._lenient._verify_certificates = False
        self._lenient_domains = lenient_domains

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802 - the interface's name
        if within_domains(hostname.decode("ascii", "replace").lower(), self._lenient_domains):
            metrics.UNVERIFIED_TLS.inc()
            return self._lenient.creatorForNetloc(hostname, port)
        return self._strict.creatorForNetloc(hostname, port)


def _bounded_factory(limit: int) -> type[_LenientHTTP11ClientFactory]:
    """Twisted makes the objects itself, from classes that it is given: the limit must be in the class."""

    class Parser(_BoundedParser):
        max_header_bytes = limit

    class Protocol(_LenientHTTP11ClientProtocol):
        def request(self, request: Any) -> Any:
            answer = super().request(request)
            # Twisted fixes the parser's class; Scrapy replaces it in this same way one step before.
            if self._parser is not None:
                self._parser.__class__ = Parser
            return answer

    class Factory(_LenientHTTP11ClientFactory):
        def buildProtocol(self, addr: Any) -> Protocol:  # noqa: N802 - the interface's name
            return Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]  # Twisted's

    return Factory


class _BoundedParser(_LenientHTTPClientParser):
    """Twisted bounds the length of a header line but not how many there are."""

    max_header_bytes = DEFAULT_MAX_HEADER_BYTES
    _header_bytes = 0

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        # Counts on through informational responses, of which there may be endlessly many.
        self._header_bytes += len(line) + 1
        if self._header_bytes > self.max_header_bytes:
            raise HeadersTooLarge(f"the head of the response is larger than {self.max_header_bytes} bytes")
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        raise HeadersTooLarge(f"the head of the response has a line longer than {self.MAX_LENGTH} bytes")
