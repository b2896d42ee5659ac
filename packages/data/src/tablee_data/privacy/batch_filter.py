"""What stands between the rows of a file and everything that is written or said of them."""

from __future__ import annotations

from typing import Protocol

import polars as pl

from tablee.datasets.privacy import Anonymised
from tablee.errors import InvalidTable


class Guard(Protocol):
    """Takes out of each batch what must not be kept, such as `tablee_data.privacy` does."""

    @property
    def anonymised(self) -> Anonymised:
        """What it does, for the manifest."""

    def apply(self, batch: pl.DataFrame) -> pl.DataFrame:
        """The batch as it may be kept. Every batch gets the same columns and types."""

    def hides(self, column: str) -> bool:
        """Whether the cells of a column must be seen nowhere."""


def discreet(error: InvalidTable, guard: Guard) -> InvalidTable:
    """The same error without a value, which may hold hidden cells: a whole line does."""
    place = dict(error.place)
    column = place["column"]
    of_one_cell = "%" in str(place["expected"])  # a date's format
    if place["value"] is None or (of_one_cell and not guard.hides(str(column))):
        return error
    line = place["line"]
    detail = error.detail.removeprefix(f"line {line}: ")
    return InvalidTable(detail, line=line, column=column, expected=place["expected"])
