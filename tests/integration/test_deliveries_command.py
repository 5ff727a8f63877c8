"""`reformwatch deliveries`, as an operator uses it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from alerts.channel import Alert, DeliveryRefused
from alerts.service import AlertService
from alerts.settings import AlertSettings
from store import migrate
from store.database import Database
from store.events import REPORTS, encode_report
from tests.parts.alert_process import SECRET
from tests.parts.list_bus import ListBus
from tests.parts.reports import report
from tests.parts.webhook_receiver import Answer, WebhookReceiver


class Refusing:
    name = "webhook"

    def send(self, alert: Alert) -> None:
        raise DeliveryRefused("the receiver answered 410")


@pytest.fixture
def failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger with one delivery that was given up."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    monkeypatch.setenv("REFORMWATCH_DATABASE", url)
    database = Database(url)
    migrate.upgrade(database)
    bus = ListBus({REPORTS.name: [encode_report(report(1))]})
    AlertService(database, bus, AlertSettings(), channels=[Refusing()]).drain()
    database.close()


def run(*arguments: str) -> tuple[int, str]:
    """The exit code and both outputs, from a process as an operator starts it."""
    command = [sys.executable, "-m", "reformwatch", "deliveries", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + (done.stderr if done.returncode else "")


@pytest.mark.usefixtures("failed")
def test_a_failed_delivery_is_listed_with_its_reason_and_tried_again() -> None:
    [record] = json.loads(run("list", "--json")[1])
    assert (record["channel"], record["state"], record["attempts"]) == ("webhook", "failed", 1)
    assert "the receiver answered 410" in run("list", "--state", "failed")[1]
    assert "1 deliveries" in run("retry", "webhook")[1]
    [record] = json.loads(run("list", "--state", "pending", "--json")[1])
    assert record["attempts"] == 0
    assert "0 deliveries" in run("retry", "webhook")[1]


@pytest.mark.usefixtures("failed")
def test_an_unknown_state_is_refused() -> None:
    code, output = run("list", "--state", "lost")
    assert code == 2
    assert "suppressed" in output


def test_a_test_message_takes_the_way_of_alerts_and_tells_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    with WebhookReceiver() as receiver:
        monkeypatch.setenv("REFORMWATCH_WEBHOOK_URL", receiver.url())
        monkeypatch.setenv("REFORMWATCH_WEBHOOK_SECRET", SECRET)
        monkeypatch.setenv("REFORMWATCH_ALLOWED_NETWORKS", "127.0.0.0/8")
        assert "webhook: confirmed" in run("test")[1]
        assert json.loads(receiver.received[0].body)["type"] == "test"
        receiver.behaviour = lambda _: Answer(500)
        code, output = run("test")
    assert code == 1
    assert "webhook: the receiver answered 500" in output
