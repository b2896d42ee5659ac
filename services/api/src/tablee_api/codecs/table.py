"""The tables that requests contain, not validated yet: rows or columns of cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import polars as pl

from tablee.models.contract import Contract
from tablee.models.validation.block import Block
from tablee.models.validation.checked_columns import Values
from tablee.models.validation.frames import FrameValidator
from tablee_api.codecs import csv_file


class Table(Protocol):
    """A table in a request body."""

    @property
    def rows(self) -> int:
        """The number of rows."""
        ...

    def check(self, validator: FrameValidator, start: int, length: int, first_row: int) -> Block:
        """Check `length` rows, beginning with row `start` (from 0).

        :param first_row: the number of the first of these rows in warnings and errors.
        :raises InvalidInput: they do not fit the contract.
        """
        ...

    def as_csv(self, contract: Contract, added: pl.DataFrame) -> bytes:
        """The whole table as CSV, with columns added on the right."""
        ...


class RowTable:
    """Rows that are objects of column names and cells."""

    def __init__(self, rows: list[Any]) -> None:
        self.objects = rows

    @property
    def rows(self) -> int:
        return len(self.objects)

    def check(self, validator: FrameValidator, start: int, length: int, first_row: int) -> Block:
        rows = self.objects[start : start + length]
        columns = _by_column(rows, validator)
        if columns is None:
            return validator.rows(rows, first_row=first_row)
        return validator.columns(columns, len(rows), first_row=first_row)

    def as_csv(self, contract: Contract, added: pl.DataFrame) -> bytes:
        return csv_file.from_rows(self.objects, contract, added)


class ColumnTable:
    """Columns of equal length by name."""

    def __init__(self, columns: Mapping[str, Values], rows: int) -> None:
        self.columns, self.rows = columns, rows

    def check(self, validator: FrameValidator, start: int, length: int, first_row: int) -> Block:
        is_whole = start == 0 and length == self.rows
        columns = self.columns
        if not is_whole:
            columns = {name: values[start : start + length] for name, values in columns.items()}
        return validator.columns(columns, length, first_row=first_row)

    def as_csv(self, contract: Contract, added: pl.DataFrame) -> bytes:
        rows = [dict(zip(self.columns, row, strict=True)) for row in zip(*self.columns.values(), strict=True)]
        return csv_file.from_rows(rows, contract, added)


def _by_column(rows: list[Any], validator: FrameValidator) -> dict[str, Values] | None:
    """The rows as columns; None if a row is no object, lacks a column or has one that is refused."""
    contract = validator.contract
    if set(map(type, rows)) != {dict}:
        return None
    names = contract.names
    if not validator.ignores_unknown and set(map(len, rows)) != {len(names)}:
        allowed = {*names, *contract.ignored}
        if not all(row.keys() <= allowed for row in rows):
            return None
    try:
        return {name: [row[name] for row in rows] for name in names}
    except KeyError:
        return None
