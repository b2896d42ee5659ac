"""The types of a file's columns and how their texts are written, inferred from all of its rows.

Every column is decided by itself. Where several readings fit all of its cells, the decision is not sure, and shows what
a cell is with each of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from tablee.datasets.reading import Corrections, Decision, Reading
from tablee.errors import InvalidTable
from tablee.tables.cells.cell_format import CellFormat, NumberFormat
from tablee.tables.cells.numbers import formats_of
from tablee.tables.table_reader import NumberColumns, RowBlock
from tablee_data.inference import unfit
from tablee_data.inference.decisions.candidates import Candidates
from tablee_data.inference.decisions.date_formats import date_formats
from tablee_data.inference.decisions.given import Given
from tablee_data.inference.decisions.number_formats import is_number, number_formats, number_readings
from tablee_data.inference.decisions.text_formats import text_format
from tablee_data.inference.decisions.unused import does_not_apply
from tablee_data.inference.known_formats import several_formats
from tablee_data.inference.numbers import NumberFormatInference


@dataclass(frozen=True, slots=True)
class ColumnTypes:
    """The types of the columns, and how their texts are written."""

    reading: Reading
    """With the format of each column."""
    decisions: tuple[Decision, ...]
    """What was decided where the file allows several readings."""

    def same_cells(self, other: ColumnTypes) -> bool:
        """Whether both convert every text to the same cell."""
        return self._conversion() == other._conversion()

    def _conversion(self) -> Reading:
        """The reading without what no conversion looks at. Cells of an undecided format are the same with a point."""
        cells = {
            name: each.model_copy(update={"booleans": None, "number": _with_point(each.number)})
            for name, each in self.reading.cells.items()
        }
        return self.reading.model_copy(update={"cells": cells})

    @property
    def numbers(self) -> frozenset[str]:
        """Columns of numbers."""
        return frozenset(name for name, each in self.reading.cells.items() if each.number is not None)

    @property
    def dates(self) -> frozenset[str]:
        """Columns of dates."""
        return frozenset(name for name, each in self.reading.cells.items() if each.date is not None)


class TypeInference:
    """Looks at a file block by block, and infers the types of its columns."""

    def __init__(
        self,
        names: Iterable[str],
        numbers: Collection[str],
        asked: Corrections,
        reading: Reading,
        *,
        typed: Collection[str] = (),
        known: Mapping[str, CellFormat] | None = None,
    ) -> None:
        """
        :param numbers: columns that are numbers by the file's format.
        :param asked: what a person has decided already.
        :param reading: what is known of the file; columns in its `cells` have these formats whatever their cells.
        :param typed: columns that are texts or dates by the file's format, whatever their texts look like.
        :param known: the formats of columns that an earlier version of the data set has. An undecided number format is
            decided by the file.
        :raises InvalidRequest: a correction names a column that does not exist, or a date format that is none.
        """
        self._names, self._numbers = list(names), frozenset(numbers)
        known = known or {}
        self._given = Given(self._names, self._numbers, asked, reading, known)
        self._codes = {
            name: NumberFormatInference(formats_of(each.number))
            for name, each in known.items()
            if each.number is not None and name in self._names and name not in asked.numbers
        }
        self._columns = {
            name: self._given.candidates(name, typed=name in typed)
            for name in self._names
            if name not in self._given.fixed and name not in self._numbers
        }
        self._number_columns = NumberColumns()

    def update(self, block: RowBlock) -> None:
        """Look at the next rows. A column that was parsed as numbers has fitted its format and is not looked at.

        :raises InvalidTable: a column that held numbers before has a code such as 007, or a cell does not fit what a
            person says about its column.
        """
        for name, column in self._columns.items():
            if block.frame[name].dtype == pl.String:
                missing = ["", *self._given.missing(name, numbers=True)]
                among_texts = self._given.missing(name, numbers=False)
                before = column.numbers.formats
                column.update(name, block, missing, among_texts, untyped=self._given.has_markers)
                if before and not column.numbers.formats and name in self._given.surely_numbers:
                    raise unfit.no_number(block, name, before, missing)
        for name in self._given.asked.dates.keys() & self._numbers:
            unfit.refuse_numbers(block, name, self._given.asked.dates[name])
        for name, numbers in self._codes.items():
            if (texts := block.frame[name]).dtype == pl.String:
                numbers.update(texts, ["", *(self._given.fixed | self._given.undecided)[name].missing])
                if numbers.codes is not None:
                    row = int((texts.str.strip_chars() == numbers.codes).arg_max() or 0)
                    raise InvalidTable(
                        "code_among_numbers",
                        line=block.line_of(row),
                        column=name,
                        value=numbers.codes,
                        hint="codes_are_texts",
                    )

    def types(self) -> ColumnTypes:
        """The types of the columns, by all rows so far.

        :raises InvalidRequest: a first year is given of a column without years of two digits.
        """
        decisions: list[Decision] = []
        numbers = {
            name: column
            for name, column in self._columns.items()
            if not column.typed and is_number(name, column.numbers, self._given)
        }
        formats = dict(self._given.fixed)
        formats |= number_formats(numbers, self._given, decisions)
        others = {name: column for name, column in self._columns.items() if name not in numbers}
        formats |= date_formats(others, formats, self._given, decisions)
        for name, column in others.items():
            if name not in formats:
                formats[name] = text_format(name, column, self._given, decisions)
        for name in self._numbers - formats.keys():
            formats[name] = CellFormat(missing=self._given.missing(name, numbers=True), number=NumberFormat())
        decisions += self._unused()
        cells = {name: formats[name] for name in self._names if name in formats}
        self._given.refuse_first_years(cells)
        self._number_columns = _number_columns(numbers, cells) | NumberColumns.of(self._given.fixed)
        return ColumnTypes(self._given.reading.model_copy(update={"cells": cells}), tuple(decisions))

    def _unused(self) -> list[Decision]:
        """That signs of numbers are given for columns that are numbers by the file's format."""
        given = self._given
        return [
            does_not_apply(field, sign, given.reading.format, name)
            for name in self._names
            if name in self._numbers and (own := given.asked.columns.get(name)) is not None
            for field, sign in (("decimal", own.decimal), ("thousands", own.thousands))
            if sign is not None
        ]

    def number_columns(self) -> NumberColumns:
        """The columns of which all cells were plain numbers when `types` was called last."""
        return self._number_columns

    def refuse_unsure_numbers(self) -> None:
        """Refuse a file that does not tell how a column of numbers is written, of which earlier rows did not either.

        :raises InvalidTable: names the column, a cell and two readings of it.
        """
        for name in self._given.undecided:
            found = number_readings(name, self._columns[name].numbers, self._given)
            if len(found) > 1:
                raise several_formats(name, found)


def _with_point(number: NumberFormat | None) -> NumberFormat | None:
    return number if number is None or number.decimal else number.model_copy(update={"decimal": "."})


def _number_columns(found: dict[str, Candidates], formats: Mapping[str, CellFormat]) -> NumberColumns:
    plain = {
        name: column.numbers
        for name, column in found.items()
        if column.numbers.plain and not formats[name].missing_numbers
    }
    integers = frozenset(name for name, each in plain.items() if len(each.decimals) > 1)
    return NumberColumns(NumberColumns.of({name: formats[name] for name in plain.keys() - integers}).floats, integers)
