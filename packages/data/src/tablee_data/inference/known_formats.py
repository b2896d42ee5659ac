"""Formats that a data set or a model has already, with what a person says about one file."""

from __future__ import annotations

from tablee.datasets.reading import Corrections
from tablee.errors import InvalidRequest
from tablee.tables.cells.cell_format import FIRST_YEAR, CellFormat, DateFormat, NumberFormat
from tablee.tables.cells.dates import regular_expression


def corrected(name: str, known: CellFormat, asked: Corrections) -> CellFormat:
    """The format of a column in a file: the known one, unless a person says otherwise. A column of numbers stays one.

    :raises InvalidRequest: the decimal sign is the thousands separator as well, or a date format is none.
    """
    own = asked.of_column(name)
    update: dict[str, object] = {}
    if own.missing is not None:
        update["missing"] = tuple(text for text in own.missing if text)
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
        update["date"] = DateFormat(pattern=asked.dates[name], first_year=own.first_year or FIRST_YEAR)
    elif known.date is not None and own.first_year is not None:
        update["date"] = known.date.model_copy(update={"first_year": own.first_year})
    return known.model_copy(update=update)
