"""Rows that are objects of JSON: one a line (https://jsonlines.org). The columns are all names that occur."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Container, Iterator
from functools import cached_property, partial
from typing import Any

import orjson
import polars as pl

from tablee.datasets.reading import Corrections, Decision, Reading
from tablee.errors import InvalidTable
from tablee.errors.causes import json_fault, json_type
from tablee.i18n.message import Message
from tablee.tables.cells.exact_numbers import CENTS_LIMIT, EXACT_LIMIT, keeps_digits
from tablee.tables.cells.typed_values import text_of
from tablee.tables.column_names import MAX_COLUMNS, check_names, clean_name
from tablee.tables.csv.chunks import chunks
from tablee.tables.csv.dialect import Dialect
from tablee.tables.table_reader import NumberColumns, RowBlock
from tablee_data.inference.decisions.remarks import missing_cells
from tablee_data.readers import encoding
from tablee_data.readers.column_layout import names_in_order
from tablee_data.readers.content import Source

MAX_CELLS = 1 << 19
"""Cells of a block."""
_OBJECT = Message("expected.table.json_object")
_DIFFERENT = Message("expected.table.different_names")
_NO_QUOTES = Dialect(quote="")
_SHAPES = bytes.maketrans(b"123456789,[- \t\r\n", b"000000000:::::::")
_LONG = (b":" + b"0" * 16, b":" + b"0" * 14 + b".", b":" + b"0" * 15 + b".")
"""After translation by `_SHAPES`, one of them is in every text that has a number which orjson may change, and in some
others."""


class JsonLinesReader:
    """Reads a file of JSON objects as its reading says."""

    def __init__(
        self, source: Source, reading: Reading, asked: Corrections | None = None, dropped: Container[str] = ()
    ) -> None:
        """As `open_reader`. The cells of dropped columns are texts, whatever they hold."""
        self._source, self._reading = source, reading
        self._asked, self._dropped = asked or Corrections(), dropped
        self._not_numbers: Counter[str] = Counter()
        self._counted: dict[str, int] = {}

    @property
    def names(self) -> list[str]:
        return self._given[0]

    @property
    def numbers(self) -> frozenset[str]:
        typed = dict(zip(self.names, self._columns.values(), strict=True))
        found = {name for name, types in typed.items() if types and types <= {int, float}}
        known = {name for name, each in self._reading.cells.items() if each.number is None and each.date is None}
        return frozenset(found.difference(self._asked.texts, known))

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Remarks about names that were put in order, and about NaN and Infinity."""
        counted = self._counted if self._columns else {}
        return (*self._given[1], *(missing_cells(value, count) for value, count in counted.items()))

    @cached_property
    def _given(self) -> tuple[list[str], tuple[Decision, ...]]:
        """The names of the columns, and the remark about those that were put in order."""
        return names_in_order([*self._columns])

    @cached_property
    def _columns(self) -> dict[str, set[type]]:
        """By name in the file: the types of the values.

        :raises InvalidTable: a row is not a JSON object, a value is an object or a list, or there is no value at all.
        """
        found: dict[str, set[type]] = {}
        rows, self._not_numbers = 0, Counter()
        for line, row, _ in self._rows():
            rows += 1
            for name, value in row.items():
                if name not in found:
                    found[name] = set()
                    if len(found) > MAX_COLUMNS:
                        check_names([*found], line, limit=MAX_COLUMNS)
                if value is not None:
                    kind = _type_of(value)
                    if kind in (dict, list):
                        if name in self._dropped or clean_name(name) in self._dropped:
                            found[name].add(str)
                            continue
                        raise _nested(kind, clean_name(name), line)
                    found[name].add(kind)
        self._counted = dict(self._not_numbers)
        if not rows:
            raise InvalidTable("no_rows", expected=Message("expected.table.json_object_a_line"))
        if not found:
            example = Message("expected.table.json_line_with_value", {"example": '{"column": 1}'})
            raise InvalidTable("no_values", line=1, expected=example)
        return found

    def blocks(self, number_columns: Callable[[], NumberColumns] = NumberColumns) -> Iterator[RowBlock]:
        del number_columns  # the format itself tells numbers from texts
        size = max(MAX_CELLS // len(self.names), 1)
        rows: list[dict[str, Any]] = []
        lines: list[int] = []
        texts: list[bytes] = []
        for line, row, text in self._rows():
            rows.append(row)
            lines.append(line)
            texts.append(text)
            if len(rows) == size:
                yield RowBlock(self._frame(rows), lines.__getitem__, partial(_decoded, texts))
                rows, lines, texts = [], [], []
        if rows:
            yield RowBlock(self._frame(rows), lines.__getitem__, partial(_decoded, texts))

    def _rows(self) -> Iterator[tuple[int, dict[str, Any], bytes]]:
        """Each object with its line number and its text."""
        for chunk in chunks(encoding.of_reading(self._source, self._reading), _NO_QUOTES):
            is_plain = not _has_long_numbers(chunk.body)
            for number, line in enumerate(chunk.body.split(b"\n"), chunk.line):
                if line.strip():
                    yield number, self._object(line, number, is_plain=is_plain), line

    def _object(self, text: bytes, line: int, *, is_plain: bool) -> dict[str, Any]:
        """
        :param is_plain: whether orjson is known to keep all numbers.
        :raises InvalidTable: the text is not a JSON object.
        """
        try:
            row = orjson.loads(text)
            if not is_plain and _has_long_numbers(text):
                row = self._exact(text)
        except orjson.JSONDecodeError as error:
            try:
                row = self._exact(text)
                if "surrogate" in error.msg:  # `json` reads half a character, which no text can hold
                    raise ValueError
            except (ValueError, RecursionError):
                raise InvalidTable(
                    "not_json", error=json_fault(error.msg), character=error.colno, line=line, expected=_OBJECT
                ) from None
        if not isinstance(row, dict):
            raise InvalidTable("not_json_object", type=json_type(row), line=line, expected=_OBJECT)
        if text.count(b'":') != len(row):  # nested, with blanks, with quotes inside of texts, or with a name twice
            self._refuse_repeated_names(text, line)
        return row

    def _refuse_repeated_names(self, text: bytes, line: int) -> None:
        """:raises InvalidTable: the object has a name twice, and `json` would keep the last value only."""
        self._refuse_repeated(json.loads(text, object_pairs_hook=list), line)

    def _refuse_repeated(self, members: list[tuple[str, Any]], line: int) -> None:
        names = Counter(name for name, _ in members)
        for name, count in names.items():
            if count > 1 and name not in self._dropped and clean_name(name) not in self._dropped:
                raise InvalidTable("json_repeated_name", column=clean_name(name), line=line, expected=_DIFFERENT)
        for name, value in members:
            is_object = isinstance(value, list) and value and isinstance(value[0], tuple)
            if is_object and name not in self._dropped and clean_name(name) not in self._dropped:
                self._refuse_repeated(value, line)

    def _exact(self, text: bytes) -> Any:
        """The value of a text; a number that float64 does not hold is its text, NaN and Infinity are missing."""
        return json.loads(text, parse_int=_integer, parse_float=_float, parse_constant=self._missing)

    def _missing(self, name: str) -> None:
        self._not_numbers[name] += 1

    def _frame(self, rows: list[dict[str, Any]]) -> pl.DataFrame:
        columns, numbers = [], self.numbers
        for name, own in zip(self.names, self._columns, strict=True):
            values = [row.get(own) for row in rows]
            if name in numbers:
                columns.append(pl.Series(name, [None if v is None else float(v) for v in values], dtype=pl.Float64))
            else:
                columns.append(pl.Series(name, [*map(self._text_of(name), values)], dtype=pl.String))
        return pl.DataFrame(columns)

    def _text_of(self, name: str) -> Callable[[Any], str | None]:
        """Turns a value of a column into its text. Only a column that is dropped has lists and objects."""
        if name in self._dropped:
            return lambda value: value if value is None or isinstance(value, str) else orjson.dumps(value).decode()
        return partial(text_of, cell_format=self._reading.cells.get(name))


def _has_long_numbers(text: bytes) -> bool:
    shapes = text.translate(_SHAPES)
    return any(long in shapes for long in _LONG)


def _integer(text: str) -> int | str:
    return int(text) if len(text) < 16 or abs(int(text)) < EXACT_LIMIT else text


def _float(text: str) -> float | str:
    """The nearest float64; the text where that does not keep the digits (see `keeps_digits`), or is infinite."""
    found = float(text)
    is_exact = keeps_digits(text) if abs(found) >= CENTS_LIMIT and "e" not in text.lower() else True
    return found if is_exact and math.isfinite(found) else text


def _type_of(value: Any) -> type:
    kind = type(value)
    if kind is int and abs(value) >= EXACT_LIMIT:
        return str  # float64 would not hold it
    return kind


def _nested(kind: type, name: str, line: int) -> InvalidTable:
    reason = "nested_object" if kind is dict else "nested_list"
    expected = Message("expected.table.json_scalar")
    return InvalidTable(reason, line=line, column=name, expected=expected, hint="drop_column")


def _decoded(texts: list[bytes]) -> pl.Series:
    return pl.Series([text.decode() for text in texts], dtype=pl.String)
