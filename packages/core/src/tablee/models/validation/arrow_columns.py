"""A column of Arrow as the check of a contract reads it."""

from __future__ import annotations

from typing import Any

import polars as pl
import pyarrow as pa

from tablee.errors import InvalidTable
from tablee.models.columns import CategoryColumn, Column, NumberColumn, TextColumn
from tablee.tables import arrow_cells


def read_column(array: Any, column: Column, first_row: int) -> pl.Series:
    """
    :param first_row: the number of the first row, from 1.
    :raises InvalidTable: it has a type that no cell may have, or a cell that cannot be read.
    """
    name, data_type = column.name, arrow_cells.value_type(array.type)
    if arrow_cells.is_number(data_type):
        if isinstance(column, CategoryColumn) or (isinstance(column, TextColumn) and _are_texts(array, column)):
            return arrow_cells.texts(array, name, first_row, column.cell_format)
        return arrow_cells.numbers(array, name)
    if pa.types.is_boolean(data_type) and isinstance(column, NumberColumn | CategoryColumn):
        return arrow_cells.typed(array, name)  # the contract's check chooses the level, or refuses
    if not arrow_cells.is_text(data_type):
        raise InvalidTable("column_type", type=str(array.type), column=name, expected=column.expected)
    return arrow_cells.texts(array, name, first_row)


def _are_texts(array: Any, column: TextColumn) -> bool:
    """Whether numbers stand for their shortest texts; those of other columns are left to the contract's check."""
    if column.reads == "text" or arrow_cells.has_inexact(array):
        return True
    found = arrow_cells.numbers(array, column.name)
    return column.reads == "number" and bool((found == found.round()).all())
