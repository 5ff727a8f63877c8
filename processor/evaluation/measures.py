"""What an evaluation says: measures with the number of cases behind them, and each miss with its stretch of text."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

WINDOW = 80
"""Characters shown on each side of a place in the text."""


class Problem(StrEnum):
    MISSED = "missed"
    SPURIOUS = "spurious"
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    name: str
    """Corpus, subject and figure, for example "seeds.references.recall"."""
    value: float | None
    """None when no case could be counted."""
    n: int
    """Cases behind the value: of a precision the found ones, of a recall the expected ones."""
    floor: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Miss:
    measure: str
    """The subject that was missed, for example "seeds.references"."""
    article: str
    problem: Problem
    expected: str | None
    found: str | None
    window: str
    """The text around the place, or the beginning of the article."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scored:
    """The measures of one subject and its misses."""

    measures: tuple[Measure, ...]
    misses: tuple[Miss, ...] = ()

    def __add__(self, other: Scored) -> Scored:
        return Scored(measures=self.measures + other.measures, misses=self.misses + other.misses)


def fraction(name: str, right: int, n: int) -> Measure:
    return Measure(name=name, value=right / n if n else None, n=n)


def precision_recall(name: str, correct: int, found: int, expected: int) -> tuple[Measure, Measure, Measure]:
    """Precision, recall and their harmonic mean; each None when nothing could be counted for it."""
    return (
        fraction(f"{name}.precision", correct, found),
        fraction(f"{name}.recall", correct, expected),
        Measure(
            name=f"{name}.f1",
            value=2 * correct / (found + expected) if found + expected else None,
            n=expected,
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """What one article should have given and what it gave."""

    article: str
    text: str
    expected: frozenset[Hashable]
    found: frozenset[Hashable]
    places: tuple[tuple[Hashable, int, int], ...] = ()
    """Where in the text an expected or found value stands, when known."""

    def window_of(self, value: Hashable) -> str:
        for placed, start, end in self.places:
            if placed == value:
                return window(self.text, start, end)
        return window(self.text, 0, 0)


def compare_sets(name: str, comparisons: Iterable[Comparison]) -> Scored:
    """Micro-averaged precision and recall of sets of values over all articles."""
    correct = found = expected = 0
    misses: list[Miss] = []
    for each in comparisons:
        correct += len(each.expected & each.found)
        found += len(each.found)
        expected += len(each.expected)
        misses.extend(_missed(name, each, value) for value in sorted(each.expected - each.found, key=str))
        misses.extend(_spurious(name, each, value) for value in sorted(each.found - each.expected, key=str))
    return Scored(measures=precision_recall(name, correct, found, expected), misses=tuple(misses))


def _missed(name: str, each: Comparison, value: Hashable) -> Miss:
    return Miss(
        measure=name,
        article=each.article,
        problem=Problem.MISSED,
        expected=show(value),
        found=None,
        window=each.window_of(value),
    )


def _spurious(name: str, each: Comparison, value: Hashable) -> Miss:
    miss = _missed(name, each, value)
    return replace(miss, problem=Problem.SPURIOUS, expected=None, found=show(value))


def compare_values(name: str, rows: Sequence[tuple[str, str, object, object]]) -> Scored:
    """The share of articles whose value is exactly the expected one. Rows: article, text, expected, found."""
    wrong = [row for row in rows if row[2] != row[3]]
    misses = tuple(
        Miss(
            measure=name,
            article=article,
            problem=Problem.WRONG,
            expected=show(expected),
            found=show(found),
            window=window(text, 0, 0),
        )
        for article, text, expected, found in wrong
    )
    return Scored(measures=(fraction(f"{name}.accuracy", len(rows) - len(wrong), len(rows)),), misses=misses)


def show(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join("-" if part is None else str(part) for part in value)
    return str(value)


def window(text: str, start: int, end: int) -> str:
    """The text around a place on one line, with marks where it was cut."""
    first, last = max(0, start - WINDOW), min(len(text), max(end, start) + WINDOW)
    cut = " ".join(text[first:last].split())
    return f"{'…' if first else ''}{cut}{'…' if last < len(text) else ''}"


def area_under_curve(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """The chance that a random positive scores above a random negative; ties count half."""
    if not positive or not negative:
        return None
    ranked = sorted([(score, 0) for score in negative] + [(score, 1) for score in positive])
    above, seen, index = 0.0, 0, 0
    while index < len(ranked):
        stop = index
        while stop < len(ranked) and ranked[stop][0] == ranked[index][0]:
            stop += 1
        tied = sum(label for _, label in ranked[index:stop])
        above += tied * (seen + (stop - index - tied) / 2)
        seen += stop - index - tied
        index = stop
    return above / (len(positive) * len(negative))
