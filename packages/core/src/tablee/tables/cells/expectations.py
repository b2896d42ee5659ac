"""What an error says that a cell should be, where a text stands that is not written as its column is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import polars as pl

from tablee.i18n.message import Message
from tablee.tables.cells import numbers
from tablee.tables.cells.cell_format import DateFormat, NumberFormat

_SEVERAL_PARTS = re.compile(r"[0-9][.,\s'\u2019]+[0-9]|[.,]")
"""What a text has that formats may read differently."""


def expected_number(value: Any, number_format: NumberFormat) -> Message | None:
    """What should stand instead of a text that is a number in other formats than the column's: the text as it has to
    be written for each of its meanings. `1,500` may be 1.5 or 1500.

    :param number_format: of the column.
    :returns: None of all other cells.
    """
    if not isinstance(value, str) or not _SEVERAL_PARTS.search(value) or read_known(value, number_format) is not None:
        return None
    meant = _meanings(value)
    if len(meant) == 1:
        return Message("expected.number_written", {"example": _written(meant[0], number_format)})
    return _of_two(meant, number_format)


def several_numbers(text: str) -> Message | None:
    """What should stand instead of a text that formats read as different numbers; None of all other texts."""
    return _of_two(_meanings(text), numbers.UNDECIDED)


def _of_two(meant: Sequence[float], number_format: NumberFormat) -> Message | None:
    if len(meant) < 2:
        return None
    one, other = (_written(each, number_format) for each in (meant[0], meant[-1]))
    return Message("expected.number_of_two", {"one": one, "other": other})


def _meanings(text: str) -> list[float]:
    """The numbers that a text is in all formats, the smallest first."""
    return sorted({found for each in numbers.NUMBER_FORMATS if (found := _parsed(text, each)) is not None})


def expected_date(date_format: DateFormat) -> Message:
    """What should stand in a column of dates."""
    return Message("expected.date_written", {"format": date_format.pattern, "example": date_format.example})


def _written(number: float, number_format: NumberFormat) -> str:
    """A number as a text that the column's format reads as this number, with a decimal point if possible."""
    plain = f"{number:.15g}"
    texts = (plain, f"{plain}0", plain.replace(".", ","))
    return next((text for text in texts if read_known(text, number_format) == number), plain)


def read_known(text: str, number_format: NumberFormat) -> float | None:
    """The number that a text is in a format; see `numbers.parse_known`."""
    found: float | None = numbers.parse_known(_series(text), number_format)[0]
    return found


def _parsed(text: str, number_format: NumberFormat) -> float | None:
    found: float | None = numbers.parse(_series(text), number_format)[0]
    return found


def _series(text: str) -> pl.Series:
    return pl.Series([text.encode(errors="replace").decode()], dtype=pl.String)
