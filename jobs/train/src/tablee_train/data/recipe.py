"""The steps of a training's recipe, given or proposed, with what they learn from training rows."""

from __future__ import annotations

import polars as pl

from tablee.datasets.manifest import DatasetManifest
from tablee.errors import InvalidRecipe
from tablee.jobs.training import TrainingRequest
from tablee.recipes.fitted import outputs
from tablee.recipes.fitting import LearntSteps, kinds_of
from tablee_data.inference.habits import Habits
from tablee_data.recipes import proposal
from tablee_train.data.column_stats import TableStats
from tablee_train.data.contract import reason_to_leave_out, unread_columns


def learn_steps(
    request: TrainingRequest, manifest: DatasetManifest, train: pl.DataFrame, stats: TableStats
) -> LearntSteps | None:
    """The steps that the request gives, or that its training rows propose; None if there is no step.

    :param train: training rows, or a sample of them.
    :param stats: of `train`.
    :raises InvalidRecipe: a step does not fit the columns that it finds, or reads or makes the target.
    """
    if request.recipe == "none":
        return None
    hidden = manifest.unlearnable.keys() - {request.target}
    candidates = train.drop(request.target, *(hidden | {*request.ignored_columns}) & set(train.columns))
    recipe = (
        proposal.propose(candidates, Habits.of(manifest.reading)).recipe if request.recipe == "auto" else request.recipe
    )
    if not recipe.steps:
        return None
    for number, step in enumerate(recipe.steps, 1):
        if request.target in (*step.reads, *outputs(step)):
            raise InvalidRecipe("target_in_recipe", step=number, column=request.target)
    recipe = recipe.without_hidden(hidden)
    recipe.check(kinds_of(candidates))
    texts = unread_columns(manifest)
    read_by_steps = {name for step in recipe.steps for name in step.reads}
    kept = [
        series.name
        for series in candidates
        if series.name in read_by_steps
        or not reason_to_leave_out(stats.columns[series.name], is_text=series.name in texts)
    ]
    return LearntSteps.of(recipe, candidates.select(kept))
