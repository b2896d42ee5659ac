"""A recipe: steps in their order, before training has learnt their parameters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from tablee.errors import InvalidRecipe
from tablee.recipes.steps import Drop, Kind, SingleColumnStep, Step, StepFault
from tablee.tables.column_names import near

MAX_STEPS = 1000
"""Steps of a recipe at most."""
SHOWN_COLUMNS = 40
"""Columns that an error lists at most."""


class Recipe(BaseModel):
    """Steps in their order. Columns that no step reads stay as they are."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    format: Literal[1] = 1
    """The form in which steps are written down."""
    steps: Annotated[tuple[Step, ...], Field(max_length=MAX_STEPS)] = ()
    """Carried out in their order (docs/recipes.md)."""

    def check(self, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        """The columns that the steps leave of these.

        :raises InvalidRecipe: a step does not fit the columns that it finds; the first such step.
        """
        now = dict(kinds)
        for number, step in enumerate(self.steps, 1):
            now = after(step, number, now)
        return now

    def without_hidden(self, hidden: Collection[str]) -> Recipe:
        """The recipe for a table without columns that privacy actions hide from models: no step drops them.

        :raises InvalidRecipe: a step reads one of them.
        """
        steps = (without_hidden(step, number, hidden) for number, step in enumerate(self.steps, 1))
        return self.model_copy(update={"steps": tuple(step for step in steps if step is not None)})

    @property
    def step_inputs(self) -> frozenset[str]:
        """Names of all columns that a step reads for more than to drop them."""
        return frozenset(name for step in self.steps if not isinstance(step, Drop) for name in step.reads)

    def to_json(self) -> bytes:
        return self.model_dump_json(indent=2).encode()


def after(step: Step, number: int, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
    """The columns after the step of that number.

    :raises InvalidRecipe: it does not fit the columns that it finds.
    """
    for name in step.reads:
        if name not in kinds:
            shown = list(kinds)[:SHOWN_COLUMNS]
            raise InvalidRecipe("no_column", step=number, column=name, columns=shown, **near(name, kinds))
    try:
        made = step.makes(kinds)
    except StepFault as fault:
        column = step.reads[0] if step.reads else None
        raise InvalidRecipe(fault.reason, step=number, column=column, **fault.facts) from None
    own = step.output if isinstance(step, SingleColumnStep) and step.to is None else None
    for name in made:
        if name in kinds and name != own:
            raise InvalidRecipe("name_taken", step=number, column=name)
    gone = step.columns if isinstance(step, Drop) else ()
    return {name: kind for name, kind in (dict(kinds) | made).items() if name not in gone}


def without_hidden(step: Step, number: int, hidden: Collection[str]) -> Step | None:
    """The step for a table without columns that privacy actions hide; None if it drops nothing else.

    :raises InvalidRecipe: it reads one of them.
    """
    if isinstance(step, Drop):
        left = tuple(name for name in step.columns if name not in hidden)
        return step if left == step.columns else step.model_copy(update={"columns": left}) if left else None
    for name in step.reads:
        if name in hidden:
            raise InvalidRecipe("hidden_in_recipe", step=number, column=name, hint="hidden_in_recipe")
    return step
