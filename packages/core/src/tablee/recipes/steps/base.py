"""The base classes of all steps, and of the steps that make one column from one column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from tablee.errors.unfit import Unfit
from tablee.i18n import Message

Kind = Literal["number", "text", "date"]
"""What a column holds while the recipe works on it. A date is the second of its instant, counted from 1970."""


def _not_reserved(name: str) -> str:
    if name.startswith("__"):
        raise Unfit("reserved_name")
    return name


Name = Annotated[str, StringConstraints(min_length=1, max_length=300)]
"""Name of a column."""
NewName = Annotated[Name, AfterValidator(_not_reserved)]
"""Name of a column that a step makes."""
Text = Annotated[str, StringConstraints(max_length=1000)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class StepFault(ValueError):
    """A step does not fit the columns that it finds.

    :param reason: as that of `tablee.errors.InvalidRecipe`, which is raised for it.
    """

    def __init__(self, reason: str, **facts: Any) -> None:
        super().__init__(reason)
        self.reason, self.facts = reason, facts


def kind_name(*kinds: Kind) -> Message:
    """The names of kinds of columns, for an error."""
    return Message(f"step_kind.{'_or_'.join(kinds)}")


class BaseStep(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the columns that the step reads."""
        raise NotImplementedError

    def makes(self, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        """The kinds of the columns that the step writes, by name.

        :param kinds: of the columns before the step, by name.
        :raises StepFault: a column is not of a kind that the step can read.
        """
        raise NotImplementedError

    @property
    def learnt(self) -> dict[str, Any]:
        """The fields that fitting sets, with their values so far, by name."""
        return {}


class SingleColumnStep(BaseStep):
    """A step that reads one column and changes it, or makes one new column."""

    accepts: ClassVar[tuple[Kind, ...]]
    """Kinds of columns that the step can read."""
    gives: ClassVar[Kind | None] = None
    """Kind of the result; None for the kind that was read."""

    column: Name
    to: NewName | None = None
    """Name of a new column for the result; the column itself is changed when left out."""

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.column,)

    @property
    def output(self) -> str:
        """Name of the column that holds the result."""
        return self.to or self.column

    def makes(self, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        kind = kinds[self.column]
        if kind not in self.accepts:
            raise StepFault("wrong_kind", name=self.column, kind=kind_name(kind), expected=kind_name(*self.accepts))
        return {self.output: self.gives or kind}
