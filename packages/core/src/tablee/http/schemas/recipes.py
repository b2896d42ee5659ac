"""Recipes: proposals and previews."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from tablee.datasets.reading import Decision
from tablee.http.schemas.answer import Answer
from tablee.http.schemas.datasets import Rows
from tablee.recipes import Recipe, Step
from tablee.recipes.fitted import Feature
from tablee.recipes.store import SavedRecipe


class ProposalReason(Answer):
    """The reason to propose steps for a column: it holds for `texts` of the column's `of` distinct texts."""

    column: str
    reason: str
    """`date_as_text`, `number_as_text`, `spellings`, `rare_levels` or `elapsed`."""
    texts: int
    of: int
    examples: list[str] = Field(default_factory=list)
    decision: Decision | None = None
    """Set where another step reads all of these texts, too, and gives other values: which one was taken, why, and what
    an example is with each. A person should check."""
    otherwise: dict[str, Step] = Field(default_factory=dict)
    """The steps to take instead, by the alternatives of the decision."""


class RecipeProposal(Answer):
    """The recipe that a training on a version would use if none is given, with the reasons for its steps."""

    recipe: Recipe
    reasons: list[ProposalReason]
    rows: int
    """Number of rows from which the proposal was made."""


class StepFault(Answer):
    """A step that does not fit its columns. The preview is made without it."""

    step: int | None = None
    """Number of the step, from 1. None: the fault concerns the whole recipe."""
    column: str | None = None
    detail: str
    message: dict[str, Any] | None = None
    """The same as problem JSON."""


class RecipePreview(Answer):
    """The first rows of a version after the steps of a recipe."""

    before: Rows
    after: Rows
    features: list[Feature]
    """The features that a model would read, with the columns that each is derived from."""
    left_out: dict[str, str]
    """The columns that a model would not read, with the reasons as texts."""
    left_out_reasons: dict[str, str] = Field(default_factory=dict)
    """The reasons as codes: `empty`, `constant`, `free_text`, `line_break`; `masked` or `pseudonyms` for columns that
    privacy actions changed."""
    learnt: dict[int, dict[str, Any]]
    """What each step learns from the rows, by the number of the step, from 1."""
    faults: list[StepFault]
    rows: int
    """Number of rows from which the preview was made."""


class RecipeList(Answer):
    """The recipes stored with a data set, newest first."""

    recipes: list[SavedRecipe]
