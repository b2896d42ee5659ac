"""The cells of a column of dates: texts in the column's format, or in ISO 8601, as dates in ISO 8601."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tablee.models.columns import TextColumn
from tablee.tables.cells import dates, decoding


@dataclass(frozen=True, slots=True)
class DateCells:
    """The dates of some rows, and masks of the cells that get a warning."""

    values: pl.Series
    """In ISO 8601; null where there is no date."""
    missing: pl.Series
    unreadable: pl.Series
    """True where there is a text that is no date."""
    out_of_range: pl.Series
    """True where the date is before or after those that training saw."""


def read_dates(texts: pl.Series, column: TextColumn) -> DateCells:
    """The dates of texts; null is a missing one."""
    texts = decoding.decode_text(texts, column.cell_format)
    values = dates.parse_known(texts, column.cell_format.date)
    outside = pl.repeat(False, len(values), dtype=pl.Boolean, eager=True)
    if column.earliest is not None and column.latest is not None:
        outside = ((values < column.earliest) | (values > column.latest + _END)).fill_null(False)
    return DateCells(values, texts.is_null(), values.is_null() & texts.is_not_null(), outside)


_END = "~"
"""Sorts behind the time of a day, so that a time on the last day is within the range."""
