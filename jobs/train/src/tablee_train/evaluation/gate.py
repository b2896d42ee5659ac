"""The promotion gate: whether a candidate may take the champion's place.

The candidate is checked (golden rows, size, speed) and compared with the champion on the same hold-out rows. A
candidate that predicts something else than the champion, or that callers of the champion could not call, does not
pass; a person can still promote it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from tablee.errors import BundleCorrupt
from tablee.jobs.training import Check, Verdict
from tablee.models.contract import Contract
from tablee.models.problem import RankingMetric
from tablee.models.registry import Registry, VersionInfo
from tablee_scoring import Model
from tablee_train.data import rows
from tablee_train.evaluation import metrics
from tablee_train.evaluation.compatibility import incompatibilities
from tablee_train.evaluation.metrics import ScoredRows
from tablee_train.evaluation.verdict import Comparison, decide
from tablee_train.settings import GateSettings

TIMED_ROWS = 300
"""Single rows scored to measure the speed; the median counts."""


class Gate:
    """Judges a registered candidate, with the models as the registry holds them.

    :param cache: a directory for the bundles that are fetched.
    :param load: loads a bundle, given the digest that it must have.
    """

    def __init__(
        self,
        registry: Registry,
        settings: GateSettings,
        cache: Path,
        load: Callable[[Path, str | None], Model] = Model.load,
    ) -> None:
        self._registry, self._settings, self._cache, self._load = registry, settings, cache, load

    def fetch(self, info: VersionInfo) -> Model:
        """A version's model out of the registry: digest verified, golden rows reproduced.

        :raises BundleCorrupt: the bundle is not the one that was registered.
        """
        return self._load(self._registry.fetch(info, self._cache), info.digest)

    def examine(self, info: VersionInfo) -> list[Check]:
        """The checks of a registered candidate that need no champion."""
        try:
            model = self.fetch(info)
        except BundleCorrupt as error:
            return [Check(name="golden rows", passed=False, detail=error.detail)]
        detail = "the bundle in the registry reproduces them bit for bit"
        golden = Check(name="golden rows", passed=True, detail=detail)
        size = sum(file.bytes for file in model.manifest.files.values()) if model.manifest else 0
        block = model.validator.rows(list(model.contract.examples[:1]))
        seconds = median_seconds(lambda: model.score(block))
        return [golden, size_check(size, self._settings), speed_check(seconds, self._settings)]

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
            detail = f"the champion, version {champion.version}, cannot be loaded: {error.detail}"
            return None, [Check(name="champion", passed=False, detail=detail)]
        check = contract_check(model.contract, champion_model.contract, champion.version)
        return score_rows(champion_model, holdout, model.contract) if check.passed else None, [check]


def contract_check(candidate: Contract, champion: Contract, version: int) -> Check:
    """Whether callers of the champion, which has this version, can be answered by the candidate."""
    found = incompatibilities(candidate, champion)
    detail = "; ".join(found[:5])[:1000] or f"callers of version {version} can be answered as before"
    return Check(name="contract", passed=not found, detail=detail)


def size_check(size: int, settings: GateSettings) -> Check:
    """Whether a bundle of `size` bytes is small enough."""
    mib, limit = size / 2**20, settings.max_bundle_mib
    return Check(name="size", passed=mib <= limit, detail=f"{mib:.2f} MiB of at most {limit:g}")


def speed_check(seconds: float, settings: GateSettings) -> Check:
    """Whether a model that scores one row in `seconds` is fast enough."""
    milliseconds, limit = seconds * 1000, settings.max_row_milliseconds
    return Check(name="speed", passed=milliseconds <= limit, detail=f"{milliseconds:.3f} ms a row of at most {limit:g}")


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
