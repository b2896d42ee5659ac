"""Texts as cells: which texts are numbers.

This is the strict way, without type inference, that CSV bodies of the API and comma-separated files of a scoring take:
a decimal point, no thousands separators. Files whose number and date formats have to be found out are converted by
`tablee_data.inference.conversion`, and those to be predicted by `tablee_data.prediction_files.cells`.
"""

from __future__ import annotations

from typing import Any

import polars as pl

EXACT_LIMIT = 2.0**53
"""From this number on, float64 does not hold every whole number."""


def parse_numbers(texts: pl.Series) -> pl.Series:
    """Texts as float64; null where a text is not a finite number (1, -2.5, 3e4; spaces around it are allowed)."""
    parsed = texts.str.strip_chars().cast(pl.Float64, strict=False)
    return parsed.set(~parsed.is_finite().fill_null(True), None)


def numbers_or_texts(texts: pl.Series) -> pl.Series:
    """A column that should hold numbers: float64 if all of its texts are numbers. If some are not, a column of Python
    objects, with those texts unchanged between the numbers, so that an error can show them."""
    parsed = parse_numbers(texts)
    wrong = (parsed.is_null() & texts.is_not_null()).arg_true()
    if not len(wrong):
        return parsed
    values: list[Any] = parsed.to_list()
    for at in wrong:
        values[at] = texts[at]
    return pl.Series(texts.name, values, dtype=pl.Object)


def infer_numbers(texts: pl.DataFrame) -> pl.DataFrame:
    """The same frame with every column as float64 whose values all are numbers; the other columns stay texts."""
    return texts.with_columns(
        parsed if parsed.null_count() == column.null_count() and parsed.null_count() < len(column) else column
        for column in texts
        for parsed in (parse_numbers(column),)
    )


def is_integer(column: pl.Series) -> bool:
    """Whether a float64 column holds only whole numbers, all of them below `EXACT_LIMIT`."""
    values = column.drop_nulls()
    return bool((values == values.round()).all()) and bool((values.abs() < EXACT_LIMIT).all())
