"""A CSV file as it was sent: its cells for the model, and its very bytes for the answer."""

from __future__ import annotations

from typing import Any

import orjson
import polars as pl

from tablee.errors import InvalidTable
from tablee.models.contract import Block, Contract, NumberColumn, Validator
from tablee.tables import csv_bytes, csv_reader
from tablee.tables.csv_bytes import fresh, harmless, quoted
from tablee_api.codecs.columns import Values, check_columns


class CsvFile:
    """`rows` is their number; `InvalidTable` if the file is broken."""

    def __init__(self, body: bytes, contract: Contract) -> None:
        self._body = body
        numbers = {column.name for column in contract.columns if isinstance(column, NumberColumn)}
        self._frame = csv_reader.read_rows(body, numbers)
        self.rows = self._frame.height

    def check(self, validator: Validator, start: int, length: int, first_row: int) -> Block:
        """Some of the rows, of which the first is called `first_row`: numbers where the contract has numbers.

        :raises InvalidRows: a column too few or too many, or a text where a number is expected.
        """
        part = self._frame.slice(start, length)
        return check_columns(validator, {series.name: series for series in part}, length, first_row)

    def columns(self) -> dict[str, Values]:
        """All of it by column, numbers where the contract has numbers; a column with a text that is none is a list."""
        return {series.name: series.to_list() if series.dtype == pl.Object else series for series in self._frame}

    def as_csv(self, contract: Contract, added: pl.DataFrame) -> bytes:
        """The file with columns added at its right, all else byte for byte as it was (but blank lines)."""
        records = csv_bytes.records(self._body) or csv_bytes.patient_records(self._body)
        if records.rows != self.rows:
            raise InvalidTable(f"two readings of the file disagree: {records.rows} and {self.rows} rows")
        return csv_bytes.appended(records, fresh(added.columns, self._frame.columns), added)


def from_rows(rows: list[dict[str, Any]], contract: Contract, added: pl.DataFrame) -> bytes:
    """JSON rows as such a file, with columns added; ignored columns are kept where a row has some."""
    given = set().union(*rows)
    columns = [name for name in (*contract.names, *contract.ignored) if name in given]
    lines = [
        ",".join(quoted(harmless(name)) for name in columns),
        *(",".join(_written(row.get(name)) for name in columns) for row in rows),
    ]
    body = "\n".join(line or '""' for line in lines).encode()  # an empty line would be no record
    records = csv_bytes.records(body) or csv_bytes.patient_records(body)
    return csv_bytes.appended(records, fresh(added.columns, columns), added)


def _written(value: Any) -> str:
    """A JSON value as a cell."""
    if isinstance(value, str):
        return quoted(harmless(value))
    return "" if value is None else quoted(orjson.dumps(value).decode())
