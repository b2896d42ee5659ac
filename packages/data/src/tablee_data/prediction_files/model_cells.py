"""Texts of a file as the cells of a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from tablee.errors import InvalidRows
from tablee.errors.cells import MAX_CELLS, Cell
from tablee.i18n.message import Message
from tablee.tables.cells.cell_format import CellFormat
from tablee.tables.cells.expectations import expected_number
from tablee_data.inference.conversion import converted


def model_cells(
    frame: pl.DataFrame,
    formats: Mapping[str, CellFormat],
    first_row: int,
    *,
    typed: bool,
    line_of: Callable[[int], int] | None = None,
) -> dict[str, pl.Series]:
    """Some rows as a model reads them. A text that is not a date stays, and the contract's check warns of it.

    :param formats: of the columns to read.
    :param first_row: the number of the first row in the file, from 1.
    :param typed: whether the file's format tells texts from missing values.
    :param line_of: the line in the file of a row, from 0; None if the file has no lines.
    :raises InvalidRows: a cell of a column of numbers is neither a number in its format nor missing.
    """
    wrong: list[Cell] = []
    total = 0
    columns = {}
    for name, each in formats.items():
        cells, misfits = converted(frame[name], each, typed=typed)
        if each.number is not None and misfits:
            usual = Message("expected.number_written", {"example": str(each.number)})
            total += len(misfits)
            for row in misfits[: MAX_CELLS - len(wrong)]:
                expected = expected_number(cells[row], each.number) or usual
                line = None if line_of is None else line_of(row)
                wrong.append(Cell(first_row + row, name, cells[row], expected, line))
        columns[name] = cells
    if wrong:
        raise InvalidRows(wrong, total)
    return columns
