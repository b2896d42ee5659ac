"""Texts as cells of a column: the only place that turns one into the other.

A cell of a column of numbers is a float64. A cell of any other column is a text; one of a column of dates is in ISO
8601. Null is a missing value.

`decode` takes texts whose file does not tell numbers from texts: CSV, arguments of a command. Values of typed formats
(JSON, Parquet, Arrow, spreadsheets) need only `decode_text`: there, a text `NA` is a text, unless a person said that it
stands for a missing value in quotes, too.
"""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from tablee.tables.cells import missing_markers, numbers, typed_values
from tablee.tables.cells.cell_format import CellFormat, NumberFormat

UNKNOWN_NUMBERS: Final = CellFormat(missing=missing_markers.OF_NUMBERS, number=numbers.PLAIN)
"""For a column of numbers whose format is not known: the file that a model learnt from was typed, or the model is of a
release that did not keep formats. No text that stands for a missing number can be a number."""
BLANKS: Final = " \t\n\r\v\f\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000"
"""The characters that are removed around the texts of a trimmed column."""
UNKNOWN_TEXTS: Final = CellFormat()
"""For any other column whose format is not known: only an empty text is missing."""


def decode(texts: pl.Series, cell_format: CellFormat, *, quoted: pl.Series | bool = False) -> pl.Series:
    """Texts of a file as cells.

    :param cell_format: of the column; with `number`, the cells are numbers.
    :param quoted: True where a text was between quotes, so that it cannot stand for a missing text. In a trimmed column
        it still does if it has blanks around it.
    :returns: float64, or texts. If some texts are not numbers, a series of Python objects, in which those texts stand
        unchanged between the numbers, so that an error can show them.
    """
    if cell_format.number is not None:
        return _numbers(texts, cell_format.number, cell_format)
    cells = decode_text(texts, cell_format)
    if not cell_format.missing or (quoted is True and not cell_format.trimmed and cell_format.date is None):
        return cells
    if cell_format.date is not None:  # NA is no date, with or without quotes or blanks around
        missing = cells.str.strip_chars().is_in([*cell_format.missing]).fill_null(False)
    else:
        missing = cells.is_in([*cell_format.missing]).fill_null(False)
        if missing.any() and quoted is not False:
            missing &= (~quoted if isinstance(quoted, pl.Series) else False) | (cells != texts).fill_null(False)
    return cells.set(missing, None) if missing.any() else cells


def decode_text(texts: pl.Series, cell_format: CellFormat) -> pl.Series:
    """Texts of a column that does not hold numbers, as its cells: without the blanks around them if the column is
    trimmed, and null where nothing is left (of dates: but blanks), or where a marker counts in quotes, too. Dates are
    left to `dates.parse_known`, as a text that is no date has to be reported."""
    if cell_format.trimmed:
        texts = texts.str.strip_chars(BLANKS)
    bare = texts if cell_format.date is None else texts.str.strip_chars()
    empty = (bare == "").fill_null(False)
    if cell_format.quoted_missing:
        empty |= texts.is_in([*cell_format.missing]).fill_null(False)
    return texts.set(empty, None) if empty.any() else texts


def _numbers(texts: pl.Series, number_format: NumberFormat, cell_format: CellFormat) -> pl.Series:
    if missing := cell_format.missing_numbers:
        texts = texts.set(texts.str.strip_chars().is_in(missing).fill_null(False), None)
    found = numbers.parse_known(texts, number_format)
    if found.null_count() == texts.null_count():
        return typed_values.without_missing(found, cell_format)
    wrong = found.is_null() & ~texts.str.strip_chars().is_in(["", *cell_format.missing]).fill_null(True)
    found = typed_values.without_missing(found, cell_format)
    if not wrong.any():
        return found
    values: list[Any] = found.to_list()
    for at in wrong.arg_true():
        values[at] = texts[at]
    return pl.Series(texts.name, values, dtype=pl.Object)
