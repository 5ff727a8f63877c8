"""`reformwatch run` and its children: they answer, end in order, come back when killed, never outlive their parent."""

from __future__ import annotations

import json
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa

from reformwatch.compose import upgrade_database
from reformwatch.settings import Settings
from store.bus.open import open_bus
from store.database import Database
from store.events import PAGES, TOPICS, encode_page
from store.positions import Positions
from tests.acceptance.command import command, environment
from tests.parts.pages import event
from tests.parts.ports import free_port
from tests.parts.site import Site, rss

REGISTRY = """
sources:
  - {{id: mau, name: Mẫu, kind: portal, home: "{base}/", province: null, official: true,
     entry_points: [{{feed: "{base}/rss"}}], allowed_domains: [127.0.0.1], poll_seconds: 1,
     established: 2026-11-24, evidence: made by the test}}
"""
WAIT_SECONDS = 60.0
ORDERLY_SECONDS = 30.0
PAGES_COUNT = 1_000


class Running:
    """`reformwatch ARGUMENTS` in a folder, with what it logs."""

    def __init__(self, arguments: Sequence[str], folder: Path, settings: Mapping[str, str]) -> None:
        self.log = folder / "log"
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command(arguments),
                cwd=folder,
                env=environment(folder, settings),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def all_processes(self) -> list[psutil.Process]:
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]

    def child(self, name: str) -> psutil.Process:
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if child.cmdline()[-1:] == [name])

    def events(self) -> list[dict[str, object]]:
        lines = self.log.read_text(encoding="utf-8").splitlines()
        # The one thing in the log that is not ours: Python's tracker of semaphores noticing that its owner was killed.
        return [json.loads(line) for line in lines if "resource_tracker" not in line]

    def end(self) -> None:
        """What a failed test leaves."""
        if self.process.poll() is None:
            for process in reversed(self.all_processes()):
                process.kill()
            self.process.wait()


Start = Callable[[Sequence[str], Mapping[str, str]], Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Running] = []

    def begin(arguments: Sequence[str], settings: Mapping[str, str]) -> Running:
        started.append(Running(arguments, tmp_path, settings))
        return started[-1]

    yield begin
    for running in started:
        running.end()


