"""Problem types and metrics: what measures each type of problem, which direction is better, what H2O calls it.

All code that ranks, compares, checks or shows models uses these definitions: the checks of a request, the training, the
engine, the promotion gate, the command and the pages.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, get_args

RankingMetric = Literal["auc", "aucpr", "logloss", "mean_per_class_error", "rmse", "mae", "r2"]
"""Name of a metric that can rank models and decide at the gate."""
MetricChoice = Literal["auto", RankingMetric]
"""A metric as a request names it; `auto` is the default of the problem type."""


class ProblemType(StrEnum):
    """The kind of value that is predicted."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure of how good a model's scores are."""

    name: str
    higher_is_better: bool
    minimum: float
    """The least value that scores can get; -inf where there is no bound."""
    maximum: float
    """The greatest value that scores can get; inf where there is no bound."""
    h2o_sort: str | None = None
    """H2O's `sort_metric` that gives the same order of models; None for a metric that is reported but ranks nothing."""

    @property
    def best(self) -> float:
        """The value of a model that makes no mistake."""
        return self.maximum if self.higher_is_better else self.minimum

    def gain(self, value: float, other: float) -> float:
        """How much better `value` is than `other`, in the metric's own units: positive means better."""
        return value - other if self.higher_is_better else other - value


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("auc", True, 0.0, 1.0, "AUC"),
        Metric("aucpr", True, 0.0, 1.0, "AUCPR"),
        Metric("logloss", False, 0.0, math.inf, "logloss"),
        Metric("mean_per_class_error", False, 0.0, 1.0, "mean_per_class_error"),
        Metric("f1", True, 0.0, 1.0),
        Metric("accuracy", True, 0.0, 1.0),
        Metric("rmse", False, 0.0, math.inf, "RMSE"),
        Metric("mae", False, 0.0, math.inf, "MAE"),
        Metric("r2", True, -math.inf, 1.0, "RMSE"),  # the same order: R² is 1 - MSE over the target's variance
    )
}
"""All metrics, by name."""

REPORTED: dict[ProblemType, tuple[str, ...]] = {
    ProblemType.BINARY: ("auc", "aucpr", "logloss", "mean_per_class_error", "f1", "accuracy"),
    ProblemType.MULTICLASS: ("mean_per_class_error", "logloss", "accuracy"),
    ProblemType.REGRESSION: ("rmse", "mae", "r2"),
}
"""What is measured on the hold-out rows, by problem type."""

RANKING: dict[ProblemType, tuple[RankingMetric, ...]] = {
    problem_type: tuple(name for name in get_args(RankingMetric) if name in names)
    for problem_type, names in REPORTED.items()
}
"""What can rank the models of a problem type."""

DEFAULT: dict[ProblemType, RankingMetric] = {
    ProblemType.BINARY: "auc",
    ProblemType.MULTICLASS: "mean_per_class_error",
    ProblemType.REGRESSION: "rmse",
}
"""The metric that ranks models if a request names none."""

ALWAYS_DEFINED: dict[ProblemType, RankingMetric] = {
    ProblemType.BINARY: "logloss",
    ProblemType.MULTICLASS: "logloss",
    ProblemType.REGRESSION: "rmse",
}
"""What decides where the hold-out rows do not define the ranking metric (an AUC needs both classes)."""
