"""Cells of workbooks as texts."""

from __future__ import annotations

from typing import Any, Final

from tablee.tables.cells.typed_values import text_of

SHOWN_OTHERWISE: Final = frozenset(("z", "m"))
"""Letters of numbers that a number format shows with leading zeros, or with different units."""


def shown(cell: Any, *, timed: bool = False) -> str:
    """A cell as a text: whole numbers without a point, dates and times in ISO 8601.

    :param timed: whether dates get a time, as others of their column have one.
    """
    if isinstance(cell, list):
        kind, value = cell[:2]
        return f"{value}T00:00:00" if kind == "d" and timed else str(value)
    return text_of(cell, None) or ""
