"""The types of a file's columns and how their texts are written, inferred from all of its rows.

Every column is decided by itself. Where several readings fit all of its cells, the decision is not sure, and shows what
a cell is with each of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from tablee.datasets.reading import Corrections, Decision, Reading, Reason
from tablee.errors import InvalidRequest, InvalidTable
from tablee.tables.cells.cell_format import FIRST_YEAR, CellFormat, DateFormat, Decimal, NumberFormat
from tablee.tables.cells.dates import regular_expression
from tablee.tables.cells.numbers import formats_of
from tablee.tables.table_reader import NumberColumns, RowBlock
from tablee_data.inference import remarks, unfit
from tablee_data.inference.dates import DATE_FORMATS, DateFormatInference
from tablee_data.inference.habits import Habits, most_frequent, order_of, orders_of
from tablee_data.inference.known_formats import allowed_formats, quoted_missing, several_formats
from tablee_data.inference.numbers import NumberFormatInference
from tablee_data.inference.texts import TextInference, usual_markers, without_texts
from tablee_data.inference.unusual import why_texts

FEW_CELLS: Final = 10
"""A text with digits is not odd among fewer numbers."""


@dataclass(frozen=True, slots=True)
class ColumnTypes:
    """The types of the columns, and how their texts are written."""

    reading: Reading
    """With the format of each column."""
    numbers: frozenset[str]
    """Columns of numbers."""
    decisions: tuple[Decision, ...]
    """What was decided where the file allows several readings."""

    def same_cells(self, other: ColumnTypes) -> bool:
        """Whether both convert every text to the same cell."""
        return self._conversion() == other._conversion() and self.numbers == other.numbers

    def _conversion(self) -> Reading:
        """The reading without what no conversion looks at. Cells of an undecided format are the same with a point."""
        cells = {
            name: each.model_copy(update={"booleans": None, "number": _with_point(each.number)})
            for name, each in self.reading.cells.items()
        }
        return self.reading.model_copy(update={"cells": cells})

    @property
    def dates(self) -> frozenset[str]:
        """Columns of dates."""
        return frozenset(name for name, each in self.reading.cells.items() if each.date is not None)


class _Column:
    """What one column can be, by the rows so far."""

    def __init__(self, formats: Iterable[NumberFormat], dates: Iterable[str], *, quoted_missing: bool = False) -> None:
        """
        :param quoted_missing: whether texts between quotes stand for a missing value, too.
        """
        self._quoted_missing = quoted_missing
        self.numbers, self.dates = NumberFormatInference(formats), DateFormatInference(dates)
        self.texts = TextInference()

    def update(
        self, name: str, block: RowBlock, missing: Collection[str], missing_texts: Collection[str], *, untyped: bool
    ) -> None:
        """Look at the next cells.

        :param missing: texts that stand for a missing number or date.
        :param missing_texts: texts that stand for a missing text.
        :param untyped: whether the file's format does not tell texts from missing values.
        """
        texts = block.frame[name]
        self.numbers.update(texts, missing, block.line_of)
        self.dates.update(texts, missing, block.line_of)
        quoted = block.quoted_markers.get(name, {}) if untyped else usual_markers(texts)
        markers = block.markers.get(name, {})
        if self._quoted_missing:
            texts, markers, quoted = without_texts(texts, markers, missing_texts)
        self.texts.update(texts, markers, quoted, missing_texts)


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
        names = list(names)
        for name in (*asked.dates, *asked.texts, *asked.numbers, *asked.columns):
            if name not in names:
                raise InvalidRequest("no_column_to_correct", column=name)
        for pattern in asked.dates.values():
            regular_expression(pattern)
        self._asked, self._reading = asked, reading
        self._has_markers = reading.format == "csv"
        self._numbers = frozenset(numbers)
        self._fixed = {**(known or {}), **reading.cells}
        self._fixed = {name: each for name, each in self._fixed.items() if name in names}
        for name in {*asked.dates, *asked.texts} - (known or {}).keys():
            self._fixed.pop(name, None)
        self._undecided = {
            name: each
            for name, each in self._fixed.items()
            if each.number is not None and each.number.decimal is None and name not in self._numbers
        }
        for name in self._undecided:
            del self._fixed[name]
        self._codes = {
            name: NumberFormatInference(formats_of(each.number))
            for name, each in (known or {}).items()
            if each.number is not None and name in names and name not in asked.numbers
        }
        self._names = names
        own = (name for name, each in asked.columns.items() if each.decimal or each.thousands is not None)
        self._surely_numbers = {*asked.numbers, *own}  # by what a person says
        self._columns = {
            name: self._column(name, typed=name in typed)
            for name in names
            if name not in self._fixed and name not in self._numbers
        }
        self._number_columns = NumberColumns()

    def _column(self, name: str, *, typed: bool) -> _Column:
        """A column with all that it can be."""
        if name in self._undecided and (number := self._undecided[name].number) is not None:
            return _Column(formats_of(number), ())
        if name in self._asked.dates:
            return _Column((), (self._asked.dates[name],))
        quoted = quoted_missing(name, self._asked)
        if name in self._asked.texts:
            return _Column((), (), quoted_missing=quoted)
        typed = typed and name not in self._asked.numbers
        return _Column(() if typed else allowed_formats(name, self._asked), DATE_FORMATS, quoted_missing=quoted)

    def update(self, block: RowBlock) -> None:
        """Look at the next rows. A column that was parsed as numbers has fitted its format and is not looked at.

        :raises InvalidTable: a column that held numbers before has a code such as 007, or a cell does not fit what a
            person says about its column.
        """
        for name, column in self._columns.items():
            if block.frame[name].dtype == pl.String:
                missing = ["", *self._missing(name, numbers=True)]
                among_texts = self._missing(name, numbers=False)
                before = column.numbers.formats
                column.update(name, block, missing, among_texts, untyped=self._has_markers)
                if before and not column.numbers.formats and name in self._surely_numbers:
                    raise unfit.no_number(block, name, before, missing)
        for name in self._asked.dates.keys() & self._numbers:
            unfit.refuse_numbers(block, name, self._asked.dates[name])
        for name, numbers in self._codes.items():
            if (texts := block.frame[name]).dtype == pl.String:
                numbers.update(texts, ["", *(self._fixed | self._undecided)[name].missing])
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
        """The types of the columns, by all rows so far."""
        decisions: list[Decision] = []
        numbers = {name: column for name, column in self._columns.items() if self._is_number(name, column)}
        formats = dict(self._fixed)
        formats |= self._number_formats(numbers, decisions)
        others = {name: column for name, column in self._columns.items() if name not in numbers}
        formats |= self._date_formats(others, formats, decisions)
        for name, column in others.items():
            if name not in formats:
                formats[name] = self._text_format(name, column, decisions)
        for name in self._numbers - formats.keys():
            formats[name] = CellFormat(missing=self._missing(name, numbers=True), number=NumberFormat())
        cells = {name: formats[name] for name in self._names if name in formats}
        self._number_columns = _number_columns(numbers, cells) | NumberColumns.of(self._fixed)
        known = {name for name, each in cells.items() if each.number is not None}
        return ColumnTypes(
            self._reading.model_copy(update={"cells": cells}), frozenset(known) | self._numbers, tuple(decisions)
        )

    def number_columns(self) -> NumberColumns:
        """The columns of which all cells were plain numbers when `types` was called last."""
        return self._number_columns

    def _missing(self, name: str, *, numbers: bool) -> tuple[str, ...]:
        """The texts that stand for a missing value in a column."""
        if name in self._undecided:
            return self._undecided[name].missing
        asked = self._asked.of_column(name).missing
        if asked is not None:
            return tuple(text for text in asked if text)
        if numbers:
            return (*self._reading.missing, *self._reading.missing_numbers)
        return self._reading.missing if self._has_markers else ()

    def _is_number(self, name: str, column: _Column) -> bool:
        numbers = column.numbers
        if name in self._undecided:
            return True
        if name in self._asked.numbers:
            return bool(numbers.seen and numbers.formats)
        if name in self._surely_numbers and numbers.odd.texts and not numbers.codes:
            return bool(numbers.seen and numbers.formats)  # the conversion refuses the odd cell
        return numbers.is_number and numbers.exponent is None

    def _number_formats(self, columns: dict[str, _Column], decisions: list[Decision]) -> dict[str, CellFormat]:
        """The format of each column of numbers."""
        readings = {name: self._number_readings(name, column.numbers) for name, column in columns.items()}
        certain: Counter[Decimal] = Counter(
            decimal
            for found in readings.values()
            if len(found) == 1 and (decimal := next(iter(found)).decimal) is not None
        )
        most = most_frequent(certain)
        habits = Habits(most, semicolons=self._reading.separator == ";")
        chosen: dict[str, NumberFormat] = {}
        for name, found in readings.items():
            chosen[name] = next(iter(found))
            if len(found) > 1:
                decision, chosen[name] = self._ambiguous_number(name, found, habits)
                decisions.append(decision)
        if most is not None and set(certain) != {"."}:
            decisions.append(remarks.counted("decimal", Counter({str(sign): count for sign, count in certain.items()})))
        thousands = Counter(str(each.thousands) for each in chosen.values() if each.thousands)
        if thousands:
            decisions.append(remarks.counted("thousands", thousands))
        return {
            name: CellFormat(missing=self._missing(name, numbers=True), number=each) for name, each in chosen.items()
        }

    def _number_readings(self, name: str, numbers: NumberFormatInference) -> dict[NumberFormat, dict[str, float]]:
        """As `NumberFormatInference.readings`; with an undecided decimal sign where no cell has one."""
        known = self._undecided.get(name)
        if known is not None and known.number is not None and not numbers.is_number:
            return {known.number: {}}
        found = numbers.readings
        if len(found) > 1 or len(numbers.decimals) == 1:
            return found
        return {NumberFormat(decimal=None, thousands=next(iter(found)).thousands): {}}

    def refuse_unsure_numbers(self) -> None:
        """Refuse a file that does not tell how a column of numbers is written, of which earlier rows did not either.

        :raises InvalidTable: names the column, a cell and two readings of it.
        """
        for name in self._undecided:
            found = self._number_readings(name, self._columns[name].numbers)
            if len(found) > 1:
                raise several_formats(name, found)

    def _ambiguous_number(
        self, name: str, readings: dict[NumberFormat, dict[str, float]], habits: Habits
    ) -> tuple[Decision, NumberFormat]:
        """The format of a column whose cells are numbers in several."""
        sign_of: dict[NumberFormat, Decimal] = {each: each.decimal or "." for each in readings}
        signs = {sign: each for each, sign in reversed(sign_of.items())}
        sign, reason = habits.decimal_of(signs)
        chosen = signs.get(sign) or next(iter(readings))
        example = next(text for text in readings[chosen] if len({found[text] for found in readings.values()}) > 1)
        return Decision(
            field="decimal",
            column=name,
            chosen=sign_of[chosen],
            reason=reason,
            facts={"example": example},
            alternatives=tuple(sign for each, sign in sign_of.items() if each != chosen),
            examples={sign: f"{readings[each][example]:.15g}" for each, sign in sign_of.items()},
            sure=False,
        ), chosen

    def _date_formats(
        self, columns: dict[str, _Column], formats: Mapping[str, CellFormat], decisions: list[Decision]
    ) -> dict[str, CellFormat]:
        """The format of each column of dates. Where several fit, that of other columns is taken, else the day comes
        first."""
        found = {name: readings for name, column in columns.items() if (readings := column.dates.readings)}
        asked = {name: each for name, each in self._asked.dates.items() if name in columns}
        found |= {name: {each: found.get(name, {}).get(each, {})} for name, each in asked.items()}
        certain = [next(iter(readings)) for readings in found.values() if len(readings) == 1]
        certain += [each.date.pattern for each in self._fixed.values() if each.date is not None]
        decimals = {each.number.decimal for each in formats.values() if each.number is not None}
        habits = Habits(orders=orders_of(certain), semicolons=self._reading.separator == ";", commas="," in decimals)
        chosen: dict[str, CellFormat] = {}
        for name, readings in found.items():
            pattern = next(iter(readings))
            if len(readings) > 1:
                pattern, decision = self._ambiguous_date(name, readings, habits)
                decisions.append(decision)
            first_year = self._asked.of_column(name).first_year
            date = DateFormat(pattern=pattern, first_year=first_year or FIRST_YEAR)
            if "%y" in pattern and readings[pattern]:
                decisions.append(remarks.century(name, date, [*readings[pattern]], sure=first_year is not None))
            decisions += remarks.in_utc(name, readings[pattern]) if pattern.endswith("%z") else []
            chosen[name] = CellFormat(missing=self._missing(name, numbers=True), date=date)
        return chosen

    def _ambiguous_date(
        self,
        name: str,
        readings: dict[str, dict[str, str]],
        habits: Habits,
    ) -> tuple[str, Decision]:
        by_order = {order_of(pattern): pattern for pattern in reversed(readings)}
        order, reason = habits.order_of(by_order)
        sure = False
        if self._asked.day_first is not None and (wanted := "d" if self._asked.day_first else "m") in by_order:
            order, reason, sure = wanted, Reason.ASKED, True
        pattern = by_order[order]
        example = next(text for text in readings[pattern] if len({found[text] for found in readings.values()}) > 1)
        return pattern, Decision(
            field="dates",
            column=name,
            chosen=pattern,
            reason=reason,
            facts={"example": example},
            alternatives=tuple(each for each in readings if each != pattern),
            examples={each: found[example] for each, found in readings.items()},
            sure=sure,
        )

    def _text_format(self, name: str, column: _Column, decisions: list[Decision]) -> CellFormat:
        """The format of a column of texts, and what is worth saying about it."""
        numbers, texts = column.numbers, column.texts
        unusual = None if name in self._asked.texts else why_texts(name, numbers, column.dates, texts.examples)
        if unusual is not None:
            decisions.append(unusual)
        elif numbers.formats and not numbers.codes:
            if numbers.seen >= FEW_CELLS or numbers.odd.are_without_digits:
                decisions += numbers.odd.decisions(name, "number") if numbers.is_measured else ()
        elif column.dates.formats and column.dates.seen > 1:
            decisions += column.dates.odd.decisions(name, "date")
        if numbers.seen and numbers.formats and not numbers.odd.texts:
            if numbers.exponent:
                decisions.append(remarks.codes(name, Reason.EXPONENT_CODES, numbers.exponent, numbers.formats[0]))
            elif numbers.codes:
                decisions.append(remarks.codes(name, Reason.CODES, numbers.codes, numbers.formats[0]))
        missing = self._missing(name, numbers=False)
        decided = self._asked.of_column(name).missing is not None
        decisions += remarks.markers(name, texts, decided=decided)
        if texts.trimmed and self._has_markers:
            decisions.append(Decision(field="trimmed", column=name, chosen="yes", reason=Reason.TRIMMED))
        return CellFormat(
            missing=missing,
            quoted_missing=quoted_missing(name, self._asked),
            booleans=texts.booleans,
            trimmed=texts.trimmed and self._has_markers,
        )


def _with_point(number: NumberFormat | None) -> NumberFormat | None:
    undecided = number is not None and number.decimal is None
    return number.model_copy(update={"decimal": "."}) if number is not None and undecided else number


def _number_columns(found: dict[str, _Column], formats: Mapping[str, CellFormat]) -> NumberColumns:
    plain = {
        name: column.numbers
        for name, column in found.items()
        if column.numbers.plain and not formats[name].missing_numbers
    }
    integers = frozenset(name for name, each in plain.items() if len(each.decimals) > 1)
    return NumberColumns(NumberColumns.of({name: formats[name] for name in plain.keys() - integers}).floats, integers)
