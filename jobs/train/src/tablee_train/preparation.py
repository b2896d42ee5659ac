"""From a request to everything a search needs: the rows of both sides, the contract, the plan."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

import polars as pl

from tablee.datasets import DatasetManifest, Datasets
from tablee.errors import InvalidRequest
from tablee.training import TrainingRequest, TrainingState
from tablee_train.drawing import Drawing, draw
from tablee_train.engine import Plan
from tablee_train.problem import Problem, pose
from tablee_train.split import split

DEFAULT_SECONDS = 300
"""The budget when a request has none."""
SECONDS_PER_MODEL = 600
"""What one model may take where models alone are the budget."""
GRACE_SECONDS = 300
"""On top of twice the budget, before a search counts as stuck."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """`train` and `holdout` hold all columns of the data set, and only rows that have a target."""

    manifest: DatasetManifest
    problem: Problem
    drawing: Drawing
    train: pl.DataFrame
    holdout: pl.DataFrame
    plan: Plan

    def summary(self) -> dict[str, object]:
        """What is worth writing down of it."""
        left_out = {name: why for name, why in self.drawing.left_out.items() if name != self.problem.target}
        return {
            "problem_type": self.problem.problem_type.value,
            "metric": self.problem.metric,
            "training_rows": self.train.height,
            "holdout_rows": self.holdout.height,
            "rows_without_target": self.problem.without_target,
            "columns": len(self.drawing.contract.columns),
            "columns_left_out": "; ".join(f"{name}: {why}" for name, why in left_out.items()) or "none",
            "seed": self.plan.seed,
            "max_seconds": self.plan.request.max_seconds,
            "max_models": self.plan.request.max_models,
            "folds": self.plan.request.folds,
        }


def prepare(state: TrainingState, datasets: Datasets, share: float) -> Preparation:
    """Read and split the data set of a training; nothing is asked of the engine yet.

    :raises DatasetNotFound: there is no such data set or version.
    :raises InvalidRequest: the request does not fit the data; says why.
    """
    request = state.request
    if request.include_algorithms and request.exclude_algorithms:
        raise InvalidRequest("include_algorithms and exclude_algorithms do not go together: give one of them")
    manifest = datasets.manifest(request.dataset, request.dataset_version)
    problem = pose(datasets.frame(manifest), request.target, request.problem_type, request.metric)
    train, holdout = split(problem, share)
    drawing = draw(request.model_name, problem, train, manifest, request.ignored_columns)
    if request.max_seconds is None and request.max_models is None:
        request = request.model_copy(update={"max_seconds": DEFAULT_SECONDS})
    plan = Plan(
        key="tablee_" + re.sub(r"\W", "_", state.id, flags=re.ASCII),
        contract=drawing.contract,
        metric=problem.metric,
        request=request,
        seed=secrets.randbelow(2**31) if request.seed is None else request.seed,
        deadline_seconds=deadline(request),
    )
    return Preparation(manifest, problem, drawing, train, holdout, plan)


def deadline(request: TrainingRequest) -> float:
    """Seconds after which a search is stuck: twice its budget and a little more."""
    budget = request.max_seconds or SECONDS_PER_MODEL * (request.max_models or 1)
    return 2.0 * budget + GRACE_SECONDS
