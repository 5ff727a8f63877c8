"""From an article on a real site to the files it links: asked for politely, read, joined to it, and told once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY

from alerts.service import AlertService
from alerts.settings import AlertSettings
from reformwatch.compose import built_processor
from reformwatch.settings import Settings
from store.outbox import OutboxRelay
from tests.acceptance.command import reformwatch
from tests.parts.crawl_scene import CrawlScene, crawl_scene
from tests.parts.crawler_process import source
from tests.parts.documents import DECISION, layout, pdf, word_file
from tests.parts.pages import OTHER, REFORM
from tests.parts.site import Answer, Site, rss

PDF_TYPE = "application/pdf"


@pytest.fixture
def scene(tmp_path: Path, database_url: str) -> Iterator[CrawlScene]:
    with crawl_scene(tmp_path, database_url=database_url) as built:
        yield built


def article(title: str, sentences: tuple[str, ...], links: str) -> str:
    text = "".join(f"<p>{sentence} {sentences[0]}</p>" for sentence in sentences)
    return (
        f"<html lang=vi><head><title>{title}</title></head><body>"
        f"<ul class=menu><li><a href=/menu.pdf>Lịch công tác tuần</a></li></ul><h1>{title}</h1>"
        f"<div class=detail><div class=content>{text}</div>{links}</div>"
        "<div class=related><a href=/khac.docx>Báo cáo khác</a></div></body></html>"
    )


def publish_site(site: Site) -> None:
    links = (
        "<div class=attach>Tệp đính kèm: <a href='/tep/quyet%20dinh.pdf#page=1'>Tải về</a> "
        "<a href=/tep/ke-hoach.docx>Kế hoạch của đội bóng</a> <a href=/tep/quet.pdf>Bản quét</a> "
        "<a href=/cam/mat.pdf>Phụ lục</a> <a href=http://127.0.0.2/ngoai.pdf>Nơi khác</a></div>"
    )
    site.put("/feed.xml", rss([(site.url("/bai"), "Đẩy mạnh cải cách hành chính"), (site.url("/bong"), "Bóng đá")]))
    site.put("/bai", article("Đẩy mạnh cải cách hành chính", REFORM, links))
    site.put("/bong", article("Đội bóng của tỉnh thắng trận", OTHER, "<p><a href=/tep/lich.pdf>Lịch đấu</a></p>"))
    site.put("/robots.txt", Answer(b"User-agent: *\nDisallow: /cam/\n", content_type="text/plain"))
    site.put("/tep/quyet dinh.pdf", Answer(pdf([layout(DECISION)]), content_type=PDF_TYPE))
    site.put("/tep/quyet%20dinh.pdf", Answer(pdf([layout(DECISION)]), content_type=PDF_TYPE))
    site.put("/tep/ke-hoach.docx", Answer(word_file(*OTHER, *OTHER), content_type="application/octet-stream"))
    site.put("/tep/quet.pdf", Answer(pdf([[], []]), content_type=PDF_TYPE))
    site.put("/tep/lich.pdf", Answer(pdf([layout("\n".join((*OTHER, *OTHER)))]), content_type=PDF_TYPE))


def rows(scene: CrawlScene, sql: str) -> list[Any]:
    with scene.database.read() as connection:
        return [tuple(row) for row in connection.execute(sa.text(sql))]


def told(scene: CrawlScene) -> dict[str, tuple[str, str | None]]:
    """By path of the report: state and reason in the ledger of alerts."""
    ledger = rows(scene, "SELECT payload, state, last_error FROM alert_delivery")
    found = {}
    for payload, state, why in ledger:
        data = (json.loads(payload) if isinstance(payload, str) else payload)["data"]
        found["/" + data["url"].split("/", 3)[3]] = (state, why)
    return found


@pytest.mark.timeout(300)
def test_the_files_of_an_article_are_fetched_joined_to_it_and_not_told_again(scene: CrawlScene) -> None:
    settings = Settings(data=scene.folder, workers=1, database=scene.database_url)
    with Site() as site, built_processor(settings, scene.database, scene.bus) as processor:
        publish_site(site)
        scene.register(source("aa", {"feed": site.url("/feed.xml")}, exclude=[r"\.xlsx$"]))
        scene.crawl()
        processor.drain(quiet_polls=1)
        waiting = rows(scene, "SELECT document_url, outcome FROM documents_v1")
        assert {outcome for _, outcome in waiting} == {"pending"}
        scene.crawl(delay_seconds=0.2)
        scans = REGISTRY.get_sample_value("reformwatch_scanned_documents_total") or 0
        processor.drain(quiet_polls=1)
        assert REGISTRY.get_sample_value("reformwatch_scanned_documents_total") == scans + 1

        fetched = [path for path in site.paths() if path not in {"/robots.txt", "/feed.xml"}]
        assert sorted(fetched) == [
            "/bai",
            "/bong",
            "/tep/ke-hoach.docx",
            "/tep/lich.pdf",
            "/tep/quet.pdf",
            "/tep/quyet%20dinh.pdf",
        ], "nothing twice, nothing of the menu or of other articles, nothing that robots.txt forbids"
        assert site.most_at_once == 1
        files = [path for path in site.paths() if path.startswith("/tep/") and path != "/tep/lich.pdf"]
        order = ["/tep/quyet%20dinh.pdf", "/tep/ke-hoach.docx", "/tep/quet.pdf"]
        assert files == order, "in the order of the article"
        times = [arrival.at for arrival in site.arrivals if arrival.path.startswith("/tep/")]
        assert all(later - earlier > 0.15 for earlier, later in pairwise(times))

        url = site.url("/bai")
        assert {event.url: event.linked_from for event in scene.published()} == {
            url: None,
            site.url("/bong"): None,
            site.url("/tep/quyet%20dinh.pdf"): url,
            site.url("/tep/ke-hoach.docx"): url,
            site.url("/tep/quet.pdf"): url,
            site.url("/tep/lich.pdf"): site.url("/bong"),
        }
        columns = "document_url, link_text, outcome, reason, published_on, scanned, document_id IS NULL"
        found = rows(scene, f"SELECT {columns} FROM documents_v1 WHERE is_report ORDER BY position")
        published = found[0][4] if isinstance(found[0][4], date) else date.fromisoformat(found[0][4])
        assert published == date(2025, 2, 13)
        base = site.url("/")
        assert [(row[0].removeprefix(base), *row[1:4], bool(row[5]), bool(row[6])) for row in found] == [
            ("tep/quyet%20dinh.pdf", "Tải về", "report", None, False, False),
            ("tep/ke-hoach.docx", "Kế hoạch của đội bóng", "not_a_report", None, False, False),
            ("tep/quet.pdf", "Bản quét", "not_an_article", "scanned", True, True),
            ("cam/mat.pdf", "Phụ lục", "refused", found[3][3], False, True),
        ]
        assert found[3][3].startswith("robots_denied")

        OutboxRelay(scene.database, scene.bus).relay_once()
        AlertService(scene.database, scene.bus, AlertSettings(max_published_age_days=0)).drain()
        (parent,) = (row[0] for row in rows(scene, f"SELECT report_id FROM reports_v1 WHERE url = '{url}'"))
        assert told(scene) == {
            "/bai": ("sent", None),
            "/tep/quyet%20dinh.pdf": ("suppressed", f"an attachment of the report {parent}"),
        }

        shown = reformwatch("trace", url, folder=scene.folder, settings={"DATABASE": scene.database_url})
        assert shown.code == 0, shown.errors
        lines = [line for line in shown.output.splitlines() if line.startswith("document: ")]
        assert len(lines) == 4
        assert "quyet%20dinh.pdf report: QUYẾT ĐỊNH Về việc ban hành Kế hoạch cải cách hành chính" in lines[0]
        assert lines[2].endswith("/tep/quet.pdf not_an_article (scanned): Bản quét")


@pytest.mark.timeout(300)
def test_a_source_that_is_told_so_is_not_asked_for_files(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, workers=1)
    with (
        crawl_scene(tmp_path) as scene,
        Site() as site,
        built_processor(settings, scene.database, scene.bus) as processor,
    ):
        publish_site(site)
        scene.register(source("aa", {"feed": site.url("/feed.xml")}, documents=False))
        scene.crawl()
        processor.drain(quiet_polls=1)
        scene.crawl()
        assert {path for path in site.paths() if path.endswith((".pdf", ".docx"))} == set()
        assert rows(scene, "SELECT count(*) FROM documents_v1") == [(0,)]


@pytest.mark.timeout(300)
def test_a_crawler_that_runs_notices_files_that_it_did_not_discover_itself(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, workers=1)
    with (
        crawl_scene(tmp_path) as scene,
        Site() as site,
        built_processor(settings, scene.database, scene.bus) as processor,
    ):
        publish_site(site)
        scene.register(source("aa", {"feed": site.url("/feed.xml")}))
        with scene.crawling():
            scene.wait_until(lambda: [row.state for row in scene.pages().values()] == ["fetched", "fetched"])
            processor.drain(quiet_polls=1)
            scene.wait_until(lambda: "discovered" not in {row.state for row in scene.pages().values()})
        assert scene.pages()["/tep/quyet%20dinh.pdf"].state == "fetched"
        assert len(site.paths()) == len(set(site.paths()))
