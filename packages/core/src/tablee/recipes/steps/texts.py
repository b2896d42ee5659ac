"""Steps that read texts: unify them, read numbers out of them, and group rare levels."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from tablee.errors.unfit import Unfit
from tablee.recipes.steps.base import Number, SingleColumnStep, Text


class CleanText(SingleColumnStep):
    """Trim a text, make one space of many, and unify case and accents; an empty text is a missing value."""

    accepts = ("text",)
    kind: Literal["clean_text"] = "clean_text"
    case: Literal["keep", "lower", "upper"] = "keep"
    accents: Literal["keep", "remove"] = "keep"


class ParseNumber(SingleColumnStep):
    """Read numbers out of texts such as `1 234,50 €`; a text that is not a number becomes missing."""

    accepts, gives = ("text",), "number"
    kind: Literal["parse_number"] = "parse_number"
    decimal: Literal[".", ","] = "."
    thousands: Annotated[tuple[Literal[" ", ".", ",", "'"], ...], Field(max_length=4)] = ()
    """What may stand between groups of three digits; a space stands for every kind of space, the ' for the ’ too."""
    units: dict[Text, Number] = {}  # noqa: RUF012 (pydantic copies it for each object)
    """Texts that may stand before or behind the number, and what the number is multiplied by then: `{"€": 1,
    "k€": 1000}`."""
    without_unit: Literal["read", "missing"] = "read"
    """What a number other than 0 becomes that has no unit. Among percentages, 0.12 may be 12 % or 0.12 %."""

    @model_validator(mode="after")
    def _differ(self) -> ParseNumber:
        if self.decimal in self.thousands:
            raise Unfit("two_signs", sign=self.decimal)
        if any(not unit.strip() or unit[:1].isdigit() or unit[-1:].isdigit() for unit in self.units):
            raise Unfit("unit")
        return self


class RareLevels(SingleColumnStep):
    """One level for all that are rare in training, and for those that training never saw."""

    accepts = ("text",)
    kind: Literal["rare"] = "rare"
    least: Annotated[int, Field(ge=1)] = 10
    """A level with at least so many training rows is kept."""
    most: Annotated[int, Field(ge=1, le=1000)] = 200
    """At most so many levels are kept, the most frequent ones."""
    other: Annotated[Text, StringConstraints(min_length=1)] = "(other)"
    levels: tuple[str, ...] | None = None
    """The levels kept, sorted; learnt from the training rows."""

    @property
    def learnt(self) -> dict[str, Any]:
        return {"levels": self.levels}
