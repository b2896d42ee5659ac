"""The best model of a search as a bundle: contract completed, golden rows scored, scores compared with the engine's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from tablee.errors import TrainingFailed
from tablee.i18n.message import Message
from tablee.jobs.training import Check, LeaderboardRow
from tablee.models import bundle
from tablee.models.bundle import Golden
from tablee.models.contract import Contract
from tablee.models.problem import ProblemType
from tablee_scoring import Model
from tablee_scoring.mojo import Mojo
from tablee_train.data import contract as contracts
from tablee_train.data import rows
from tablee_train.engine.base import Engine, SearchPlan

COMPARED_ROWS = 500
"""Hold-out rows that the engine scores, too."""
TOLERANCE = 1e-4
"""The largest difference between the engine's score and ours: in probability, or as a share of a predicted value."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bundle in a directory, with its loaded model and the checks made so far."""

    model: Model
    directory: Path
    digest: str
    leader: LeaderboardRow
    checks: tuple[Check, ...]

    @property
    def contract(self) -> Contract:
        return self.model.contract


def assemble(
    engine: Engine,
    plan: SearchPlan,
    leader: LeaderboardRow,
    train: pl.DataFrame,
    holdout: pl.DataFrame,
    folder: Path,
    engine_version: str,
) -> Candidate:
    """Download the leader and write its bundle below `folder`.

    :raises TrainingFailed: the model's file does not fit what was trained.
    """
    mojo = folder / "model.zip"
    engine.download(leader.model_id, mojo)
    read = Mojo(mojo)
    if set(read.classes) != set(plan.contract.target.classes):
        raise TrainingFailed("other_classes", trained=str(read.classes), expected=str(plan.contract.target.classes))
    contract = contracts.complete(plan.contract, read.classes, read.threshold)
    golden = rows.block(rows.golden_rows(train, holdout, contract), contract)
    model = Model.from_mojo(mojo, contract, background=golden, recipe=plan.recipe)
    directory = folder / "bundle"
    digest = bundle.write(
        directory,
        mojo=mojo,
        contract=contract,
        golden=Golden(golden.columns, model.score(golden).tolist()),
        algorithm=model.algorithm,
        version=engine_version,
        recipe=plan.recipe,
    )
    checks = (agreement(engine, plan, leader.model_id, model, holdout), *reproduction(model, holdout))
    return Candidate(model, directory, digest, leader, checks)


def agreement(engine: Engine, plan: SearchPlan, model_id: str, model: Model, holdout: pl.DataFrame) -> Check:
    """Whether the downloaded model gives the same scores for hold-out rows as the engine, up to `TOLERANCE`."""
    sample = rows.with_known_levels(holdout.head(COMPARED_ROWS), model.contract)
    ours = model.score(rows.block(sample, model.contract))
    theirs = engine.predict(plan, model_id, sample, ours.shape[1])
    difference = largest_difference(ours, theirs, model.contract.target.problem_type)
    facts = {"rows": sample.height, "difference": f"{difference:.1e}"}
    return Check.of("engine agrees", difference <= TOLERANCE, Message("check_detail.engine_agrees", facts))


def reproduction(model: Model, holdout: pl.DataFrame) -> list[Check]:
    """Whether the recipe makes the same features of a hold-out row alone and among others; empty if there is none."""
    if model.recipe is None:
        return []
    row = model.differing(rows.block(holdout, model.contract))
    if row is not None:
        return [Check.of("recipe", False, Message("check_detail.other_features", {"row": row + 1}))]
    return [Check.of("recipe", True, Message("check_detail.same_features", {"rows": holdout.height}))]


def largest_difference(ours: np.ndarray, theirs: np.ndarray, problem_type: ProblemType) -> float:
    """The largest difference of two arrays of scores (n × k); inf if their shapes differ or a score is NaN.

    Differences of predicted values are shares of the engine's value, or of 1 where that is smaller.
    """
    if ours.shape != theirs.shape:
        return float("inf")
    differences = np.abs(ours - theirs)
    if problem_type is ProblemType.REGRESSION:
        differences = differences / np.maximum(np.abs(theirs), 1.0)
    return float(np.nan_to_num(differences, nan=np.inf).max())
