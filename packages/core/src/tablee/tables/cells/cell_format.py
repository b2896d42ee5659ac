"""How the texts of one column are written.

It is decided once, when a data set is added, by all rows of the column and by what a person says. The manifest of the
version keeps it, the contract of a model carries it, and every way in reads texts by it (`decoding`).
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

Decimal = Literal[".", ","]
Thousands = Literal["", " ", ".", ",", "'"]
"""A space stands for every kind of space, no-break ones included; an apostrophe for both of its forms."""
FIRST_YEAR: Final = 1969
"""A year of two digits is in the hundred years from here on, unless a person says otherwise (POSIX)."""
_NUMBER: Final = re.compile(r"[\s.,'\u2019+-]*\d[\d\s.,'\u2019]*(?:[eE][+-]?\d+)?")
_EXAMPLE: Final = dt.datetime(2024, 12, 25, 10, 30, tzinfo=dt.UTC)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class NumberFormat(_Frozen):
    """One way of writing numbers."""

    decimal: Decimal | None = "."
    """None where no cell has shown it: then a text is a number if all number formats that read it give the same one."""
    thousands: Thousands = ""

    def __str__(self) -> str:
        """An example, such as 1.234,5."""
        return f"1{self.thousands}234" + (f"{self.decimal}5" if self.decimal else "")


class DateFormat(_Frozen):
    """One way of writing dates or times."""

    pattern: str
    """In the notation of strptime, such as `%d/%m/%Y`."""
    first_year: int = Field(default=FIRST_YEAR, ge=1, le=9900)
    """A year of two digits is one of the hundred years from here on."""

    @property
    def example(self) -> str:
        """A date in this format whose day cannot be taken for its month, such as 25/12/2024."""
        return _EXAMPLE.strftime(self.pattern.replace("%.f", ""))


class CellFormat(_Frozen):
    """How the texts of one column are written."""

    missing: tuple[str, ...] = ()
    """Texts that stand for a missing value, beside the empty text. In a column of texts they count only where they are
    not between quotes, and never in typed formats such as JSON, unless `quoted_missing` says so."""
    quoted_missing: bool = Field(default=False, exclude_if=lambda value: not value)
    """Whether these texts stand for a missing value between quotes and in typed formats, too: a person said so."""
    number: NumberFormat | None = None
    """Of a column of numbers."""
    date: DateFormat | None = None
    """Of a column of dates or times. The cells are ISO 8601 texts."""
    booleans: tuple[str, str] | None = None
    """Of a column with two levels, one of which means yes: the texts for true and for false."""
    trimmed: bool = False
    """Whether blanks around a text are no part of it."""

    @property
    def as_written(self) -> bool:
        """Whether each text that is not missing is a cell of the column as it is."""
        return self.date is None and not self.trimmed and not self.quoted_missing

    @property
    def missing_numbers(self) -> list[str]:
        """The texts for a missing value that are numbers, such as -99."""
        return [text for text in self.missing if _NUMBER.fullmatch(text)]
