"""Dates in texts: years of two digits, hours, offsets from UTC, lengths."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tablee.recipes.parsing.dates import date_parser
from tablee.recipes.parsing.numbers import LONGEST
from tablee.recipes.steps import ParseDate


@pytest.mark.parametrize(
    ("text", "order", "iso"),
    [
        ("01/02/68", "day_month_year", "2068-02-01T00:00:00"),
        ("01/02/69", "day_month_year", "1969-02-01T00:00:00"),
        ("01/02/00", "day_month_year", "2000-02-01T00:00:00"),
        ("24-02-01", "year_month_day", "2024-02-01T00:00:00"),
        ("2024-01-01T00:00:00", "day_month_year", "2024-01-01T00:00:00"),
        ("2024-01-01T23:59:59", "day_month_year", "2024-01-01T23:59:59"),
        ("2024-01-01T23:59:59.9", "day_month_year", "2024-01-01T23:59:59"),
        ("2024-01-01T24:00", "day_month_year", None),
        ("2024-01-01T23:60", "day_month_year", None),
        ("2024-01-01T23:00:60", "day_month_year", None),
        ("2024-01-01 12:00 am", "day_month_year", "2024-01-01T00:00:00"),
        ("2024-01-01 12:00 pm", "day_month_year", "2024-01-01T12:00:00"),
        ("2024-01-01 1:00 PM", "day_month_year", "2024-01-01T13:00:00"),
        ("2024-01-01 11:59 Pm", "day_month_year", "2024-01-01T23:59:00"),
        ("2024-01-01 0:30 am", "day_month_year", None),
        ("2024-01-01 13:00 am", "day_month_year", None),
        ("2024-01-01T00:00Z", "day_month_year", "2024-01-01T00:00:00"),
        ("2024-01-01T00:00z", "day_month_year", "2024-01-01T00:00:00"),
        ("2024-01-01T00:00-0530", "day_month_year", "2024-01-01T05:30:00"),
        ("2024-01-01T00:00+05:30", "day_month_year", "2023-12-31T18:30:00"),
        ("2024-01-01T00:00+23:59", "day_month_year", "2023-12-31T00:01:00"),
        ("2024-01-01T00:00+24:00", "day_month_year", None),
        ("2024-01-01T00:00+01:60", "day_month_year", None),
        ("0001-01-01", "day_month_year", "0001-01-01T00:00:00"),
        ("0001-01-01T00:00-00:01", "day_month_year", "0001-01-01T00:01:00"),
        ("9999-12-31T23:59:59", "day_month_year", "9999-12-31T23:59:59"),
        ("9999-12-31T23:59:59-00:01", "day_month_year", None),
        ("31/04/2024", "day_month_year", None),
        ("29/02/2024", "day_month_year", "2024-02-29T00:00:00"),
        ("3 FÉVR. 2024", "day_month_year", "2024-02-03T00:00:00"),
        ("3 quux 2024", "day_month_year", None),
        ("1/2024", "month_year", "2024-01-01T00:00:00"),
        ("12-2024", "month_year", "2024-12-01T00:00:00"),
        ("avril 2024", "month_year", "2024-04-01T00:00:00"),
        ("2024-12-31", "month_year", "2024-12-31T00:00:00"),
        ("9h", "day_month_year", None),
        ("1/2/2024 9h", "day_month_year", "2024-02-01T09:00:00"),
    ],
)
def test_dates(text: str, order: Any, iso: str | None) -> None:
    expected = None if iso is None else int(datetime.fromisoformat(iso).replace(tzinfo=UTC).timestamp())
    assert date_parser(ParseDate(column="d", order=order))(text) == expected


@pytest.mark.parametrize("length", [LONGEST - 1, LONGEST, LONGEST + 1])
def test_a_date_may_be_as_long_as_the_limit(length: int) -> None:
    date = f"1/2/2024{' ' * (length - 13)}10:30"
    assert len(date) == length
    assert (date_parser(ParseDate(column="d"))(date) is not None) == (length <= LONGEST)
