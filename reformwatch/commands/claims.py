"""`reformwatch claims`: where the press contradicts itself, published tables or what is possible."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from reformwatch.claims import compare
from reformwatch.commands.shared import AsJson, out, print_json, started
from reformwatch.compose import opened_database
from store.claims import current_claims


def claims(
    indicator: Annotated[str | None, typer.Option(help="Only this indicator, for example par_index.")] = None,
    as_json: AsJson = False,
) -> None:
    """Claims of independent sources that contradict each other, and claims that cannot be right.

    Nothing is overwritten: both sides stay stored as printed. A correction, or else the official source, is named as
    preferred when exactly one side is that.
    """
    with opened_database(started()) as database:
        found = compare(current_claims(database, indicator=indicator))
    if as_json:
        print_json(found)
        return
    for pair in found["contradictions"]:
        out.print(
            f"{pair['indicator']} {pair['year']} {pair['place'] or 'national'}: {pair['differs_in']}", markup=False
        )
        for side in ("one", "other"):
            _show_side(pair[side], preferred=pair["preferred"] == pair[side]["url"])
    for doubt in found["implausible"]:
        claimed = doubt["value"] if doubt["value"] is not None else f"rank {doubt['rank']}"
        head = f"{doubt['indicator']} {doubt['year']} {doubt['place'] or 'national'}: {claimed}, {doubt['reason']}"
        out.print(f"{head}, expected {doubt['expected']}\n  {doubt['sentence']}\n  {doubt['url']}", markup=False)
    count, doubts = len(found["contradictions"]), len(found["implausible"])
    out.print(f"{count} contradictions, {doubts} implausible claims")


def _show_side(side: dict[str, Any], *, preferred: bool) -> None:
    marks = [name for name in ("official", "correction") if side[name]] + (["preferred"] if preferred else [])
    claimed = side["value"] if side["value"] is not None else f"rank {side['rank']}"
    note = f" ({', '.join(marks)})" if marks else ""
    out.print(f"  {claimed}{note}: {side['sentence']}\n  {side['url']}", markup=False)
