"""The types of a file's columns, inferred from all of its rows: numbers, dates or texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import polars as pl

from tablee.datasets.reading import Corrections, Decimal, Decision, Reading, Reason, Thousands
from tablee.errors import InvalidRequest
from tablee.tables.table_reader import NumberColumns
from tablee_data.inference import dates
from tablee_data.inference.dates import DateFormatInference
from tablee_data.inference.numbers import NUMBER_FORMATS, NumberFormat, NumberFormatInference


@dataclass(frozen=True, slots=True)
class ColumnTypes:
    """The types of the columns, and how their numbers and dates are written."""

    reading: Reading
    """With the number format and the format of each date column."""
    numbers: frozenset[str]
    """Columns of numbers."""
    decisions: tuple[Decision, ...]
    """What was decided where the file allows several formats."""

    def same_cells(self, other: ColumnTypes) -> bool:
        """Whether both convert every text to the same cell."""
        return self.reading == other.reading and self.numbers == other.numbers

    @property
    def number_format(self) -> NumberFormat:
        return NumberFormat(self.reading.decimal, self.reading.thousands)


class _Column:
    """The formats that one column fits so far."""

    def __init__(self, formats: Iterable[NumberFormat]) -> None:
        self.numbers, self.dates = NumberFormatInference(formats), DateFormatInference()

    def update(self, texts: pl.Series, markers: Collection[str]) -> None:
        self.numbers.update(texts, markers)
        self.dates.update(texts, markers)

    @property
    def open(self) -> bool:
        """Whether the column can be anything but text."""
        return bool(self.numbers.formats or self.dates.formats)


class TypeInference:
    """Looks at a file block by block, and infers the types of its columns."""

    def __init__(
        self, names: Iterable[str], numbers: Collection[str], asked: Corrections, reading: Reading, *, typed: bool
    ) -> None:
        """
        :param numbers: columns that are numbers by the file's format.
        :param asked: what a person has decided already.
        :param reading: what is known of the file; columns in its `dates` are dates whatever their cells.
        :param typed: whether the file's format tells numbers from texts, so that no column of texts is of numbers.
        :raises InvalidRequest: a correction names a column that does not exist, or a date format that is none.
        """
        names = list(names)
        for name in (*asked.dates, *asked.texts):
            if name not in names:
                raise InvalidRequest("no_column_to_correct", column=name)
        for date_format in asked.dates.values():
            dates.pattern(date_format)
        if asked.decimal and asked.decimal == asked.thousands:
            raise InvalidRequest("same_decimal_and_thousands", sign=asked.decimal)
        formats = [
            each
            for each in NUMBER_FORMATS
            if asked.decimal in (None, each.decimal) and asked.thousands in (None, "", each.thousands)
        ]
        if asked.thousands == "":
            formats = [each for each in formats if not each.thousands]
        if typed:
            formats = []
        self._dates = reading.dates | asked.dates
        fixed = {*self._dates, *asked.texts, *numbers}
        self._columns = {name: _Column(formats) for name in names if name not in fixed}
        self._numbers, self._asked, self._reading = frozenset(numbers), asked, reading
        self._number_columns = NumberColumns()
        self._markers = ["", *reading.missing, *reading.missing_numbers]

    def update(self, frame: pl.DataFrame) -> None:
        """Look at the next rows. A column that was parsed as numbers has fitted its format and is not looked at."""
        for name, column in self._columns.items():
            if column.open and frame[name].dtype == pl.String:
                column.update(frame[name], self._markers)

    def types(self) -> ColumnTypes:
        """The types of the columns, by all rows so far."""
        decisions: list[Decision] = []
        number_format = self._number_format(decisions)
        found = {name: column for name, column in self._columns.items() if column.numbers.fits(number_format)}
        others = {name: column for name, column in self._columns.items() if name not in found}
        date_formats = self._date_formats(others, number_format, decisions)
        day_first = self._asked.day_first
        if day_first is None:
            day_first = not any(each.startswith("%m") for each in date_formats.values())
        reading = self._reading.model_copy(
            update={
                "decimal": number_format.decimal,
                "thousands": number_format.thousands,
                "dates": date_formats | self._dates,
                "day_first": day_first,
                "texts": tuple(sorted(self._asked.texts)),
            }
        )
        self._number_columns = _number_columns(found, number_format.decimal)
        return ColumnTypes(reading, frozenset(found) | self._numbers, tuple(decisions))

    def number_columns(self) -> NumberColumns:
        """The columns of which all cells were plain numbers when `types` was called last."""
        return self._number_columns

    def _number_format(self, decisions: list[Decision]) -> NumberFormat:
        seen = [column.numbers for column in self._columns.values() if column.numbers.seen]
        decimal = self._decimal(seen, decisions)
        if self._asked.thousands is not None:
            return NumberFormat(decimal, self._asked.thousands)
        needed: Counter[Thousands] = Counter()
        for each in seen:
            fitting = [every for every in each.formats if every.decimal == decimal]
            if len(fitting) == 1 and fitting[0].thousands:
                needed[fitting[0].thousands] += 1
        thousands: Thousands = max(needed, key=lambda mark: needed[mark]) if needed else ""
        if needed:
            rest = tuple(mark for mark in needed if mark != thousands)
            decisions.append(
                Decision(
                    field="thousands",
                    chosen=thousands,
                    reason=Reason.COLUMNS,
                    facts={"columns": needed[thousands]},
                    alternatives=rest,
                    sure=not rest,
                )
            )
        return NumberFormat(decimal, thousands)

    def _decimal(self, seen: list[NumberFormatInference], decisions: list[Decision]) -> Decimal:
        """The sign that most columns need which fit only one; else a comma if semicolons separate the cells and some
        numbers have a comma or point."""
        if self._asked.decimal is not None:
            return self._asked.decimal
        decimals = Counter(each.decimals[0] for each in seen if len(each.decimals) == 1)
        ambiguous = [each for each in seen if len(each.decimals) > 1 and len(each.formats) < len(NUMBER_FORMATS)]
        decimal: Decimal = "."
        if decimals:
            decimal = max(decimals, key=lambda sign: (decimals[sign], sign == "."))
            reason, sure = Reason.COLUMNS, len(decimals) == 1
        else:
            decimal = "," if self._reading.separator == ";" and ambiguous else "."
            reason = Reason.SEMICOLONS if decimal == "," else Reason.NO_COMMA
            sure = not ambiguous
        if decimals or ambiguous:
            facts: dict[str, float | str] = {"columns": decimals[decimal]} if decimals else {}
            taken = Decision(field="decimal", chosen=decimal, reason=reason, facts=facts, sure=sure)
            decisions.append(taken.model_copy(update={"alternatives": ("," if decimal == "." else ".",)}))
        return decimal

    def _date_formats(
        self, columns: dict[str, _Column], number_format: NumberFormat, decisions: list[Decision]
    ) -> dict[str, str]:
        """The format of each date column. Whether day or month come first where both are possible is decided by the
        other date columns, else by the number format."""
        choices = {name: formats for name, column in columns.items() if (formats := column.dates.choices)}
        certain = {name: formats[0] for name, formats in choices.items() if len(formats) == 1}
        if len(certain) == len(choices):
            return certain
        day = sum(each.startswith("%d") for each in certain.values())
        month = sum(each.startswith("%m") for each in certain.values())
        if self._asked.day_first is not None:
            first, reason, sure = self._asked.day_first, Reason.ASKED, True
        elif day != month:
            first, reason, sure = day > month, Reason.OTHER_DATES, True
        elif number_format.decimal == "," or self._reading.separator == ";":
            first, reason, sure = True, Reason.COMMAS, True
        else:
            first, reason, sure = True, Reason.NOTHING_TELLS, False
        for name, formats in choices.items():
            if len(formats) > 1:
                certain[name] = formats[0] if first else formats[1]
                decisions.append(
                    Decision(
                        field="dates",
                        column=name,
                        chosen=certain[name],
                        reason=reason,
                        alternatives=(formats[1] if first else formats[0],),
                        sure=sure,
                    )
                )
        return certain


def _number_columns(found: dict[str, _Column], decimal: Decimal) -> NumberColumns:
    plain = {name: column.numbers for name, column in found.items() if column.numbers.plain}
    integers = frozenset(name for name, each in plain.items() if len(each.decimals) > 1)
    return NumberColumns(decimal, frozenset(plain) - integers, integers)
