"""A CSV body: its cells for the model, and its unchanged bytes in the answer."""

from __future__ import annotations

import io
from typing import Any

import orjson
import polars as pl

from tablee.errors import InvalidTable
from tablee.models.contract import Contract
from tablee.models.validation.block import Block
from tablee.models.validation.checked_columns import Values
from tablee.models.validation.frames import FrameValidator
from tablee.tables.column_names import unique_names
from tablee.tables.csv.formulas import escape_formula
from tablee.tables.csv.reader import read_rows
from tablee.tables.csv.records import find_records
from tablee.tables.csv.writer import extended_header, quote_cell, with_columns, write_rows

_EMPTY = '""'
"""A record of one empty cell: a blank line would not be a record."""


class CsvFile:
    """A comma-separated UTF-8 body, whose cells are written as those of the model's data set.

    :raises InvalidTable: the body is broken; with line and column.
    """

    def __init__(self, body: bytes, contract: Contract) -> None:
        self._body = body
        self._frame = read_rows(body, contract.cell_formats)
        self.rows = self._frame.height

    def check(self, validator: FrameValidator, start: int, length: int, first_row: int) -> Block:
        """Some of the rows, checked: float64 where the contract has numbers.

        :param start: the first of the rows, from 0.
        :param first_row: what an error calls that row.
        :raises InvalidRows: a column is missing or unknown, or a text is where a number is expected.
        """
        part = self._frame.slice(start, length)
        return validator.columns({series.name: series for series in part}, length, first_row=first_row)

    def columns(self) -> dict[str, Values]:
        """All rows by column: float64 where the contract has numbers; a list if one of its cells is not a number."""
        return {series.name: series.to_list() if series.dtype == pl.Object else series for series in self._frame}

    def as_csv(self, contract: Contract, added: pl.DataFrame) -> bytes:
        """The body with new columns at its right. Every other byte is unchanged, but blank lines are left out.

        :param added: the new columns, one row for each row of the body.
        """
        records = find_records(self._body)
        if records.rows != self.rows:
            raise InvalidTable("row_counts_differ", first=records.rows, second=self.rows)
        return with_columns(records, unique_names(added.columns, self._frame.columns), added)


def from_rows(rows: list[dict[str, Any]], contract: Contract, added: pl.DataFrame) -> bytes:
    """JSON rows as CSV, with new columns at the right: the contract's columns, then those that it ignores, as far as a
    row has them."""
    given = set().union(*rows)
    columns = [name for name in (*contract.names, *contract.ignored) if name in given]
    header = ",".join(quote_cell(escape_formula(name)) for name in columns)
    records = [",".join(_cell(row.get(name)) for name in columns) for row in rows]
    out = io.BytesIO()
    out.write(extended_header((header or _EMPTY).encode(), unique_names(added.columns, columns)))
    write_rows(out, pl.Series([record or _EMPTY for record in records], dtype=pl.String), added)
    return out.getvalue()


def _cell(value: Any) -> str:
    """A JSON value as a cell."""
    if isinstance(value, str):
        return quote_cell(escape_formula(value))
    return "" if value is None else quote_cell(orjson.dumps(value).decode())
