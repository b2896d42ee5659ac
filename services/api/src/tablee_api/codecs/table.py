"""What came in, not yet checked: rows or columns of cells, and how they are checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import polars as pl

from tablee.models.contract import Block, Contract, Validator
from tablee_api.codecs import csv_file
from tablee_api.codecs.columns import Values, check_columns


class Table(Protocol):
    """`rows` is their number."""

    @property
    def rows(self) -> int: ...

    def check(self, validator: Validator, start: int, length: int, first_row: int) -> Block:
        """Some of the rows, of which the first is called `first_row`.

        :raises InvalidInput: they do not fit the contract.
        """
        ...

    def as_csv(self, contract: Contract, added: pl.DataFrame) -> bytes:
        """The table as CSV with columns added at its right."""
        ...


class RowTable:
    """Rows as objects of column names and cells."""

    def __init__(self, rows: list[Any]) -> None:
        self.objects = rows

    @property
    def rows(self) -> int:
        return len(self.objects)

    def check(self, validator: Validator, start: int, length: int, first_row: int) -> Block:
        rows = self.objects[start : start + length]
        columns = _transposed(rows, validator.contract)
        if columns is None:
            return validator.rows(rows, first_row=first_row)
        return check_columns(validator, columns, len(rows), first_row)

    def as_csv(self, contract: Contract, added: pl.DataFrame) -> bytes:
        return csv_file.from_rows(self.objects, contract, added)


class ColumnTable:
    """Columns of equal length by name."""

    def __init__(self, columns: Mapping[str, Values], rows: int) -> None:
        self.columns, self.rows = columns, rows

    def check(self, validator: Validator, start: int, length: int, first_row: int) -> Block:
        whole = start == 0 and length == self.rows
        columns = self.columns
        if not whole:
            columns = {name: values[start : start + length] for name, values in columns.items()}
        return check_columns(validator, columns, length, first_row)

    def as_csv(self, contract: Contract, added: pl.DataFrame) -> bytes:
        rows = [dict(zip(self.columns, row, strict=True)) for row in zip(*self.columns.values(), strict=True)]
        return csv_file.from_rows(rows, contract, added)


def _transposed(rows: list[Any], contract: Contract) -> dict[str, Values] | None:
    """Sound rows by column; None if one of them is no object, lacks a column or has an unknown one."""
    if set(map(type, rows)) != {dict}:
        return None
    names = contract.names
    if set(map(len, rows)) != {len(names)}:
        allowed = {*names, *contract.ignored}
        if not all(row.keys() <= allowed for row in rows):
            return None
    try:
        return {name: [row[name] for row in rows] for name in names}
    except KeyError:
        return None
