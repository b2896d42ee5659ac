"""What a model expects and returns.

A `Contract` is drawn up once by training and travels with the model. The form, the OpenAPI schema, the validation
messages and the encoding for the scorer all come from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, cast

from pydantic import model_validator

from tablee.errors import InvalidInput, InvalidRows
from tablee.errors.cells import MAX_CELLS, Cell, shorten
from tablee.models.columns import CategoryColumn, Column, Frozen, NumberColumn, TextColumn
from tablee.models.problem import ProblemType

if TYPE_CHECKING:
    import polars as pl

    from tablee.models.validation.frames import Check, Checked

__all__ = [
    "MAX_WARNINGS",
    "Block",
    "CategoryColumn",
    "CellWarning",
    "Column",
    "Contract",
    "NumberColumn",
    "Target",
    "TextColumn",
    "Validator",
    "WarningCode",
]


class Target(Frozen):
    """What is predicted."""

    name: str
    problem_type: ProblemType
    classes: tuple[str, ...] = ()
    """Class labels in the scorer's order; for two classes the second is the positive one. Empty for regression."""
    integer: bool = False

    @model_validator(mode="after")
    def _classes_fit_the_problem(self) -> Target:
        wanted = {ProblemType.BINARY: len(self.classes) == 2, ProblemType.MULTICLASS: len(self.classes) > 2}
        if not wanted.get(self.problem_type, not self.classes):
            raise ValueError(f"{self.problem_type} does not go with {len(self.classes)} classes")
        return self


