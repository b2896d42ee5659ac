"""Number formats: which texts fit which, and which numbers are codes; both sides of each border."""

from __future__ import annotations

import polars as pl
import pytest

from tablee.datasets.reading import Decimal, Thousands
from tablee_data.inference.numbers import (
    LOOKS_LIKE_NUMBER,
    NUMBER_FORMATS,
    NumberFormat,
    NumberFormatInference,
    are_codes,
    parse,
)

POINT, COMMA = NumberFormat("."), NumberFormat(",")


def inferred(*cells: str | None, markers: tuple[str, ...] = ()) -> NumberFormatInference:
    inference = NumberFormatInference()
    inference.update(pl.Series(cells, dtype=pl.String), markers)
    return inference


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
    found = parse(pl.Series([text, None, "7"]), NumberFormat(decimal, thousands))
    assert found.to_list() == [number, None, 7.0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("007", True),
        ("00", True),
        ("-07", True),
        ("+07", True),
        ("0", False),
        ("-0", False),
        ("0.5", False),
        ("0,5", False),
        ("+3", False),
        ("+1234567", False),
        ("+12345678", True),
        ("12345678", False),
        ("9007199254740991", False),
        ("9007199254740992", True),
        ("-9007199254740991", False),
        ("-9007199254740992", True),
        ("9007199254740992.5", False),
        ("1e300", False),
        ("1234567890123456", False),
        ("9999999999999999", True),
    ],
)
def test_a_number_that_float64_would_change_is_a_code(text: str, code: bool) -> None:
    texts = pl.Series(["1", text])
    assert are_codes(texts, parse(texts, COMMA if "," in text else POINT)) is code


def test_a_column_is_of_numbers_if_all_cells_fit_one_format() -> None:
    assert inferred("1", "2", None).fits(POINT)
    assert inferred("1", "2").fits(COMMA)
    assert inferred("1.5", "2").formats == tuple(each for each in NUMBER_FORMATS if each.decimal == ".")
    assert [each.thousands for each in inferred("1.234", "5").formats] == ["", " ", ",", "'", "."]
    assert inferred("1 234,5").formats == (NumberFormat(",", " "),)
    assert inferred("1", "x").formats == ()
    assert not inferred(None, None).fits(POINT)


def test_a_format_has_to_fit_the_fifty_first_cell_too() -> None:
    assert inferred(*["1 234"] * 50, "1 234,5").formats == (NumberFormat(",", " "),)


def test_one_code_makes_a_column_of_texts_that_still_tells_the_format() -> None:
    column = inferred("1,5", "007")
    assert (column.decimals, column.fits(COMMA), column.codes) == ((",",), False, True)


def test_a_later_block_excludes_formats() -> None:
    column = inferred("1", "2")
    assert column.decimals == (".", ",")
    column.update(pl.Series(["1,5"]), ())
    assert (column.decimals, column.seen) == ((",",), 3)
    column.update(pl.Series(["1.5"]), ())
    assert (column.decimals, column.formats) == ((), ())


@pytest.mark.parametrize(
    ("cells", "plain"),
    [
        (("1", "2.5", None), True),
        (("1,5", "2"), True),
        (("1", "-"), False),
        (("1 234", "5"), False),
    ],
)
def test_a_column_is_plain_without_markers_and_thousands(cells: tuple[str | None, ...], plain: bool) -> None:
    column = inferred(*cells, markers=("-",))
    assert (column.plain, bool(column.formats)) == (plain, True)


def test_missing_cells_are_not_counted() -> None:
    column = inferred("1.5", None, "2", None)
    assert column.seen == 2
    assert inferred("1", None, "2", None).seen == 2


def test_markers_are_not_counted() -> None:
    column = inferred("1,5", "-", " - ", None, markers=("-",))
    assert (column.seen, column.fits(COMMA)) == (1, True)


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        *(("1", True), ("-1 234,5", True), (".5", True), ("1e-5", True), ("1.2.3", True)),
        *(("x1", False), ("1x", False), ("", False), (".", False), ("1e", False)),
    ],
)
def test_what_looks_like_a_number(text: str, looks: bool) -> None:
    assert bool(LOOKS_LIKE_NUMBER.fullmatch(text)) is looks
