from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from processor.relevance.calibration import fit_logistic, logistic


@settings(max_examples=20)
@given(st.lists(st.booleans(), min_size=4, max_size=30), st.floats(0.5, 5))
def test_fitting_moves_a_weight_towards_its_labels(labels: list[bool], penalty: float) -> None:
    rows = [[1.0 if label else 0.0] for label in labels]
    weight, _ = fit_logistic(rows, labels, [1.0] * len(rows), [0.0], penalty)
    assert weight >= -1e-9
    assert logistic(0.0) == 0.5
