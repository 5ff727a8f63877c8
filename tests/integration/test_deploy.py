"""What is shipped for operators: rules that fire when they must, and no name in them that does not exist."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

import alerts.metrics
import crawler.metrics
import processor.metrics
import store.metrics
from processor.model import Outcome
from reformwatch.settings import PREFIX, Settings
from store import deliveries, migrate
from store.database import Database
from tests.parts.postgres import PostgresServer

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
RULES = sorted((DEPLOY / "prometheus" / "rules").glob("*.yml"))
RULE_TESTS = sorted((DEPLOY / "prometheus" / "tests").glob("*_test.yml"))
DASHBOARD = DEPLOY / "grafana" / "dashboards" / "reformwatch.json"
RUNBOOK = (DEPLOY / "runbook.md").read_text(encoding="utf-8")
SECTIONS = re.findall(r"^## (.+)$", RUNBOOK, re.MULTILINE)
METRIC = re.compile(r"\breformwatch_[a-z0-9_]+")
FOREIGN = re.compile(r"\b(?:up|process_resident_memory_bytes)\b")


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def rules() -> list[dict[str, Any]]:
    return [rule for path in RULES for group in load(path)["groups"] for rule in group["rules"]]


def run(*command: str | Path, folder: Path = ROOT) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.promtool
def test_prometheus_accepts_its_configuration_and_rules(promtool: Path) -> None:
    run(promtool, "check", "config", DEPLOY / "prometheus" / "prometheus.yml")
    run(promtool, "check", "rules", *RULES)


@pytest.mark.promtool
@pytest.mark.parametrize("path", RULE_TESTS, ids=lambda path: path.stem)
def test_every_rule_fires_where_it_must_and_only_there(promtool: Path, path: Path) -> None:
    run(promtool, "test", "rules", path, folder=path.parent)


@pytest.mark.promtool
def test_a_broken_rule_would_be_noticed(promtool: Path, tmp_path: Path) -> None:
    text = RULES[0].read_text(encoding="utf-8").replace("reformwatch_outbox_oldest_seconds", "reformwatch_outbox_age")
    (tmp_path / "rules").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "rules" / RULES[0].name).write_text(text, encoding="utf-8")
    copy = tmp_path / "tests" / "rules_test.yml"
    copy.write_text((DEPLOY / "prometheus" / "tests" / copy.name).read_text(encoding="utf-8"), encoding="utf-8")
    done = subprocess.run(
        [promtool, "test", "rules", copy], capture_output=True, cwd=copy.parent, timeout=120, check=False
    )
    assert done.returncode != 0


@pytest.mark.promtool
def test_alertmanager_accepts_its_configuration(amtool: Path) -> None:
    run(amtool, "check-config", DEPLOY / "alertmanager" / "alertmanager.yml")


def test_every_rule_is_tested_both_ways_and_has_a_section_in_the_runbook() -> None:
    cases = [case for path in RULE_TESTS for test in load(path)["tests"] for case in test["alert_rule_test"]]
    fires = {case["alertname"] for case in cases if case["exp_alerts"]}
    silent = {case["alertname"] for case in cases if not case["exp_alerts"]}
    names = {rule["alert"] for rule in rules()}
    assert names == fires
    assert names - {"Watchdog"} == silent
    for rule in rules():
        assert rule["alert"] in SECTIONS
        assert rule["annotations"]["runbook"] == f"runbook.md#{rule['alert'].lower()}"
        assert rule["labels"]["severity"] in {"critical", "warning", "none"}


def test_every_outcome_has_a_section_in_the_runbook() -> None:
    states = (deliveries.PENDING, deliveries.SENDING, deliveries.SENT, deliveries.FAILED, deliveries.SUPPRESSED)
    assert {*Outcome, *states} <= set(SECTIONS)


def test_inhibitions_name_rules_that_exist() -> None:
    names = {rule["alert"] for rule in rules()}
    text = (DEPLOY / "alertmanager" / "alertmanager.yml").read_text(encoding="utf-8")
    quoted = re.findall(r'alertname =~? "([^"]+)"', text)
    assert {name for part in quoted for name in part.split("|")} <= names


def exported() -> set[str]:
    """The names that the program's own metrics have on the wire."""
    names: set[str] = set()
    for module in (alerts.metrics, crawler.metrics, processor.metrics, store.metrics):
        for metric in vars(module).values():
            if isinstance(metric, MetricWrapperBase):
                for family in metric.describe():
                    endings = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}
                    names |= {family.name + ending for ending in endings.get(family.type, [""])}
    return names


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in rules())
    for panel in json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]:
        yield from (target["expr"] for target in panel.get("targets", []))


