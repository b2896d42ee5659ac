"""Recipes: proposals and previews."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from tablee.recipes import Recipe
from tablee.recipes.fitted import Feature
from tablee.recipes.store import SavedRecipe
from tablee_client.schemas.answer import Answer
from tablee_client.schemas.datasets import Rows


class ProposalReason(Answer):
    """Why steps are proposed for a column: `texts` of its `of` different texts call for them."""

    column: str
    reason: str
    """`date_as_text`, `number_as_text`, `spellings`, `rare_levels` or `elapsed`."""
    texts: int
    of: int
    examples: list[str] = Field(default_factory=list)


class RecipeProposal(Answer):
    """The recipe that a training on a version would use by itself, and why."""

    recipe: Recipe
    reasons: list[ProposalReason]
    rows: int
    """Rows that the proposal is made of."""


class StepFault(Answer):
    """A step that does not fit the columns it finds; the preview is made without it."""

    step: int | None = None
    """From 1. None: the recipe as a whole."""
    column: str | None = None
    detail: str


class RecipePreview(Answer):
    """What a recipe makes of the first rows."""

    before: Rows
    after: Rows
    features: list[Feature]
    """What a model would read, with the columns that each is made of."""
    left_out: dict[str, str]
    """What a model would not read, and why."""
    left_out_reasons: dict[str, str] = Field(default_factory=dict)
    """The same reasons as codes: `empty`, `constant`, `free_text` or `line_break`."""
    learnt: dict[int, dict[str, Any]]
    """What each step learns from the rows, by its number (from 1)."""
    faults: list[StepFault]
    rows: int
    """Rows that the preview is made of."""


class RecipeList(Answer):
    """The recipes kept with a data set, newest first."""

    recipes: list[SavedRecipe]
