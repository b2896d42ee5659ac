"""Which metrics there are for each problem type, and which way each one is better."""

from __future__ import annotations

import math
from typing import get_args

import pytest

from tablee.models.problem import (
    ALWAYS_DEFINED,
    DEFAULT,
    METRICS,
    RANKING,
    REPORTED,
    MetricChoice,
    ProblemType,
    RankingMetric,
)

HIGHER, LOWER = True, False


@pytest.mark.parametrize(
    ("name", "direction", "best", "h2o_sort"),
    [
        ("auc", HIGHER, 1.0, "AUC"),
        ("aucpr", HIGHER, 1.0, "AUCPR"),
        ("logloss", LOWER, 0.0, "logloss"),
        ("mean_per_class_error", LOWER, 0.0, "mean_per_class_error"),
        ("f1", HIGHER, 1.0, None),
        ("accuracy", HIGHER, 1.0, None),
        ("rmse", LOWER, 0.0, "RMSE"),
        ("mae", LOWER, 0.0, "MAE"),
        ("r2", HIGHER, 1.0, "RMSE"),
    ],
)
def test_each_metric_has_a_direction_and_a_best_value(
    name: str, direction: bool, best: float, h2o_sort: str | None
) -> None:
    metric = METRICS[name]
    assert (metric.higher_is_better, metric.best, metric.h2o_sort) == (direction, best, h2o_sort)
    assert metric.gain(0.75, 0.5) == (0.25 if direction is HIGHER else -0.25)


def test_the_ranges_are_those_of_the_definitions() -> None:
    ranges = {name: (metric.minimum, metric.maximum) for name, metric in METRICS.items()}
    assert {name for name, bounds in ranges.items() if bounds == (0.0, math.inf)} == {"logloss", "rmse", "mae"}
    assert ranges.pop("r2") == (-math.inf, 1.0)
    assert {name for name, bounds in ranges.items() if bounds == (0.0, 1.0)} == ranges.keys() - {
        "logloss",
        "rmse",
        "mae",
    }


def test_every_metric_is_reported_for_some_problem_type_and_no_other_is() -> None:
    assert {name for names in REPORTED.values() for name in names} == set(METRICS)


def test_what_ranks_models_by_problem_type() -> None:
    assert RANKING == {
        ProblemType.BINARY: ("auc", "aucpr", "logloss", "mean_per_class_error"),
        ProblemType.MULTICLASS: ("logloss", "mean_per_class_error"),
        ProblemType.REGRESSION: ("rmse", "mae", "r2"),
    }
    assert DEFAULT == {
        ProblemType.BINARY: "auc",
        ProblemType.MULTICLASS: "mean_per_class_error",
        ProblemType.REGRESSION: "rmse",
    }
    for problem_type in ProblemType:
        assert DEFAULT[problem_type] in RANKING[problem_type]
        assert ALWAYS_DEFINED[problem_type] in RANKING[problem_type]


def test_a_metric_can_rank_when_h2o_can_sort_by_it() -> None:
    assert set(get_args(RankingMetric)) == {name for name, metric in METRICS.items() if metric.h2o_sort}
    assert set(get_args(MetricChoice)) == {"auto", *get_args(RankingMetric)}
