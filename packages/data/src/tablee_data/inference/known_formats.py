"""Formats that a data set or a model has already, with what a person says about one file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from tablee.datasets.questions import answered, contradiction, options
from tablee.datasets.reading import ColumnCorrections, Corrections
from tablee.errors import InvalidRequest, InvalidTable
from tablee.tables.cells.cell_format import FIRST_YEAR, CellFormat, DateFormat, Decimal, NumberFormat, Thousands
from tablee.tables.cells.date_words import check_year
from tablee.tables.cells.dates import regular_expression
from tablee.tables.cells.numbers import NUMBER_FORMATS

T = TypeVar("T")


def corrected(name: str, known: CellFormat, asked: Corrections) -> CellFormat:
    """The format of a column in a file: the known one, unless a person says otherwise. A column of numbers stays one.

    :raises InvalidRequest: the decimal sign is the thousands separator as well, a date format is none, or a correction
        says that the column holds something else.
    """
    _refuse_another_kind(name, known, asked)
    own = asked.of_column(name)
    update: dict[str, object] = {}
    if own.missing is not None:
        update["missing"] = tuple(text for text in own.missing if text)
        update["quoted_missing"] = quoted_missing(name, asked)
    if known.number is not None and (own.decimal is not None or own.thousands is not None):
        decimal = own.decimal or known.number.decimal
        thousands = own.thousands
        if thousands is None:
            thousands = known.number.thousands if known.number.thousands != decimal else ""
        if decimal == thousands:
            raise InvalidRequest("same_decimal_and_thousands", sign=decimal)
        update["number"] = NumberFormat(decimal=decimal, thousands=thousands)
    if name in asked.dates and known.number is None:
        regular_expression(asked.dates[name])
        check_year(asked.dates[name])
        update["date"] = DateFormat(pattern=asked.dates[name], first_year=own.first_year or FIRST_YEAR)
    elif known.date is not None and own.first_year is not None:
        update["date"] = known.date.model_copy(update={"first_year": own.first_year})
    found = known.model_copy(update=update)
    if name in asked.columns and asked.columns[name].first_year is not None:
        refuse_first_year(name, found.date)
    return found


def refuse_first_year(name: str, date: DateFormat | None) -> None:
    """
    :param date: the format of a column of which a person says the first year.
    :raises InvalidRequest: its years have not two digits.
    """
    if date is None or "%y" not in date.pattern:
        raise InvalidRequest("first_year_does_not_apply", column=name, hint="leave_first_year_out")


def _refuse_another_kind(name: str, known: CellFormat, asked: Corrections) -> None:
    is_number, own = known.number is not None, asked.columns.get(name)
    is_written = own is not None and (own.decimal is not None or own.thousands is not None)
    as_number = name in asked.numbers or is_written
    as_other = name in asked.dates or (name in asked.texts and known.date is None)
    if (as_other and is_number) or (as_number and not is_number):
        raise InvalidRequest("column_of_numbers" if is_number else "column_of_no_numbers", column=name)


def allowed_formats(name: str, asked: Corrections) -> list[NumberFormat]:
    """The number formats that a column may have by what a person says of it. What is said of all columns comes second
    (`preferred_formats`), as the cells of a column may contradict it.

    :raises InvalidRequest: the decimal sign is the thousands separator as well.
    """
    own = asked.columns.get(name, ColumnCorrections())
    for each in (asked, own):
        if each.decimal and each.decimal == each.thousands:
            raise InvalidRequest("same_decimal_and_thousands", sign=each.decimal)
    return _said(NUMBER_FORMATS, own.decimal, own.thousands)


def preferred_formats(formats: Iterable[NumberFormat], name: str, asked: Corrections) -> list[NumberFormat]:
    """Those of the formats of a column that what is said of all columns allows, where nothing is said of the column."""
    own = asked.columns.get(name, ColumnCorrections())
    decimal = asked.decimal if own.decimal is None else None
    return _said(formats, decimal, asked.thousands if own.thousands is None else None)


def _said(formats: Iterable[NumberFormat], decimal: Decimal | None, thousands: Thousands | None) -> list[NumberFormat]:
    return [
        each
        for each in formats
        if decimal in (None, each.decimal)
        and (thousands is None or (each.thousands in ("", thousands) and each.decimal != thousands))
    ]


def quoted_missing(name: str, asked: Corrections) -> bool:
    """Whether a person said of this column which texts are missing: then they are so between quotes and in typed
    formats, too. What is said for all columns leaves a quoted text a text."""
    return any(asked.columns[name].missing or ()) if name in asked.columns else False


def several_formats(
    name: str, readings: Mapping[NumberFormat, Mapping[str, float]], line: int | None = None
) -> InvalidTable:
    """The error of a column of numbers that two formats read in different ways.

    :param readings: the formats, each with what it makes of some cells.
    :param line: of a cell, if it is known.
    """
    value, one, other = told_apart(readings)
    first, second, *further = map(str, readings)
    return with_answer(
        InvalidTable(
            "several_number_formats",
            column=name,
            line=line,
            value=value,
            expected=first,
            found=second,
            further=further,
            one=f"{one:.15g}",
            other=f"{other:.15g}",
            hint="several_number_formats",
        )
    )


def told_apart(readings: Mapping[Any, Mapping[str, T]], first: str = "") -> tuple[str, T, T]:
    """A cell that the first two formats read in different ways, and what it is with each.

    :param first: the cell that is taken if it is one.
    """
    one, other, *_ = readings.values()
    cells = (first, *one) if first in one else one
    value = next(text for text in cells if one[text] != other[text])
    return value, one[value], other[value]


def with_answer(error: InvalidTable) -> InvalidTable:
    """The error with what answers its question: that the file is written in a format that was found in it. Where it is
    one of two, with both answers."""
    if (question := contradiction(error)) is not None:
        found = answered(Corrections(), question, str(error.facts["found"]))
        first = answered(Corrections(), question, str(error.facts["expected"]))
        error.facts |= {"options": options(found), "parameter": found.model_dump_json(exclude_defaults=True)}
        if "one" in error.facts:
            error.facts |= {"first_options": options(first)}
            error.facts |= {"first_parameter": first.model_dump_json(exclude_defaults=True)}
    return error
