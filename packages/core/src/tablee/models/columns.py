"""The columns of a contract, by kind."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from tablee.datasets.generalisation import Generalisation
from tablee.datasets.privacy import Bands
from tablee.i18n.message import Message
from tablee.tables.cells.cell_format import CellFormat, DateFormat
from tablee.tables.cells.dates import ISO_FORMATS
from tablee.tables.cells.decoding import UNKNOWN_NUMBERS, UNKNOWN_TEXTS
from tablee.tables.cells.expectations import expected_date, expected_number
from tablee.tables.cells.numbers import PLAIN

LISTED_LEVELS: Final = 6
"""How many levels an error message names."""


class Frozen(BaseModel):
    """A part of a contract: immutable, and an unknown member is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class _InputColumn(Frozen):
    """What all kinds of columns have."""

    name: str
    missing: float = Field(0.0, ge=0.0, le=1.0)
    """Share of training rows without a value."""
    cell_format: CellFormat = UNKNOWN_TEXTS
    """How texts of the column are written, on every way in."""
    generalisation: Generalisation | None = None
    """What made the values coarser before training saw them. A row may have the value as it was before."""


class NumberColumn(_InputColumn):
    """A column of finite numbers."""

    kind: Literal["number"] = "number"
    integer: bool = False
    """Every training value was a whole number."""
    minimum: float
    maximum: float
    """The range that training saw; values outside of it are scored and reported."""
    cell_format: CellFormat = UNKNOWN_NUMBERS

    @property
    def highest(self) -> float:
        """The greatest number within the range that training saw; of bands, the upper end of the highest one."""
        action = None if self.generalisation is None else self.generalisation.action
        return self.maximum + action.width if isinstance(action, Bands) else self.maximum

    @property
    def expected(self) -> Message:
        """What an error says that a cell should be."""
        return Message("expected.number")

    def expected_instead(self, value: Any) -> Message:
        """What should stand instead of a cell that is no number."""
        return expected_number(value, self.cell_format.number or PLAIN) or self.expected


class CategoryColumn(_InputColumn):
    """A column of texts from a closed list of levels."""

    kind: Literal["category"] = "category"
    levels: tuple[str, ...]
    """The levels that training saw, sorted; another text is scored as missing and reported."""

    @property
    def expected(self) -> Message:
        """What an error says that a cell should be."""
        listed, is_whole = list(self.levels[:LISTED_LEVELS]), len(self.levels) <= LISTED_LEVELS
        return Message("expected.level" if is_whole else "expected.one_of_many_levels", {"levels": listed})


class TextColumn(_InputColumn):
    """A column of arbitrary texts, which the recipe of the model reads."""

    kind: Literal["text"] = "text"
    reads: Literal["text", "number", "date"] = "text"
    """What the recipe reads the texts as."""
    earliest: str | None = None
    latest: str | None = None
    """The first and the last date that training saw, in ISO 8601; dates outside are scored and reported. None where the
    texts are not the dates of a data set."""

    @property
    def is_date(self) -> bool:
        """Whether the cells are dates in ISO 8601, which are made of the texts on every way in."""
        return self.cell_format.date is not None or self.earliest is not None

    @property
    def expected(self) -> Message:
        """What an error says that a cell should be."""
        if self.is_date:
            return expected_date(self.cell_format.date or DateFormat(pattern=ISO_FORMATS[0]))
        keys = {"text": "expected.text", "number": "expected.number_text", "date": "expected.date_text"}
        return Message(keys[self.reads])


Column = Annotated[NumberColumn | CategoryColumn | TextColumn, Field(discriminator="kind")]
