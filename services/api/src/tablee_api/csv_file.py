"""A CSV file as it was sent: its cells for the model, and its very bytes for the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import orjson
import polars as pl

from tablee import tables
from tablee.contract import Block, Contract, NumberColumn, Validator
from tablee.errors import InvalidTable
from tablee_api.columns import Values, check_columns

BOM = b"\xef\xbb\xbf"
_FIELD = rb'(?:"[^"]*+(?:""[^"]*+)*+"|(?:[^",\n][^,\n]*+)?+)'
_RECORD = re.compile(_FIELD + rb"(?:," + _FIELD + rb")*+(?:\r*\n|\Z)")


class CsvFile:
    """`names` are its columns, `rows` their number; `InvalidTable` if it is broken."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._frame = tables.read_csv(body)
        self.names: list[str] = self._frame.columns
        self.rows = self._frame.height

    def check(self, validator: Validator, start: int, length: int, first_row: int) -> Block:
        """Some of the rows, of which the first is called `first_row`: numbers where the contract has numbers.

        :raises InvalidRows: a column too few or too many, or a text where a number is expected.
        """
        part = self._frame.slice(start, length)
        return check_columns(validator, _columns(part, validator.contract), length, first_row)

    def columns(self, contract: Contract) -> dict[str, Values]:
        """All of it by column, numbers where the contract has numbers; a column with a text that is none is a list."""
        return _columns(self._frame, contract)

    def as_csv(self, contract: Contract, names: list[str], cells: Iterable[tuple[str, ...]]) -> bytes:
        return self.appended(names, cells)

    def appended(self, names: list[str], cells: Iterable[tuple[str, ...]]) -> bytes:
        """The file with columns added at its right, all else byte for byte as it was (but blank lines).

        :param names: of the new columns; one that the file has already gets a number.
        :param cells: the new cells of each row, in the order of the names.
        """
        header, *records = self._records()
        end = b"\r\n" if header.endswith(b"\r\n") else b"\n"
        return _joined(header, records, fresh(names, self.names), cells, end)

    def _records(self) -> list[bytes]:
        """The header's and each row's bytes."""
        if b'"' not in self._body:
            records = [line for line in self._body.splitlines(keepends=True) if line.strip(b"\r\n")]
        else:
            start = len(BOM) if self._body.startswith(BOM) else 0
            found = (match.group() for match in _RECORD.finditer(self._body, start))
            records = [record for record in found if record.strip(b"\r\n")]
            records[0] = self._body[:start] + records[0]
        if len(records) != self.rows + 1:
            raise InvalidTable(f"two readings of the file disagree: {len(records) - 1} and {self.rows} rows")
        return records


def from_rows(
    rows: list[dict[str, Any]], contract: Contract, names: list[str], cells: Iterable[tuple[str, ...]]
) -> bytes:
    """JSON rows as such a file, with columns added; ignored columns are kept where a row has some."""
    given = set().union(*rows)
    columns = [name for name in (*contract.names, *contract.ignored) if name in given]
    header = ",".join(map(quoted, columns)).encode()
    records = (",".join(_written(row.get(name)) for name in columns).encode() for row in rows)
    return _joined(header, records, fresh(names, columns), cells, b"\n")


def _joined(
    header: bytes, records: Iterable[bytes], names: list[str], cells: Iterable[tuple[str, ...]], end: bytes
) -> bytes:
    lines = [header.rstrip(b"\r\n"), b",", ",".join(map(quoted, names)).encode(), end]
    for record, added in zip(records, cells, strict=True):
        lines += (record.rstrip(b"\r\n"), b",", ",".join(added).encode(), end)
    return b"".join(lines)


def quoted(text: str) -> str:
    """A text as a CSV cell (RFC 4180): in quotes if it needs them."""
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\r\n') else text


def fresh(names: list[str], taken: list[str]) -> list[str]:
    """The names, with a number behind each that is taken."""
    used, out = set(taken), []
    for name in names:
        number, free = 0, name
        while free in used:
            number += 1
            free = f"{name}_{number}"
        used.add(free)
        out.append(free)
    return out


def _written(value: Any) -> str:
    """A JSON value as a cell."""
    if isinstance(value, str):
        return quoted(value)
    return "" if value is None else quoted(orjson.dumps(value).decode())


def _columns(frame: pl.DataFrame, contract: Contract) -> dict[str, Values]:
    numbers = {column.name for column in contract.columns if isinstance(column, NumberColumn)}
    return {texts.name: _parsed(texts) if texts.name in numbers else texts for texts in frame}


def _parsed(texts: pl.Series) -> Values:
    numbers = tables.numbers(texts)
    if numbers.null_count() == texts.null_count():
        return numbers
    values: list[Any] = numbers.to_list()
    for at in (numbers.is_null() & texts.is_not_null()).arg_true():
        values[at] = texts[at]
    return values
