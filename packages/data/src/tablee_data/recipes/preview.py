"""The preview of a recipe: the first rows before and after, what the steps learn, and which steps do not fit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import polars as pl

from tablee.errors import InvalidRecipe
from tablee.http.schemas.recipes import StepFault
from tablee.recipes import Recipe, Step
from tablee.recipes import frame as columns
from tablee.recipes.fitted import FittedRecipe
from tablee.recipes.fitting import LearntSteps, OutputColumn, kinds_of, learn
from tablee.recipes.left_out import LeftOut, reason_to_leave_out
from tablee.recipes.recipe import after, without_hidden


@dataclass(frozen=True, slots=True)
class Preview:
    """What a recipe makes of some rows."""

    before: pl.DataFrame
    after: pl.DataFrame
    """All columns after the steps, also those that a model cannot learn from."""
    learnt: dict[int, dict[str, Any]]
    """By number of the step, from 1: what it learns from these rows."""
    fitted: FittedRecipe | None
    """None if no column would be left for a model to read."""
    left_out: dict[str, LeftOut]
    """Why a model could not learn from a column of `after`, by the column's name."""
    faults: list[StepFault]


def preview(recipe: Recipe, frame: pl.DataFrame, shown: int, hidden: Collection[str] = ()) -> Preview:
    """Apply a recipe to these rows.

    :param frame: the columns that models may read: numbers as Float64, texts as String.
    :param shown: number of rows in `before` and `after`.
    :param hidden: columns that privacy actions hide from models; `frame` does not have them.
    """
    faults: list[StepFault] = []
    numbers: list[int] = []
    steps: list[Step] = []
    kinds, now = [kinds_of(frame)], frame
    for number, given in enumerate(recipe.steps, 1):
        try:
            step = without_hidden(given, number, hidden)
            if step is None:
                continue
            found = after(step, number, kinds[-1])
        except InvalidRecipe as error:
            told = error.without_step()
            faults.append(StepFault(step=number, column=error.column, detail=told.detail, message=told.problem()))
            continue
        steps.append(learn(step, now))
        now = columns.apply(steps[-1], now, kinds[-1])
        numbers.append(number)
        kinds.append(found)
    learnt = LearntSteps(tuple(steps), tuple(kinds))
    made = learnt.apply(frame)
    fitted: FittedRecipe | None = None
    try:
        fitted = learnt.fitted([OutputColumn.of(series) for series in made])
    except InvalidRecipe as error:
        faults.append(StepFault(detail=error.detail, message=error.problem()))
    parameters = {number: step.learnt for number, step in zip(numbers, steps, strict=True) if step.learnt}
    reasons = {series.name: reason for series in made if (reason := reason_to_leave_out(series)) is not None}
    return Preview(frame.head(shown), made.head(shown), parameters, fitted, reasons, faults)
