"""What README, runbook, rules and example settings say must be there, and what is there must be said."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
import yaml
from prometheus_client.metrics import MetricWrapperBase
from typer.core import TyperGroup

from crawler.registry import parse_registry
from reformwatch.cli import app
from reformwatch.settings import PREFIX, Settings
from store.outcome import Outcome
from store.quarantine import REASONS

ROOT = Path(__file__).parents[2]
METRIC_MODULES = ("alerts.metrics", "crawler.metrics", "processor.metrics", "store.metrics")
SUFFIXES = ("_total", "_bucket", "_sum", "_count", "_created")
DOCUMENTS = [
    path
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "deploy" / "runbook.md",
        ROOT / "seeds" / "README.md",
    )
    if path.exists()
]
NOT_OURS = {"reformwatch_writer", "reformwatch_reader"}
"""Roles of the database that rules or roles may name; no metrics."""


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


# ---- Commands


def tree() -> dict[tuple[str, ...], object]:
    """Every command by its words, groups too."""
    root = typer.main.get_command(app)
    found: dict[tuple[str, ...], object] = {}

    def walk(command: object, words: tuple[str, ...]) -> None:
        if words:
            found[words] = command
        if isinstance(command, TyperGroup):
            for name, inner in command.commands.items():
                walk(inner, (*words, name))

    walk(root, ())
    return found


COMMANDS = tree()
LEAVES = [words for words, command in COMMANDS.items() if not isinstance(command, TyperGroup)]


def options(words: tuple[str, ...]) -> set[str]:
    parameters = getattr(COMMANDS[words], "params", [])
    return {option for parameter in parameters for option in parameter.opts if option.startswith("-")} | {
        "--help",
        "-h",
    }


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_every_command_explains_itself_and_its_options(words: tuple[str, ...]) -> None:
    command = COMMANDS[words]
    assert (getattr(command, "help", "") or "").strip()
    for parameter in getattr(command, "params", []):
        if parameter.param_type_name == "option":
            assert (parameter.help or "").strip(), f"{' '.join(words)} {parameter.opts[0]}"


@pytest.mark.parametrize("words", sorted({words[0] for words in COMMANDS}))
def test_the_readme_mentions_every_command(words: str) -> None:
    assert re.search(rf"\breformwatch {words}\b|make {words}\b", read("README.md")), words


def code_in(text: str) -> Iterator[str]:
    """Lines of code blocks, and inline code."""
    blocks = re.findall(r"```(?:sh)?\n(.*?)```", text, re.DOTALL)
    for block in blocks:
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def told_commands() -> Iterator[tuple[str, str]]:
    for document in DOCUMENTS:
        for line in code_in(document.read_text(encoding="utf-8")):
            for part in re.split(r"[&|;]", line.partition("#")[0]):
                if found := re.search(r"(?:^|\s)reformwatch ((?:[a-z-]\S*|[A-Z]+|\S+)(?: \S+)*)", part):
                    yield document.name, found[1].strip()


def test_every_command_line_in_the_documents_exists() -> None:
    told = list(told_commands())
    assert len(told) > 15
    for document, line in told:
        words = line.split()
        known = next((tuple(words[:n]) for n in (2, 1) if tuple(words[:n]) in COMMANDS), None)
        assert known or words[0] in {"…", "COMMAND"}, f"{document}: reformwatch {line}"
        if known:
            given = {word.partition("=")[0] for word in words if word.startswith("--")}
            group = isinstance(COMMANDS[known], TyperGroup)
            assert group or given <= options(known), f"{document}: reformwatch {line}"


def test_the_source_in_the_readme_is_one() -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", read("README.md"), re.DOTALL)
    assert len(parse_registry(example, name="README.md").sources) == 1


# ---- Settings


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_a_meaning(name: str) -> None:
    assert (Settings.model_fields[name].description or "").endswith("."), name


@pytest.mark.parametrize(
    "path", [".env.example", "README.md", "deploy/runbook.md", "docker-compose.yml", "CONTRIBUTING.md"]
)
def test_every_setting_that_is_named_exists(path: str) -> None:
    named = set(re.findall(rf"\b{PREFIX}([A-Z][A-Z_]*[A-Z])\b", read(path)))
    assert {name for name in named if name.lower() not in Settings.model_fields} == set()


def test_the_example_settings_name_every_part() -> None:
    text = read(".env.example")
    for name in (
        "DATABASE",
        "BUS",
        "SOURCES",
        "CONTACT",
        "WEBHOOK_URL",
        "WEBHOOK_SECRET",
        "METRICS_PORT",
        "LOG_FORMAT",
    ):
        assert f"#{PREFIX}{name}=" in text, name


# ---- Metrics


def metrics() -> dict[str, MetricWrapperBase]:
    found: dict[str, MetricWrapperBase] = {}
    for module in METRIC_MODULES:
        for value in vars(importlib.import_module(module)).values():
            if isinstance(value, MetricWrapperBase):
                [family] = list(value.describe())
                found[family.name] = value
    return found


def test_every_metric_says_what_it_is() -> None:
    declared = metrics()
    assert len(declared) > 20
    for name, metric in declared.items():
        assert name.startswith("reformwatch_")
        [family] = list(metric.describe())
        assert len(family.documentation) > 10, name


def test_rules_and_dashboard_use_only_metrics_that_exist() -> None:
    declared = set(metrics())
    texts = [
        path.read_text(encoding="utf-8") for path in (ROOT / "deploy").rglob("*") if path.suffix in {".yml", ".json"}
    ]
    used = {name for text in texts for name in re.findall(r"\breformwatch_[a-z_]+\b", text)} - NOT_OURS
    assert len(used) > 10
    unknown = {name for name in used if name not in declared and _bare(name) not in declared}
    recorded = {rule for text in texts for rule in re.findall(r"record: (\S+)", text)}
    assert unknown - recorded == set()


def _bare(name: str) -> str:
    return next((name.removesuffix(suffix) for suffix in SUFFIXES if name.endswith(suffix)), name)


# ---- Outcomes, reasons and operator alerts


def sections() -> dict[str, str]:
    parts = re.split(r"^## (.+)$", read("deploy/runbook.md"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_a_section_in_the_runbook(outcome: Outcome) -> None:
    assert len(sections()[outcome.value].strip()) > 40


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_of_the_quarantine_is_in_the_runbook(reason: str) -> None:
    assert re.search(rf"[`*]{reason}[`*]", sections()["quarantined"]), reason


def test_every_operator_alert_has_a_section_in_the_runbook() -> None:
    rules = list((ROOT / "deploy" / "prometheus" / "rules").glob("*.yml"))
    groups = [group for path in rules for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]]
    alerts = {rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}
    assert alerts
    assert alerts <= set(sections())