def wait_until(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < end, f"not in {WAIT_SECONDS:.0f} s: {what}"
        time.sleep(0.1)


def three_free_ports() -> int:
    """The first of three below those that the system hands out by itself."""
    for first in random.Random().sample(range(20_000, 30_000), 100):
        with ExitStack() as stack, suppress(OSError):
            for port in range(first, first + 3):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first
    raise AssertionError("no three ports are free")


def answer(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except OSError as error:
        return 0, str(error)


def is_ready(*ports: int) -> bool:
    return all(answer(port, "/readyz")[0] == 200 for port in ports)


def assert_all_gone(processes: Sequence[psutil.Process], seconds: float) -> None:
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    names = [process.cmdline() for process in alive]
    for process in alive:
        process.kill()
    assert names == [], "orphans"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        pages = [(site.url(f"/bai-{number}"), f"Tin {number}") for number in range(5)]
        site.put("/rss", rss(pages))
        for number in range(5):
            site.put(f"/bai-{number}", event(number).body)
        yield site


@pytest.fixture
def settings(site: Site, tmp_path: Path) -> dict[str, str]:
    (tmp_path / "sources.yml").write_text(REGISTRY.format(base=site.url("")), encoding="utf-8")
    return {
        "SOURCES": "sources.yml",
        "ALLOWED_NETWORKS": "127.0.0.0/8",
        "DELAY_SECONDS": "0.05",
        "METRICS_PORT": str(three_free_ports()),
        "WORKERS": "1",
        "LOG_FORMAT": "json",
    }


def rows(folder: Path, sql: str) -> int:
    database = Database(f"sqlite:///{folder / 'data' / 'reformwatch.db'}")
    try:
        with database.read() as connection:
            return int(connection.scalar(sa.text(sql)) or 0)
    finally:
        database.close()


def test_run_serves_three_ports_restarts_a_killed_child_and_ends_in_order(
    tmp_path: Path, settings: dict[str, str], start: Start
) -> None:
    ports = [int(settings["METRICS_PORT"]) + number for number in range(3)]
    running = start(["run"], settings)
    wait_until(lambda: is_ready(*ports), "all three ready")
    for port, metric in zip(
        ports, ["reformwatch_polls_total", "reformwatch_pages_total", "reformwatch_alert_deliveries_total"], strict=True
    ):
        assert answer(port, "/livez")[0] == 200
        assert f"# HELP {metric} " in answer(port, "/metrics")[1]
        assert answer(port, "/nowhere")[0] == 404
    wait_until(lambda: rows(tmp_path, "SELECT count(*) FROM page_outcome") == 5, "five pages processed")

    victim = running.child("process")
    workers = victim.children(recursive=True)
    assert workers, "pages are judged in processes of their own"
    victim.kill()
    wait_until(lambda: any(item["event"] == "child_ended" for item in running.events()), "the end noticed")
    assert_all_gone(workers, seconds=10)
    wait_until(lambda: is_ready(*ports), "ready again")
    assert running.child("process").pid != victim.pid

    everything = running.all_processes()
    running.process.terminate()
    assert running.process.wait(ORDERLY_SECONDS) == 0
    assert_all_gone(everything[1:], seconds=5)
    assert not [item for item in running.events() if item["event"] in {"child_killed", "crashed"}]
    assert rows(tmp_path, "SELECT count(*) FROM article") == 5


@pytest.mark.parametrize("times", [1, 2], ids=["Ctrl-C once", "Ctrl-C twice"])
def test_ctrl_c_ends_everything_in_order(settings: dict[str, str], start: Start, times: int) -> None:
    running = start(["run"], settings)
    ports = [int(settings["METRICS_PORT"]) + number for number in range(3)]
    wait_until(lambda: is_ready(*ports), "all three ready")
    everything = running.all_processes()
    for _ in range(times):
        running.process.send_signal(signal.SIGINT)
        time.sleep(0.2)
    assert running.process.wait(ORDERLY_SECONDS) == 0
    assert_all_gone(everything[1:], seconds=5)
    assert "Traceback" not in running.log.read_text()


def test_children_of_a_killed_supervisor_end_by_themselves(
    tmp_path: Path, settings: dict[str, str], start: Start
) -> None:
    running = start(["run"], settings)
    ports = [int(settings["METRICS_PORT"]) + number for number in range(3)]
    wait_until(lambda: is_ready(*ports), "all three ready")
    wait_until(lambda: rows(tmp_path, "SELECT count(*) FROM page_outcome") == 5, "five pages processed")
    everything = running.all_processes()
    assert len(everything) > 4, "workers too"
    running.process.kill()
    running.process.wait()
    assert_all_gone(everything[1:], seconds=ORDERLY_SECONDS)
    reasons = [item.get("reason") for item in running.events() if item["event"] == "stopping"]
    assert reasons == ["the supervisor is gone"] * 3


def test_a_service_waits_for_a_database_that_is_down(start: Start) -> None:
    port, closed = free_port(), free_port()
    settings = {
        "DATABASE": f"postgresql+psycopg://writer:secret@127.0.0.1:{closed}/x",
        "METRICS_PORT": str(port),
        "LOG_FORMAT": "json",
    }
    running = start(["process"], settings)
    wait_until(lambda: answer(port, "/livez")[0] == 200, "alive while it waits")
    wait_until(lambda: "waiting for database" in answer(port, "/readyz")[1], "says what it waits for")
    assert answer(port, "/readyz")[0] == 503
    assert running.process.poll() is None
    running.process.terminate()
    assert running.process.wait(ORDERLY_SECONDS) == 0
    assert {"waiting_for_dependency", "stopping"} <= {item["event"] for item in running.events()}


def test_sigterm_at_any_moment_ends_a_processor_in_order_and_loses_nothing(tmp_path: Path, start: Start) -> None:
    data = Settings(data=tmp_path / "data")
    upgrade_database(data)
    bus = open_bus(data.bus_url)
    bus.create_topics(TOPICS)
    bus.publish_many(PAGES, [encode_page(event(number)) for number in range(PAGES_COUNT)])
    bus.close()
    settings = {"METRICS_PORT": "0", "WORKERS": "2", "LOG_FORMAT": "json"}
    draw = random.Random(20261124)
    for _ in range(3):
        running = start(["process"], settings)
        # Not before its handlers are there: until then the system ends it, and it holds nothing.
        wait_until(partial(_has_handlers, running.process.pid), "handlers")
        time.sleep(draw.uniform(0, 3))
        everything = running.all_processes()
        running.process.terminate()
        assert running.process.wait(ORDERLY_SECONDS) == 0, running.log.read_text()[-2000:]
        assert_all_gone(everything[1:], seconds=5)
    last = start(["process"], settings)
    # Those before may have left it nothing to do.
    wait_until(partial(_has_handlers, last.process.pid), "handlers")
    positions = Positions(Database(data.database_url), "processor", PAGES)
    wait_until(lambda: sum(positions.current().values()) == PAGES_COUNT, "all pages processed")
    positions.database.close()
    last.process.terminate()
    assert last.process.wait(ORDERLY_SECONDS) == 0
    assert rows(tmp_path, "SELECT count(*) FROM article") == PAGES_COUNT
    assert rows(tmp_path, "SELECT count(*) FROM article_version") == PAGES_COUNT
    assert rows(tmp_path, "SELECT count(*) FROM quarantine") == 0


def _has_handlers(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status").read_text()
    caught = int(next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")), 16)
    return bool(caught >> (signal.SIGTERM - 1) & 1)
