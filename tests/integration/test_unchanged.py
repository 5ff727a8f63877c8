"""A page whose bytes are known, judged by the rules of today, is recognised by its announced hash alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from reformwatch.compose import built_processor
from reformwatch.settings import Settings
from store import migrate, quarantine
from store.bus.open import open_bus
from store.database import Database
from store.events import PAGES, TOPICS, encode_page
from store.status import collect
from tests.parts.pages import event


def test_a_known_body_is_not_even_unpacked_and_an_unknown_one_is(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'r.db'}")
    migrate.upgrade(database)
    bus = open_bus(f"embedded:///{tmp_path / 'bus.db'}")
    bus.create_topics(TOPICS)
    first = event(1)
    known = encode_page(replace(first, fetched_at=first.fetched_at + timedelta(hours=6)))
    other = encode_page(replace(first, body=b"other", fetched_at=first.fetched_at + timedelta(hours=7)))
    with built_processor(Settings(data=tmp_path, workers=1), database, bus) as processor:
        bus.publish_many(PAGES, [encode_page(first)])
        processor.drain(quiet_polls=1)
        # Nobody could unpack these: that one of them is no fault shows that nobody tried.
        bus.publish_many(PAGES, [replace(known, value=b"not zstd"), replace(other, value=b"not zstd")])
        processor.drain(quiet_polls=1)
    assert collect(database, bus).outcomes == {"not_a_report": 1, "unchanged": 1, "quarantined": 1}
    assert quarantine.counts(database) == {"rejected": 1}
    bus.close()
    database.close()
