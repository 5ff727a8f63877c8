"""The packaged tables that downstream queries hold claims against: plausible ranges and published indices."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

from processor.facts.lexicon import FactLexicon, Index, Measure

TABLES: Final = ("par_index.csv", "other_indices.csv")


def indicator_rows(lexicon: FactLexicon) -> Sequence[Mapping[str, Any]]:
    """Every indicator that facts may carry, with its unit and the values that are possible."""
    rows: dict[str, Mapping[str, Any]] = {}
    known: list[Index | Measure] = [*lexicon.indices.values(), *lexicon.measures]
    for each in known:
        least, most = each.bounds
        rows.setdefault(each.id, {"id": each.id, "unit": each.unit, "least": least, "most": most})
    return [rows[name] for name in sorted(rows)]


def official_rows() -> Sequence[Mapping[str, Any]]:
    """Published values of provinces; national means and other scopes are left out."""
    return [_official(row) for name in TABLES for row in _read(name) if row["scope"] == "province"]


def _read(name: str) -> Sequence[Mapping[str, str]]:
    with (files("processor.data") / name).open(encoding="utf-8") as table:
        return list(csv.DictReader(table))


def _official(row: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "indicator": row["indicator"],
        "year": int(row["year"]),
        "province_then": row["place_then"],
        "province_now": row["place_now"],
        "score": float(row["score"]) if row["score"] else None,
        "unit": row["unit"] or None,
        "rank": int(row["rank"]) if row["rank"] else None,
        "out_of": int(row["out_of"]) if row["out_of"] else None,
        "source": row["source"],
        "note": row["note"] or None,
    }
