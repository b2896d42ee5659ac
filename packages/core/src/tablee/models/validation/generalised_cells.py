"""Cells of columns that a privacy action made coarser: as they were before the action, or as training saw them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from tablee.datasets.generalisation import Generalisation, as_text, generalised, read_texts
from tablee.models.columns import CategoryColumn, Column, NumberColumn
from tablee.models.validation.date_cells import only_texts
from tablee.tables.cells.decoding import UNKNOWN_NUMBERS, UNKNOWN_TEXTS
from tablee.tables.cells.typed_values import without_missing

_FEW = 100
"""Up to so many cells are looked up one by one."""
_MOST = 4096
"""Cells of a column that are remembered."""
_LONG = 100
"""Characters of the longest text that is remembered."""
_UNKNOWN = object()


def as_learnt(column: Column) -> Column:
    """The column as the checks see it after `read_values` or `read_series`: its texts have been read."""
    if column.generalisation is None:
        return column
    known = UNKNOWN_NUMBERS if isinstance(column, NumberColumn) else UNKNOWN_TEXTS
    return column.model_copy(update={"cell_format": known})


def reader(column: Column) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """As `read_values`, for the rows of many requests: a few cells are looked up among those that were read before, as
    polars takes about a millisecond for a column of any length."""
    if column.generalisation is None:
        return lambda values: values
    known: dict[tuple[type, Any], Any] = {}

    def read(values: Sequence[Any]) -> Sequence[Any]:
        if len(values) > _FEW:
            return read_values(values, column)
        keys = [(type(value), value) if type(value) in (str, int, float) else None for value in values]
        looked_up = {key: known.get(key, _UNKNOWN) for key in keys if key is not None}  # others may clear `known`
        found = {key: cell for key, cell in looked_up.items() if cell is not _UNKNOWN}
        if new := [key for key in looked_up if key not in found]:
            cells = dict(zip(new, read_values([value for _, value in new], column), strict=True))
            if len(known) > _MOST:
                known.clear()
            known.update((key, cell) for key, cell in cells.items() if key[0] is not str or len(key[1]) <= _LONG)
            found |= cells
        return [value if key is None else found[key] for key, value in zip(keys, values, strict=True)]

    return read


def read_values(values: Sequence[Any], column: Column) -> Sequence[Any]:
    """The cells of a column as training saw them. A cell of a type that the column does not have stays as it is."""
    generalisation = column.generalisation
    if generalisation is None:
        return values
    numbers = pl.Series([_number(value) for value in values], dtype=pl.Float64)
    if isinstance(column, NumberColumn):
        cells: pl.Series = numbers
        read = generalised(without_missing(numbers, column.cell_format), generalisation.action)
    else:
        cells = only_texts(values)
        if generalisation.original.number is not None:
            cells = as_text(numbers).fill_null(cells)
        read = _texts(cells, column, generalisation)
    fits = cells.is_not_null()
    return [cell if is_read else value for cell, value, is_read in zip(read, values, fits, strict=True)]


def read_series(series: pl.Series, column: Column) -> pl.Series:
    """As `read_values`; a series of a type that the column does not have stays as it is."""
    generalisation = column.generalisation
    if generalisation is None:
        return series
    if isinstance(series.dtype, pl.Categorical | pl.Enum):
        series = series.cast(pl.String)
    numbers = series.cast(pl.Float64) if series.dtype.is_numeric() else None
    if numbers is not None and not numbers.is_finite().all():
        return series
    if isinstance(column, NumberColumn):
        if numbers is None:
            return series
        return generalised(without_missing(numbers, column.cell_format), generalisation.action)
    if numbers is not None and generalisation.original.number is not None:
        series = as_text(numbers)
    return _texts(series, column, generalisation) if series.dtype == pl.String else series


def _texts(texts: pl.Series, column: Column, generalisation: Generalisation) -> pl.Series:
    return read_texts(texts, generalisation, column.levels if isinstance(column, CategoryColumn) else None)


def _number(value: Any) -> float | None:
    """A number that may be a cell; None for every other value."""
    if type(value) not in (int, float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
