"""The columns of a contract, by kind."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """A part of a contract: nobody changes it, and no member is unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class NumberColumn(Frozen):
    """A column of finite numbers."""

    kind: Literal["number"] = "number"
    name: str
    integer: bool = False
    """Every training value was a whole number."""
    minimum: float
    maximum: float
    """Range seen in training; values beyond it are scored and reported."""
    missing: float = Field(0.0, ge=0.0, le=1.0)
    """Share of training rows without a value."""

    @property
    def expected(self) -> str:
        return "a number"


class CategoryColumn(Frozen):
    """A column of texts out of a closed list of levels."""

    kind: Literal["category"] = "category"
    name: str
    levels: tuple[str, ...]
    """Levels seen in training, sorted; another text is scored as missing and reported."""
    missing: float = Field(0.0, ge=0.0, le=1.0)

    @property
    def expected(self) -> str:
        shown = ", ".join(self.levels[:6]) + (", …" if len(self.levels) > 6 else "")
        return f"a text (one of {shown})"


class TextColumn(Frozen):
    """A column of any texts, which the model's recipe reads."""

    kind: Literal["text"] = "text"
    name: str
    reads: Literal["text", "number", "date"] = "text"
    """What the recipe looks for in it."""
    missing: float = Field(0.0, ge=0.0, le=1.0)

    @property
    def expected(self) -> str:
        return {"text": "a text", "number": "a text with a number", "date": "a text with a date"}[self.reads]


Column = Annotated[NumberColumn | CategoryColumn | TextColumn, Field(discriminator="kind")]
