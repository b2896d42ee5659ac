"""Cells of workbooks as JSON, and their kinds."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

_EXACT, _LARGE = 2.0**53, 2.0**63
_WRITTEN = re.compile(r"\s*[+-]?(?:0|[1-9]\d{0,14})(?:[.,]\d+)?\s*")


def cell(value: Any) -> Any:
    """A cell as JSON."""
    if isinstance(value, float):
        if not value.is_integer() or abs(value) >= _LARGE:
            return value
        return int(value) if abs(value) < _EXACT else ["b", str(int(value))]
    if isinstance(value, str):
        return value or None
    if isinstance(value, dt.datetime):
        return ["t", value.isoformat()]
    if isinstance(value, dt.date):
        return ["d", value.isoformat()]
    if isinstance(value, dt.time):
        return ["h", value.isoformat()]
    if isinstance(value, dt.timedelta):
        return ["u", value.total_seconds()]
    return value


def is_blank(value: Any) -> bool:
    """Whether a cell is empty, or a text of blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


def kind_of(value: Any) -> str:
    """`int`, `float`, `bool`, `str`, the letter of a list, `n` for a number that is written as text, or `blank`."""
    if isinstance(value, list):
        return str(value[0])
    if is_blank(value):
        return "blank"
    return "n" if isinstance(value, str) and _WRITTEN.fullmatch(value) else type(value).__name__
