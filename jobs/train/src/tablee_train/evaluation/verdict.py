"""The verdict on a candidate, from numbers alone.

A candidate passes when every check passes and, if there is a champion, when it is strictly better than that by the
point estimate on the same hold-out rows. The interval says how sure the difference is; it does not decide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tablee.jobs.training import Check, Verdict
from tablee.models.problem import ALWAYS_DEFINED, METRICS, RankingMetric
from tablee_train.evaluation import metrics
from tablee_train.evaluation.metrics import Floats, ScoredRows

MAX_WEIGHED_ROWS = 40_000_000
"""Rows times resamples at most; bounds the time for very large hold-outs."""
MIN_RESAMPLES = 50
CONFIDENCE_BOUNDS = (0.025, 0.975)
"""Quantiles of the 95 % interval."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A candidate and the champion, scored on the same hold-out rows."""

    metric: RankingMetric
    candidate: ScoredRows
    champion: ScoredRows | None
    """None where there is no champion, or where its scores cannot be compared."""
    champion_version: int | None
    """None where there is no champion."""
    checks: tuple[Check, ...]
    seed: int
    """Of the resampling."""


def decide(comparison: Comparison, resamples: int) -> Verdict:
    """Whether the candidate passes, and why.

    :param resamples: of the bootstrap; fewer are drawn from very large hold-outs.
    """
    ones = np.ones(len(comparison.candidate.truth))
    name = deciding_metric(comparison.metric, comparison.candidate)
    value = metrics.statistic(name, comparison.candidate)(ones)
    failed = next((check for check in comparison.checks if not check.passed), None)
    verdict = Verdict(passed=False, reason="", metric=name, candidate=value, checks=comparison.checks)
    verdict.champion_version = comparison.champion_version
    if comparison.champion is not None:
        champion = metrics.statistic(name, comparison.champion)(ones)
        verdict.champion, verdict.difference = champion, METRICS[name].gain(value, champion)
        verdict.interval = bootstrap_interval(comparison, name, resamples)
    verdict.passed, verdict.reason = _decision(verdict, failed)
    return verdict


def deciding_metric(metric: RankingMetric, candidate: ScoredRows) -> RankingMetric:
    """The metric, or where the hold-out rows do not define it (an AUC on one class) one that is always defined."""
    if np.isfinite(metrics.statistic(metric, candidate)(np.ones(len(candidate.truth)))):
        return metric
    return ALWAYS_DEFINED[candidate.problem_type]


def bootstrap_interval(comparison: Comparison, metric: str, resamples: int) -> tuple[float, float] | None:
    """95 % percentile interval of the gain over the champion (Efron 1979): both are scored on each resample.

    :returns: the lower and the upper bound; None without a champion, or where no resample defines the metric.
    """
    if comparison.champion is None:
        return None
    candidate = metrics.statistic(metric, comparison.candidate)
    champion = metrics.statistic(metric, comparison.champion)
    count = len(comparison.candidate.truth)
    generator = np.random.default_rng(comparison.seed)
    gains = []
    for _ in range(resample_count(count, resamples)):
        weights: Floats = np.bincount(generator.integers(0, count, count), minlength=count).astype(np.float64)
        gains.append(METRICS[metric].gain(candidate(weights), champion(weights)))
    defined = np.array(gains)[np.isfinite(gains)]
    if not len(defined):
        return None
    low, high = np.quantile(defined, CONFIDENCE_BOUNDS)
    return float(low), float(high)


def resample_count(rows: int, wanted: int) -> int:
    """How many resamples of so many rows are drawn: at most `wanted`, at least `MIN_RESAMPLES`."""
    return max(MIN_RESAMPLES, min(wanted, MAX_WEIGHED_ROWS // rows))


def _decision(verdict: Verdict, failed: Check | None) -> tuple[bool, str]:
    name, value = verdict.metric, verdict.candidate
    if failed is not None:
        return False, f"The check «{failed.name}» failed: {failed.detail}."
    if verdict.champion_version is None:
        return True, f"There was no champion before it ({name} {value:.4g} on the hold-out rows)."
    if verdict.difference is None or verdict.champion is None:
        return False, f"It cannot be compared with the champion, version {verdict.champion_version}."
    against = f"{name} {value:.4g} against {verdict.champion:.4g} of version {verdict.champion_version}"
    sure = "" if verdict.interval is None else f" (95 % interval of the gain {_shown(verdict.interval)})"
    if verdict.difference > 0:
        return True, f"It is better on the same hold-out rows: {against}{sure}."
    same = "just as good as" if verdict.difference == 0 else "worse than"
    return False, f"It is {same} the champion on the same hold-out rows: {against}{sure}."


def _shown(interval: tuple[float, float]) -> str:
    return f"{interval[0]:+.4g} to {interval[1]:+.4g}"
