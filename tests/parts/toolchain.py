"""Where the real parts are on this machine, and what to say when one is missing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
KAFKA_JARS: Final = ROOT / ".cache" / "kafka"
_INSTALL: Final = "`make setup` installs it"


class PartMissing(Exception):
    """A real part cannot be had on this machine; the message says which and how to get it."""


def program(name: str) -> Path:
    """A program on the path. Raises `PartMissing`."""
    found = shutil.which(name)
    if found is None:
        raise PartMissing(f"{name} is not installed; {_INSTALL}")
    return Path(found)


def program_version(name: str) -> str:
    """What `NAME --version` says first, such as "promtool, version 2.42.0"."""
    answer = subprocess.run([program(name), "--version"], capture_output=True, text=True, check=True, timeout=30)
    first_line = (answer.stdout or answer.stderr).splitlines()[0]
    return first_line.split(" (")[0]


def kafka_jars() -> Path:
    """The folder of the broker's jars. Raises `PartMissing`."""
    program("java")
    if kafka_version(KAFKA_JARS) is None:
        raise PartMissing(f"Kafka's jars are not in {KAFKA_JARS.relative_to(ROOT)}; {_INSTALL}")
    return KAFKA_JARS


def kafka_version(jars: Path) -> str | None:
    for jar in jars.glob("kafka_2.13-*.jar"):
        return jar.stem.removeprefix("kafka_2.13-")
    return None


def postgres_programs() -> Path:
    """The folder with initdb and postgres, newest version first. Raises `PartMissing`."""
    # Debian keeps them off the path.
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if folders:
        return max(folders, key=_major)
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    raise PartMissing(f"PostgreSQL is not installed; {_INSTALL}")


def _major(folder: Path) -> int:
    match = re.match(r"\d+", folder.parent.name)
    return int(match[0]) if match else 0


def missing_parts_fail() -> bool:
    """On the build machine a missing part is an error; elsewhere its tests are skipped by name."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}
