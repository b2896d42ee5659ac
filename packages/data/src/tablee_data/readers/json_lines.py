"""JSON lines (https://jsonlines.org): one object a line; the columns are all names that occur."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from typing import Any

import orjson
import polars as pl

from tablee.datasets.reading import Reading
from tablee.errors import InvalidTable
from tablee.i18n.message import Message
from tablee.tables.cells.exact_numbers import EXACT_LIMIT
from tablee.tables.column_names import MAX_COLUMNS, check_names
from tablee.tables.csv.chunks import chunks
from tablee.tables.csv.dialect import Dialect
from tablee.tables.table_reader import NumberColumns, RowBlock
from tablee_data.readers import encoding
from tablee_data.readers.content import Source

MAX_CELLS = 1 << 19
"""Cells of a block."""
_OBJECT = Message("expected.table.json_object")
_NO_QUOTES = Dialect(quote="")


class JsonLinesReader:
    """Reads a file of JSON objects as its reading says."""

    decisions = ()

    def __init__(self, source: Source, reading: Reading) -> None:
        self._source, self._reading = source, reading

    @property
    def names(self) -> list[str]:
        return list(self._columns)

    @property
    def numbers(self) -> frozenset[str]:
        return frozenset(name for name, types in self._columns.items() if types and types <= {int, float})

    @cached_property
    def _columns(self) -> dict[str, set[type]]:
        """By column: the types of its values.

        :raises InvalidTable: a line is not a JSON object, a value is an object or a list, or there is no value at all.
        """
        found: dict[str, set[type]] = {}
        rows = 0
        for line, row, _ in self._rows():
            rows += 1
            for name, value in row.items():
                if name not in found:
                    check_names([*found, name], line, limit=MAX_COLUMNS)
                    found[name] = set()
                if value is not None:
                    found[name].add(_type_of(value, name, line))
        if not rows:
            raise InvalidTable("no_rows", expected=Message("expected.table.json_object_a_line"))
        if not found:
            example = Message("expected.table.json_line_with_value", {"example": '{"column": 1}'})
            raise InvalidTable("no_values", line=1, expected=example)
        return found

    def blocks(self, number_columns: Callable[[], NumberColumns] = NumberColumns) -> Iterator[RowBlock]:
        del number_columns  # the format itself tells numbers from texts
        names, numbers = self.names, self.numbers
        size = max(MAX_CELLS // len(names), 1)
        rows: list[dict[str, Any]] = []
        lines: list[int] = []
        texts: list[bytes] = []
        for line, row, text in self._rows():
            rows.append(row)
            lines.append(line)
            texts.append(text)
            if len(rows) == size:
                yield RowBlock(_frame(rows, names, numbers), lines.__getitem__, partial(_decoded, texts))
                rows, lines, texts = [], [], []
        if rows:
            yield RowBlock(_frame(rows, names, numbers), lines.__getitem__, partial(_decoded, texts))

    def _rows(self) -> Iterator[tuple[int, dict[str, Any], bytes]]:
        """Each object with its line number and its text."""
        for chunk in chunks(encoding.utf_8(self._source, self._reading.encoding), _NO_QUOTES):
            for number, line in enumerate(chunk.body.split(b"\n"), chunk.line):
                if not line.strip():
                    continue
                try:
                    row = orjson.loads(line)
                except orjson.JSONDecodeError as error:
                    raise InvalidTable(
                        "not_json", error=error.msg, character=error.colno, line=number, expected=_OBJECT
                    ) from None
                if not isinstance(row, dict):
                    raise InvalidTable("not_json_object", type=type(row).__name__, line=number, expected=_OBJECT)
                yield number, row, line


def _type_of(value: Any, name: str, line: int) -> type:
    if isinstance(value, dict | list):
        reason = "nested_object" if isinstance(value, dict) else "nested_list"
        expected = Message("expected.table.json_scalar")
        raise InvalidTable(reason, line=line, column=name, expected=expected)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= EXACT_LIMIT:
        return str  # float64 would not hold it
    return type(value)


def _frame(rows: list[dict[str, Any]], names: list[str], numbers: frozenset[str]) -> pl.DataFrame:
    columns = []
    for name in names:
        values = [row.get(name) for row in rows]
        if name in numbers:
            columns.append(pl.Series(name, [None if v is None else float(v) for v in values], dtype=pl.Float64))
        else:
            texts = [None if value is None else _text(value) for value in values]
            columns.append(pl.Series(name, texts, dtype=pl.String))
    return pl.DataFrame(columns)


def _decoded(texts: list[bytes]) -> pl.Series:
    return pl.Series([text.decode() for text in texts], dtype=pl.String)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
