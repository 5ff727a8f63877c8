"""The labelled articles an evaluation scores against: the seeds, and optionally a folder of the owner's own.

A folder holds `articles.jsonl` (one object a line: id, title, text, label "reform" or "not_reform", and optionally
borderline, hard_negative_kind, pillars, province, legal_refs, indicators, facts) and may hold `general_news.jsonl.gz`
(id, title, text): ordinary news of which almost nothing is a report.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from processor.model import Outcome, Page, PlainText, Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One article to analyse, and what is known about it."""

    id: str
    item: Page | PlainText
    text: str
    gold: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Corpus:
    seeds: tuple[Case, ...]
    seeds_digest: str
    """Changes with any seed and with its annotation: floors hold for one corpus only."""
    labelled: tuple[Case, ...] = ()
    general: tuple[Case, ...] = ()

    @property
    def cases(self) -> Sequence[Case]:
        return (*self.seeds, *self.labelled, *self.general)


def load_corpus(labelled: Path | None = None) -> Corpus:
    """The package's seeds, and the labelled folder if one is given.

    Raises FileNotFoundError without `articles.jsonl`, and ValueError naming the line that cannot be read.
    """
    seeds, digest = _seed_cases()
    if labelled is None:
        return Corpus(seeds=seeds, seeds_digest=digest)
    general = labelled / "general_news.jsonl.gz"
    return Corpus(
        seeds=seeds,
        seeds_digest=digest,
        labelled=_read_lines(labelled / "articles.jsonl", "labelled"),
        general=_read_lines(general, "general") if general.exists() else (),
    )


def _seed_cases() -> tuple[tuple[Case, ...], str]:
    folder = resources.files("seeds")
    annotation = folder.joinpath("gold.json").read_bytes()
    digest = hashlib.sha256(annotation)
    cases = []
    for entry in json.loads(annotation)["seeds"]:
        body = folder.joinpath(entry["file"]).read_bytes()
        digest.update(body)
        seed = entry["file"].split("_")[0]
        text = body.decode("utf-8")
        cases.append(Case(id=f"seed:{seed}", item=PlainText(text=text), text=text, gold=entry))
    return tuple(cases), digest.hexdigest()[:12]


def _read_lines(path: Path, kind: str) -> tuple[Case, ...]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return tuple(
        _read_case(f"{path.name}:{number}", kind, line)
        for number, line in enumerate(content.decode("utf-8").splitlines(), start=1)
        if line.strip()
    )


def _read_case(place: str, kind: str, line: str) -> Case:
    try:
        row = json.loads(line)
        identity, title, text = row["id"], row["title"], row["text"]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"{place}: expected an object with id, title and text: {error!r}") from error
    if kind == "labelled" and row.get("label") not in ("reform", "not_reform"):
        raise ValueError(f"{place}: the label is reform or not_reform, not {row.get('label')!r}")
    # Texts repeat across the files of a folder; the kind keeps their ids apart.
    return Case(id=f"{kind}:{identity}", item=PlainText(text=text, title=title), text=text, gold=row)


def is_report(verdict: Verdict) -> bool:
    return verdict.outcome is Outcome.REPORT


def read_text(case: Case, verdict: Verdict) -> str:
    return verdict.article.text if verdict.article else case.text


_BLANKS = re.compile(r"\s+")


def reference_key(code: str) -> str:
    """A cited number in one spelling: no blanks, capitals, no leading zeros."""
    return _BLANKS.sub("", code).upper().replace("–", "-").lstrip("0")
