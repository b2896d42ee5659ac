"""The best model of a search, made into a bundle: contract completed, golden rows scored, held against the engine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from tablee import bundle
from tablee.bundle import Golden
from tablee.contract import Contract, ProblemType
from tablee.errors import TrainingFailed
from tablee.training import Check, LeaderboardRow
from tablee_scoring import Model
from tablee_scoring.mojo import Mojo
from tablee_train import drawing, rows
from tablee_train.engine import Engine, Plan

SAMPLE = 500
"""Hold-out rows that the engine scores too."""
TOLERANCE = 1e-4
"""Most that the engine's score and ours may differ by: in probability, or as a share of a predicted value."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bundle in a directory with its loaded model, and whether the engine agrees with it."""

    model: Model
    directory: Path
    digest: str
    leader: LeaderboardRow
    agrees: Check

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
    model = Model.from_mojo(mojo, contract, background=golden)
    directory = folder / "bundle"
    digest = bundle.write(
        directory,
        mojo=mojo,
        contract=contract,
        golden=Golden(golden.columns, model.score(golden).tolist()),
        algorithm=model.algorithm,
        version=engine_version,
    )
    return Candidate(model, directory, digest, leader, agreement(engine, plan, leader.model_id, model, holdout))


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


def distance(ours: np.ndarray, theirs: np.ndarray, problem_type: ProblemType) -> float:
    """The largest difference; of predicted values as a share of the value (of 1 for small ones)."""
    if ours.shape != theirs.shape:
        return float("inf")
    apart = np.abs(ours - theirs)
    if problem_type is ProblemType.REGRESSION:
        apart = apart / np.maximum(np.abs(theirs), 1.0)
    return float(np.nan_to_num(apart, nan=np.inf).max())