def test_rules_and_dashboard_use_only_metrics_that_exist() -> None:
    used = {name for expression in expressions() for name in METRIC.findall(expression)}
    assert used <= exported()
    assert all(
        METRIC.search(expression) or FOREIGN.search(expression)
        for expression in expressions()
        if expression != "vector(1)"
    )


def test_the_dashboard_shows_every_metric_a_rule_watches() -> None:
    dashboard = DASHBOARD.read_text(encoding="utf-8")
    watched = {name for rule in rules() for name in METRIC.findall(rule["expr"])}
    missing = {name for name in watched if name not in dashboard}
    assert missing <= {
        "reformwatch_processor_last_commit_timestamp_seconds",
        "reformwatch_alert_events_rejected_total",
        "reformwatch_alert_connections_refused_total",
    }


def test_the_dashboards_panels_have_places_of_their_own_and_the_provisioned_source() -> None:
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    source = load(DEPLOY / "grafana" / "provisioning" / "datasources" / "prometheus.yml")["datasources"][0]
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert cells.isdisjoint(taken), panel["title"]
        taken |= cells
        assert place["x"] + place["w"] <= 24
        if panel["type"] != "row":
            assert panel["datasource"]["uid"] == source["uid"]
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


# ---- The compose file


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded = load(ROOT / "docker-compose.yml")
    assert isinstance(loaded, dict)
    return loaded


def test_compose_starts_every_part(compose: dict[str, Any]) -> None:
    services = compose["services"]
    commands = {name: service.get("command") for name, service in services.items()}
    assert commands["migrate"] == ["db", "upgrade"]
    assert (commands["crawler"], commands["processor"], commands["alerts"]) == (["crawl"], ["process"], ["alert"])
    assert services["processor"]["deploy"]["replicas"] == 2
    assert services["kafka"]["image"].startswith("apache/kafka:4.")
    for name in ("postgres", "prometheus", "alertmanager", "grafana"):
        assert name in services
    assert all(":latest" not in service["image"] and ":" in service["image"] for service in services.values())


def test_our_containers_may_do_as_little_as_possible(compose: dict[str, Any]) -> None:
    for name in ("migrate", "crawler", "processor", "alerts"):
        service = compose["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert compose["networks"]["inside"]["internal"] is True
    assert compose["services"]["processor"]["networks"] == ["inside"], "what parses strangers' pages has no way out"
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert "USER 10001" in dockerfile
    assert "--require-hashes" in dockerfile


def test_only_this_host_can_reach_the_published_ports(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_no_password_stands_in_the_compose_file(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            assert "PASSWORD" not in name or str(value).startswith("/run/secrets/")
            assert "://" not in str(value) or "@" not in str(value)


def test_every_secret_a_service_uses_is_declared_and_made_by_the_script(
    compose: dict[str, Any], tmp_path: Path
) -> None:
    run("sh", DEPLOY / "make-secrets.sh", tmp_path / "secrets")
    made = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "secrets").iterdir()}
    assert set(made) == set(compose["secrets"])
    assert {Path(secret["file"]).name for secret in compose["secrets"].values()} == set(made)
    used = {
        secret if isinstance(secret, str) else secret["source"]
        for service in compose["services"].values()
        for secret in service.get("secrets", [])
    }
    assert used == set(made)
    assert len({made[name] for name in made}) == len(made)
    assert made["postgres_writer_password"] in made["reformwatch_database"]
    run("sh", DEPLOY / "make-secrets.sh", tmp_path / "secrets")
    again = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "secrets").iterdir()}
    assert again == made, "a second run must not change a password that is in use"


def test_settings_named_for_operators_exist(compose: dict[str, Any]) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    shipped = (ROOT / ".env.example", DEPLOY / "Dockerfile", ROOT / "docker-compose.yml", DEPLOY / "runbook.md")
    named = {
        name for path in shipped for name in re.findall(rf"{PREFIX}[A-Z_]*[A-Z]", path.read_text(encoding="utf-8"))
    }
    assert named - known <= {"REFORMWATCH_KAFKA"}
    secrets = {
        secret["target"].upper()
        for service in compose["services"].values()
        for secret in service.get("secrets", [])
        if isinstance(secret, dict)
    }
    assert secrets <= known, "a secret's file is found by the name of its setting"


