"""Numbers that float64 holds exactly."""

from __future__ import annotations

import polars as pl

EXACT_LIMIT = 2.0**53
"""From this number on, float64 does not hold every whole number."""
CENTS_LIMIT = 2.0**46
"""From this number on, float64 does not tell all numbers with two decimals apart."""


def keeps_digits(text: str) -> bool:
    """Whether float64 keeps the digits of a number that is written without a power of ten. Below `CENTS_LIMIT` it keeps
    all that amounts of money have."""
    number = float(text)
    if abs(number) < CENTS_LIMIT:
        return True
    decimals = len(text.partition(".")[2])
    return abs(number) < EXACT_LIMIT and text == f"{number:.{decimals}f}"


def is_integer(column: pl.Series) -> bool:
    """Whether a float64 column holds only whole numbers, all of them below `EXACT_LIMIT`."""
    values = column.drop_nulls()
    return bool((values == values.round()).all()) and bool((values.abs() < EXACT_LIMIT).all())
