"""Many rows checked against a contract, a whole column at once.

A column whose cells are all valid is checked by polars, a hundred times as fast as cell by cell. Where a cell has to be
refused, the check of that column gives None, and `RowValidator` checks all cells again and names the wrong ones. So
blocks, warnings and errors are the same in both ways.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import NoneType
from typing import Any, cast

import numpy as np
import polars as pl

from tablee.models.columns import CategoryColumn, Column, NumberColumn, TextColumn
from tablee.models.contract import Contract
from tablee.models.validation.block import Block
from tablee.models.validation.checked_columns import CheckedColumn, Values, block_of
from tablee.models.validation.date_cells import read_dates, read_levels
from tablee.models.validation.generalised_cells import as_learnt, read_series
from tablee.models.validation.names import put_in_order
from tablee.models.validation.rows import RowValidator, booleans
from tablee.tables.cells.decoding import decode_text
from tablee.tables.cells.typed_values import without_missing

FEW_ROWS = 1000
"""Up to so many rows, columns of Python cells are checked cell by cell: polars has a fixed cost for each column
(measured: 2.7 against 5.8 ms for 1,000 rows of 20 columns, equal at about 3,000 rows)."""

Check = Callable[[pl.Series], CheckedColumn | None]
"""Checks a column; None if a cell has to be refused."""


class FrameValidator(RowValidator):
    """A `RowValidator` that checks many rows faster."""

    def __init__(self, contract: Contract, *, ignore_unknown: bool = False, few_rows: int = FEW_ROWS) -> None:
        """
        :param ignore_unknown: leave out unknown columns instead of refusing them.
        :param few_rows: up to so many rows, `columns` checks cell by cell.
        """
        super().__init__(contract, ignore_unknown=ignore_unknown)
        self._ignored, self._few_rows = frozenset(contract.ignored), few_rows
        self._column_checks = {column.name: _check(as_learnt(column)) for column in contract.columns}
        self._generalised = [column for column in contract.columns if column.generalisation is not None]

    def frame(self, frame: pl.DataFrame, *, first_row: int = 1) -> Block:
        """Check a data frame. Missing values are null; NaN is refused, because it is no number.

        :param first_row: the number of the first row in warnings and errors.
        :raises InvalidInput: there is no row.
        :raises InvalidRows: a column is missing or unknown, or a cell has a wrong type.
        """
        if (block := self._at_once(frame, first_row)) is not None:
            return block
        columns = {series.name: series for series in frame}
        return super().columns(_lists(self._read(columns)), frame.height, first_row=first_row)

    def columns(self, columns: Mapping[str, Values], rows: int, *, first_row: int = 1) -> Block:
        """As `RowValidator.columns`; of more than a few rows a whole column at once, if all cells of a column have one
        type. A column may be a polars Series."""
        read = self._read(columns)
        if rows > self._few_rows and (frame := _frame(read)) is not None:
            block = self._at_once(frame, first_row)
            if block is not None:
                return block
        return super().columns(_lists(read), rows, first_row=first_row)

    def _read(self, columns: Mapping[str, Values]) -> dict[str, Values]:
        """With names in order, and without the columns that nothing looks at."""
        columns = put_in_order(columns, self._allowed)
        if self.ignores_unknown:
            return {name: values for name, values in columns.items() if name in self._names}
        return {name: values for name, values in columns.items() if name not in self._ignored}

    def _at_once(self, frame: pl.DataFrame, first_row: int) -> Block | None:
        """The block of a frame; None if something has to be refused."""
        if not frame.height or not self._names <= set(frame.columns):
            return None
        if not self.ignores_unknown and not set(frame.columns) <= self._allowed:
            return None
        frame = frame.with_columns(read_series(frame[column.name], column) for column in self._generalised)
        checked = {name: check(frame[name]) for name, check in self._column_checks.items()}
        if None in checked.values():
            return None
        return block_of(cast("dict[str, CheckedColumn]", checked), frame.get_column, frame.height, first_row)


def _lists(columns: Mapping[str, Values]) -> dict[str, Sequence[Any]]:
    return {name: each.to_list() if isinstance(each, pl.Series) else each for name, each in columns.items()}


def as_series(name: str, values: Values) -> pl.Series | None:
    """A column of cells that all have one type or are None; None for other columns. No cell changes its type, except
    that whole numbers among floats become float64."""
    if isinstance(values, pl.Series):
        return values.alias(name)
    kinds = set(map(type, values)) - {NoneType}
    try:
        if kinds == {float}:
            return pl.Series(name, values, dtype=pl.Float64)
        if kinds and kinds <= {int, float}:
            return pl.Series(name, np.array(values, dtype=np.float64), nan_to_null=True)
        if kinds == {str}:
            return pl.Series(name, values, dtype=pl.String)
        if kinds == {bool}:
            return pl.Series(name, values, dtype=pl.Boolean)
        return None if kinds else pl.Series(name, values, dtype=pl.Null)
    except (OverflowError, UnicodeError):  # beyond float64, or no Unicode: the check cell by cell names the cell
        return None


def _frame(columns: Mapping[str, Values]) -> pl.DataFrame | None:
    series = [made for name, values in columns.items() if (made := as_series(name, values)) is not None]
    return pl.DataFrame(series) if len(series) == len(columns) else None


def _check(column: Column) -> Check:
    if isinstance(column, NumberColumn):
        return _number_check(column)
    if isinstance(column, TextColumn):
        return _date_check(column) if column.is_date else _text_check(column)
    return _category_check(column)


def _number_check(column: NumberColumn) -> Check:
    minimum, maximum = column.minimum, column.maximum

    def check(series: pl.Series) -> CheckedColumn | None:
        if series.null_count() == len(series):  # of whatever type
            return CheckedColumn(pl.repeat(None, len(series), dtype=pl.Float64, eager=True), series.is_null())
        if not (series.dtype.is_integer() or series.dtype.is_float()):
            return None
        values = series.cast(pl.Float64)
        if not values.is_finite().all():
            return None
        values = without_missing(values, column.cell_format)
        out_of_range = None
        if values.null_count() == len(values):
            return CheckedColumn(values, values.is_null())
        if values.min() < minimum or values.max() > maximum:  # type: ignore[operator]  # there is a value
            out_of_range = ((values < minimum) | (values > maximum)).fill_null(False)
        return CheckedColumn(values, _nulls(values), out_of_range=out_of_range)

    return check


def _category_check(column: CategoryColumn) -> Check:
    known, level_of = pl.Enum(list(dict.fromkeys(column.levels))), booleans(column)
    as_written = column.cell_format.as_written

    def check(series: pl.Series) -> CheckedColumn | None:
        if series.dtype == pl.Boolean and level_of:
            series = series.replace_strict(level_of, return_dtype=known)
        elif series.null_count() == len(series) or isinstance(series.dtype, pl.Categorical | pl.Enum):
            series = series.cast(pl.String)
        elif series.dtype != pl.String:
            return None
        if not as_written and series.dtype == pl.String:
            series = read_levels(series, column)
        values = series.cast(known, strict=False)
        if values.null_count() == 0:
            return CheckedColumn(values)
        empty = series.is_null() | (series == "").fill_null(False) if series.dtype == pl.String else series.is_null()
        unseen = values.is_null() & ~empty
        return CheckedColumn(values, empty if empty.any() else None, unseen if unseen.any() else None)

    return check


def _text_check(column: TextColumn) -> Check:
    def check(series: pl.Series) -> CheckedColumn | None:
        if (texts := _texts(series)) is None:
            return None
        texts = decode_text(texts, column.cell_format)
        return CheckedColumn(texts, _nulls(texts))

    return check


def _date_check(column: TextColumn) -> Check:
    return lambda series: None if (texts := _texts(series)) is None else read_dates(texts, column)


def _texts(series: pl.Series) -> pl.Series | None:
    """The column as texts; None if it has another type."""
    if series.null_count() == len(series) or isinstance(series.dtype, pl.Categorical | pl.Enum):
        return series.cast(pl.String)
    return series if series.dtype == pl.String else None


def _nulls(series: pl.Series) -> pl.Series | None:
    return series.is_null() if series.null_count() else None
