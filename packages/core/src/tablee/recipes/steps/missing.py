"""Steps about missing values: recognise them, and fill them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from tablee.errors.unfit import Unfit
from tablee.recipes.steps.base import Kind, Number, SingleColumnStep, StepFault, Text, kind_name


class MissingMarkers(SingleColumnStep):
    """Make missing values of texts or numbers that only mean “not known”."""

    accepts = ("text", "number")
    kind: Literal["missing"] = "missing"
    markers: Annotated[tuple[Text, ...], Field(max_length=100)] = ()
    """Texts, compared without the spaces around them and without regard to case."""
    numbers: Annotated[tuple[Number, ...], Field(max_length=100)] = ()
    """Numbers, such as -999."""

    @model_validator(mode="after")
    def _are_some(self) -> MissingMarkers:
        if not self.markers and not self.numbers:
            raise Unfit("markers_or_numbers")
        return self


class Fill(SingleColumnStep):
    """Put a value in the place of missing values."""

    accepts = ("number", "text")
    kind: Literal["fill"] = "fill"
    by: Literal["constant", "median", "most_frequent"] = "constant"
    value: Number | Text | None = None
    """The value for `constant`; for the other two it is learnt from the training rows."""

    @property
    def learnt(self) -> dict[str, Any]:
        return {} if self.by == "constant" else {"value": self.value}

    def makes(self, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        made, kind = super().makes(kinds), kinds[self.column]
        if self.by == "median" and kind != "number":
            raise StepFault("no_median", name=self.column, kind=kind_name(kind))
        if self.value is not None and isinstance(self.value, str) != (kind == "text"):
            raise StepFault("wrong_filling", name=self.column, kind=kind_name(kind), value=repr(self.value))
        return made

    @model_validator(mode="after")
    def _has_a_value(self) -> Fill:
        if self.by == "constant" and self.value is None:
            raise Unfit("fill_value")
        return self
