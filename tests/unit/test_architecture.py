"""The import rules: rooms only import the store, and each third-party library has one home."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("crawler", "processor", "store", "alerts", "reformwatch")
MAY_IMPORT = {
    "store": {"store"},
    "crawler": {"crawler", "store"},
    "processor": {"processor", "store"},
    "alerts": {"alerts", "store"},
    "reformwatch": {"reformwatch", "crawler", "processor", "store", "alerts"},
}
HOMES = {
    "scrapy": "crawler/",
    "twisted": "crawler/",
    "trafilatura": "processor/",
    "langdetect": "processor/",
    "pebble": "processor/workers.py",
    "ahocorasick": "processor/",
    "kafka": "store/bus/kafka",
    "sqlite3": "store/bus/embedded",
    "cloudevents": "store/events.py",
    "alembic": "store/migrat",
    "sqlalchemy": "store/",
    "zstandard": "store/events.py",
    "httpcore": "alerts/",
    "idna": "store/canonical.py",
    "pypdf": "processor/documents/pdf.py",
    "rensa": "processor/near_duplicates.py",
    "standardwebhooks": "alerts/",
    "typer": "reformwatch/",
    "rich": "reformwatch/",
    "pydantic_settings": "reformwatch/settings.py",
}
ALSO = {
    # The demo's receiver checks the signature the way a receiver does.
    ("standardwebhooks", "reformwatch/demo/receiver.py"),
}
PURE = (
    "asyncio", "datetime.now", "http", "logging", "os", "prometheus_client", "random", "requests", "socket",
    "sqlite3", "structlog", "subprocess", "threading", "time", "urllib.request",
)  # fmt: skip
EFFECTS_OF_THE_PROCESSOR = {"service.py", "workers.py", "metrics.py", "profile_keeper.py"}


def modules() -> list[Path]:
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative imports hide which room is meant"
            yield node.module


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_itself_and_the_store_only(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    foreign = {name.split(".")[0] for name in imports(path)} & set(ROOMS)
    assert foreign <= MAY_IMPORT[room]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_library_is_imported_in_its_home_only(path: Path) -> None:
    place = str(path.relative_to(ROOT))
    strays = [
        name
        for name in imports(path)
        if (home := HOMES.get(name.split(".")[0]))
        and not place.startswith(home)
        and (name.split(".")[0], place) not in ALSO
    ]
    assert strays == []


@pytest.mark.parametrize(
    "path",
    [path for path in sorted((ROOT / "processor").rglob("*.py")) if path.name not in EFFECTS_OF_THE_PROCESSOR],
    ids=lambda path: path.name,
)
def test_a_step_of_the_processor_has_no_clock_network_log_or_metric(path: Path) -> None:
    names = set(imports(path))
    assert names.isdisjoint(PURE)
    assert "datetime.now" not in path.read_text(encoding="utf-8")


def test_modules_stay_readable() -> None:
    long = {str(path): lines for path in modules() if (lines := len(path.read_text().splitlines())) > 400}
    assert long == {}
