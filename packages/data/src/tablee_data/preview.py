"""What a recipe would do to a table: the first rows before and after, what it learns, and which steps do not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from tablee.errors import InvalidRecipe
from tablee.recipe import Recipe, Step
from tablee.recipe.fitted import FittedRecipe
from tablee.recipe.fitting import Learnt, Outcome


@dataclass(frozen=True, slots=True)
class Fault:
    """A step that cannot be carried out; the preview goes on without it."""

    step: int | None
    """From 1; None: the recipe as a whole."""
    column: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class Preview:
    """`after` holds the features that a model would read, and the columns of which it could learn nothing."""

    before: pl.DataFrame
    after: pl.DataFrame
    learnt: dict[int, dict[str, Any]]
    """What a step learns from these rows, by its number (from 1)."""
    fitted: FittedRecipe | None
    """None: nothing would be left for a model to read."""
    faults: tuple[Fault, ...]


def preview(recipe: Recipe, frame: pl.DataFrame, shown: int) -> Preview:
    """Carry a recipe out on these rows.

    :param frame: columns that models may read: numbers Float64, texts String.
    :param shown: rows of `before` and `after`.
    """
    sound: list[tuple[int, Step]] = []
    faults: list[Fault] = []
    learnt = Learnt.of(Recipe(), frame)
    for number, step in enumerate(recipe.steps, 1):
        try:
            learnt = Learnt.of(Recipe(steps=(*(kept for _, kept in sound), step)), frame)
        except InvalidRecipe as error:
            faults.append(Fault(number, error.column, error.detail.partition(": ")[2]))
        else:
            sound.append((number, step))
    after = learnt.apply(frame)
    fitted: FittedRecipe | None = None
    try:
        fitted = learnt.fitted([Outcome.of(series) for series in after])
    except InvalidRecipe as error:
        faults.append(Fault(None, None, error.detail))
    found = {number: step.learnt for (number, _), step in zip(sound, learnt.steps, strict=True) if step.learnt}
    return Preview(frame.head(shown), after.head(shown), found, fitted, tuple(faults))
