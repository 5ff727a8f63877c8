"""A source's layout is learned from its first pages, used, and learned anew when it changes, through the real loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from processor.service import Processor
from reformwatch.compose import built_processor
from reformwatch.settings import Settings
from store import migrate
from store.bus.open import open_bus
from store.database import Database
from store.events import PAGES, TOPICS, encode_page
from store.frontier import Frontier, SourceRecord
from store.models import SourceEvent
from store.profiles import LAYOUT_CHANGED, PROFILE_LEARNED, profiles, selectors
from tests.parts.pages import OTHER, REFORM, event

SENTENCES = (*REFORM, *OTHER)
STEP = 3


def portal(number: int) -> bytes:
    """A page of a portal that keeps its text in a table cell with an id."""
    return _page(number, '<td id="noi-dung">{text}</td>')


def relaunched(number: int) -> bytes:
    """The same portal after its relaunch: other elements, other names."""
    return _page(number, '<td><section class="chi-tiet-bai"><div class="than-bai">{text}</div></section></td>')


def _page(number: int, cell: str) -> bytes:
    lines = [f"{SENTENCES[(number + turn) % len(SENTENCES)]} Số {number}.{turn}." for turn in range(8)]
    text = f"<h1>Bản tin số {number} của cổng thông tin</h1>" + "".join(f"<p>{line}</p>" for line in lines)
    menu = "".join(f"<li><a href=/{item}>Mục {item}</a></li>" for item in range(20))
    return (
        f"<html><head><title>Bản tin số {number} của cổng thông tin</title></head><body><ul>{menu}</ul>"
        f"<table><tr>{cell.format(text=text)}</tr></table><div class=footer>Giấy phép số 1</div></body></html>"
    ).encode()


@pytest.mark.timeout(180)
def test_layout_is_learned_used_and_learned_anew_after_a_relaunch(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'r.db'}")
    migrate.upgrade(database)
    bus = open_bus(f"embedded:///{tmp_path / 'bus.db'}")
    bus.create_topics(TOPICS)

    def publish(bodies: Iterable[tuple[int, bytes]]) -> None:
        records = [encode_page(replace(event(number), body=body)) for number, body in bodies]
        bus.publish_many(PAGES, records)

    def process_until(kind: str, count: int, processor: Processor, first: int, page: object) -> int:
        """Feed further pages until the event stands there so often; returns the next number."""
        for number in range(first, first + 200, STEP):
            assert callable(page)
            publish((following, page(following)) for following in range(number, number + STEP))
            processor.drain(quiet_polls=1)
            with database.read() as connection:
                query = sa.text("SELECT count(*) FROM source_events_v1 WHERE kind = :kind")
                if connection.scalar(query, {"kind": kind}) == count:
                    return number + STEP
            time.sleep(0.05)
        raise AssertionError(f"no {kind}")

    with built_processor(Settings(data=tmp_path, workers=1), database, bus) as processor:
        following = process_until(PROFILE_LEARNED, 1, processor, 0, portal)
        (learned,) = profiles(database, source_id="example", active=True)
        assert "noi-dung" in str(learned.profile["body"])
        assert len(learned.evidence) == 6

        publish([(following, portal(following))])
        processor.drain(quiet_polls=1)
        following = process_until(LAYOUT_CHANGED, 1, processor, following + 1, relaunched)
        assert profiles(database, source_id="example", active=True) == []
        process_until(PROFILE_LEARNED, 2, processor, following, relaunched)
        (anew,) = profiles(database, source_id="example", active=True)
        assert anew.version == 2
        assert "noi-dung" not in str(anew.profile["body"])

    with database.read() as connection:
        texts = connection.scalars(sa.text("SELECT text FROM article_version")).all()
        pages = connection.scalar(sa.text("SELECT count(*) FROM page_outcome"))
    assert len(texts) == pages, "every page was read, whatever the layout"
    assert not any("Mục" in text or "Giấy phép" in text for text in texts)
    bus.close()
    database.close()


def misleading(number: int) -> bytes:
    """The text that is wanted stands in a small box beside a long one."""
    wanted = "".join(f"<p>{SENTENCES[turn % len(SENTENCES)]} Mục {number}.{turn}.</p>" for turn in range(4))
    decoy = "".join(f"<p>Lời rao {number}.{turn}: {SENTENCES[turn % len(SENTENCES)]}</p>" for turn in range(30))
    return (
        f"<html><head><title>Cổng</title></head><body><div class=tieu-de>Bản tin số {number} của cổng</div>"
        f"<div class=hop>{wanted}</div><article>{decoy}</article></body></html>"
    ).encode()


@pytest.mark.timeout(180)
def test_selectors_of_the_registry_win_from_the_first_page_and_stay_although_pages_stop_fitting(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'r.db'}")
    migrate.upgrade(database)
    bus = open_bus(f"embedded:///{tmp_path / 'bus.db'}")
    bus.create_topics(TOPICS)
    described = SourceRecord(
        id="example",
        name="Cổng",
        kind="portal",
        home="https://example.vn/",
        province_then=None,
        official=True,
        selectors={"title": ".tieu-de", "body": "div.hop"},
    )
    Frontier(database).register([described], now=datetime.now(UTC))

    def process(processor: Processor, numbers: Iterable[int], page: Callable[[int], bytes]) -> None:
        for number in numbers:
            bus.publish_many(PAGES, [encode_page(replace(event(number), body=page(number)))])
            processor.drain(quiet_polls=1)

    def texts() -> list[str]:
        with database.read() as connection:
            return list(connection.scalars(sa.text("SELECT text FROM article_version")))

    with built_processor(Settings(data=tmp_path, workers=1), database, bus) as processor:
        process(processor, range(8), misleading)
        assert len(texts()) == 8
        assert not any("Lời rao" in text for text in texts())
        # Ten pages that do not fit are told once, not again with each of the next ten.
        process(processor, range(8, 28), portal)
        process(processor, [28], misleading)
        assert not any("Lời rao" in text for text in texts())
        assert len(texts()) == 29

    assert profiles(database, source_id="example") == []
    with database.read() as connection:
        (told,) = connection.execute(sa.select(SourceEvent.kind, SourceEvent.detail)).all()
    assert (told.kind, told.detail["hand_written"], len(told.detail["pages"])) == (LAYOUT_CHANGED, True, 10)

    Frontier(database).register([replace(described, selectors=None)], now=datetime.now(UTC))
    assert selectors(database) == {}
    bus.close()
    database.close()
