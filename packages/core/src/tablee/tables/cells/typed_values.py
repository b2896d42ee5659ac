"""Values of typed formats (JSON, Parquet, Arrow, workbooks) as cells of a column. What a value is depends on the column
alone, never on the values beside it.

In a column of texts a number is its shortest text: 1 and 1.0 are `1`, 0.5 is `0.5`. True and false are the texts that
the column has for them, else `true` and `false`. In a column of numbers, a number whose text stands for a missing value
is missing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import orjson
import polars as pl

from tablee.tables.cells import numbers
from tablee.tables.cells.cell_format import CellFormat

_WHOLE: Final = 2.0**63
"""Whole numbers below this have no power of ten in their texts."""
_CODE: Final = re.compile(r"[+-]?0\d")
_THREE_DECIMALS: Final = re.compile(r"\.\d{3}$")


def number_texts(values: pl.Series) -> pl.Series:
    """Numbers of a float64 column as their shortest texts."""
    whole = ((values == values.round()) & (values.abs() < _WHOLE)).fill_null(False)
    digits = values.set(~whole, None).cast(pl.Int64).cast(pl.String)
    return digits if whole.all() else digits.fill_null(values.cast(pl.String))


def number_text(value: float) -> str:
    """A number as its shortest text, the same as `number_texts` gives; a whole number has all of its digits."""
    if isinstance(value, float) and (abs(value) >= _WHOLE or not value.is_integer()):
        return orjson.dumps(value).decode()
    return str(int(value))


def text_of(value: str | float | None, cell_format: CellFormat | None) -> str | None:
    """A value as the text of a column that may hold other texts: a number of a column of numbers is written so that the
    column's format reads the same number.

    :param value: a text, a number, true or false; None if it is missing.
    :param cell_format: of the column; None if it is not known.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return boolean_texts(cell_format)[value]
    text = number_text(value)
    if cell_format is None:
        return text
    number = cell_format.number
    if number is None:
        return None if text in cell_format.missing else text
    if number.decimal == ".":
        return text
    if number.decimal == ",":
        return text.replace(".", ",")
    return text + "0" if _THREE_DECIMALS.search(text) else text  # three digits may be thousands


def boolean_texts(cell_format: CellFormat | None) -> dict[bool, str]:
    """The texts of a column for true and for false."""
    if cell_format is None or cell_format.booleans is None:
        return {True: "true", False: "false"}
    yes, no = cell_format.booleans
    return {True: yes, False: no}


@lru_cache(maxsize=4096)
def missing_values(cell_format: CellFormat) -> frozenset[float]:
    """The numbers that stand for a missing value in a column of numbers, such as -99. A marker that is a code, such as
    007, is only a text."""
    if cell_format.number is None or not cell_format.missing_numbers:
        return frozenset()
    markers = [text.strip() for text in cell_format.missing_numbers if not _CODE.match(text.strip())]
    found = numbers.parse_known(pl.Series(markers, dtype=pl.String), cell_format.number)
    return frozenset(found.drop_nulls().to_list())


def without_missing(values: pl.Series, cell_format: CellFormat) -> pl.Series:
    """The numbers of a column; null where a number stands for a missing value."""
    marked = missing_values(cell_format)
    if not marked:
        return values
    found = values.is_in([*marked]).fill_null(False)
    return values.set(found, None) if found.any() else values
