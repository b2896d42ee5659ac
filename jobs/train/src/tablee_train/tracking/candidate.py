"""The best model of a search, made into a bundle: contract completed, golden rows scored, held against the engine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from tablee.errors import TrainingFailed
from tablee.jobs.training import Check, LeaderboardRow
from tablee.models import bundle
from tablee.models.bundle import Golden
from tablee.models.contract import Contract
from tablee.models.problem import ProblemType
from tablee_scoring import Model
from tablee_scoring.mojo import Mojo
from tablee_train.data import contract as drawing
from tablee_train.data import rows
from tablee_train.engine.base import Engine, Plan

SAMPLE = 500
"""Hold-out rows that the engine scores too."""
TOLERANCE = 1e-4
"""Most that the engine's score and ours may differ by: in probability, or as a share of a predicted value."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bundle in a directory with its loaded model, whether the engine agrees with it, and what else was checked."""

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
    plan: Plan,
    leader: LeaderboardRow,
    train: pl.DataFrame,
    holdout: pl.DataFrame,
    folder: Path,
    engine_version: str,
) -> Candidate:
    """Fetch the leader and write its bundle below `folder`.

    :raises TrainingFailed: the model's file does not fit what was trained.
    """
    mojo = folder / "model.zip"
    engine.download(leader.model_id, mojo)
    read = Mojo(mojo)
    if set(read.classes) != set(plan.contract.target.classes):
        raise TrainingFailed(
            f"the trained model answers {read.classes}, the data set has {plan.contract.target.classes}"
        )
    contract = drawing.completed(plan.contract, read.classes, read.threshold)
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


def agreement(engine: Engine, plan: Plan, model_id: str, model: Model, holdout: pl.DataFrame) -> Check:
    """Whether the model's file gives the scores that the engine itself gives for hold-out rows."""
    sample = rows.known(holdout.head(SAMPLE), model.contract)
    ours = model.score(rows.block(sample, model.contract))
    theirs = engine.predict(plan, model_id, sample, ours.shape[1])
    apart = distance(ours, theirs, model.contract.target.problem_type)
    return Check(
        name="engine agrees",
        passed=apart <= TOLERANCE,
        detail=f"the scores of {sample.height} hold-out rows differ from the engine's by at most {apart:.1e}",
    )


def reproduction(model: Model, holdout: pl.DataFrame) -> list[Check]:
    """Whether the recipe makes the same features of each hold-out row alone and among others; no check without one."""
    if model.recipe is None:
        return []
    row = model.differing(rows.block(holdout, model.contract))
    alike = f"the features of {holdout.height} hold-out rows are the same alone and among others, bit for bit"
    detail = alike if row is None else f"hold-out row {row + 1} has other features alone than among others"
    return [Check(name="recipe", passed=row is None, detail=detail)]


def distance(ours: np.ndarray, theirs: np.ndarray, problem_type: ProblemType) -> float:
    """The largest difference; of predicted values as a share of the value (of 1 for small ones)."""
    if ours.shape != theirs.shape:
        return float("inf")
    apart = np.abs(ours - theirs)
    if problem_type is ProblemType.REGRESSION:
        apart = apart / np.maximum(np.abs(theirs), 1.0)
    return float(np.nan_to_num(apart, nan=np.inf).max())
