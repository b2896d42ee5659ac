"""The verdict on a candidate, from numbers alone.

A candidate passes when every check passes and, if there is a champion, when it is strictly better than that by the
point estimate on the same hold-out rows. The interval says how sure the difference is; it does not decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tablee.errors.base import plain
from tablee.i18n.message import Message
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
    verdict.passed, message = _decision(verdict, failed)
    verdict.reason, verdict.message = str(message), plain(message)
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


def _decision(verdict: Verdict, failed: Check | None) -> tuple[bool, Message]:
    compared: dict[str, Any] = {"metric": verdict.metric, "value": verdict.candidate}
    if failed is not None:
        return False, Message("verdict_reason.failed_check", {"name": failed.title, "answer": failed.answer})
    if verdict.champion_version is None:
        return True, Message("verdict_reason.first", compared)
    compared |= {"champion": verdict.champion, "version": verdict.champion_version}
    if verdict.difference is None or verdict.champion is None:
        return False, Message("verdict_reason.not_comparable", compared)
    shown = Message("verdict_reason.compared", compared)
    if verdict.interval is not None:
        low, high = map(_signed, verdict.interval)
        shown = Message("verdict_reason.compared_surely", compared | {"low": low, "high": high})
    key = "better" if verdict.difference > 0 else "same" if verdict.difference == 0 else "worse"
    return verdict.difference > 0, Message(f"verdict_reason.{key}", {"compared": shown})


def _signed(value: float) -> Message | float:
    return value if value < 0 else Message("verdict_reason.plus", {"value": value})
