"""The metrics of scores. Each is computed over weighted rows, so that one definition serves hold-out and bootstrap.

The definitions are those of scikit-learn: area under the ROC curve with ties counted half, average precision for the
area under the precision-recall curve, mean negative log-likelihood, the mean over the classes of the share of wrong
answers, R² against the weighted mean. A binary answer is the second class if its score is at least the threshold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tablee.models.contract import Contract
from tablee.models.problem import REPORTED, ProblemType

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], float]
"""From the weights of the rows (n) to the value of the metric; NaN where it is not defined."""

_LEAST_PROBABILITY = 1e-15


@dataclass(frozen=True, slots=True)
class ScoredRows:
    """Rows with their truth and their scores."""

    problem_type: ProblemType
    truth: Floats
    """Indices into the classes, or the values to predict (n)."""
    scores: Floats
    """One for each class, or the predicted value (n × k, n × 1)."""
    threshold: float | None = None
    """The decision threshold of two classes; 0.5 if None."""

    @property
    def answers(self) -> Floats:
        """What the model predicts for each row: an index into the classes, or the value (n)."""
        if self.problem_type is ProblemType.REGRESSION:
            return self.scores[:, 0]
        if self.problem_type is ProblemType.BINARY:
            limit = 0.5 if self.threshold is None else self.threshold
            return (self.scores[:, 1] >= limit).astype(np.float64)
        likeliest: Floats = self.scores.argmax(axis=1).astype(np.float64)
        return likeliest


def truth(rows: pl.DataFrame, contract: Contract) -> Floats:
    """The target of rows as `ScoredRows.truth` holds it (n)."""
    values = rows[contract.target.name]
    if contract.target.problem_type is not ProblemType.REGRESSION:
        indices = {label: float(i) for i, label in enumerate(contract.target.classes)}
        values = values.replace_strict(indices, return_dtype=pl.Float64)
    return values.to_numpy()


def measure(scored: ScoredRows) -> dict[str, float]:
    """The metrics of the problem type that are defined on these rows (an AUC needs both classes), by name."""
    ones = np.ones(len(scored.truth))
    values = {name: statistic(name, scored)(ones) for name in REPORTED[scored.problem_type]}
    return {name: value for name, value in values.items() if np.isfinite(value)}


def statistic(name: str, scored: ScoredRows) -> Statistic:
    """The metric of that name over these rows, as a function of the rows' weights.

    :raises KeyError: no such metric.
    """
    return _STATISTICS[name](scored)


def _mean(values: Floats) -> Statistic:
    return lambda weights: float(np.average(values, weights=weights)) if weights.any() else float("nan")


def _logloss(scored: ScoredRows) -> Statistic:
    of_truth = scored.scores[np.arange(len(scored.truth)), scored.truth.astype(int)]
    return _mean(-np.log(np.clip(of_truth, _LEAST_PROBABILITY, 1.0)))


def _accuracy(scored: ScoredRows) -> Statistic:
    return _mean((scored.answers == scored.truth).astype(np.float64))


def _mean_per_class_error(scored: ScoredRows) -> Statistic:
    classes = scored.truth.astype(int)
    wrong = (scored.answers != scored.truth).astype(np.float64)

    def value(weights: Floats) -> float:
        total = np.bincount(classes, weights)
        errors = np.bincount(classes, weights * wrong)
        return float(np.mean(errors[total > 0] / total[total > 0])) if total.any() else float("nan")

    return value


def _f1(scored: ScoredRows) -> Statistic:
    hit = scored.truth * scored.answers
    either = scored.truth + scored.answers

    def value(weights: Floats) -> float:
        below = float((weights * either).sum())
        return 2.0 * float((weights * hit).sum()) / below if below else float("nan")

    return value


def _ranked(scored: ScoredRows) -> Callable[[Floats], tuple[Floats, Floats]]:
    """A function from weights to the cumulative weights of positives and of negatives, from the highest score down.

    Rows with the same score are one step.
    """
    _, group = np.unique(-scored.scores[:, 1], return_inverse=True)
    positive = scored.truth == 1.0

    def sums(weights: Floats) -> tuple[Floats, Floats]:
        hits = np.bincount(group, np.where(positive, weights, 0.0))
        misses = np.bincount(group, np.where(positive, 0.0, weights))
        return np.cumsum(hits), np.cumsum(misses)

    return sums


def _auc(scored: ScoredRows) -> Statistic:
    sums = _ranked(scored)

    def value(weights: Floats) -> float:
        hits, misses = sums(weights)
        if not hits[-1] or not misses[-1]:
            return float("nan")
        return float(np.trapezoid(np.append(0.0, hits), np.append(0.0, misses)) / (hits[-1] * misses[-1]))

    return value


def _aucpr(scored: ScoredRows) -> Statistic:
    sums = _ranked(scored)

    def value(weights: Floats) -> float:
        hits, misses = sums(weights)
        if not hits[-1]:
            return float("nan")
        seen = hits + misses
        precision = np.divide(hits, seen, out=np.zeros_like(hits), where=seen > 0)
        return float((np.diff(hits, prepend=0.0) * precision).sum() / hits[-1])

    return value


def _rmse(scored: ScoredRows) -> Statistic:
    mean = _mean((scored.answers - scored.truth) ** 2)
    return lambda weights: float(np.sqrt(mean(weights)))


def _mae(scored: ScoredRows) -> Statistic:
    return _mean(np.abs(scored.answers - scored.truth))


def _r2(scored: ScoredRows) -> Statistic:
    square = (scored.answers - scored.truth) ** 2

    def value(weights: Floats) -> float:
        centre = np.average(scored.truth, weights=weights)
        spread = float((weights * (scored.truth - centre) ** 2).sum())
        return 1.0 - float((weights * square).sum()) / spread if spread else float("nan")

    return value


_STATISTICS: dict[str, Callable[[ScoredRows], Statistic]] = {
    "auc": _auc,
    "aucpr": _aucpr,
    "logloss": _logloss,
    "mean_per_class_error": _mean_per_class_error,
    "f1": _f1,
    "accuracy": _accuracy,
    "rmse": _rmse,
    "mae": _mae,
    "r2": _r2,
}
