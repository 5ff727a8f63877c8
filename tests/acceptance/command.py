"""Runs `reformwatch` as a user does: a process and a folder of its own, and nothing else in its environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True)
class Ended:
    code: int
    output: str
    errors: str

    @property
    def json(self) -> Any:
        return json.loads(self.output)

    @property
    def everything(self) -> str:
        return self.output + self.errors


def environment(folder: Path, settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """Only what a process needs, and the settings, named without their prefix."""
    ours = {f"REFORMWATCH_{name}": value for name, value in (settings or {}).items()}
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), **ours}


def command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "reformwatch", *arguments]


def reformwatch(*arguments: str, folder: Path, settings: Mapping[str, str] | None = None, stdin: bytes = b"") -> Ended:
    """Run the command to its end."""
    done = subprocess.run(
        command(arguments),
        cwd=folder,
        env=environment(folder, settings),
        input=stdin,
        capture_output=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())
