"""Frames of texts with number columns, for tests that need no type inference."""

from __future__ import annotations

import polars as pl

from tablee.tables.cells.missing_markers import USUAL
from tablee.tables.cells.numbers import parse


def with_numbers(texts: pl.DataFrame) -> pl.DataFrame:
    """The same frame, in which usual missing markers are null, and every column whose values all are numbers is
    float64."""
    present = texts.with_columns(_present(column) for column in texts)
    return present.with_columns(
        numbers if numbers.null_count() == column.null_count() < len(column) else column
        for column in present
        for numbers in (parse(column),)
    )


def _present(texts: pl.Series) -> pl.Series:
    return texts.set(texts.is_in([*USUAL]).fill_null(False), None)