def test_a_secret_mounted_as_a_file_is_read(compose: dict[str, Any], tmp_path: Path) -> None:
    [secret] = compose["services"]["alerts"]["secrets"]
    (tmp_path / secret["target"]).write_text(
        "postgresql+psycopg://writer:marker@postgres/reformwatch", encoding="utf-8"
    )
    settings = Settings(_secrets_dir=tmp_path, _env_file=None)
    assert settings.database_url.endswith("@postgres/reformwatch")
    assert "marker" not in repr(settings)


def test_prometheus_scrapes_every_process_of_the_compose_file(compose: dict[str, Any]) -> None:
    jobs = {job["job_name"]: job for job in load(DEPLOY / "prometheus" / "prometheus.yml")["scrape_configs"]}
    for name in ("crawler", "processor", "alerts"):
        [discovery] = jobs[f"reformwatch-{name}"]["dns_sd_configs"]
        assert discovery["names"] == [name]
        assert discovery["port"] == 9464
        assert name in compose["services"]


# ---- Roles in the database


@pytest.fixture
def provisioned(postgres_server: PostgresServer) -> Iterator[tuple[PostgresServer, str]]:
    """A migrated database whose roles were made twice, since that happens after every upgrade."""
    url = postgres_server.create_database()
    name = url.rsplit("/", 1)[1]
    database = Database(url)
    migrate.upgrade(database)
    database.close()
    for _ in range(2):
        run(
            *("psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--host", "127.0.0.1"),
            *("--port", str(postgres_server.port), "--username", "reformwatch", "--dbname", name),
            *("--set", "writer_password=w'x", "--set", "reader_password=r"),
            *("--file", DEPLOY / "postgres" / "roles.sql"),
        )
    yield postgres_server, name
    postgres_server.drop_database(url)


def attempt(server: PostgresServer, name: str, role: str, statement: str) -> str | None:
    """The error's class, or None when the statement was allowed. Nothing is kept."""
    with psycopg.connect(host="127.0.0.1", port=server.port, user=role, dbname=name) as connection:
        try:
            connection.execute(statement)
        except psycopg.Error as error:
            return type(error).__name__
        finally:
            connection.rollback()
    return None


@pytest.mark.postgres
def test_a_reader_reads_the_views_and_can_do_nothing_else(provisioned: tuple[PostgresServer, str]) -> None:
    server, name = provisioned
    with server.connect(name) as connection:
        views = [row[0] for row in connection.execute("SELECT viewname FROM pg_views WHERE schemaname = 'public'")]
    assert views
    for view in views:
        assert attempt(server, name, "reformwatch_reader", f"SELECT * FROM {view}") is None
    write = "SET default_transaction_read_only = off; SET TRANSACTION READ WRITE;"
    for statement in (
        "SELECT * FROM article",
        "SELECT * FROM quarantine",
        f"{write} DELETE FROM outbox",
        f"{write} CREATE TABLE mine (x int)",
        f"{write} CREATE TEMP TABLE mine (x int)",
        f"{write} CREATE SCHEMA mine",
    ):
        assert attempt(server, name, "reformwatch_reader", statement) == "InsufficientPrivilege", statement


@pytest.mark.postgres
def test_the_services_change_rows_and_never_the_schema(provisioned: tuple[PostgresServer, str]) -> None:
    server, name = provisioned
    role = "reformwatch_writer"
    assert attempt(server, name, role, "DELETE FROM outbox; SELECT version_num FROM alembic_version") is None
    row = 'INSERT INTO offset_gap ("group", topic, partition, first_missing, next_present, noticed_at)'
    assert attempt(server, name, role, f"{row} VALUES ('g', 't', 0, 1, 2, now())") is None
    for statement in (
        "CREATE TABLE mine (x int)",
        "DROP TABLE outbox",
        "ALTER TABLE outbox ADD COLUMN mine int",
        "CREATE OR REPLACE VIEW reports_v1 AS SELECT 1",
        "DELETE FROM alembic_version",
        "TRUNCATE article",
    ):
        assert attempt(server, name, role, statement) == "InsufficientPrivilege", statement
