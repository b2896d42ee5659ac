"""The steps of a training's recipe, given or proposed, with what they learn from training rows."""

from __future__ import annotations

import polars as pl

from tablee.datasets import questions
from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.reading import Decision
from tablee.errors import InvalidRecipe
from tablee.i18n import Message
from tablee.jobs.training import TrainingRequest
from tablee.recipes.fitted import outputs
from tablee.recipes.fitting import LearntSteps, kinds_of
from tablee_data.inference.habits import Habits
from tablee_data.recipes import proposal
from tablee_train.data.column_stats import TableStats
from tablee_train.data.contract import reason_to_leave_out, unread_columns


def learn_steps(
    request: TrainingRequest, manifest: DatasetManifest, train: pl.DataFrame, stats: TableStats
) -> tuple[LearntSteps | None, list[Message]]:
    """The steps that the request gives, or that its training rows propose; None if there is no step.

    :param train: training rows, or a sample of them.
    :param stats: of `train`.
    :returns: the steps, and what a person should check about proposed ones: which of two readings they take.
    :raises InvalidRecipe: a step does not fit the columns that it finds, or reads or makes the target.
    """
    if request.recipe == "none":
        return None, []
    hidden = manifest.unlearnable.keys() - {request.target}
    candidates = train.drop(request.target, *(hidden | {*request.ignored_columns}) & set(train.columns))
    recipe, remarks = request.recipe, list[Message]()
    if recipe == "auto":
        proposed = proposal.propose(candidates, Habits.of(manifest.reading))
        recipe = proposed.recipe
        remarks = [_two_readings(each.decision) for each in proposed.reasons if each.decision is not None]
    if not recipe.steps:
        return None, []
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
    return LearntSteps.of(recipe, candidates.select(kept)), remarks


def _two_readings(decision: Decision) -> Message:
    """Which reading a proposed step takes, and another one that fits as well."""
    taken, other = (questions.effect(decision, each) for each in (decision.chosen, decision.alternatives[0]))
    facts = {"column": decision.column or "", "taken": taken, "other": other, "reason": questions.reason(decision)}
    return Message("training_remark.two_readings", facts)
