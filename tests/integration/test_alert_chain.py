"""From the transaction that stores a report to the receiver of its alert, over each bus and each database."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from prometheus_client import REGISTRY

from alerts.channel import Alert, DeliveryFailed
from alerts.service import AlertService
from alerts.settings import AlertSettings, WebhookSettings
from store import migrate
from store.bus.base import Bus
from store.database import Database
from store.deliveries import Deliveries
from store.events import REPORTS, TOPICS, encode_report
from store.outbox import OutboxRelay
from tests.parts.alert_process import SECRET
from tests.parts.list_bus import ListBus
from tests.parts.outbox import put
from tests.parts.reports import report
from tests.parts.webhook_receiver import WebhookReceiver


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    migrate.upgrade(database)
    yield database
    database.close()


def settings(receiver: WebhookReceiver) -> AlertSettings:
    return AlertSettings(
        webhooks=(WebhookSettings(name="hook", url=receiver.url(), secrets=(SECRET,)),),
        allowed_networks=("127.0.0.0/8",),
        allow_plain_http=True,
    )


def test_a_stored_report_is_told_while_everything_runs(database: Database, bus: Bus) -> None:
    bus.create_topics(TOPICS)
    with WebhookReceiver() as receiver:
        stop = threading.Event()
        relay = OutboxRelay(database, bus)
        service = AlertService(database, bus, settings(receiver))
        threads = [threading.Thread(target=part, args=(stop,)) for part in (relay.run, service.run)]
        for thread in threads:
            thread.start()
        try:
            put(database, [report(1)])
            receiver.wait_for(1)
            put(database, [report(2), report(3)])
            received = receiver.wait_for(3)
        finally:
            stop.set()
            relay.wake()
            for thread in threads:
                thread.join()
    assert len(received) == 3
    assert {row[0]: row[1] for row in Deliveries(database).counts()} == {"log": "sent", "hook": "sent"}


def test_the_backlog_can_be_seen_while_a_channel_is_away(database: Database) -> None:
    class Away:
        name = "away"

        def send(self, alert: Alert) -> None:
            raise DeliveryFailed("nobody there")

    bus = ListBus({REPORTS.name: [encode_report(report(1))]})
    service = AlertService(database, bus, AlertSettings(), channels=[Away()])
    failed = {"channel": "away", "outcome": "failed"}
    assert REGISTRY.get_sample_value("reformwatch_alert_deliveries_total", failed) is not None, "or no increase shows"
    service.drain()
    service.observe()
    labels = {"channel": "away"}
    assert REGISTRY.get_sample_value("reformwatch_alerts_pending", labels) == 1
    assert (REGISTRY.get_sample_value("reformwatch_alerts_oldest_pending_seconds", labels) or 0) > 0
    relay = OutboxRelay(database, bus)
    relay.observe()
    assert REGISTRY.get_sample_value("reformwatch_outbox_waiting") == 0
