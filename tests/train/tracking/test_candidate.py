"""The scores of the downloaded model against the engine's own."""

from __future__ import annotations

import numpy as np
import pytest

from tablee.models.problem import ProblemType
from tablee_train.tracking.candidate import largest_difference

REGRESSION, BINARY = ProblemType.REGRESSION, ProblemType.BINARY


def test_the_difference_is_relative_for_predicted_values_only() -> None:
    ours, theirs = np.array([[1000.0], [0.1]]), np.array([[1000.1], [0.1]])
    assert largest_difference(ours, theirs, REGRESSION) == pytest.approx(1e-4, rel=1e-3)
    assert largest_difference(ours, theirs, BINARY) == pytest.approx(0.1)
    assert largest_difference(ours, theirs[:1], REGRESSION) == np.inf
    assert largest_difference(ours, np.full((2, 1), np.nan), REGRESSION) == np.inf
    assert largest_difference(np.array([[-1000.0]]), np.array([[-1001.0]]), REGRESSION) == pytest.approx(1 / 1001)
    assert largest_difference(np.array([[0.1, 0.9]]), np.array([[0.1, 0.5]]), BINARY) == pytest.approx(0.4)
