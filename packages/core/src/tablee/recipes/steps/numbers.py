"""Steps that compute numbers from numbers, or ranges of them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from tablee.errors.unfit import Unfit
from tablee.i18n import Message
from tablee.recipes.formula import expression as formula
from tablee.recipes.steps.base import BaseStep, Kind, Name, NewName, Number, SingleColumnStep, StepFault, kind_name

MAX_BINS = 50
"""The largest number of ranges."""


class Cap(SingleColumnStep):
    """Replace numbers below the lower or above the upper bound by that bound."""

    accepts = ("number",)
    kind: Literal["cap"] = "cap"
    low_share: Annotated[float, Field(ge=0, lt=0.5)] = 0.01
    """This share of the training rows lies below the lower bound; 0 for the least value itself."""
    high_share: Annotated[float, Field(ge=0, lt=0.5)] = 0.01
    low: Number | None = None
    """Learnt from the training rows unless given."""
    high: Number | None = None

    @property
    def learnt(self) -> dict[str, Any]:
        return {"low": self.low, "high": self.high}

    @model_validator(mode="after")
    def _in_order(self) -> Cap:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise Unfit("bounds", low=self.low, high=self.high)
        return self


class Log(SingleColumnStep):
    """The natural logarithm of a number plus an offset; missing where that is not above 0."""

    accepts = ("number",)
    kind: Literal["log"] = "log"
    offset: Number = 0.0


class Ratio(BaseStep):
    """One number divided by another; missing where the second is 0 or the result too great for a number."""

    kind: Literal["ratio"] = "ratio"
    numerator: Name
    denominator: Name
    to: NewName

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.numerator, self.denominator)

    def makes(self, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        for name in self.reads:
            if kinds[name] != "number":
                raise StepFault("wrong_kind", name=name, kind=kind_name(kinds[name]), expected=kind_name("number"))
        return {self.to: "number"}


class Bin(SingleColumnStep):
    """Ranges of a number as levels, each with about as many training rows."""

    accepts, gives = ("number",), "text"
    kind: Literal["bin"] = "bin"
    bins: Annotated[int, Field(ge=2, le=MAX_BINS)] = 10
    edges: Annotated[tuple[Number, ...], Field(max_length=MAX_BINS - 1)] | None = None
    """The bounds between ranges; an edge belongs to the range above it. Learnt from the training rows unless given."""

    @property
    def learnt(self) -> dict[str, Any]:
        return {"edges": self.edges}

    @model_validator(mode="after")
    def _ascend(self) -> Bin:
        if self.edges is not None and list(self.edges) != sorted(set(self.edges)):
            raise Unfit("edges")
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the ranges, one more than there are edges."""
        edges = self.edges or ()
        between = (f"{low!r} to {high!r}" for low, high in pairwise(edges))
        ends = (f"below {edges[0]!r}", *between, f"from {edges[-1]!r}") if edges else ("all",)
        return tuple(f"{number:02}: {end}" for number, end in enumerate(ends, 1))


class Formula(BaseStep):
    """A number computed from columns by an expression of a closed grammar (`tablee.recipes.formula.expression`)."""

    kind: Literal["formula"] = "formula"
    to: NewName
    expression: Annotated[str, StringConstraints(max_length=formula.LONGEST)]

    @model_validator(mode="after")
    def _parses(self) -> Formula:
        formula.parse(self.expression)
        return self

    @property
    def reads(self) -> tuple[str, ...]:
        return formula.columns(formula.parse(self.expression))

    def makes(self, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        try:
            formula.check(formula.parse(self.expression), kinds)
        except formula.FormulaFault as fault:
            raise _fault(fault) from None
        return {self.to: "number"}


def _fault(fault: formula.FormulaFault) -> StepFault:
    """The error of an expression as an error of its step."""
    if fault.code != "wrong_kind":
        return StepFault(f"formula_{fault.code}", **fault.facts)
    name, kind, needed = (str(fault.facts[fact]) for fact in ("column", "kind", "needed"))
    reason = "formula_date" if kind == "date" else "formula_wrong_kind"
    return StepFault(reason, name=name, kind=Message(f"step_kind.{kind}"), needed=Message(f"step_kind.{needed}"))
