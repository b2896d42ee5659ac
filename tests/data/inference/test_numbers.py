"""Number formats: which texts fit which, and which numbers are codes; both sides of each border."""

from __future__ import annotations

import polars as pl
import pytest

from tablee.tables.cells.cell_format import Decimal, NumberFormat, Thousands
from tablee.tables.cells.numbers import NUMBER_FORMATS
from tablee_data.inference.numbers import LOOKS_LIKE_NUMBER, NumberFormatInference


def style(decimal: Decimal, thousands: Thousands = "") -> NumberFormat:
    return NumberFormat(decimal=decimal, thousands=thousands)


def inferred(*cells: str | None, markers: tuple[str, ...] = ()) -> NumberFormatInference:
    inference = NumberFormatInference()
    inference.update(pl.Series(cells, dtype=pl.String), markers)
    return inference


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
        ("9007199254740992.5", True),
        ("12345678901234567,89", True),
        ("4503599627370495.5", False),
        ("9500000000000000.0", False),
        ("1e300", False),
        ("1234567890123456", False),
        ("9999999999999999", True),
        ("0e123", True),
        ("0E+00", False),
        ("1234567890123456.79", True),
        ("1234567890123456.75", False),
        ("-98765432109876.543", True),
        ("-98765432109876.54", True),
        ("12345678901234.567", False),
        ("100000000000000.10", True),
        ("9.007.199.254.740.993", True),
        ("9.007.199.254.740,99", False),
        ("12.345.678", False),
        ("1\u202f234\u202f567\u202f890\u202f123\u202f456\u202f789", True),
        ("1'234'567'890'123'456.78", True),
        ("1.5e300", False),
    ],
)
def test_a_number_that_float64_would_change_is_a_code(text: str, code: bool) -> None:
    column = inferred("1", text)
    assert (column.codes, column.is_number) == ((text, False) if code else (None, True))


@pytest.mark.parametrize(
    ("cells", "example"),
    [
        (("1E5", "2e7"), "1E5"),
        (("12", "1E5"), "1E5"),
        (("1E5", "1e+05"), None),
        (("1E5", "2.5"), None),
        (("1E5", "-3"), None),
        (("1E5", "1 000"), None),
        (("1.5e5", "3"), None),
        (("12", "13"), None),
    ],
)
def test_numbers_with_an_exponent_and_digits_alone_may_be_codes(cells: tuple[str, ...], example: str | None) -> None:
    column = inferred(*cells)
    assert (column.exponent, column.is_number) == (example, True)
    by_block = NumberFormatInference()
    for cell in cells:
        by_block.update(pl.Series([cell]), ())
    assert by_block.exponent == example


def test_a_column_is_of_numbers_if_all_cells_fit_one_format() -> None:
    assert inferred("1", "2", None).is_number
    assert inferred("1", "2").decimals == (".", ",")
    assert inferred("1.5", "2").formats == tuple(each for each in NUMBER_FORMATS if each.decimal == ".")
    assert [each.thousands for each in inferred("1.234", "5").formats] == ["", " ", ",", "'", "."]
    assert inferred("1 234,5").formats == (style(",", " "),)
    assert inferred("x", "y").formats == ()
    assert not inferred("1", "x").is_number
    assert not inferred(None, None).is_number


@pytest.mark.parametrize(
    ("cells", "readings"),
    [
        (("1", "2"), [{}]),
        (("1.5", "2"), [{"1.5": 1.5}]),
        (("1.234", "5"), [{"1.234": 1.234}, {"1.234": 1234.0}]),
        (("1,234", "5"), [{"1,234": 1234.0}, {"1,234": 1.234}]),
        (("1,234", "1,5"), [{"1,234": 1.234}]),
        (("1 234", "5"), [{"1 234": 1234.0}]),
        (("0.500", "0.250"), [{"0.500": 0.5}]),
    ],
)
def test_all_formats_that_read_all_cells_are_counted(cells: tuple[str, ...], readings: list[dict[str, float]]) -> None:
    """Formats that read the cells alike count once."""
    assert list(inferred(*cells).readings.values()) == readings


def test_a_format_has_to_fit_the_fifty_first_cell_too() -> None:
    assert inferred(*["1 234"] * 50, "1 234,5").formats == (style(",", " "),)


def test_one_code_makes_a_column_of_texts_that_still_tells_the_format() -> None:
    column = inferred("1,5", "007")
    assert (column.decimals, column.is_number, column.codes) == ((",",), False, "007")


def test_a_later_block_excludes_formats() -> None:
    column = inferred("1", "2")
    assert column.decimals == (".", ",")
    column.update(pl.Series(["1,5"]), ())
    assert (column.decimals, column.seen) == ((",",), 3)
    column.update(pl.Series(["1.5", "2.5", "3.5", "4.5"]), ())
    assert (column.decimals, column.formats) == ((), ())


def test_a_few_texts_among_numbers_are_odd() -> None:
    column = NumberFormatInference()
    column.update(pl.Series([*map(str, range(150)), "n/d", "2"]), (), lambda row: row + 2)
    assert (column.is_number, bool(column.formats), list(column.odd.texts)) == (False, True, ["n/d"])
    assert (column.odd.texts["n/d"].count, column.odd.texts["n/d"].line) == (1, 152)
    column.update(pl.Series(["n/d", "3"]), (), lambda row: row + 154)
    assert column.formats  # texts without digits may be half of the cells
    column.update(pl.Series(["12a", "3"]), (), lambda row: row + 156)
    assert column.formats == ()  # one with digits, and three of 155 are too many
    whole = NumberFormatInference()
    whole.update(pl.Series([*map(str, range(300)), "n/d", "?", "x", "y"]), ())
    assert (bool(whole.formats), [*whole.odd.texts]) == (True, ["n/d", "?", "x", "y"])
    whole.update(pl.Series([f"word{each}" for each in range(40)]), ())
    assert not whole.formats  # more than forty different texts are too many
    whole = NumberFormatInference()
    whole.update(pl.Series([*map(str, range(400)), "n/d", "?", "x", "n/d"]), ())
    assert [(text, odd.count) for text, odd in sorted(whole.odd.texts.items())] == [("?", 1), ("n/d", 2), ("x", 1)]


def test_odd_cells_do_not_hide_the_format_of_the_others() -> None:
    column = inferred(*["1,5"] * 200, "voir note")
    assert (column.decimals, column.plain) == ((",",), False)


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
    assert (column.seen, column.is_number, column.decimals) == (1, True, (",",))


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        *(("1", True), ("-1 234,5", True), (".5", True), ("1e-5", True), ("1.2.3", True)),
        *(("x1", False), ("1x", False), ("", False), (".", False), ("1e", False)),
    ],
)
def test_what_looks_like_a_number(text: str, looks: bool) -> None:
    assert bool(LOOKS_LIKE_NUMBER.fullmatch(text)) is looks
