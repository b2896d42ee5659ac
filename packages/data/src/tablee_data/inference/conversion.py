"""Texts of a file converted to the cells that are stored."""

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
    return pl.DataFrame(
        [
            _converted(block, series, formats.get(series.name, decoding.UNKNOWN_TEXTS), typed=typed)
            for series in block.frame
        ]
    )


def _converted(block: RowBlock, series: pl.Series, cell_format: CellFormat, *, typed: bool) -> pl.Series:
    if series.dtype != pl.String:
        return without_missing(series, cell_format)
    if cell_format.number is not None:
        cells = decoding.decode(series, cell_format)
        if cells.dtype == pl.Object:
            row = next(row for row, value in enumerate(cells) if isinstance(value, str))
            raise unfit("not_a_number", block, series.name, row, str(cell_format.number))
        return cells
    if cell_format.date is None:  # the reader knows which markers are between quotes
        return decoding.decode_text(series, cell_format) if typed else decoding.decode(series, cell_format, quoted=True)
    texts = decoding.decode_text(series, cell_format)
    found = dates.parse_known(texts, cell_format.date)
    if found.null_count() > texts.null_count():
        wrong = found.is_null() & texts.is_not_null() & ~texts.str.strip_chars().is_in([*cell_format.missing])
        for row in wrong.arg_true().head(1):
            raise unfit("not_a_date", block, series.name, row, cell_format.date.pattern)
    return found
