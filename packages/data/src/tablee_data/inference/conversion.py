"""From the texts of a file to the cells that are stored."""

from __future__ import annotations

import polars as pl

from tablee.errors import InvalidTable
from tablee_data.inference import dates, numbers
from tablee_data.inference.types import Kinds
from tablee_data.readers.block import Block


def converted(block: Block, kinds: Kinds) -> pl.DataFrame:
    """Numbers as float64, dates as ISO 8601 texts, everything else as it is.

    :raises InvalidTable: a cell is no date of the format that was asked for.
    """
    made = cells(block.frame, kinds)
    markers = ["", *kinds.reading.missing, *kinds.reading.missing_numbers]
    for name, form in kinds.reading.dates.items():
        if block.frame[name].dtype == pl.String and name not in kinds.numbers:
            _check_dates(block.frame[name], made[name], form, markers, block)
    return made


def cells(frame: pl.DataFrame, kinds: Kinds) -> pl.DataFrame:
    """The same without a look at dates: what is none is missing."""
    columns = []
    for series in frame:
        if series.dtype != pl.String:
            columns.append(series)
        elif series.name in kinds.numbers:
            columns.append(numbers.parse(series, kinds.style))
        elif form := kinds.reading.dates.get(series.name):
            columns.append(dates.parse(series, form))
        else:
            columns.append(series)
    return pl.DataFrame(columns)


def _check_dates(texts: pl.Series, parsed: pl.Series, form: str, markers: list[str], block: Block) -> None:
    wrong = parsed.is_null() & texts.is_not_null()
    if not wrong.any():
        return
    wrong = wrong & ~texts.str.strip_chars().is_in(markers)
    for row in wrong.arg_true().head(1):
        raise InvalidTable(
            f"«{texts.name}» is no date written as {form}",
            line=block.line(row),
            column=texts.name,
            value=texts[row],
            expected=form,
        )