class Contract(Frozen):
    """The columns a model reads, the target it predicts, and rows to show how."""

    format: Literal[1] = 1
    model: str
    columns: tuple[Column, ...]
    target: Target
    ignored: tuple[str, ...] = ()
    """Columns of the data set that the model does not read (the target among them): accepted and left out."""
    threshold: float | None = None
    """Two classes: the positive class is answered from this probability on."""
    examples: tuple[dict[str, float | int | str | None], ...] = ()
    """Rows of the training data, input columns only."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> NumberColumn | CategoryColumn | TextColumn:
        """The column of that name; `KeyError` if there is none."""
        return next((column for column in self.columns if column.name == name), None) or _no_column(name)

    def to_json(self) -> bytes:
        return self.model_dump_json(indent=2).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Contract:
        return cls.model_validate_json(data)


def _no_column(name: str) -> Any:
    raise KeyError(name)


class WarningCode(StrEnum):
    """What a person should know of a value that was scored all the same."""

    MISSING = "missing_value"
    UNSEEN = "unseen_level"
    RANGE = "out_of_range"
    UNREADABLE = "unreadable_text"


@dataclass(frozen=True, slots=True)
class CellWarning:
    """A cell that was scored, but not as it stands or not within what training saw."""

    row: int
    column: str
    code: WarningCode
    value: float | str | None

    def to_dict(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "code": self.code.value, "value": self.value}


@dataclass(slots=True)
class Block:
    """Validated rows by column, in the contract's order: `float | None` for numbers, `str | None` for texts and for
    categories (a known level, or None where the value was missing or unseen).

    A column is a sequence, or, where many rows were checked at once, a polars Series: Float64, String, or an Enum of
    the column's levels.
    """

    columns: dict[str, Any]
    rows: int
    warnings: list[CellWarning] = field(default_factory=list)
    warning_count: int = 0
    """All warnings; `warnings` keeps the first `MAX_WARNINGS`."""
    warned: dict[WarningCode, int] = field(default_factory=dict)
    """All warnings by kind."""
    first_row: int = 1
    """What the first row is called."""
    prepared: Block | None = field(default=None, init=False, repr=False)
    """The features that a recipe has made of it."""

    def warn(self, warning: CellWarning) -> None:
        self.warning_count += 1
        self.warned[warning.code] = self.warned.get(warning.code, 0) + 1
        if self.warning_count <= MAX_WARNINGS:
            self.warnings.append(warning)


MAX_WARNINGS = 100

_Reject = Callable[[int, Any], None]
_Note = Callable[[int, WarningCode, Any], None]


class Validator:
    """A contract's checks, compiled once: rows in, a `Block` or `InvalidRows` out.

    Strict on purpose: a text in a number column, a number in a category column and an unknown column are refused,
    since guessing would change a score in silence. `None` is a missing value. A boolean stands for the level of
    the same name where a category has just such levels.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._names = frozenset(contract.names)
        self._allowed = self._names | frozenset(contract.ignored)
        self._checks = [(column, _compile(column)) for column in contract.columns]

    def rows(self, rows: Sequence[Mapping[str, Any]], *, first_row: int = 1) -> Block:
        """Check JSON rows; they are numbered from `first_row`.

        :raises InvalidInput: no row at all.
        :raises InvalidRows: a row that is no object, lacks a column, has an unknown one, or a cell of a wrong type.
        """
        if not rows:
            raise InvalidInput("there is no row to predict", hint="Send at least one row.")
        cells = _Cells()
        for number, row in enumerate(rows, first_row):
            if not isinstance(row, dict):
                cells.add(Cell(number, None, row, "an object of column names and values"))
                continue
            if row.keys() != self._names:
                for name in sorted(self._names - row.keys()):
                    cells.add(Cell(number, name, None, f"the column to be there, with {self._expected(name)} or null"))
                for name in row.keys() - self._allowed:
                    cells.add(Cell(number, name, row[name], f"no such column (the model reads {self._listed()})"))
        cells.raise_if_any()
        return self._check(len(rows), lambda name: [row[name] for row in rows], first_row)

    def columns(self, columns: Mapping[str, Sequence[Any]], rows: int, *, first_row: int = 1) -> Block:
        """Check a table given by column; rows are numbered from `first_row`."""
        if rows == 0:
            raise InvalidInput("there is no row to predict", hint="Send at least one row.")
        cells = _Cells()
        for name in self.contract.names:
            if name not in columns:
                cells.add(Cell(None, name, None, f"the column to be there, with {self._expected(name)}"))
        for name in columns:
            if name not in self._allowed:
                cells.add(Cell(None, name, name, f"no such column (the model reads {self._listed()})"))
        cells.raise_if_any()
        return self._check(rows, lambda name: columns[name], first_row)

    def frame(self, frame: pl.DataFrame, *, first_row: int = 1) -> Block:
        """Check many rows at once, column by column: the same answers, warnings and errors as `columns` for the same
        cells, a hundred times as quick where nothing is to be refused. NaN is no number; missing values are null.

        :raises InvalidInput: no row at all.
        :raises InvalidRows: a column that is missing or unknown, or a cell of a wrong type.
        """
        if frame.height and self._names <= set(frame.columns) <= self._allowed:
            checked = {name: check(frame[name]) for name, check in self._frame_checks.items()}
            if None not in checked.values():
                return self.noted(cast("dict[str, Checked]", checked), frame.get_column, frame.height, first_row)
        return self.columns({series.name: series.to_list() for series in frame}, frame.height, first_row=first_row)

    def noted(
        self,
        checked: Mapping[str, Checked],
        given: Callable[[str], Sequence[Any] | pl.Series],
        rows: int,
        first_row: int,
    ) -> Block:
        """The block of sound columns, with the warnings that the check cell by cell would have given.

        :param given: a column's cells before they were checked.
        """
        block = Block({name: column.values for name, column in checked.items()}, rows, first_row=first_row)
        for name, column in checked.items():
            kinds = {
                WarningCode.MISSING: column.missing,
                WarningCode.UNSEEN: column.unseen,
                WarningCode.RANGE: column.beyond,
            }
            masks = {code: mask for code, mask in kinds.items() if mask is not None}
            if not masks:
                continue
            room = max(MAX_WARNINGS - block.warning_count, 0)
            for code, mask in masks.items():
                found = int(mask.sum())
                block.warning_count += found
                block.warned[code] = block.warned.get(code, 0) + found
            first = sorted((at, code) for code, mask in masks.items() for at in mask.arg_true().head(room).to_list())
            for at, code in first[:room]:
                source = column.values if code is WarningCode.RANGE else given(name)
                value = None if code is WarningCode.MISSING else source[at]
                block.warnings.append(CellWarning(first_row + at, name, code, value))
        block.warnings.sort(key=lambda warning: warning.row)
        return block

    @cached_property
    def _frame_checks(self) -> dict[str, Check]:
        from tablee.models.validation import (
            frames,  # brings polars along, which those who check a few rows need not load
        )

        def check(column: Column) -> Check:
            if isinstance(column, NumberColumn):
                return frames.number(column.minimum, column.maximum)
            return frames.text if isinstance(column, TextColumn) else frames.category(column.levels, _booleans(column))

        return {column.name: check(column) for column in self.contract.columns}

    def _check(self, rows: int, values: Callable[[str], Sequence[Any]], first_row: int = 1) -> Block:
        block, cells = Block({}, rows, first_row=first_row), _Cells()
        for column, check in self._checks:
            name, expected = column.name, column.expected

            def reject(index: int, value: Any, name: str = name, expected: str = expected) -> None:
                cells.add(Cell(first_row + index, name, value, expected))

            def note(index: int, code: WarningCode, value: Any, name: str = name) -> None:
                block.warn(CellWarning(first_row + index, name, code, value))

            block.columns[name] = check(values(name), reject, note)
        cells.raise_if_any()
        block.warnings.sort(key=lambda warning: warning.row)
        return block

    def _expected(self, name: str) -> str:
        return self.contract.column(name).expected

    def _listed(self) -> str:
        names = self.contract.names
        return shorten(", ".join(names), 200)[1:-1] if len(names) > 1 else names[0]


