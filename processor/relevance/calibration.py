"""Fitting the weights of relevance to labelled articles: a logistic regression, held near expected weights.

Written out here because a dozen weights do not justify a numerical library at run time.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence


def logistic(log_odds: float) -> float:
    if log_odds >= 0:
        return 1.0 / (1.0 + math.exp(-log_odds))
    power = math.exp(log_odds)
    return power / (1.0 + power)


def fit_logistic(
    rows: Sequence[Sequence[float]],
    labels: Sequence[bool],
    importance: Sequence[float],
    expected: Sequence[float],
    penalty: float,
) -> list[float]:
    """Weights that minimise log loss plus penalty/2 times their squared distance from the expected ones.

    Rows are feature values, best of similar scale; `importance` is how much each row counts. The last weight is the
    constant, which is free. Newton's method; a handful of steps suffices because the penalty keeps it well-behaved.
    """
    data = [[*row, 1.0] for row in rows]
    weights = [*expected, 0.0]
    for _ in range(_MOST_STEPS):
        slope, curve = _slope_and_curve(data, labels, importance, weights)
        for index, centre in enumerate(expected):
            slope[index] += penalty * (weights[index] - centre)
            curve[index][index] += penalty
        change = solve(curve, slope)
        furthest = max(map(abs, change))
        if furthest > _LONGEST_STEP:  # far from the minimum a full step can overshoot for good
            change = [step * _LONGEST_STEP / furthest for step in change]
        weights = [weight - step for weight, step in zip(weights, change, strict=True)]
        if furthest < _SETTLED:
            break
    return weights


_MOST_STEPS = 50
_LONGEST_STEP = 1.0
_SETTLED = 1e-7


def _slope_and_curve(
    data: Sequence[Sequence[float]], labels: Sequence[bool], importance: Sequence[float], weights: Sequence[float]
) -> tuple[list[float], list[list[float]]]:
    """First and second derivatives of the log loss."""
    width = len(weights)
    slope = [0.0] * width
    curve = [[0.0] * width for _ in range(width)]
    curve[-1][-1] = 1e-9
    for row, label, weight in zip(data, labels, importance, strict=True):
        probability = logistic(sum(map(operator.mul, row, weights)))
        error = weight * (probability - label)
        bend = weight * probability * (1.0 - probability)
        for i, value in enumerate(row):
            slope[i] += error * value
            for j in range(width):
                curve[i][j] += bend * value * row[j]
    return slope, curve


def solve(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """The solution of a system of linear equations, by elimination with pivots."""
    size = len(right)
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda index: abs(rows[index][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for below in range(column + 1, size):
            factor = rows[below][column] / rows[column][column]
            if factor:
                for index in range(column, size + 1):
                    rows[below][index] -= factor * rows[column][index]
    solution = [0.0] * size
    for index in reversed(range(size)):
        known = sum(rows[index][other] * solution[other] for other in range(index + 1, size))
        solution[index] = (rows[index][size] - known) / rows[index][index]
    return solution
