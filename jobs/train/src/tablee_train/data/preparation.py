"""From a request to everything a search needs: training and hold-out rows, the contract, the search plan."""

from __future__ import annotations

import re
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from tablee.datasets.batches import batches
from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.store import Datasets
from tablee.errors import InvalidRequest
from tablee.i18n import Message
from tablee.jobs.training import TrainingRequest, TrainingState
from tablee.models.problem import ProblemType
from tablee.recipes import Recipe
from tablee.recipes.fitted import FittedRecipe
from tablee.recipes.fitting import OutputColumn
from tablee.recipes.left_out import LeftOut, remarks
from tablee_train.data.column_stats import TableStats
from tablee_train.data.contract import ContractDraft, build_contract, unread_columns
from tablee_train.data.partitions import Partitions
from tablee_train.data.recipe import learn_steps
from tablee_train.data.split import split
from tablee_train.data.streaming import SplitRows, holdout_limit, sample_training_rows, split_streaming
from tablee_train.data.target import Problem, detect_problem
from tablee_train.engine.base import SearchPlan, TrainingRows
from tablee_train.settings import TrainSettings

DEFAULT_SECONDS = 300
"""The budget of a search when the request has none."""
SECONDS_PER_MODEL = 600
"""Time for one model where the budget is a number of models."""
GRACE_SECONDS = 300
"""Added to twice the budget; after that the search counts as stuck."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """What a search needs. `train` and `holdout` hold all columns of the data set, and only rows that have a target."""

    manifest: DatasetManifest
    problem: Problem
    draft: ContractDraft
    train: TrainingRows
    holdout: pl.DataFrame
    """The hold-out rows that models are judged on: all, or a sample where the data set is not held in memory."""
    held_out: int
    """Number of all hold-out rows."""
    plan: SearchPlan
    remarks: list[Message]
    """What a person should know about the columns and their reading."""

    def summary(self) -> dict[str, object]:
        """The parameters of the training as they are logged in MLflow."""
        left_out = {name: why for name, why in self.draft.left_out.items() if name != self.problem.target}
        return {
            "problem_type": self.problem.problem_type.value,
            "metric": self.problem.metric,
            "training_rows": self.train.height,
            "holdout_rows": self.held_out,
            "judged_rows": self.holdout.height,
            "rows_without_target": self.problem.without_target,
            "columns": len(self.draft.contract.columns),
            "recipe": ", ".join(step.kind for step in self.plan.recipe.steps) if self.plan.recipe else "none",
            "columns_left_out": "; ".join(f"{name}: {why}" for name, why in left_out.items()) or "none",
            "seed": self.plan.seed,
            "max_seconds": self.plan.request.max_seconds,
            "max_models": self.plan.request.max_models,
            "folds": self.plan.request.folds,
        }


def prepare(
    state: TrainingState,
    datasets: Datasets,
    settings: TrainSettings,
    partitions: Partitions,
    on_progress: Callable[[float], None],
) -> Preparation:
    """Read and split the data set of a training; the engine is not needed yet.

    :param on_progress: called with the share that is done (0 to 1) where it takes long; may raise to end it.
    :raises DatasetNotFound: there is no such data set or version.
    :raises InvalidRequest: the request does not fit the data.
    """
    request = state.request
    if request.include_algorithms and request.exclude_algorithms:
        raise InvalidRequest("algorithms_named_twice")
    manifest = datasets.manifest(request.dataset, request.dataset_version)
    if manifest.bytes > settings.in_memory_mib * 2**20:
        found = _streaming(request, manifest, datasets, settings.holdout, partitions, on_progress)
    else:
        found = _in_memory(request, manifest, datasets.frame(manifest), settings.holdout)
    problem, rows, recipe = found.problem, found.rows, found.recipe
    draft = build_contract(
        *(request.model_name, problem, rows.stats, rows.train.frame, manifest, request.ignored_columns, recipe),
        found.left_out,
    )
    if request.max_seconds is None and request.max_models is None:
        request = request.model_copy(update={"max_seconds": DEFAULT_SECONDS})
    plan = SearchPlan(
        key="tablee_" + re.sub(r"\W", "_", state.id, flags=re.ASCII),
        contract=draft.contract,
        metric=problem.metric,
        request=request,
        seed=secrets.randbelow(2**31) if request.seed is None else request.seed,
        deadline_seconds=deadline(request),
        recipe=recipe,
    )
    told = [*remarks(manifest, problem.target), *found.remarks]
    return Preparation(manifest, problem, draft, rows.train, rows.holdout, rows.held_out, plan, told)


def deadline(request: TrainingRequest) -> float:
    """Seconds after which a search counts as stuck: twice its budget and `GRACE_SECONDS`."""
    budget = request.max_seconds or SECONDS_PER_MODEL * (request.max_models or 1)
    return 2.0 * budget + GRACE_SECONDS


@dataclass(frozen=True, slots=True)
class _Split:
    """The rows of a data set, split, with what its recipe has learnt."""

    problem: Problem
    rows: SplitRows
    recipe: FittedRecipe | None
    left_out: dict[str, LeftOut]
    """Why a model cannot learn from some columns that the recipe's steps left."""
    remarks: list[Message]
    """About proposed steps."""


