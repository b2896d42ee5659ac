"""Wrong cells as an error names them, and values as its sentences show them."""

from __future__ import annotations

import reprlib
from dataclasses import dataclass
from typing import Any

MAX_CELLS = 20
"""How many wrong cells one answer names; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One wrong cell: where it is (rows count from 1), what stood there and what was expected."""

    row: int | None
    column: str | None
    value: Any
    expected: str

    def to_dict(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "value": readable(self.value), "expected": self.expected}

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (f"row {self.row}" if self.row else "", f"column «{self.column}»" if self.column else "")
            if part
        )
        return f"{place or 'the table'}: got {shorten(self.value)}, expected {self.expected}"


def shorten(value: Any, limit: int = 80) -> str:
    """A value as a person may read it in a sentence, cut at `limit` characters."""
    if isinstance(value, list | dict):  # from outside, perhaps nested deeper than `repr` can go
        brief = reprlib.Repr()
        brief.maxstring = brief.maxother = limit
        text = brief.repr(value)
    else:
        text = "nothing" if value is None else repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def readable(value: Any) -> Any:
    """A value that JSON can carry: numbers, booleans and short texts as they are, the rest as text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if value == value and abs(value) < 2**53 else str(value)
    return value[:200] if isinstance(value, str) else shorten(value, 200)
