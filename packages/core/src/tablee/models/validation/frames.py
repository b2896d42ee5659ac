"""Whole columns checked at once: what `Validator.frame` does where nothing is wrong.

Cells that are refused are not described here. A column that is not clean is answered with None, and the check cell by
cell, which knows the words for it, takes over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

_NUMBERS = (
    *(pl.Int8, pl.Int16, pl.Int32, pl.Int64),
    *(pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64),
    *(pl.Float32, pl.Float64),
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A column as the scorer reads it (Float64, String, an Enum of the contract's levels, or a sequence of such cells),
    and where it is worth a warning."""

    values: pl.Series | Sequence[Any]
    missing: pl.Series | None = None
    """True where there is no value; None if there is no such cell. So are the next two."""
    unseen: pl.Series | None = None
    """True where the text is no level."""
    beyond: pl.Series | None = None
    """True where the number is outside what training saw."""


Check = Callable[[pl.Series], Checked | None]


def number(minimum: float, maximum: float) -> Check:
    """The check of a number column; it answers None where a cell is no finite number."""

    def check(series: pl.Series) -> Checked | None:
        if series.null_count() == len(series):  # of whatever type
            return Checked(pl.repeat(None, len(series), dtype=pl.Float64, eager=True), series.is_null())
        if series.dtype not in _NUMBERS:
            return None
        values = series.cast(pl.Float64)
        if not values.is_finite().all():
            return None
        beyond = None
        if values.min() < minimum or values.max() > maximum:  # type: ignore[operator]  # there is a value
            beyond = ((values < minimum) | (values > maximum)).fill_null(False)
        return Checked(values, _nulls(values), beyond=beyond)

    return check


def category(levels: Sequence[str], booleans: dict[bool, str]) -> Check:
    """The check of a category column.

    :param booleans: the levels that true and false stand for; empty where they stand for none.
    """
    known = pl.Enum(list(dict.fromkeys(levels)))

    def check(series: pl.Series) -> Checked | None:
        if series.dtype == pl.Boolean and booleans:
            series = series.replace_strict(booleans, return_dtype=known)
        elif series.null_count() == len(series) or isinstance(series.dtype, pl.Categorical | pl.Enum):
            series = series.cast(pl.String)
        elif series.dtype != pl.String:
            return None
        values = series.cast(known, strict=False)
        if values.null_count() == 0:
            return Checked(values)
        empty = series.is_null() | (series == "").fill_null(False) if series.dtype == pl.String else series.is_null()
        unseen = values.is_null() & ~empty
        return Checked(values, empty if empty.any() else None, unseen if unseen.any() else None)

    return check


def text(series: pl.Series) -> Checked | None:
    """The check of a text column; it answers None where a cell is no text."""
    if series.null_count() == len(series) or isinstance(series.dtype, pl.Categorical | pl.Enum):
        series = series.cast(pl.String)
    if series.dtype != pl.String:
        return None
    empty = series.is_null() | (series == "").fill_null(False)
    if not empty.any():
        return Checked(series)
    return Checked(series.set(empty, None), empty)


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns of typed files as the check reads them: decimals as float64, and NaN, which such files hold where a value
    is missing, as null."""
    return frame.with_columns(
        series.cast(pl.Float64) if isinstance(series.dtype, pl.Decimal) else series.fill_nan(None)
        for series in frame
        if isinstance(series.dtype, pl.Decimal) or series.dtype in (pl.Float32, pl.Float64)
    )


def _nulls(series: pl.Series) -> pl.Series | None:
    return series.is_null() if series.null_count() else None
