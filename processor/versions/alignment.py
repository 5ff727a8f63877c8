"""Aligns two sequences of words or paragraphs by their shortest edit script, within a fixed budget of steps.

The standard library's matcher takes cubic time on repetitive input; this one stops looking when its budget is spent
and calls what is left replaced, which is true, only less fine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Block(NamedTuple):
    """`old[old_start:old_end]` became `new[new_start:new_end]`; one of the two may be empty."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


@dataclass(slots=True)
class Budget:
    """Steps that may still be taken, shared by all alignments of one comparison. A step takes about 0.2 µs."""

    steps: int = 400_000


def align(old: Sequence[str], new: Sequence[str], budget: Budget) -> list[Block]:
    """The blocks that differ, in order and with something equal between any two. Mirrored when called mirrored."""
    if list(new) < list(old):
        return [Block(*block[2:], *block[:2]) for block in _align(new, old, budget)]
    return _align(old, new, budget)


def _align(old: Sequence[str], new: Sequence[str], budget: Budget) -> list[Block]:
    start, shortest = 0, min(len(old), len(new))
    while start < shortest and old[start] == new[start]:
        start += 1
    tail = 0
    while tail < shortest - start and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    a, b = old[start : len(old) - tail], new[start : len(new) - tail]
    if not a and not b:
        return []
    trace = _trace(a, b, budget) if a and b else None
    if trace is None:
        return [Block(start, start + len(a), start, start + len(b))]
    return _blocks(_matches(len(a), len(b), trace), len(a), len(b), start)


def _trace(a: Sequence[str], b: Sequence[str], budget: Budget) -> list[dict[int, int]] | None:
    """Myers' greedy search: the furthest point on every diagonal, by number of edits; None when the budget ran out."""
    furthest = {1: 0}
    trace: list[dict[int, int]] = []
    for edits in range(len(a) + len(b) + 1):
        # Every round is kept for the way back, so it costs its length twice.
        budget.steps -= 2 * edits + 1
        if budget.steps < 0:
            return None
        trace.append(furthest.copy())
        for diagonal in range(-edits, edits + 1, 2):
            if diagonal == -edits or (diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1]):
                x = furthest[diagonal + 1]
            else:
                x = furthest[diagonal - 1] + 1
            begin, y = x, x - diagonal
            while x < len(a) and y < len(b) and a[x] == b[y]:
                x, y = x + 1, y + 1
            budget.steps -= x - begin
            furthest[diagonal] = x
            if x >= len(a) and y >= len(b):
                return trace
    return None


def _matches(x: int, y: int, trace: list[dict[int, int]]) -> list[tuple[int, int]]:
    """The pairs of equal positions, walked back from the end."""
    matches: list[tuple[int, int]] = []
    for edits in range(len(trace) - 1, -1, -1):
        furthest = trace[edits]
        diagonal = x - y
        if diagonal == -edits or (diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1]):
            previous = diagonal + 1
        else:
            previous = diagonal - 1
        from_x = furthest[previous]
        from_y = from_x - previous
        while x > from_x and y > from_y and x > 0 and y > 0:
            x, y = x - 1, y - 1
            matches.append((x, y))
        x, y = from_x, from_y
    matches.reverse()
    return matches


def _blocks(matches: list[tuple[int, int]], old_length: int, new_length: int, offset: int) -> list[Block]:
    blocks: list[Block] = []
    old_at = new_at = 0
    for x, y in [*matches, (old_length, new_length)]:
        if x > old_at or y > new_at:
            blocks.append(Block(old_at + offset, x + offset, new_at + offset, y + offset))
        old_at, new_at = x + 1, y + 1
    return blocks
