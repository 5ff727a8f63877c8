"""The webhook channel against real servers on loopback: what is sent, and where it refuses to go."""

from __future__ import annotations

import json
import socket
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook, WebhookVerificationError

from alerts.channel import Alert, DeliveryFailed, DeliveryRefused
from alerts.message import message_for
from alerts.settings import WebhookSettings
from alerts.signature import SignatureRejected, sign, verify
from alerts.webhook import WebhookChannel
from tests.parts.reports import report
from tests.parts.webhook_receiver import Answer, Received, WebhookReceiver

OLD = "whsec_" + "b2xkLXNlY3JldC1vZi0zMi1ieXRlcy1pbi1sZW5ndGg="
NEW = "whsec_" + "bmV3LXNlY3JldC1vZi0zMi1ieXRlcy1pbi1sZW5ndGg="
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
ALERT = Alert(id="msg_1", payload=message_for(report(1)), found_at=datetime.now(UTC))


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with WebhookReceiver() as receiver:
        yield receiver


def channel(url: str, *secrets: str, **changes: Any) -> WebhookChannel:
    settings = WebhookSettings(name="hook", url=url, secrets=secrets or (NEW,))
    options: dict[str, Any] = {"allowed_networks": LOOPBACK, "timeout_seconds": 5.0}
    return WebhookChannel(settings, **(options | changes))


def test_a_foreign_library_verifies_the_message(receiver: WebhookReceiver) -> None:
    channel(receiver.url()).send(ALERT)
    [received] = receiver.received
    assert Webhook(NEW).verify(received.body, dict(received.headers)) == json.loads(json.dumps(ALERT.payload))
    assert received.id == "msg_1"
    assert received.headers["content-type"] == "application/json"


def test_both_secrets_verify_during_a_rotation(receiver: WebhookReceiver) -> None:
    channel(receiver.url(), OLD, NEW).send(ALERT)
    [received] = receiver.received
    for secret in (OLD, NEW):
        assert Webhook(secret).verify(received.body, dict(received.headers))


def test_a_changed_a_foreign_and_an_old_message_are_refused(receiver: WebhookReceiver) -> None:
    channel(receiver.url()).send(ALERT)
    channel(receiver.url(), clock=lambda: datetime.now(UTC) - timedelta(minutes=6)).send(ALERT)
    fresh, old = receiver.received
    for secret, received, body in ((NEW, fresh, fresh.body + b" "), (OLD, fresh, fresh.body), (NEW, old, old.body)):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, dict(received.headers))
        with pytest.raises(SignatureRejected):
            verify(SecretStr(secret), headers=received.headers, body=body)


def test_the_receivers_guide_names_every_field_and_its_example_verifies(receiver: WebhookReceiver) -> None:
    guide = (Path(__file__).parents[2] / "alerts" / "README.md").read_text(encoding="utf-8")
    data = ALERT.payload["data"]
    assert {name for name in (*data, *data["place"]) if f"`{name}`" not in guide} == set()
    channel(receiver.url()).send(ALERT)
    [received] = receiver.received
    example = textwrap.dedent(guide.split("```python\n")[1].split("```")[0])
    names: dict[str, Any] = {"secret": NEW, "body": received.body, "headers": dict(received.headers)}
    exec(example, names)
    assert names["message"]["data"]["report_id"] == data["report_id"]


def test_signing_follows_the_published_example() -> None:
    headers = sign(
        [SecretStr("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")],
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1614265330, tz=UTC),
        body=b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500, 503])
def test_anything_but_success_is_a_failure_to_be_tried_again(receiver: WebhookReceiver, status: int) -> None:
    receiver.behaviour = lambda _: Answer(status, {"location": receiver.url("/elsewhere")})
    with pytest.raises(DeliveryFailed, match=f"answered {status}"):
        channel(receiver.url()).send(ALERT)
    assert [item.path for item in receiver.received] == ["/alerts"], "a redirect must not be followed"


def test_gone_means_never_again(receiver: WebhookReceiver) -> None:
    receiver.behaviour = lambda _: Answer(410)
    with pytest.raises(DeliveryRefused):
        channel(receiver.url()).send(ALERT)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("999999999999", 86_400.0),
        ("Wed, 04 Mar 2026 05:08:07 GMT", 120.0),
        ("Wed, 04 Mar 2020 05:08:07 GMT", 0.0),
        ("soon", None),
        ("-5", None),
    ],
)
def test_retry_after_is_read_in_both_forms(receiver: WebhookReceiver, header: str, seconds: float | None) -> None:
    receiver.behaviour = lambda _: Answer(429, {"retry-after": header})
    now = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    with pytest.raises(DeliveryFailed) as failed:
        channel(receiver.url(), clock=lambda: now).send(ALERT)
    assert failed.value.retry_after_seconds == seconds


def test_the_answer_is_never_read_or_shown(receiver: WebhookReceiver) -> None:
    receiver.behaviour = lambda _: Answer(500, body=b"internal secret " * 100_000)
    with pytest.raises(DeliveryFailed) as failed:
        channel(receiver.url()).send(ALERT)
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize("answer", [Answer(hangs=True), Answer(drips=True)])
def test_the_deadline_covers_the_whole_request(receiver: WebhookReceiver, answer: Answer) -> None:
    receiver.behaviour = lambda _: answer
    with pytest.raises(DeliveryFailed, match="no answer"):
        channel(receiver.url(), timeout_seconds=0.5).send(ALERT)


def test_a_closed_port_and_an_unknown_name_are_failures() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for url in (f"http://127.0.0.1:{port}/", "http://no-such-host.invalid/"):
        with pytest.raises(DeliveryFailed):
            channel(url).send(ALERT)


HOSTS = ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::ffff:127.0.0.1]", "0.0.0.0"]


@pytest.mark.parametrize("host", HOSTS)
def test_no_spelling_of_a_private_address_is_connected_to(receiver: WebhookReceiver, host: str) -> None:
    with pytest.raises(DeliveryFailed):
        channel(receiver.url(host=host), allowed_networks=()).send(ALERT)
    assert receiver.received == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433"])
def test_control_without_the_guard_the_same_spellings_arrive(receiver: WebhookReceiver, host: str) -> None:
    channel(receiver.url(host=host)).send(ALERT)
    assert len(receiver.received) == 1


def test_a_name_is_resolved_once_and_only_its_permitted_address_is_used(
    receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [["10.0.0.1", "127.0.0.1"], ["127.0.0.1"]]
    asked = []

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(DeliveryFailed, match=r"10\.0\.0\.1 \(private\)"):
        channel(receiver.url(host="hook.example"), allowed_networks=()).send(ALERT)
    assert (asked, receiver.received) == (["hook.example"], [])


def test_a_proxy_in_the_environment_is_ignored(receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch) -> None:
    with WebhookReceiver() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url(""))
        channel(receiver.url()).send(ALERT)
        assert (len(receiver.received), proxy.received) == (1, [])


def test_the_bytes_of_a_repeat_are_the_same(receiver: WebhookReceiver) -> None:
    bodies: list[bytes] = []

    def remember(received: Received) -> Answer:
        bodies.append(received.body)
        return Answer()

    receiver.behaviour = remember
    for _ in range(2):
        channel(receiver.url()).send(ALERT)
    assert bodies[0] == bodies[1]
