"""Permutation importance of columns: how much worse a model gets when one of them is shuffled (Breiman 2001)."""

from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl

from tablee.models.problem import METRICS, RankingMetric
from tablee_scoring import Model
from tablee_train.data import rows
from tablee_train.evaluation import metrics
from tablee_train.evaluation.metrics import ScoredRows

MAX_ROWS = 2000
"""Hold-out rows used for each column."""
MAX_SCORED_ROWS = 200_000
"""Rows scored for all columns together; each column of a wide table gets fewer rows."""
MIN_ROWS = 200
"""Rows for each column of however wide a table."""


def importance(model: Model, holdout: pl.DataFrame, metric: RankingMetric, seed: int) -> dict[str, float]:
    """The loss in the metric for each column, in the metric's own units, the largest first.

    It is computed alike for every algorithm, ensembles included. Empty if the metric is not defined on these rows.
    """
    limit = max(MAX_SCORED_ROWS // len(model.contract.columns), MIN_ROWS)
    sample = holdout.sample(min(holdout.height, MAX_ROWS, limit), seed=seed)
    block = rows.block(sample, model.contract)
    ones = np.ones(sample.height)
    target = model.contract.target
    unshuffled = ScoredRows(
        target.problem_type, metrics.truth(sample, model.contract), model.score(block), model.threshold
    )
    best = metrics.statistic(metric, unshuffled)(ones)
    if not np.isfinite(best):
        return {}
    generator = np.random.default_rng(seed)
    losses = {}
    for name in model.contract.names:
        order = generator.permutation(sample.height)
        values = block.columns[name]
        shuffled = dataclasses.replace(block, columns=block.columns | {name: [values[i] for i in order]})
        scored = dataclasses.replace(unshuffled, scores=model.score(shuffled))
        losses[name] = METRICS[metric].gain(best, metrics.statistic(metric, scored)(ones))
    return dict(sorted(losses.items(), key=lambda item: -item[1]))
