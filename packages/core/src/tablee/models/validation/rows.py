"""Rows checked against a contract cell by cell.

This is the reference for all other checks: it knows every warning and names every wrong cell. `frames` gives the same
results for many rows in less time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from tablee.errors import InvalidInput
from tablee.errors.cells import Cell, shorten
from tablee.i18n.message import Message
from tablee.models.columns import CategoryColumn, Column, NumberColumn, TextColumn
from tablee.models.contract import Contract
from tablee.models.validation.block import Block, CellWarning, WarningCode
from tablee.models.validation.date_cells import only_texts, quick_reader, read_dates, read_levels
from tablee.models.validation.generalised_cells import as_learnt, reader
from tablee.models.validation.invalid_cells import InvalidCells
from tablee.models.validation.names import put_in_order
from tablee.tables.cells import typed_values
from tablee.tables.cells.decoding import BLANKS
from tablee.tables.column_names import near

_Reject = Callable[[int, Any], None]
"""Reports a wrong cell: its place in the column, from 0, and its value."""
_Warn = Callable[[int, WarningCode, Any], None]
"""Reports a cell that is scored with a warning."""
_Check = Callable[[Sequence[Any], _Reject, _Warn], list[Any]]
"""Checks the cells of a column and gives them back in the form of a `Block`."""


class RowValidator:
    """Checks rows against a contract; its checks are compiled once.

    It never guesses: a text in a number column, a number that is no level of a category column and an unknown column
    are refused, because a silent conversion could change a score. None is a missing value, and so is a number that
    stands for one in the data set, such as -99. In a column of texts, a number stands for its shortest text: 1 and 1.0
    for `1`. In a category column with two levels that mean yes and no, a boolean stands for one of them. A date may be
    written as in the data set or in ISO 8601; the block has it in ISO 8601. A column that a privacy action made coarser
    may have its values as they were before; the block, warnings included, has them as training saw them.
    """

    def __init__(self, contract: Contract, *, ignore_unknown: bool = False) -> None:
        """
        :param ignore_unknown: leave out unknown columns instead of refusing them.
        """
        self.contract, self.ignores_unknown = contract, ignore_unknown
        self._names = frozenset(contract.names)
        self._allowed = self._names | frozenset(contract.ignored)
        self._checks = [
            (column, column.expected, _check(as_learnt(column)), reader(column)) for column in contract.columns
        ]

    def rows(self, rows: Sequence[Mapping[str, Any]], *, first_row: int = 1) -> Block:
        """Check rows that are objects of column names and cells.

        :param first_row: the number of the first row in warnings and errors.
        :raises InvalidInput: there is no row.
        :raises InvalidRows: a row is no object, lacks a column or has an unknown one, or a cell has a wrong type.
        """
        _refuse_no_row(len(rows))
        invalid = InvalidCells()
        read: list[Mapping[str, Any]] = []
        for number, given in enumerate(rows, first_row):
            row: Mapping[str, Any] = given
            if not isinstance(given, dict):
                invalid.add(Cell(number, None, given, Message("expected.row_object")))
                continue
            if given.keys() != self._names:
                row = put_in_order(given, self._allowed)
                missing = sorted(self._names - row.keys())
                unknown = row.keys() - self._allowed if missing or not self.ignores_unknown else frozenset()
                for name in missing:
                    expected = self._expected_column("expected.column_or_null", name, unknown, invalid)
                    invalid.add(Cell(number, name, None, expected))
                for name in () if self.ignores_unknown else unknown:
                    invalid.add(Cell(number, name, row[name], self._no_such_column(name, missing, invalid)))
            read.append(row)
        invalid.raise_if_any()
        return self._block(len(rows), lambda name: [row[name] for row in read], first_row)

    def columns(self, columns: Mapping[str, Sequence[Any]], rows: int, *, first_row: int = 1) -> Block:
        """Check columns of equal length.

        :param rows: the length of the columns.
        :param first_row: the number of the first row in warnings and errors.
        :raises InvalidInput: there is no row.
        :raises InvalidRows: a column is missing or unknown, or a cell has a wrong type.
        """
        _refuse_no_row(rows)
        invalid, columns = InvalidCells(), put_in_order(columns, self._allowed)
        missing = [name for name in self.contract.names if name not in columns]
        unknown = [name for name in columns if name not in self._allowed]
        for name in missing:
            invalid.add(Cell(None, name, None, self._expected_column("expected.column", name, unknown, invalid)))
        for name in () if self.ignores_unknown else unknown:
            invalid.add(Cell(None, name, name, self._no_such_column(name, missing, invalid)))
        invalid.raise_if_any()
        return self._block(rows, columns.__getitem__, first_row)

    def _block(self, rows: int, cells: Callable[[str], Sequence[Any]], first_row: int) -> Block:
        block, invalid = Block({}, rows, first_row=first_row), InvalidCells()
        for column, expected, check, read in self._checks:

            def reject(at: int, value: Any, column: Column = column, expected: Message = expected) -> None:
                if isinstance(column, NumberColumn) and not invalid.is_full:
                    expected = column.expected_instead(value)
                invalid.add(Cell(first_row + at, column.name, value, expected))

            def warn(at: int, code: WarningCode, value: Any, name: str = column.name) -> None:
                block.warn(CellWarning(first_row + at, name, code, value))

            block.columns[column.name] = check(read(cells(column.name)), reject, warn)
        invalid.raise_if_any()
        block.warnings.sort(key=lambda warning: warning.row)
        return block

    def _expected_column(self, key: str, name: str, unknown: Collection[str], invalid: InvalidCells) -> Message:
        found = {} if invalid.is_full else near(name, unknown)
        return Message(key, {"expected": self.contract.column(name).expected, **found})

    def _no_such_column(self, name: str, missing: Collection[str], invalid: InvalidCells) -> Message:
        names = self.contract.names
        listed = shorten(", ".join(names), 200) if len(names) > 1 else names[0]
        found = {} if invalid.is_full else near(name, missing)
        return Message("expected.no_such_column", {"columns": listed, **found})


def booleans(column: CategoryColumn) -> dict[bool, str]:
    """The levels that true and false stand for, if the column has two levels that mean yes and no."""
    if column.cell_format.booleans is not None:
        yes, no = column.cell_format.booleans
        return {True: yes, False: no} if {yes, no} == set(column.levels) else {}
    levels = {level.casefold(): level for level in column.levels}
    return {True: levels["true"], False: levels["false"]} if set(levels) == {"true", "false"} else {}


def _refuse_no_row(rows: int) -> None:
    if rows == 0:
        raise InvalidInput("no_row", hint="no_row")


def _check(column: Column) -> _Check:
    if isinstance(column, TextColumn):
        return _date_check(column) if column.is_date else _text_check(column)
    return _number_check(column) if isinstance(column, NumberColumn) else _category_check(column)


def _number_check(column: NumberColumn) -> _Check:
    low, high, isfinite = column.minimum, column.maximum, math.isfinite
    marked = typed_values.missing_values(column.cell_format)

    def check(values: Sequence[Any], reject: _Reject, warn: _Warn) -> list[Any]:
        out: list[Any] = []
        for at, value in enumerate(values):
            kind = type(value)
            if value is None:
                warn(at, WarningCode.MISSING, None)
            elif kind is int or kind is float:
                try:
                    value = float(value)
                except OverflowError:
                    value = math.inf
                if value in marked:
                    value = None
                    warn(at, WarningCode.MISSING, None)
                elif low <= value <= high:
                    pass
                elif isfinite(value):
                    warn(at, WarningCode.RANGE, value)
                else:
                    reject(at, values[at])
            else:
                reject(at, value)
            out.append(value)
        return out

    return check


def _category_check(column: CategoryColumn) -> _Check:
    known: dict[Any, str] = {level: level for level in column.levels}
    level_of = booleans(column)
    as_written = column.cell_format.as_written
    missing = frozenset(column.cell_format.missing)
    readable = missing | known.keys()

    def check(values: Sequence[Any], reject: _Reject, warn: _Warn) -> list[Any]:
        out: list[Any] = []
        read = values if as_written else read_levels(only_texts(values), column).to_list()
        for at, value in enumerate(values):
            kind = type(value)
            if kind is str:
                text = read[at]
                level = known.get(text)
                if level is None:
                    warn(at, WarningCode.UNSEEN if text else WarningCode.MISSING, value if text else None)
                out.append(level)
            elif value is None:
                warn(at, WarningCode.MISSING, None)
                out.append(None)
            elif kind is bool and level_of:
                out.append(level_of[value])
            elif (kind is int or kind is float) and (text := _number_text(value)) in readable:
                if text in missing:
                    warn(at, WarningCode.MISSING, None)
                out.append(None if text in missing else text)
            else:
                reject(at, value)
                out.append(None)
        return out

    return check


def _text_check(column: TextColumn) -> _Check:
    text_of, missing = text_reader(column), frozenset(column.cell_format.missing)
    number_as_text = _NUMBERS_AS_TEXTS[column.reads]

    def check(values: Sequence[Any], reject: _Reject, warn: _Warn) -> list[Any]:
        out: list[Any] = []
        for at, value in enumerate(values):
            kind = type(value)
            if kind is str:
                value = text_of(value)
            elif (kind is int or kind is float) and (text := number_as_text(value)):
                value = None if text in missing else text
            elif value is not None:
                reject(at, value)
                out.append(value)
                continue
            if value is None:
                warn(at, WarningCode.MISSING, None)
            out.append(value)
        return out

    return check


def text_reader(column: TextColumn) -> Callable[[str], str | None]:
    """A function that gives the cell of a single text as `decoding.decode_text` does, but faster."""
    trimmed = column.cell_format.trimmed
    missing = frozenset(column.cell_format.missing if column.cell_format.quoted_missing else ())

    def read(text: str) -> str | None:
        text = text.strip(BLANKS) if trimmed else text
        return text if text and text not in missing else None

    return read


def _number_text(value: float) -> str | None:
    """The text of a number; None if the number is not finite."""
    return typed_values.number_text(value) if isinstance(value, int) or math.isfinite(value) else None


def _whole_text(value: float) -> str | None:
    """The text of a whole number; None for others: where a recipe reads texts as numbers, `12 %` may be 0.12."""
    return _number_text(value) if isinstance(value, int) or value.is_integer() else None


_NUMBERS_AS_TEXTS: Final[Mapping[str, Callable[[float], str | None]]] = {
    "text": _number_text,
    "number": _whole_text,
    "date": lambda value: None,
}
"""By what a recipe reads the texts of a column as: the text that a number stands for, None where it is refused."""


def _date_check(column: TextColumn) -> _Check:
    quick = quick_reader(column)

    def check(values: Sequence[Any], reject: _Reject, warn: _Warn) -> list[Any]:
        if len(values) <= _FEW_DATES:
            read = [quick(value) if type(value) is str else None for value in values]
            if all(day is not None or value is None for day, value in zip(read, values, strict=True)):
                for at, value in enumerate(values):
                    if value is None:
                        warn(at, WarningCode.MISSING, None)
                return read
        for at, value in enumerate(values):
            if value is not None and type(value) is not str:
                reject(at, value)
        found = read_dates(only_texts(values), column)
        for warning in found.warnings(lambda: values, len(values)):
            warn(*warning)
        return list(found.values)

    return check


_FEW_DATES = 100
"""Up to so many dates are read one by one: polars has a fixed cost for each column, of some hundred dates."""
