"""The gate: whether a candidate may take the champion's place.

It passes when every check passes and, if there is a champion, when it is strictly better than that by the point
estimate on the same hold-out rows; the interval says how sure that is, it does not decide. A candidate that answers
another question than the champion, or that callers of the champion could not call, never passes by itself: a person
can still promote it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from tablee.errors import BundleCorrupt
from tablee.jobs.training import Check, Verdict
from tablee.models.contract import CategoryColumn, Column, Contract, TextColumn
from tablee.models.problem import ALWAYS_DEFINED, METRICS, RankingMetric
from tablee.models.registry import Registry, VersionInfo
from tablee_scoring import Model
from tablee_train.data import rows
from tablee_train.evaluation import metrics
from tablee_train.evaluation.metrics import Floats, Scored
from tablee_train.settings import GateSettings

WORK = 40_000_000
"""Rows to be weighed in all resamples together; bounds the time for very large hold-outs."""
TIMED_ROWS = 300


@dataclass(frozen=True, slots=True)
class Contest:
    """What the gate judges: the candidate and its rival on the same hold-out rows."""

    metric: RankingMetric
    candidate: Scored
    champion: Scored | None
    champion_version: int | None
    checks: tuple[Check, ...]
    seed: int


def judge(contest: Contest, resamples: int) -> Verdict:
    """The verdict, from numbers alone."""
    ones = np.ones(len(contest.candidate.truth))
    name = decisive(contest.metric, contest.candidate)
    value = metrics.statistic(name, contest.candidate)(ones)
    failed = next((check for check in contest.checks if not check.passed), None)
    verdict = Verdict(passed=False, reason="", metric=name, candidate=value, checks=contest.checks)
    verdict.champion_version = contest.champion_version
    if contest.champion is not None:
        rival = metrics.statistic(name, contest.champion)(ones)
        verdict.champion, verdict.difference = rival, METRICS[name].gain(value, rival)
        verdict.interval = interval(contest, name, resamples)
    verdict.passed, verdict.reason = _decision(verdict, failed)
    return verdict


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


def decisive(metric: RankingMetric, candidate: Scored) -> str:
    """The metric, or where the hold-out rows do not define it (an AUC on one class) one that is always defined."""
    if np.isfinite(metrics.statistic(metric, candidate)(np.ones(len(candidate.truth)))):
        return metric
    return ALWAYS_DEFINED[candidate.problem_type]


def interval(contest: Contest, metric: str, resamples: int) -> tuple[float, float] | None:
    """95 % percentile interval of the gain over the champion: paired bootstrap, both scored on each resample."""
    if contest.champion is None:
        return None
    ours = metrics.statistic(metric, contest.candidate)
    theirs = metrics.statistic(metric, contest.champion)
    count = len(contest.candidate.truth)
    generator = np.random.default_rng(contest.seed)
    gains = []
    for _ in range(max(50, min(resamples, WORK // count))):
        weights: Floats = np.bincount(generator.integers(0, count, count), minlength=count).astype(np.float64)
        gains.append(METRICS[metric].gain(ours(weights), theirs(weights)))
    defined = np.array(gains)[np.isfinite(gains)]
    if not len(defined):
        return None
    low, high = np.quantile(defined, (0.025, 0.975))
    return float(low), float(high)


def obstacles(candidate: Contract, champion: Contract) -> list[str]:
    """Why callers of the champion could not simply be answered by the candidate; empty if they could."""
    ours, theirs = candidate.target, champion.target
    if ours.name != theirs.name:
        return [f"the champion predicts «{theirs.name}», this one «{ours.name}»"]
    if ours.problem_type is not theirs.problem_type:
        return [f"the champion is a {theirs.problem_type} model, this one {ours.problem_type}"]
    found = []
    if set(ours.classes) != set(theirs.classes):
        changed = ", ".join(sorted(set(ours.classes) ^ set(theirs.classes))[:5])
        found.append(f"the classes are not the champion's ({changed})")
    known = {column.name: column for column in champion.columns}
    for column in candidate.columns:
        if column.name not in known:
            found.append(f"it needs the column «{column.name}», which callers of the champion do not send")
        elif column.kind != known[column.name].kind and not _takes_all_of(column, known[column.name]):
            found.append(f"«{column.name}» is a {column.kind}, for the champion a {known[column.name].kind}")
    gone = set(champion.names) - set(candidate.names) - set(candidate.ignored)
    found += [f"it does not know the column «{name}», which callers of the champion send" for name in sorted(gone)]
    return found


def _takes_all_of(column: Column, other: Column) -> bool:
    """Whether a column takes every cell that the other one takes: any text does for levels, but not for true and false
    as levels."""
    flags = isinstance(other, CategoryColumn) and {level.casefold() for level in other.levels} == {"true", "false"}
    return isinstance(column, TextColumn) and isinstance(other, CategoryColumn) and not flags


class Gate:
    """Judges a registered candidate: fetches what the registry holds, as the serving side will."""

    def __init__(self, registry: Registry, settings: GateSettings, cache: Path) -> None:
        self._registry, self._settings, self._cache = registry, settings, cache

    def fetch(self, info: VersionInfo) -> Model:
        """A version's model out of the registry: digest verified, golden rows reproduced.

        :raises BundleCorrupt: it is not what was registered.
        """
        return Model.load(self._registry.fetch(info, self._cache), info.digest)

    def examine(self, info: VersionInfo) -> list[Check]:
        """The registered candidate's own checks, whatever the champion."""
        try:
            model = self.fetch(info)
        except BundleCorrupt as error:
            return [Check(name="golden rows", passed=False, detail=error.detail)]
        detail = "the bundle in the registry reproduces them bit for bit"
        return [Check(name="golden rows", passed=True, detail=detail), self._size(model), self._speed(model)]

    def verdict(
        self,
        model: Model,
        checks: Sequence[Check],
        champion: VersionInfo | None,
        holdout: pl.DataFrame,
        metric: RankingMetric,
        seed: int,
    ) -> Verdict:
        """Candidate against champion on the same rows.

        :param checks: what is known of the candidate already.
        """
        rival, fits = self._rival(model, champion, holdout)
        contest = Contest(
            metric=metric,
            candidate=scored(model, holdout),
            champion=rival,
            champion_version=champion.version if champion else None,
            checks=(*checks, *fits),
            seed=seed,
        )
        return judge(contest, self._settings.resamples)

    def _rival(
        self, model: Model, champion: VersionInfo | None, holdout: pl.DataFrame
    ) -> tuple[Scored | None, list[Check]]:
        if champion is None:
            return None, []
        try:
            rival = self.fetch(champion)
        except BundleCorrupt as error:
            detail = f"the champion, version {champion.version}, cannot be loaded: {error.detail}"
            return None, [Check(name="champion", passed=False, detail=detail)]
        found = obstacles(model.contract, rival.contract)
        detail = "; ".join(found[:5])[:1000] or f"callers of version {champion.version} can be answered as before"
        fits = [Check(name="contract", passed=not found, detail=detail)]
        return (None if found else scored(rival, holdout, model.contract)), fits

    def _size(self, model: Model) -> Check:
        size = sum(file.bytes for file in model.manifest.files.values()) / 2**20 if model.manifest else 0.0
        limit = self._settings.max_bundle_mib
        return Check(name="size", passed=size <= limit, detail=f"{size:.2f} MiB of at most {limit:g}")

    def _speed(self, model: Model) -> Check:
        block = model.validator.rows(list(model.contract.examples[:1]))
        times = []
        for _ in range(TIMED_ROWS):
            start = time.perf_counter()
            model.score(block)
            times.append(time.perf_counter() - start)
        median = float(np.median(times)) * 1000
        limit = self._settings.max_row_milliseconds
        return Check(name="speed", passed=median <= limit, detail=f"{median:.3f} ms a row of at most {limit:g}")


def scored(model: Model, holdout: pl.DataFrame, order: Contract | None = None) -> Scored:
    """A model's scores of the hold-out rows, its classes in the order of the contract `order`."""
    contract = order or model.contract
    scores = model.score(rows.block(holdout, model.contract))
    if contract.target.classes:
        scores = scores[:, [model.contract.target.classes.index(label) for label in contract.target.classes]]
    return Scored(contract.target.problem_type, metrics.truth(holdout, contract), scores, model.threshold)