def _in_memory(request: TrainingRequest, manifest: DatasetManifest, frame: pl.DataFrame, share: float) -> _Split:
    """Split a data set that fits into memory."""
    name = request.target
    column = [frame[name]] if name in frame.columns else []
    problem = detect_problem(frame.columns, column, name, request.problem_type, request.metric)
    train, holdout = split(problem, problem.with_target(frame), share)
    stats = TableStats.of([train])
    is_number = problem.problem_type is ProblemType.REGRESSION
    variance = float(np.var(train[name].to_numpy())) if is_number else 1.0
    steps, told = learn_steps(request, manifest, train, stats)
    outcomes = [] if steps is None else [OutputColumn.of(series) for series in steps.apply(train)]
    recipe = None if steps is None else steps.fitted(outcomes)
    rows = SplitRows(TrainingRows(train.height, train, variance), holdout, holdout.height, stats)
    return _Split(problem, rows, recipe, _reasons(outcomes), told)


def _streaming(
    request: TrainingRequest,
    manifest: DatasetManifest,
    datasets: Datasets,
    share: float,
    partitions: Partitions,
    on_progress: Callable[[float], None],
) -> _Split:
    """Split a data set batch by batch. A recipe learns from a sample of the training rows, in a pass of its own."""
    done, passes = 0, 1 if request.recipe == "none" else 2

    def count(rows: int) -> None:
        nonlocal done
        done += rows
        on_progress(min(done / manifest.rows / passes, 1.0))

    with tempfile.TemporaryDirectory(prefix="tablee-data-") as folder:
        file = datasets.fetch(manifest, Path(folder))
        names, name = [column.name for column in manifest.columns], request.target
        column = (batch[name] for batch in batches(file, [name]))
        problem = detect_problem(names, column, name, request.problem_type, request.metric)
        steps, told = None, list[Message]()
        if request.recipe != "none":
            sample = sample_training_rows(file, problem, share, count)
            steps, told = learn_steps(request, manifest, sample, TableStats.of([sample]))
        read_by_steps = frozenset() if steps is None else Recipe(steps=steps.steps).step_inputs
        left_out = (unread_columns(manifest) - read_by_steps | {*request.ignored_columns, *manifest.unlearnable}) - {
            name
        }
        columns = [name for name in names if name not in left_out]
        rows = split_streaming(
            file, problem, share, columns, partitions, count, holdout_rows=holdout_limit(len(names)), steps=steps
        )
        outcomes = [stats.output_column() for stats in rows.prepared_stats.columns.values()]
        recipe = None if steps is None else steps.fitted(outcomes)
        return _Split(problem, rows, recipe, _reasons(outcomes), told)


def _reasons(outcomes: list[OutputColumn]) -> dict[str, LeftOut]:
    """Why a model cannot learn from some columns that the steps left."""
    return {each.name: each.reason_to_leave_out for each in outcomes if each.reason_to_leave_out is not None}
