"""What a check gives back: the cells in the form that the scorer reads, and warnings about some of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tablee.i18n.message import Message

MAX_WARNINGS = 100
"""How many warnings a block keeps; further ones are only counted."""


class WarningCode(StrEnum):
    """Why a cell is reported although its row is scored."""

    MISSING = "missing_value"
    UNSEEN = "unseen_level"
    RANGE = "out_of_range"
    UNREADABLE = "unreadable_text"


@dataclass(frozen=True, slots=True)
class CellWarning:
    """A cell that is scored as missing, or whose value lies outside of what training saw."""

    row: int
    column: str
    code: WarningCode
    value: float | str | None

    expected: Message | None = None
    """What the text of a cell should be that cannot be read; only in answers."""

    def to_dict(self) -> dict[str, Any]:
        body = {"row": self.row, "column": self.column, "code": self.code.value, "value": self.value}
        return body if self.expected is None else body | {"expectation": self.expected.to_dict()}


@dataclass(slots=True)
class Block:
    """Validated rows by column, in the contract's order.

    The cells of a number column are `float | None`. Those of a text column are `str | None`. Those of a category column
    are a level of the contract, or None where the value was missing or is no level.

    A column is a sequence of cells, or, where many rows were checked at once, a polars Series: Float64, String, or an
    Enum of the column's levels.
    """

    columns: dict[str, Any]
    rows: int
    warnings: list[CellWarning] = field(default_factory=list)
    """The first `MAX_WARNINGS`, sorted by row."""
    warning_count: int = 0
    """The number of all warnings."""
    warned: dict[WarningCode, int] = field(default_factory=dict)
    """The number of all warnings of each code."""
    warned_cells: dict[tuple[str, WarningCode], int] = field(default_factory=dict)
    """The number of all warnings of each column and code."""
    first_row: int = 1
    """The number of the first row, as warnings and errors name it."""
    prepared: Block | None = field(default=None, init=False, repr=False)
    """The features that a recipe made of this block."""

    def count(self, column: str, code: WarningCode, cells: int) -> None:
        """Count warnings."""
        self.warning_count += cells
        self.warned[code] = self.warned.get(code, 0) + cells
        if cells:
            self.warned_cells[column, code] = self.warned_cells.get((column, code), 0) + cells

    def warn(self, warning: CellWarning) -> None:
        """Count a warning, and keep it if it is one of the first."""
        self.count(warning.column, warning.code, 1)
        if self.warning_count <= MAX_WARNINGS:
            self.warnings.append(warning)
