"""The demo portal: three sites on loopback, with what real ones have: reports, other news, doubles, traps and rubbish.

The sites listen on 127.0.0.1, .2 and .3 where the system has these addresses (Linux does), since a polite crawler makes
one request at a time per host; elsewhere all are on 127.0.0.1 and are read one after the other.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

from reformwatch.demo import dresses, hostile
from reformwatch.demo.articles import DemoArticle, Dress, fresh_report, other_articles, seed_articles
from reformwatch.demo.dresses import Placed
from store.errors import NeverValid

FIRST_NUMBER: Final = {Dress.PORTAL: 101, Dress.NEWS: 1001, Dress.BOARD: 501}
ADDRESSES: Final = {Dress.PORTAL: "127.0.0.1", Dress.NEWS: "127.0.0.2", Dress.BOARD: "127.0.0.3"}
PRIVATE_ADDRESS: Final = "http://169.254.169.254/latest/meta-data/"
HTML: Final = "text/html; charset=utf-8"
MAX_REQUESTS_KEPT: Final = 10_000


class PageKind(StrEnum):
    """What a good crawler and processor make of a page."""

    REPORT = "report"
    OTHER = "other"
    HOSTILE = "hostile"
    EMPTY = "empty"
    LOGIN = "login"
    FOREIGN = "foreign"
    DOCUMENT = "document"
    PICTURE = "picture"
    REDIRECT = "redirect"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoPage:
    """A page that the sites announce."""

    url: str
    title: str
    kind: PageKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    body: Callable[[], bytes]
    """Made when asked for: a hostile page should cost nothing until somebody wants it."""
    content_type: str = HTML
    status: int = 200
    location: str | None = None


@dataclass(slots=True)
class _Site:
    dress: Dress
    server: _Server
    answers: dict[str, Answer] = field(default_factory=dict)
    placed: list[Placed] = field(default_factory=list)
    further: list[tuple[str, str]] = field(default_factory=list)
    """Announced pages that are no articles: path and title."""
    thread: threading.Thread | None = None

    @property
    def base(self) -> str:
        host, port = self.server.server_address[:2]
        return f"http://{host!s}:{port}"


class DemoSite:
    """A context manager around the three sites. Reading and publishing may happen at the same time."""

    def __init__(self, *, port: int = 0, now: datetime | None = None) -> None:
        """Bind the sockets. With a port the sites take it and, on one address, the next two. Raises `NeverValid`."""
        self.started_at = now or datetime.now(UTC)
        self._lock = threading.Lock()
        self._pages: list[DemoPage] = []
        self._fresh = 0
        self._requests: deque[tuple[Dress, str]] = deque(maxlen=MAX_REQUESTS_KEPT)
        self._sites = {dress: self._bind(dress, port + number if port else 0) for number, dress in enumerate(Dress)}
        self._build()

    def __enter__(self) -> Self:
        for site in self._sites.values():
            site.thread = threading.Thread(
                target=site.server.serve_forever, kwargs={"poll_interval": 0.1}, name=f"demo-{site.dress}", daemon=True
            )
            site.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for site in self._sites.values():
            if site.thread is not None:
                site.server.shutdown()
                site.thread.join()
            site.server.server_close()

    @property
    def bases(self) -> Mapping[Dress, str]:
        """The address of each site, without a slash at its end."""
        return {dress: site.base for dress, site in self._sites.items()}

    @property
    def pages(self) -> tuple[DemoPage, ...]:
        """Everything the sites announce, each page once."""
        with self._lock:
            return tuple(self._pages)

    @property
    def reports(self) -> Mapping[str, str]:
        """Title by URL of the pages that are reform reports."""
        return {page.url: page.title for page in self.pages if page.kind is PageKind.REPORT}

    @property
    def requests(self) -> tuple[tuple[Dress, str], ...]:
        """Site and path of the last requests, oldest first."""
        with self._lock:
            return tuple(self._requests)

    def publish_new_article(self) -> DemoPage:
        """Put a reform report that was not there before into the newspaper and its feed."""
        with self._lock:
            article = fresh_report(self._fresh, datetime.now(UTC))
            self._fresh += 1
            page = self._place(article)
            self._announce()
            return page

    def _bind(self, dress: Dress, port: int) -> _Site:
        for address in (ADDRESSES[dress], ADDRESSES[Dress.PORTAL]):
            try:
                server = _Server((address, port), _Handler)
            except OSError as error:
                failure = error
            else:
                server.site = self
                server.dress = dress
                return _Site(dress, server)
        raise NeverValid(f"the demo portal cannot listen on {address}:{port}: {failure.strerror}")

    def _build(self) -> None:
        for article in [*other_articles(self.started_at), *seed_articles()]:
            self._place(article)
        self._add_portal_rubbish()
        self._add_news_traps()
        self._add_board_traps()
        for site in self._sites.values():
            site.answers["/robots.txt"] = Answer(body=_constant(_robots(site)), content_type="text/plain")
            site.answers["/images/toan-canh.png"] = Answer(body=hostile.picture, content_type="image/png")
        self._announce()

    def _place(self, article: DemoArticle) -> DemoPage:
        site = self._sites[article.dress]
        number = FIRST_NUMBER[article.dress] + len(site.placed)
        placed = Placed(article=article, base=site.base, path=dresses.path_of(article, number))
        site.placed.insert(0, placed)
        related = [item for item in site.placed if item is not placed][:4]
        body = dresses.render(placed, related=related, now=self.started_at)
        site.answers[placed.path] = Answer(body=_constant(body))
        page = DemoPage(
            url=placed.url, title=article.title, kind=PageKind.REPORT if article.is_report else PageKind.OTHER
        )
        self._pages.append(page)
        return page

    def _add_portal_rubbish(self) -> None:
        detail = "/Lists/TinTuc/View_Detail.aspx?ItemID="
        title = "Thông báo lịch tiếp công dân"
        document = "/Lists/TinTuc/Attachments/12/ke-hoach.pdf"
        login = _constant(dresses.page_text("login.html"))
        self._add(Dress.PORTAL, f"{detail}190", "Tài liệu nội bộ", PageKind.LOGIN, Answer(body=login))
        empty = _constant(hostile.empty_post(title))
        self._add(Dress.PORTAL, f"{detail}191", title, PageKind.EMPTY, Answer(body=empty))
        foreign = Answer(body=hostile.english_page)
        self._add(Dress.PORTAL, f"{detail}192", "A new gallery by the river", PageKind.FOREIGN, foreign)
        pdf = Answer(body=hostile.pdf, content_type="application/pdf")
        self._add(Dress.PORTAL, document, "Kế hoạch (tệp PDF)", PageKind.DOCUMENT, pdf)

    def _add_news_traps(self) -> None:
        bomb = Answer(body=hostile.attribute_bomb)
        self._add(Dress.NEWS, "/tin/tin-nhanh-post1901.html", "Tin nhanh", PageKind.HOSTILE, bomb)
        inward = Answer(body=_constant(b""), status=302, location=PRIVATE_ADDRESS)
        self._add(Dress.NEWS, "/tin/chuyen-trang-post1902.html", "Chuyển trang", PageKind.REDIRECT, inward)
        picture = Answer(body=hostile.picture, content_type="image/png")
        self._add(Dress.NEWS, "/tin/anh-post1903.html", "Ảnh toàn cảnh", PageKind.PICTURE, picture)

    def _add_board_traps(self) -> None:
        nested = Answer(body=hostile.nesting_bomb)
        self._add(Dress.BOARD, "/chi-tiet/901/tin-nhanh", "Tin nhanh", PageKind.HOSTILE, nested)
        private = Answer(body=_constant(b"<html><body><p>Noi bo</p></body></html>"))
        self._add(Dress.BOARD, "/noi-bo/bao-cao-902", "Báo cáo nội bộ", PageKind.FORBIDDEN, private)

    def _add(self, dress: Dress, path: str, title: str, kind: PageKind, answer: Answer) -> None:
        site = self._sites[dress]
        site.answers[path] = answer
        site.further.append((path, title))
        self._pages.append(DemoPage(url=site.base + path, title=title, kind=kind))

    def _announce(self) -> None:
        """Write the list page, the feed and the sitemaps anew."""
        now = datetime.now(UTC)
        portal, news, board = (self._sites[dress] for dress in (Dress.PORTAL, Dress.NEWS, Dress.BOARD))
        listing = dresses.portal_list(portal.base, portal.placed, portal.further)
        portal.answers["/Lists/TinTuc/AllItems.aspx"] = Answer(body=_constant(listing))
        feed = dresses.rss(news.base, news.placed, news.further, now)
        news.answers["/rss/home.rss"] = Answer(body=_constant(feed), content_type="application/rss+xml; charset=utf-8")
        urls = [item.url for item in board.placed] + [board.base + path for path, _ in board.further]
        packed = gzip.compress(dresses.sitemap(urls, self.started_at), mtime=0)
        board.answers["/sitemap-tin.xml.gz"] = Answer(body=_constant(packed), content_type="application/gzip")
        index = dresses.sitemap_index([f"{board.base}/sitemap-tin.xml.gz"], self.started_at)
        board.answers["/sitemap.xml"] = Answer(body=_constant(index), content_type="application/xml")

    def answer(self, dress: Dress, path: str) -> Answer | None:
        """What the site says to a path, noting that it was asked for. Marks of a campaign make no difference."""
        plain = path.split("&utm_", 1)[0].split("?utm_", 1)[0]
        with self._lock:
            self._requests.append((dress, path))
            return self._sites[dress].answers.get(plain)


def _constant(body: bytes) -> Callable[[], bytes]:
    return lambda: body


def _robots(site: _Site) -> bytes:
    sitemap_line = f"Sitemap: {site.base}/sitemap.xml\n" if site.dress is Dress.BOARD else ""
    return f"User-agent: *\nDisallow: /noi-bo/\nDisallow: /_layouts/\n{sitemap_line}".encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 32
    site: DemoSite
    dress: Dress

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A crawler that has read enough closes the connection: no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "DemoPortal"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 10

    def do_GET(self) -> None:
        answer = self.server.site.answer(self.server.dress, self.path)
        if answer is None:
            self._send(404, b"<html><body><h1>404</h1></body></html>", HTML)
            return
        body = answer.body()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if answer.status == 200 and self.headers.get("If-None-Match") == etag:
            self._send(304, b"", answer.content_type, {"ETag": etag})
            return
        further = {"ETag": etag} if answer.status == 200 else {}
        self._send(
            answer.status,
            body,
            answer.content_type,
            further | ({"Location": answer.location} if answer.location else {}),
        )

    def _send(self, status: int, body: bytes, content_type: str, further: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (further or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """The demo tells its own story."""
