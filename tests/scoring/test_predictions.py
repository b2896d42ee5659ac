"""Predictions: labels and values by row, and the columns of their data frame."""

from __future__ import annotations

import numpy as np

from tablee_scoring import Predictions


def test_labels_follow_the_picked_class() -> None:
    scores = np.array([[0.25, 0.75], [0.5, 0.5], [1.0, 0.0]])
    predictions = Predictions(scores, ("no", "yes"), np.array([1, 0, 0]))
    assert len(predictions) == 3
    assert predictions.values == ["yes", "no", "no"]
    assert predictions.frame().to_dict(as_series=False) == {
        "prediction": ["yes", "no", "no"],
        "probability_no": [0.25, 0.5, 1.0],
        "probability_yes": [0.75, 0.5, 0.0],
    }


def test_regression_has_values_and_no_classes() -> None:
    predictions = Predictions(np.array([[1.5], [-2.0]]))
    assert predictions.values == [1.5, -2.0]
    assert predictions.frame().to_dict(as_series=False) == {"prediction": [1.5, -2.0]}
