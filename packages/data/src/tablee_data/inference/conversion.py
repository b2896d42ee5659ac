"""Texts of a file converted to cells."""

from __future__ import annotations

import polars as pl

from tablee.tables.cells import dates, decoding
from tablee.tables.cells.cell_format import CellFormat
from tablee.tables.cells.typed_values import without_missing
from tablee.tables.table_reader import RowBlock
from tablee_data.inference.types import ColumnTypes
from tablee_data.inference.unfit import unfit


def convert(block: RowBlock, types: ColumnTypes) -> pl.DataFrame:
    """Numbers as float64, dates as ISO 8601 texts, everything else as text.

    :raises InvalidTable: a cell of a column of numbers or dates is not written in the column's format, and does not
        stand for a missing value.
    """
    formats, typed = types.reading.cells, types.reading.format != "csv"
    columns = []
    for series in block.frame:
        cell_format = formats.get(series.name, decoding.UNKNOWN_TEXTS)
        cells, wrong = converted(series, cell_format, typed=typed)
        if wrong:
            date, number = cell_format.date, cell_format.number
            reason, expected = ("not_a_date", date.pattern) if date is not None else ("not_a_number", str(number))
            raise unfit(reason, block, series.name, wrong[0], expected)
        columns.append(cells)
    return pl.DataFrame(columns)


def converted(column: pl.Series, cell_format: CellFormat, *, typed: bool) -> tuple[pl.Series, list[int]]:
    """A column of a file as cells, and the rows whose texts are not written in its format; these texts stay.

    :param column: texts, or float64 where the reader has parsed numbers.
    :param typed: whether the file's format tells texts from missing values.
    """
    if column.dtype != pl.String:
        return without_missing(column, cell_format), []
    if cell_format.number is not None:
        cells = decoding.decode(column, cell_format)
        is_number = cells.dtype != pl.Object
        return cells, [] if is_number else [row for row, value in enumerate(cells) if isinstance(value, str)]
    if cell_format.date is not None:
        cells = decoding.decode(column, cell_format)
        found = dates.parse_known(cells, cell_format.date)
        if found.null_count() == cells.null_count():
            return found, []
        return found.fill_null(cells), (found.is_null() & cells.is_not_null()).arg_true().to_list()
    if typed:
        return decoding.decode_text(column, cell_format), []
    return decoding.decode(column, cell_format, quoted=True), []  # the reader knows which markers are between quotes
