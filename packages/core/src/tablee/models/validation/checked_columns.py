"""Valid columns, and the warnings about their cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl

from tablee.models.validation.block import MAX_WARNINGS, Block, CellWarning, WarningCode

Values = Sequence[Any] | pl.Series
"""The cells of a column."""


@dataclass(frozen=True, slots=True)
class CheckedColumn:
    """A valid column as the scorer reads it, and masks of the cells that get a warning; None where there is no such
    cell."""

    values: Values
    """Float64, String, an Enum of the contract's levels, or a sequence of such cells."""
    missing: pl.Series | None = None
    """True where there is no value."""
    unseen: pl.Series | None = None
    """True where the text is no level."""
    out_of_range: pl.Series | None = None
    """True where the number or date is outside of the range that training saw."""
    unreadable: pl.Series | None = None
    """True where the text is not a date."""

    @property
    def masks(self) -> dict[WarningCode, pl.Series]:
        """The cells that get a warning, by its code."""
        kinds = {
            WarningCode.MISSING: self.missing,
            WarningCode.UNSEEN: self.unseen,
            WarningCode.RANGE: self.out_of_range,
            WarningCode.UNREADABLE: self.unreadable,
        }
        return {code: mask for code, mask in kinds.items() if mask is not None}

    def warnings(self, given: Callable[[], Values], most: int) -> list[tuple[int, WarningCode, Any]]:
        """The first warnings: the place of the cell, from 0, the code, and the value that the warning shows.

        :param given: returns the cells as they were before the check.
        :param most: so many warnings at the most.
        """
        found = sorted((at, code) for code, mask in self.masks.items() for at in mask.arg_true().head(most).to_list())
        return [(at, code, self._shown(at, code, given)) for at, code in found[:most]]

    def _shown(self, at: int, code: WarningCode, given: Callable[[], Values]) -> Any:
        if code is WarningCode.MISSING:
            return None
        return (self.values if code is WarningCode.RANGE else given())[at]


def block_of(checked: Mapping[str, CheckedColumn], given: Callable[[str], Values], rows: int, first_row: int) -> Block:
    """The block of valid columns, with the same warnings as a check cell by cell gives.

    :param given: returns the cells of a column as they were before the check.
    """
    block = Block({name: column.values for name, column in checked.items()}, rows, first_row=first_row)
    for name, column in checked.items():
        room = max(MAX_WARNINGS - block.warning_count, 0)
        for code, mask in column.masks.items():
            block.count(name, code, int(mask.sum()))
        for at, code, value in column.warnings(partial(given, name), room):
            block.warnings.append(CellWarning(first_row + at, name, code, value))
    block.warnings.sort(key=lambda warning: warning.row)
    return block
