"""The promotion gate: whether a candidate may take the champion's place.

The candidate is checked (golden rows, size, speed, what the API answers) and compared with the champion on the same
hold-out rows. A candidate that predicts something else than the champion, or that callers of the champion could not
call, does not pass; a person can still promote it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import reduce
from pathlib import Path

import numpy as np
import polars as pl

from tablee.errors import BundleCorrupt
from tablee.i18n.message import Message
from tablee.jobs.training import Check, Verdict
from tablee.models.contract import Contract
from tablee.models.problem import RankingMetric
from tablee.models.registry import Registry, VersionInfo
from tablee_scoring import Model
from tablee_train.data import rows
from tablee_train.evaluation import metrics, trial
from tablee_train.evaluation.compatibility import incompatibilities
from tablee_train.evaluation.metrics import ScoredRows
from tablee_train.evaluation.verdict import Comparison, decide
from tablee_train.settings import GateSettings

SHOWN_REASONS = 5
"""Reasons against the contract that a check names."""
TIMED_ROWS = 300
"""Single rows scored to measure the speed; the median counts."""


class Gate:
    """Judges a registered candidate, with the models as the registry holds them.

    :param cache: a directory for the bundles that are fetched.
    :param load: loads a bundle, given the digest that it must have.
    :param serve: has the API serve a bundle.
    """

    def __init__(
        self,
        registry: Registry,
        settings: GateSettings,
        cache: Path,
        load: Callable[[Path, str | None], Model] = Model.load,
        serve: Callable[[Path], Check] = trial.served,
    ) -> None:
        self._registry, self._settings, self._cache = registry, settings, cache
        self._load, self._serve = load, serve

    def fetch(self, info: VersionInfo) -> Model:
        """A version's model out of the registry: digest verified, golden rows reproduced.

        :raises BundleCorrupt: the bundle is not the one that was registered.
        """
        return self._load(self._bundle(info), info.digest)

    def _bundle(self, info: VersionInfo) -> Path:
        return self._registry.fetch(info, self._cache)

    def examine(self, info: VersionInfo) -> list[Check]:
        """The checks of a registered candidate that need no champion."""
        try:
            model = self.fetch(info)
        except BundleCorrupt as error:
            return [Check.of("golden rows", False, Message("check_detail.golden_rows_differ", {"cause": error}))]
        golden = Check.of("golden rows", True, Message("check_detail.golden_rows"))
        size = sum(file.bytes for file in model.manifest.files.values()) if model.manifest else 0
        block = model.validator.rows(list(model.contract.examples[:1]))
        seconds = median_seconds(lambda: model.score(block))
        checks = [golden, size_check(size, self._settings), speed_check(seconds, self._settings)]
        return [*checks, self._serve(self._bundle(info))]

    def verdict(
        self,
        model: Model,
        checks: Sequence[Check],
        champion: VersionInfo | None,
        holdout: pl.DataFrame,
        metric: RankingMetric,
        seed: int,
    ) -> Verdict:
        """Compare the candidate with the champion on the same rows.

        :param checks: of the candidate, made before.
        """
        champion_rows, contract_checks = self.score_champion(model, champion, holdout)
        comparison = Comparison(
            metric=metric,
            candidate=score_rows(model, holdout),
            champion=champion_rows,
            champion_version=champion.version if champion else None,
            checks=(*checks, *contract_checks),
            seed=seed,
        )
        return decide(comparison, self._settings.resamples)

    def score_champion(
        self, model: Model, champion: VersionInfo | None, holdout: pl.DataFrame
    ) -> tuple[ScoredRows | None, list[Check]]:
        """The champion's scores if they can be compared, and the checks that say whether they can."""
        if champion is None:
            return None, []
        try:
            champion_model = self.fetch(champion)
        except BundleCorrupt as error:
            facts = {"version": champion.version, "cause": error}
            return None, [Check.of("champion", False, Message("check_detail.champion_not_loaded", facts))]
        check = contract_check(model.contract, champion_model.contract, champion.version)
        return score_rows(champion_model, holdout, model.contract) if check.passed else None, [check]


def contract_check(candidate: Contract, champion: Contract, version: int) -> Check:
    """Whether callers of the champion, which has this version, can be answered by the candidate."""
    found = incompatibilities(candidate, champion)[:SHOWN_REASONS]
    if not found:
        return Check.of("contract", True, Message("check_detail.callers", {"version": version}))
    answer = reduce(lambda first, second: Message("part.semicolon", {"first": first, "second": second}), found)
    return Check.of("contract", False, answer)


def size_check(size: int, settings: GateSettings) -> Check:
    """Whether a bundle of `size` bytes is small enough."""
    limit = round(settings.max_bundle_mib * 2**20)
    return Check.of("size", size <= limit, Message("check_detail.size", {"bytes": size, "limit": limit}))


def speed_check(seconds: float, settings: GateSettings) -> Check:
    """Whether a model that scores one row in `seconds` is fast enough."""
    milliseconds, limit = seconds * 1000, settings.max_row_milliseconds
    facts = {"milliseconds": round(milliseconds, 4), "limit": limit}
    return Check.of("speed", milliseconds <= limit, Message("check_detail.speed", facts))


def median_seconds(call: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Median time of `TIMED_ROWS` calls in seconds."""
    times = []
    for _ in range(TIMED_ROWS):
        start = clock()
        call()
        times.append(clock() - start)
    return float(np.median(times))


def score_rows(model: Model, holdout: pl.DataFrame, order: Contract | None = None) -> ScoredRows:
    """A model's scores of the hold-out rows.

    :param order: a contract with the same classes; the scores come in its order of them, the model's own if None.
    """
    contract = order or model.contract
    scores = model.score(rows.block(holdout, model.contract))
    if contract.target.classes:
        scores = scores[:, [model.contract.target.classes.index(label) for label in contract.target.classes]]
    return ScoredRows(contract.target.problem_type, metrics.truth(holdout, contract), scores, model.threshold)
