"""The wheel, installed into an environment of its own, is the whole program: its data files are in it too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.acceptance.command import ROOT, TIMEOUT_SECONDS

DATA = (
    "crawler/sources.yml",
    "processor/data/fact_schema.json",
    "reformwatch/demo/pages/articles.yml",
    "reformwatch/demo/pages/portal_article.html",
    "seeds/baseline.json",
    "seeds/gold.json",
    "store/asyncapi.yml",
    "store/migrations/env.py",
)
SOURCES = (
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "NOTICE",
    "alerts",
    "crawler",
    "processor",
    "reformwatch",
    "seeds",
    "store",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing is left in the checkout and nothing of an earlier build comes along."""
    source = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source / name)
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", ".", "--no-deps", "--no-build-isolation", "-q", "-w", str(target)]
    subprocess.run(command, cwd=source, check=True, timeout=TIMEOUT_SECONDS)
    [built] = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed command. The libraries are those of this environment, without its link to the checkout."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=TIMEOUT_SECONDS)
    packages = next((folder / "lib").glob("python3*/site-packages"))
    for installed in Path(sysconfig.get_path("purelib")).iterdir():
        if "reformwatch" not in installed.name and installed.suffix != ".pth":
            (packages / installed.name).symlink_to(installed)
    install = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "-q", "--no-deps"]
    subprocess.run([*install, str(wheel)], check=True, timeout=TIMEOUT_SECONDS)
    return folder / "bin" / "reformwatch"


def test_the_data_files_are_in_it_and_the_tests_are_not(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert set(DATA) <= names
    assert not [name for name in names if name.startswith(("tests/", "deploy/")) or ".env" in name]
    tracked = subprocess.run(["git", "ls-files", "processor/data", "seeds"], cwd=ROOT, capture_output=True, check=False)
    assert set(tracked.stdout.decode().split()) <= names, "no data file was forgotten"


def test_it_runs_the_demo_in_an_empty_folder(program: Path, tmp_path: Path) -> None:
    clean = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    where = [
        str(program.parent / "python"),
        "-c",
        "import reformwatch, seeds; print(reformwatch.__file__, seeds.__file__)",
    ]
    for path in subprocess.check_output(where, cwd=tmp_path, env=clean, text=True).split():
        assert Path(path).is_relative_to(program.parents[1]), "not the checkout's"
    done = subprocess.run(
        [str(program), "demo", "--json"],
        cwd=tmp_path,
        env=clean,
        capture_output=True,
        check=False,
        timeout=TIMEOUT_SECONDS,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b'"alerted": true') == 5