class _Cells:
    """Collects wrong cells, keeps the first few."""

    def __init__(self) -> None:
        self.kept: list[Cell] = []
        self.total = 0

    def add(self, cell: Cell) -> None:
        self.total += 1
        if len(self.kept) < MAX_CELLS:
            self.kept.append(cell)

    def raise_if_any(self) -> None:
        if self.total:
            raise InvalidRows(self.kept, self.total)


def _compile(column: Column) -> Callable[[Sequence[Any], _Reject, _Note], list[Any]]:
    if isinstance(column, TextColumn):
        return _text
    return _number(column) if isinstance(column, NumberColumn) else _category(column)


def _number(column: NumberColumn) -> Callable[[Sequence[Any], _Reject, _Note], list[Any]]:
    low, high, isfinite = column.minimum, column.maximum, math.isfinite

    def check(values: Sequence[Any], reject: _Reject, note: _Note) -> list[Any]:
        out: list[Any] = []
        for index, value in enumerate(values):
            kind = type(value)
            if value is None:
                note(index, WarningCode.MISSING, None)
            elif kind is int or kind is float:
                try:
                    value = float(value)
                except OverflowError:
                    value = math.inf
                if low <= value <= high:
                    pass
                elif isfinite(value):
                    note(index, WarningCode.RANGE, value)
                else:
                    reject(index, values[index])
            else:
                reject(index, value)
            out.append(value)
        return out

    return check


def _category(column: CategoryColumn) -> Callable[[Sequence[Any], _Reject, _Note], list[Any]]:
    known: dict[Any, str] = {level: level for level in column.levels}
    booleans = _booleans(column)

    def check(values: Sequence[Any], reject: _Reject, note: _Note) -> list[Any]:
        out: list[Any] = []
        for index, value in enumerate(values):
            kind = type(value)
            if kind is str:
                level = known.get(value)
                if level is None:
                    note(index, WarningCode.UNSEEN if value else WarningCode.MISSING, value or None)
                out.append(level)
            elif value is None:
                note(index, WarningCode.MISSING, None)
                out.append(None)
            elif kind is bool and booleans:
                out.append(booleans[value])
            else:
                reject(index, value)
                out.append(None)
        return out

    return check


def _text(values: Sequence[Any], reject: _Reject, note: _Note) -> list[Any]:
    out: list[Any] = []
    for index, value in enumerate(values):
        if value is None or value == "":
            note(index, WarningCode.MISSING, None)
            value = None
        elif type(value) is not str:
            reject(index, value)
        out.append(value)
    return out


def _booleans(column: CategoryColumn) -> dict[bool, str]:
    """The levels that true and false stand for, where a column has just such levels."""
    flags = {level.casefold(): level for level in column.levels}
    return {True: flags["true"], False: flags["false"]} if set(flags) == {"true", "false"} else {}
