"""Which columns a model leans on: how much worse it gets when one of them is shuffled (Breiman 2001)."""

from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl

from tablee.models.problem import METRICS, RankingMetric
from tablee_scoring import Model
from tablee_train.data import rows
from tablee_train.evaluation import metrics
from tablee_train.evaluation.metrics import Scored

MOST_ROWS = 2000
"""Rows of the hold-out that are enough to tell columns apart."""
MOST_SCORED = 200_000
"""Rows scored over all columns; wide tables get fewer rows a column."""


def importance(model: Model, holdout: pl.DataFrame, metric: RankingMetric, seed: int) -> dict[str, float]:
    """The loss in the metric for each column, in the metric's own units, greatest first.

    The same for every algorithm, ensembles too. Empty if the metric is not defined on these rows.
    """
    most = max(MOST_SCORED // len(model.contract.columns), 200)
    sample = holdout.sample(min(holdout.height, MOST_ROWS, most), seed=seed)
    block = rows.block(sample, model.contract)
    ones = np.ones(sample.height)
    target = model.contract.target
    whole = Scored(target.problem_type, metrics.truth(sample, model.contract), model.score(block), model.threshold)
    best = metrics.statistic(metric, whole)(ones)
    if not np.isfinite(best):
        return {}
    generator = np.random.default_rng(seed)
    losses = {}
    for name in model.contract.names:
        order = generator.permutation(sample.height)
        values = block.columns[name]
        shuffled = dataclasses.replace(block, columns=block.columns | {name: [values[i] for i in order]})
        scored = dataclasses.replace(whole, scores=model.score(shuffled))
        losses[name] = METRICS[metric].gain(best, metrics.statistic(metric, scored)(ones))
    return dict(sorted(losses.items(), key=lambda item: -item[1]))
