"""From a request to everything a search needs: the rows of both sides, the contract, the plan."""

from __future__ import annotations

import re
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from tablee.datasets.store import DatasetManifest, Datasets, batches
from tablee.errors import InvalidRecipe, InvalidRequest
from tablee.jobs.training import TrainingRequest, TrainingState
from tablee.models.problem import ProblemType
from tablee.recipes import Recipe
from tablee.recipes.fitted import FittedRecipe, outputs
from tablee.recipes.fitting import Learnt, Outcome, kinds_of
from tablee_data.recipes import proposal
from tablee_train.data.column_stats import Survey
from tablee_train.data.contract import Drawing, draw, free_texts, useless
from tablee_train.data.partitions import Parts
from tablee_train.data.problem import Problem, pose
from tablee_train.data.split import split
from tablee_train.data.streaming import Sifted, glimpse, judged_rows, sift
from tablee_train.engine.base import Plan, TrainingRows
from tablee_train.settings import TrainSettings

DEFAULT_SECONDS = 300
"""The budget when a request has none."""
SECONDS_PER_MODEL = 600
"""What one model may take where models alone are the budget."""
GRACE_SECONDS = 300
"""On top of twice the budget, before a search counts as stuck."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """`train` and `holdout` hold all columns of the data set, and only rows that have a target.

    Of a data set that is not held in memory `holdout` are the rows that models are judged on, `held_out` counts all.
    """

    manifest: DatasetManifest
    problem: Problem
    drawing: Drawing
    train: TrainingRows
    holdout: pl.DataFrame
    held_out: int
    plan: Plan

    def summary(self) -> dict[str, object]:
        """What is worth writing down of it."""
        left_out = {name: why for name, why in self.drawing.left_out.items() if name != self.problem.target}
        return {
            "problem_type": self.problem.problem_type.value,
            "metric": self.problem.metric,
            "training_rows": self.train.height,
            "holdout_rows": self.held_out,
            "judged_rows": self.holdout.height,
            "rows_without_target": self.problem.without_target,
            "columns": len(self.drawing.contract.columns),
            "recipe": ", ".join(step.kind for step in self.plan.recipe.steps) if self.plan.recipe else "none",
            "columns_left_out": "; ".join(f"{name}: {why}" for name, why in left_out.items()) or "none",
            "seed": self.plan.seed,
            "max_seconds": self.plan.request.max_seconds,
            "max_models": self.plan.request.max_models,
            "folds": self.plan.request.folds,
        }


def prepare(
    state: TrainingState, datasets: Datasets, settings: TrainSettings, parts: Parts, advance: Callable[[float], None]
) -> Preparation:
    """Read and split the data set of a training; nothing is asked of the engine yet.

    :param advance: told the share that is done, where it takes long; may raise to end it.
    :raises DatasetNotFound: there is no such data set or version.
    :raises InvalidRequest: the request does not fit the data; says why.
    """
    request = state.request
    if request.include_algorithms and request.exclude_algorithms:
        raise InvalidRequest("include_algorithms and exclude_algorithms do not go together: give one of them")
    manifest = datasets.manifest(request.dataset, request.dataset_version)
    if manifest.bytes > settings.in_memory_mib * 2**20:
        problem, sifted, recipe = _through(request, manifest, datasets, settings.holdout, parts, advance)
    else:
        problem, sifted, recipe = _at_once(request, manifest, datasets.frame(manifest), settings.holdout)
    drawing = draw(
        request.model_name, problem, sifted.survey, sifted.train.frame, manifest, request.ignored_columns, recipe
    )
    if request.max_seconds is None and request.max_models is None:
        request = request.model_copy(update={"max_seconds": DEFAULT_SECONDS})
    plan = Plan(
        key="tablee_" + re.sub(r"\W", "_", state.id, flags=re.ASCII),
        contract=drawing.contract,
        metric=problem.metric,
        request=request,
        seed=secrets.randbelow(2**31) if request.seed is None else request.seed,
        deadline_seconds=deadline(request),
        recipe=recipe,
    )
    return Preparation(manifest, problem, drawing, sifted.train, sifted.holdout, sifted.held_out, plan)


def _at_once(
    request: TrainingRequest, manifest: DatasetManifest, frame: pl.DataFrame, share: float
) -> tuple[Problem, Sifted, FittedRecipe | None]:
    """Of a data set that fits into memory."""
    name = request.target
    problem = pose(frame.columns, (frame[name] for _ in "1"), name, request.problem_type, request.metric)
    train, holdout = split(problem, problem.kept(frame), share)
    survey = Survey.of([train])
    number = problem.problem_type is ProblemType.REGRESSION
    variance = float(np.var(train[name].to_numpy())) if number else 1.0
    learnt = _learnt(request, manifest, train, survey)
    recipe = None
    if learnt is not None:
        recipe = learnt.fitted([Outcome.of(series) for series in learnt.apply(train)])
    return problem, Sifted(TrainingRows(train.height, train, variance), holdout, holdout.height, survey), recipe


def _through(
    request: TrainingRequest,
    manifest: DatasetManifest,
    datasets: Datasets,
    share: float,
    parts: Parts,
    advance: Callable[[float], None],
) -> tuple[Problem, Sifted, FittedRecipe | None]:
    """Of one that is only read through: once more where a recipe learns from a sample of the training rows first."""
    done, rounds = 0, 1 if request.recipe == "none" else 2

    def count(rows: int) -> None:
        nonlocal done
        done += rows
        advance(min(done / manifest.rows / rounds, 1.0))

    with tempfile.TemporaryDirectory(prefix="tablee-data-") as folder:
        file = datasets.fetch(manifest, Path(folder))
        names, name = [column.name for column in manifest.columns], request.target
        column = (batch[name] for batch in batches(file, [name]))
        problem = pose(names, column, name, request.problem_type, request.metric)
        learnt = None
        if request.recipe != "none":
            sample = glimpse(file, problem, share, count)
            learnt = _learnt(request, manifest, sample, Survey.of([sample]))
        touched = frozenset() if learnt is None else Recipe(steps=learnt.steps).touched
        left_out = (free_texts(manifest) - touched | set(request.ignored_columns)) - {name}
        columns = [name for name in names if name not in left_out]
        sifted = sift(file, problem, share, columns, parts, count, judged=judged_rows(len(names)), learnt=learnt)
        recipe = None
        if learnt is not None:
            recipe = learnt.fitted([seen.outcome() for seen in sifted.made.columns.values()])
        return problem, sifted, recipe


def _learnt(request: TrainingRequest, manifest: DatasetManifest, train: pl.DataFrame, survey: Survey) -> Learnt | None:
    """The steps with what they learn from training rows; None if there is nothing to do.

    :raises InvalidRecipe: a step does not fit the columns that it finds, or makes one like the target.
    """
    if request.recipe == "none":
        return None
    candidates = train.drop(request.target, *set(request.ignored_columns) & set(train.columns))
    dates_as = manifest.reading.dates if manifest.reading else {}
    wanted = proposal.propose(candidates, dates_as).recipe if request.recipe == "auto" else request.recipe
    if not wanted.steps:
        return None
    for number, step in enumerate(wanted.steps, 1):
        if request.target in (*step.reads, *outputs(step)):
            raise InvalidRecipe(
                f"«{request.target}» is to be predicted: no step may read or make it",
                step=number,
                column=request.target,
            )
    wanted.check(kinds_of(candidates))
    texts, touched = free_texts(manifest), wanted.touched
    read = [
        series.name
        for series in candidates
        if series.name in touched
        or not useless(survey.columns[series.name], is_text=series.name in texts)
        or any(series.name in step.reads for step in wanted.steps)
    ]
    return Learnt.of(wanted, candidates.select(read))


def deadline(request: TrainingRequest) -> float:
    """Seconds after which a search is stuck: twice its budget and a little more."""
    budget = request.max_seconds or SECONDS_PER_MODEL * (request.max_models or 1)
    return 2.0 * budget + GRACE_SECONDS
