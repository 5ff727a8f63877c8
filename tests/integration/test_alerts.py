"""From the topic of reports to the channels, on both databases: nothing lost, little repeated, nobody delayed."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from alerts.channel import Alert, Channel, DeliveryFailed, DeliveryRefused
from alerts.service import AlertService
from alerts.settings import AlertSettings, WebhookSettings
from store import migrate
from store.bus.base import Record
from store.database import Database
from store.errors import BusUnavailable
from store.events import REPORTS, FetchReason, ReportFound, encode_report
from tests.parts.alert_process import SECRET
from tests.parts.list_bus import ListBus
from tests.parts.postgres import PostgresServer
from tests.parts.reports import report
from tests.parts.webhook_receiver import Answer, Received, WebhookReceiver


class RecordingChannel:
    """Confirms everything, unless told to fail."""

    def __init__(self, name: str = "list") -> None:
        self.name = name
        self.sent: list[Alert] = []
        self.failures: list[DeliveryFailed | DeliveryRefused] = []

    def send(self, alert: Alert) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(alert)


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    migrate.upgrade(database)
    yield database
    database.close()


@pytest.fixture
def channel() -> RecordingChannel:
    return RecordingChannel()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def bus_with(*reports: ReportFound) -> ListBus:
    return ListBus({REPORTS.name: [encode_report(item) for item in reports]})


def service(
    database: Database, bus: ListBus, channels: Sequence[Channel], clock: Clock | None = None, **settings: Any
) -> AlertService:
    return AlertService(database, bus, AlertSettings(**settings), channels=channels, clock=clock or Clock())


def ledger(database: Database) -> list[Any]:
    with database.read() as connection:
        rows = connection.execute(
            sa.text("SELECT channel, state, attempts, last_error FROM alert_delivery ORDER BY channel, created_at, id")
        )
        return [tuple(row) for row in rows]


def position(database: Database) -> int | None:
    with database.read() as connection:
        value = connection.scalar(sa.text("""SELECT next_offset FROM position WHERE "group" = 'alerts'"""))
        return None if value is None else int(value)


def test_every_report_reaches_every_channel_once(database: Database) -> None:
    channels = [RecordingChannel("one"), RecordingChannel("two")]
    bus = bus_with(report(1), report(2))
    drained = service(database, bus, channels).drain()
    assert (drained.sent, drained.failed, drained.waiting) == (4, 0, 0)
    for channel in channels:
        assert sorted(alert.payload["data"]["report_id"] for alert in channel.sent) == [f"{1:032x}", f"{2:032x}"]
    assert (position(database), bus.noted) == (2, {0: 2})


def test_an_event_published_twice_alerts_once(database: Database, channel: RecordingChannel) -> None:
    first = service(database, bus_with(report(1), report(1)), [channel])
    first.drain()
    service(database, bus_with(report(1), report(1), report(1)), [channel]).drain()
    assert len(channel.sent) == 1
    assert position(database) == 3


def test_backfill_and_replay_are_recorded_and_nobody_is_told(database: Database, channel: RecordingChannel) -> None:
    bus = bus_with(report(1, reason=FetchReason.BACKFILL), report(2, reason=FetchReason.REPLAY))
    assert service(database, bus, [channel]).drain().suppressed == 2
    assert channel.sent == []
    assert [row[1] for row in ledger(database)] == ["suppressed", "suppressed"]


def test_an_event_that_cannot_be_read_is_kept_and_holds_nobody_up(
    database: Database, channel: RecordingChannel
) -> None:
    broken = Record(key="x", value=b"{}", headers={"ce_id": b"strange", "ce_type": b"vn.reformwatch.report.found.v9"})
    bus = ListBus({REPORTS.name: [broken, encode_report(report(1))]})
    assert service(database, bus, [channel]).drain().sent == 1
    with database.read() as connection:
        held = connection.execute(sa.text("SELECT id, reason, stage, topic FROM quarantine")).one()
    assert tuple(held) == ("strange", "rejected", "alert", REPORTS.name)


def test_text_that_no_database_takes_stops_nothing(database: Database, channel: RecordingChannel) -> None:
    strange = report(1, title="a\0b", report_id="x\0", pillars=("TT\0HC",))
    assert service(database, bus_with(strange, report(2)), [channel]).drain().sent == 2
    data = next(alert.payload["data"] for alert in channel.sent if alert.payload["data"]["url"] == strange.url)
    assert (data["title"], data["report_id"], data["pillars"]) == ("a\\0b", "x\\0", ["TT\\0HC"])


def test_a_failure_is_tried_again_later_and_then_given_up(
    database: Database, channel: RecordingChannel, clock: Clock
) -> None:
    channel.failures = [DeliveryFailed("away") for _ in range(3)]
    alerts = service(database, bus_with(report(1)), [channel], clock, max_attempts=3)
    assert alerts.drain().waiting == 1
    assert ledger(database) == [("list", "pending", 1, "away")]
    assert alerts.drain().waiting == 1, "the wait is not over"
    for attempts in (2, 3):
        clock.forward(hours=7)
        alerts.drain()
        assert ledger(database)[0][2] == attempts
    assert ledger(database) == [("list", "failed", 3, "away")]


def test_a_receiver_that_asks_for_a_pause_gets_it(database: Database, channel: RecordingChannel, clock: Clock) -> None:
    channel.failures = [DeliveryFailed("busy", retry_after_seconds=3600.0)]
    alerts = service(database, bus_with(report(1)), [channel], clock)
    alerts.drain()
    clock.forward(minutes=59)
    assert alerts.drain().waiting == 1
    clock.forward(minutes=2)
    assert alerts.drain().sent == 1


def test_a_refusal_is_final_for_its_alert_only(database: Database, channel: RecordingChannel) -> None:
    channel.failures = [DeliveryRefused("gone")]
    drained = service(database, bus_with(report(1), report(2)), [channel]).drain()
    assert (drained.failed, drained.sent) == (1, 1)


def test_a_dead_endpoint_is_probed_not_hammered(database: Database, channel: RecordingChannel, clock: Clock) -> None:
    channel.failures = [DeliveryFailed("away") for _ in range(100)]
    service(database, bus_with(*(report(number) for number in range(20))), [channel], clock).drain()
    assert len(channel.failures) == 98, "after the second failure in a row the channel rests"
    channel.failures = []
    clock.forward(minutes=2)
    alerts = service(database, bus_with(*(report(number) for number in range(20))), [channel], clock)
    assert alerts.drain().sent == 20, "and once it is back, everything arrives"


def test_a_delivery_left_in_flight_is_taken_over_when_its_lease_ends(
    database: Database, channel: RecordingChannel, clock: Clock
) -> None:
    class Interrupted(RecordingChannel):
        def send(self, alert: Alert) -> None:
            raise KeyboardInterrupt

    bus = bus_with(report(1))
    with pytest.raises(KeyboardInterrupt):
        service(database, bus, [Interrupted()], clock, lease_seconds=60).drain()
    alerts = service(database, bus, [channel], clock, lease_seconds=60)
    assert alerts.drain().waiting == 1, "the lease still runs"
    clock.forward(seconds=61)
    assert alerts.drain().sent == 1
    assert ledger(database) == [("list", "sent", 2, None)]


def test_a_bus_that_is_away_is_waited_for(database: Database, channel: RecordingChannel) -> None:
    bus = bus_with(report(1))
    alerts = service(database, bus, [channel])
    bus.down = True
    with pytest.raises(BusUnavailable):
        alerts.drain()
    bus.down = False
    assert alerts.drain().sent == 1


def test_a_fault_in_a_channel_ends_the_service_instead_of_silencing_it(database: Database) -> None:
    class Faulty(RecordingChannel):
        def send(self, alert: Alert) -> None:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        service(database, bus_with(report(1)), [Faulty(), RecordingChannel("fine")]).run(threading.Event())


def test_dead_slow_and_failing_endpoints_delay_no_other(database: Database) -> None:
    good = [f"good{number}" for number in range(7)]
    behaviours = {"/hangs": Answer(hangs=True), "/drips": Answer(drips=True), "/fails": Answer(500)}
    count = 5

    def behave(received: Received) -> Answer:
        return behaviours.get(received.path, Answer())

    with WebhookReceiver(behave) as receiver:
        names = [path.removeprefix("/") for path in behaviours] + good
        settings = AlertSettings(
            log=False,
            webhooks=tuple(
                WebhookSettings(name=name, url=receiver.url(f"/{name}"), secrets=(SECRET,)) for name in names
            ),
            allowed_networks=("127.0.0.0/8",),
            allow_plain_http=True,
            timeout_seconds=60,
        )
        stop = threading.Event()
        alerts = AlertService(database, bus_with(*(report(number) for number in range(count))), settings)
        thread = threading.Thread(target=alerts.run, args=(stop,))
        thread.start()
        try:
            # Two of the bad endpoints are within their very first request all the time.
            received = receiver.wait_for(len(good) * count, among=lambda item: item.path not in behaviours)
        finally:
            stop.set()
            receiver.released.set()
            thread.join()
    arrived = Counter(item.path.removeprefix("/") for item in received)
    assert {name: arrived[name] for name in good} == dict.fromkeys(good, count)
    assert arrived["hangs"] <= 1
    assert arrived["drips"] <= 1
    states = {name: {row[1] for row in ledger(database) if row[0] == name} for name in names}
    assert all(states[name] == {"sent"} for name in good)
    assert "sent" not in states["hangs"] | states["drips"] | states["fails"]


@pytest.mark.postgres
def test_a_database_that_goes_away_costs_no_alert_and_repeats_none(postgres_server: PostgresServer) -> None:
    count = 60
    # A server of its own: others must not feel this.
    folder = Path(tempfile.mkdtemp(prefix="reformwatch-outage-"))
    server = PostgresServer(folder, durable=True)
    server.start()
    database = Database(server.create_database())
    outages = {10, 30}

    def behave(received: Received) -> Answer:
        # The database dies while a delivery is in flight: its result cannot be recorded at once.
        if len(receiver.received) in outages:
            outages.discard(len(receiver.received))
            server.stop(immediate=True)
        return Answer()

    try:
        migrate.upgrade(database)
        with WebhookReceiver(behave) as receiver:
            webhook = WebhookSettings(name="hook", url=receiver.url(), secrets=(SECRET,))
            settings = AlertSettings(
                log=False, webhooks=(webhook,), allowed_networks=("127.0.0.0/8",), allow_plain_http=True
            )
            stop = threading.Event()
            alerts = AlertService(database, bus_with(*(report(number) for number in range(count))), settings)
            thread = threading.Thread(target=alerts.run, args=(stop,))
            thread.start()
            try:
                for arrived in (11, 31):
                    receiver.wait_for(arrived)
                    server.start()
                received = receiver.wait_for(count, timeout_seconds=60)
            finally:
                stop.set()
                thread.join()
    finally:
        database.close()
        server.remove()
    assert Counter(item.id for item in received).most_common(1)[0][1] == 1
    assert len(received) == count


def run_process(database: Database, receiver: WebhookReceiver, *options: str) -> subprocess.Popen[bytes]:
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.parts.alert_process", "--database", url, "--url", receiver.url(), *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def kill_often(database: Database, receiver: WebhookReceiver, *, alerts: int, kills: int, careless: bool) -> None:
    """Let the alerter die `kills` times in the middle of its work, then let it finish."""
    chance = random.Random(20260304)
    common = ["--alerts", str(alerts), *(["--careless"] if careless else [])]
    for number in range(kills):
        moment = "before" if careless else ("before", "after")[number % 2]
        die_at = str(chance.randint(1, max(alerts // (kills + 2), 1)))
        process = run_process(database, receiver, *common, "--die-at", die_at, "--moment", moment)
        assert process.wait(timeout=60) == -signal.SIGKILL
    process = run_process(database, receiver, *common)
    try:
        wait_until_nothing_waits(database, alerts)
    finally:
        process.kill()
        process.wait()


def wait_until_nothing_waits(database: Database, alerts: int) -> None:
    done = threading.Event()
    for _ in range(600):
        rows = ledger(database)
        if len(rows) == alerts and all(row[1] == "sent" for row in rows):
            return
        done.wait(0.1)
    pytest.fail(f"not finished: {Counter(row[1] for row in rows)}")


@pytest.mark.parametrize(
    ("alerts", "kills"), [(100, 6), pytest.param(1_000, 20, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_killing_the_alerter_loses_nothing_and_repeats_at_most_one_alert_per_kill(
    database: Database, alerts: int, kills: int
) -> None:
    with WebhookReceiver() as receiver:
        kill_often(database, receiver, alerts=alerts, kills=kills, careless=False)
        received = receiver.received
    per_id = Counter(item.id for item in received)
    assert len(per_id) == alerts
    assert kills // 2 <= len(received) - alerts <= kills, "each death after a send repeats that one, and only that one"
    assert len({(item.id, item.body) for item in received}) == alerts, "a repeat is the same message under the same id"


def test_control_an_alerter_that_marks_before_it_sends_loses_alerts(database: Database) -> None:
    alerts, kills = 40, 3
    with WebhookReceiver() as receiver:
        kill_often(database, receiver, alerts=alerts, kills=kills, careless=True)
        # The last process is ended too, once everything is marked: one more may be lost with it.
        assert len({item.id for item in receiver.received}) in {alerts - kills, alerts - kills - 1}
