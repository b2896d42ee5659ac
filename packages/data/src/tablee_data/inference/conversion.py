"""Texts of a file converted to the cells that are stored."""

from __future__ import annotations

import polars as pl

from tablee.errors import InvalidTable
from tablee.tables.table_reader import RowBlock
from tablee_data.inference import dates, numbers
from tablee_data.inference.types import ColumnTypes


def convert(block: RowBlock, types: ColumnTypes) -> pl.DataFrame:
    """Numbers as float64, dates as ISO 8601 texts, everything else unchanged.

    :raises InvalidTable: a cell of a date column is neither a date of the column's format nor missing.
    """
    converted = convert_frame(block.frame, types)
    markers = ["", *types.reading.missing, *types.reading.missing_numbers]
    for name, date_format in types.reading.dates.items():
        if block.frame[name].dtype == pl.String and name not in types.numbers:
            _check_dates(block, converted[name], date_format, markers)
    return converted


def convert_frame(frame: pl.DataFrame, types: ColumnTypes) -> pl.DataFrame:
    """As `convert`, but a cell of a date column that is not a date becomes null."""
    columns = []
    for series in frame:
        if series.dtype != pl.String:
            columns.append(series)
        elif series.name in types.numbers:
            columns.append(numbers.parse(series, types.number_format))
        elif date_format := types.reading.dates.get(series.name):
            columns.append(dates.parse(series, date_format))
        else:
            columns.append(series)
    return pl.DataFrame(columns)


def _check_dates(block: RowBlock, parsed: pl.Series, date_format: str, markers: list[str]) -> None:
    texts = block.frame[parsed.name]
    wrong = parsed.is_null() & texts.is_not_null()
    if not wrong.any():
        return
    wrong = wrong & ~texts.str.strip_chars().is_in(markers)
    if wrong.any():
        row = wrong.arg_true()[0]
        raise InvalidTable(
            "not_a_date",
            format=date_format,
            line=block.line_of(row),
            column=texts.name,
            value=texts[row],
            expected=date_format,
        )
