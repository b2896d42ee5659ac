"""Texts are numbers if they are finite and written in the column's format."""

from __future__ import annotations

import polars as pl
import pytest

from tablee.tables.cells.cell_format import Decimal, NumberFormat, Thousands
from tablee.tables.cells.numbers import parse, parse_known


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1", "2.5", None, " 3e4 "], [1.0, 2.5, None, 30000.0]),
        (["1", "x"], [1.0, None]),
        (["inf", "-Infinity", "1e400"], [None, None, None]),
        (["1_000", "0x1A", "1,5", "٣"], [None, None, None, None]),
    ],
)
def test_plain_numbers_are_read_strictly(texts: list[str | None], expected: list[float | None]) -> None:
    assert parse(pl.Series(texts)).to_list() == expected


@pytest.mark.parametrize(
    ("decimal", "thousands", "text", "number"),
    [
        (".", "", "12", 12.0),
        (".", "", " -2.5 ", -2.5),
        (".", "", ".5", 0.5),
        (".", "", "1e3", 1000.0),
        (".", "", "1,5", None),
        (".", "", "1 234", None),
        (".", "", "", None),
        (".", "", "inf", None),
        (".", "", "nan", None),
        (".", "", "1e999", None),
        (",", "", "1,5", 1.5),
        (",", "", "1.5", None),
        (",", "", "1,5,5", None),
        (".", ",", "1,234", 1234.0),
        (".", ",", "1,234.5", 1234.5),
        (".", ",", "12,34", None),
        (".", ",", "1,2345", None),
        (".", ",", "1234,567", None),
        (".", ",", "0,123", None),
        (".", ",", "123,456,789", 123456789.0),
        (".", " ", "1 234", 1234.0),
        (".", " ", "1\u00a0234\u202f567", 1234567.0),
        (".", " ", "1\u2009234.5", 1234.5),
        (".", " ", "0 123", None),
        (".", " ", "1  234", None),
        (".", " ", "1 23", None),
        (",", ".", "1.234,5", 1234.5),
        (",", ".", "1.234.567", 1234567.0),
        (",", ".", "1.23", None),
        (",", "'", "-1'234,5", -1234.5),
        (".", "'", "+1’234.5", 1234.5),
        (".", "'", "1234.5", 1234.5),
    ],
)
def test_a_text_is_a_number_in_a_format(
    decimal: Decimal, thousands: Thousands, text: str, number: float | None
) -> None:
    found = parse(pl.Series([text, None, "7"]), NumberFormat(decimal=decimal, thousands=thousands))
    assert found.to_list() == [number, None, 7.0]


@pytest.mark.parametrize(
    ("decimal", "thousands", "text", "number"),
    [
        (",", "", "1,5", 1.5),
        (",", "", "1.5", 1.5),
        (",", "", " 1234.56 ", 1234.56),
        (",", "", "1.500", None),
        (",", "", "-12.500", None),
        (",", "", "1234.500", 1234.5),
        (",", "", "0.500", 0.5),
        (",", " ", "1 234,5", 1234.5),
        (",", " ", "1234.5", 1234.5),
        (",", ".", "1.5", None),
        (",", ".", "1.500", 1500.0),
        (".", ",", "1,5", None),
        (".", "", "1,5", None),
    ],
)
def test_a_plain_number_is_read_in_any_format_if_it_can_mean_nothing_else(
    decimal: Decimal, thousands: Thousands, text: str, number: float | None
) -> None:
    found = parse_known(pl.Series([text, None]), NumberFormat(decimal=decimal, thousands=thousands))
    assert found.to_list() == [number, None]


@pytest.mark.parametrize(
    ("thousands", "text", "number"),
    [
        ("", "12", 12.0),
        ("", " -1e3 ", -1000.0),
        ("", "1,5", 1.5),
        ("", "1.5", 1.5),
        ("", "1,500", None),
        ("", "-12.500", None),
        ("", "0,500", 0.5),
        ("", "1234,500", 1234.5),
        ("", "1.500,0", 1500.0),
        ("", "1,500.0", 1500.0),
        ("", "1,234,567", 1234567.0),
        ("", "1 234", 1234.0),
        ("", "1’234,5", 1234.5),
        ("", "1.2.3", None),
        ("", "x", None),
        ("", "inf", None),
        (" ", "1,500", 1.5),
        (" ", "1.500", 1.5),
        (" ", "1 500,25", 1500.25),
        (" ", "1,500.0", None),
    ],
)
def test_in_an_undecided_format_a_number_is_one_that_all_formats_agree_on(
    thousands: Thousands, text: str, number: float | None
) -> None:
    undecided = NumberFormat(decimal=None, thousands=thousands)
    for found in (parse(pl.Series([text, None, "7"]), undecided), parse_known(pl.Series([text, None, "7"]), undecided)):
        assert found.to_list() == [number, None, 7.0]


def test_a_format_is_shown_by_an_example() -> None:
    assert str(NumberFormat(decimal=None)) == "1234"
    assert str(NumberFormat(decimal=",", thousands=".")) == "1.234,5"
    assert str(NumberFormat()) == "1234.5"
