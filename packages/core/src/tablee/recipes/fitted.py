"""A recipe with its parameters and the features it makes, as it travels with a model."""

from __future__ import annotations

import sys
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tablee.models.contract import CategoryColumn, Contract, NumberColumn
from tablee.recipes.recipe import MAX_STEPS
from tablee.recipes.steps import DateParts, Kind, Step


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Feature(_Frozen):
    """A column that the model reads."""

    name: str
    kind: Literal["number", "category"]
    levels: tuple[str, ...] = ()
    """The levels of a category in the training rows, sorted; empty for a number."""
    sources: tuple[str, ...]
    """The columns of the contract that it comes from, in the order in which they are read."""


class FittedRecipe(_Frozen):
    """A recipe whose steps have all their parameters. It has only the steps that a feature needs.

    `features` are all columns that the model reads: what the steps made, and the columns that no step reads.
    """

    format: Literal[1] = 1
    inputs: dict[str, Literal["number", "text"]]
    """The columns of a row that steps or features read, by name."""
    steps: Annotated[tuple[Step, ...], Field(max_length=MAX_STEPS)]
    features: tuple[Feature, ...]
    left_out: dict[str, str] = {}
    """Columns that the steps made and the model does not read, with the reason."""

    @property
    def step_inputs(self) -> frozenset[str]:
        """The inputs that steps read."""
        return frozenset(name for step in self.steps for name in step.reads) & self.inputs.keys()

    @property
    def sources(self) -> dict[str, tuple[str, ...]]:
        """The columns of the contract that each feature comes from, by the feature's name."""
        return {feature.name: feature.sources for feature in self.features}

    def reads_as(self, name: str) -> Literal["text", "number", "date"]:
        """What the steps read the texts of an input column as."""
        found = {step.kind for step in self.steps if name in step.reads}
        return "date" if "parse_date" in found else "number" if "parse_number" in found else "text"

    def contract(self, contract: Contract) -> Contract:
        """The contract with the features in the place of its columns: what the model itself reads."""
        most = sys.float_info.max
        columns = tuple(
            NumberColumn(name=feature.name, minimum=-most, maximum=most, missing=0.0)
            if feature.kind == "number"
            else CategoryColumn(name=feature.name, levels=feature.levels, missing=0.0)
            for feature in self.features
        )
        return contract.model_copy(update={"columns": columns})

    def to_json(self) -> bytes:
        return self.model_dump_json(indent=2).encode()

    @classmethod
    def from_json(cls, data: bytes) -> FittedRecipe:
        return cls.model_validate_json(data)


def traced(steps: tuple[Step, ...], inputs: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """The inputs that each column comes from after these steps."""
    known: dict[str, tuple[str, ...]] = {name: (name,) for name in inputs}
    for step in steps:
        found = tuple(dict.fromkeys(source for name in step.reads for source in known[name]))
        known |= dict.fromkeys(outputs(step), found)
    return known


def outputs(step: Step) -> tuple[str, ...]:
    """The columns that a step writes: the column that it changes, or new ones."""
    if isinstance(step, DateParts):
        return tuple(step.named(part) for part in step.parts)
    output = getattr(step, "output", None) or getattr(step, "to", None)
    return (output,) if output else ()


def needed(steps: tuple[Step, ...], features: frozenset[str]) -> tuple[Step, ...]:
    """The steps that these columns come from."""
    kept: list[Step] = []
    live = set(features)
    for step in reversed(steps):
        made = live & set(outputs(step))
        if not made:
            continue
        if isinstance(step, DateParts):
            parts = tuple(part for part in step.parts if step.named(part) in made)
            step = step.model_copy(update={"parts": parts})
        kept.append(step)
        live -= made
        live |= set(step.reads)
    return tuple(reversed(kept))


def kinds_before(steps: tuple[Step, ...], inputs: dict[str, Any]) -> list[dict[str, Kind]]:
    """The kinds of the columns before each step, and as the last item those after all steps."""
    kinds: dict[str, Kind] = dict(inputs)
    found = [kinds]
    for step in steps:
        kinds = kinds | step.makes(kinds)
        found.append(kinds)
    return found
