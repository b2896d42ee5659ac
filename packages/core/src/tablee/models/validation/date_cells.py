"""The cells of a column of dates: texts in the column's format, or in ISO 8601, as dates in ISO 8601; dates of typed
formats, too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from tablee.models.columns import CategoryColumn, TextColumn
from tablee.models.validation.checked_columns import CheckedColumn
from tablee.tables.cells import dates, decoding
from tablee.tables.cells.plain_dates import plain_reader


def read_dates(texts: pl.Series, column: TextColumn) -> CheckedColumn:
    """The dates of texts in ISO 8601, null where there is none; a null text is a missing one."""
    texts = decoding.decode_text(texts, column.cell_format)
    values = dates.parse_known(texts, column.cell_format.date)
    outside = pl.repeat(False, len(values), dtype=pl.Boolean, eager=True)
    if column.earliest is not None and column.latest is not None:
        outside = ((values < column.earliest) | (values > column.latest + _END)).fill_null(False)
    masks = (texts.is_null(), outside, values.is_null() & texts.is_not_null())
    missing, out_of_range, unreadable = (mask if mask.any() else None for mask in masks)
    return CheckedColumn(values, missing, out_of_range=out_of_range, unreadable=unreadable)


def quick_reader(column: TextColumn) -> Callable[[str], str | None]:
    """A function that gives the date of a single text as `read_dates` does, but faster; None for a text that is left to
    it, such as each that gets a warning."""
    read, low, high = plain_reader(column.cell_format.date), column.earliest or "", (column.latest or "") + _END

    def quick(text: str) -> str | None:
        found = read(text)
        return found if found is not None and low <= found <= high else None

    return quick


def read_levels(texts: pl.Series, column: CategoryColumn) -> pl.Series:
    """The texts of a category column as its levels are written: without blanks around them if it is trimmed, in ISO
    8601 if they are dates. Other texts stay, and an empty one is a missing value."""
    texts = decoding.decode_text(texts, column.cell_format)
    date_format = column.cell_format.date
    return texts if date_format is None else dates.parse_known(texts, date_format).fill_null(texts)


def only_texts(values: Sequence[Any]) -> pl.Series:
    """The texts among the cells of a column; null for other cells. A lone surrogate, which is no part of a date or of a
    level, becomes a question mark."""
    texts = [value if type(value) is str else None for value in values]
    try:
        return pl.Series(texts, dtype=pl.String)
    except UnicodeError:
        return pl.Series([text and text.encode(errors="replace").decode() for text in texts], dtype=pl.String)


_END = "~"
"""Sorts behind the time of a day, so that a time on the last day is within the range."""
