"""No secret reaches an output, a log or a metric, whatever goes wrong."""

from __future__ import annotations

import base64
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from reformwatch.compose import opened_bus, upgrade_database
from reformwatch.settings import Settings
from store.events import REPORTS, encode_report
from tests.acceptance.command import command, environment, reformwatch
from tests.parts.ports import free_port
from tests.parts.reports import report
from tests.parts.webhook_receiver import Answer, WebhookReceiver

SECRET_BYTES = b"MARKER-of-the-webhook-secret-MARKER"
WEBHOOK_SECRET = f"whsec_{base64.b64encode(SECRET_BYTES).decode()}"
FORBIDDEN = ("MARKER", WEBHOOK_SECRET, WEBHOOK_SECRET.removeprefix("whsec_"))
WAIT_SECONDS = 30.0


def assert_silent(text: str, where: str) -> None:
    assert text, f"{where} says nothing at all"
    for secret in FORBIDDEN:
        assert secret not in text, f"{where} tells {secret}"


def until_logged(process: subprocess.Popen[bytes], log: Path, word: str) -> str:
    end = time.monotonic() + WAIT_SECONDS
    while word not in log.read_text(encoding="utf-8"):
        assert time.monotonic() < end, f"{word!r} was not logged:\n{log.read_text()[-2000:]}"
        assert process.poll() is None
        time.sleep(0.1)
    return log.read_text(encoding="utf-8")


def run_until(arguments: list[str], folder: Path, settings: dict[str, str], word: str) -> tuple[str, str]:
    """Everything the service logs until the word, and then its metrics."""
    log, port = folder / "log", free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command(arguments),
            cwd=folder,
            env=environment(folder, settings | {"METRICS_PORT": str(port), "LOG_LEVEL": "debug"}),
            stdout=output,
            stderr=output,
        )
    try:
        until_logged(process, log, word)
        answers = [_get(port, path) for path in ("/metrics", "/readyz")]
    finally:
        process.terminate()
        process.wait(WAIT_SECONDS)
    return log.read_text(encoding="utf-8"), "".join(answers)


def _get(port: int, path: str) -> str:
    opener = urllib.request.build_opener(_Lenient, urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
        return str(response.read().decode())


class _Lenient(urllib.request.HTTPErrorProcessor):
    """An unready process answers 503, with a body that is to be read."""

    def http_response(self, _: object, response):  # type: ignore[no-untyped-def]
        return response


def refusing(_: object) -> Answer:
    return Answer(status=500, body=b"no")


@pytest.mark.parametrize("way", ["refused", "no answer"])
def test_a_webhook_that_fails_is_named_without_its_url_and_secret(tmp_path: Path, way: str) -> None:
    data = Settings(data=tmp_path / "data")
    upgrade_database(data)
    with opened_bus(data) as bus:
        bus.publish(REPORTS, encode_report(report(1)))
    with WebhookReceiver(refusing) as receiver:
        port = receiver.url().rsplit(":", 1)[1].partition("/")[0] if way == "refused" else str(free_port())
        settings = {
            "WEBHOOK_URL": f"http://127.0.0.1:{port}/hooks/MARKER?token=MARKER",
            "WEBHOOK_SECRET": WEBHOOK_SECRET,
            "ALLOWED_NETWORKS": "127.0.0.0/8",
        }
        logged, answered = run_until(
            ["alert"], tmp_path, settings, "the receiver answered 500" if way == "refused" else "no answer"
        )
    assert_silent(logged, "the log")
    assert_silent(answered, "/metrics")
    ledger = reformwatch("deliveries", "list", folder=tmp_path, settings=settings)
    assert ledger.code == 0, ledger.errors
    assert_silent(ledger.output, "the ledger")


def test_a_database_that_refuses_the_password_is_named_without_it(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://writer:MARKER%40x@127.0.0.1:{free_port()}/x?password=MARKER-option"
    logged, answered = run_until(["process"], tmp_path, {"DATABASE": url}, "waiting_for_dependency")
    assert "writer:***@127.0.0.1" in logged
    assert_silent(logged, "the log")
    assert_silent(answered, "/readyz")


@pytest.fixture
def not_a_broker() -> Iterator[int]:
    """Takes connections and answers rubbish."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.recv(1_000)
                connection.sendall(b"\x00\x00\x00\x04rubbish")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server.getsockname()[1]
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


def test_a_broker_that_is_none_is_named_without_the_password(tmp_path: Path, not_a_broker: int) -> None:
    upgrade_database(Settings(data=tmp_path / "data"))
    settings = {
        "BUS": f"kafka://127.0.0.1:{not_a_broker}",
        "KAFKA_SECURITY": "SASL_PLAINTEXT",
        "KAFKA_SASL_MECHANISM": "PLAIN",
        "KAFKA_USERNAME": "reformwatch",
        "KAFKA_PASSWORD": "MARKER-kafka",
    }
    logged, answered = run_until(["alert"], tmp_path, settings, "waiting_for_dependency")
    assert_silent(logged, "the log")
    assert_silent(answered, "/metrics")


def test_the_trace_of_a_crash_is_masked(tmp_path: Path) -> None:
    code = (
        "from reformwatch.commands.shared import started\n"
        "settings = started()\n"
        "raise RuntimeError(settings.database_url + settings.webhook_url.get_secret_value()"
        " + settings.webhook_secret.get_secret_value())\n"
    )
    settings = {
        "DATABASE": "postgresql+psycopg://writer:MARKER-database@h/d",
        "WEBHOOK_URL": "https://h/MARKER",
        "WEBHOOK_SECRET": WEBHOOK_SECRET,
    }
    done = subprocess.run(
        [*command([])[:1], "-c", code],
        cwd=tmp_path,
        env=environment(tmp_path, settings),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert b"RuntimeError" in done.stderr
    assert_silent(done.stderr.decode(), "the trace")
