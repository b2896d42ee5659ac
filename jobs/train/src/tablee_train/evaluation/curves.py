"""Curves and tables behind the hold-out metrics, with few enough points to draw."""

from __future__ import annotations

from typing import Any

import numpy as np

from tablee.models.contract import Contract
from tablee.models.problem import ProblemType
from tablee_train.evaluation.metrics import Floats, ScoredRows

POINTS = 200
"""The most points of one curve."""
BINS = 10
"""Groups of a calibration table, about the same number of rows in each."""


def curves(scored: ScoredRows, contract: Contract) -> dict[str, Any]:
    """Curves and tables as JSON values; the keys depend on the problem type.

    Classes: `classes` and `confusion` (a row for each true class, a column for each predicted one). Two classes also:
    `threshold`, `roc`, `precision_recall`, `calibration`. Regression: `predicted_actual`, `residual_quantiles`.
    """
    if scored.problem_type is ProblemType.REGRESSION:
        return {"predicted_actual": _pairs(scored), "residual_quantiles": _residuals(scored)}
    drawn = {"classes": list(contract.target.classes), "confusion": _confusion(scored, len(contract.target.classes))}
    if scored.problem_type is ProblemType.BINARY:
        drawn |= {"threshold": scored.threshold, **_ranking(scored), "calibration": _calibration(scored)}
    return drawn


def _confusion(scored: ScoredRows, width: int) -> list[list[int]]:
    cells = (scored.truth * width + scored.answers).astype(int)
    counts: list[list[int]] = np.bincount(cells, minlength=width * width).reshape(width, width).tolist()
    return counts


def _ranking(scored: ScoredRows) -> dict[str, Any]:
    """ROC and precision-recall points from the highest score down; empty where there is only one class."""
    order = np.argsort(-scored.scores[:, 1], kind="stable")
    values, positive = scored.scores[order, 1], scored.truth[order] == 1.0
    last = np.flatnonzero(np.append(np.diff(values) != 0, True))  # one point where the score changes
    hits, misses = np.cumsum(positive)[last], np.cumsum(~positive)[last]
    if not hits[-1] or not misses[-1]:
        return {"roc": [], "precision_recall": []}
    recall, fall_out, precision = hits / hits[-1], misses / misses[-1], hits / (hits + misses)
    kept = _thinned(len(last))
    roc = [{"false_positive_rate": 0.0, "true_positive_rate": 0.0, "threshold": None}]
    roc += [
        {"false_positive_rate": float(fall_out[i]), "true_positive_rate": float(recall[i]), "threshold": float(at)}
        for i, at in zip(kept, values[last][kept], strict=True)
    ]
    return {
        "roc": roc,
        "precision_recall": [{"recall": float(recall[i]), "precision": float(precision[i])} for i in kept],
    }


def _calibration(scored: ScoredRows) -> list[dict[str, float]]:
    """Mean probability and share of positives, in groups of rising probability with about the same number of rows."""
    order = np.argsort(scored.scores[:, 1], kind="stable")
    groups = [group for group in np.array_split(order, BINS) if len(group)]
    return [
        {
            "probability": float(scored.scores[group, 1].mean()),
            "share": float(scored.truth[group].mean()),
            "rows": len(group),
        }
        for group in groups
    ]


def _pairs(scored: ScoredRows) -> list[dict[str, float]]:
    kept = np.argsort(scored.truth, kind="stable")[_thinned(len(scored.truth), 1000)]
    return [{"actual": float(scored.truth[i]), "predicted": float(scored.answers[i])} for i in kept]


def _residuals(scored: ScoredRows) -> dict[str, float]:
    residuals: Floats = scored.answers - scored.truth
    return {f"{q:g}": float(np.quantile(residuals, q)) for q in (0.05, 0.25, 0.5, 0.75, 0.95)}


def _thinned(count: int, most: int = POINTS) -> list[int]:
    """At most `most` indices spread over `count`, the first and the last among them."""
    return sorted(set(np.linspace(0, count - 1, min(count, most)).round().astype(int).tolist()))
