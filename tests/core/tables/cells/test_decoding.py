"""Texts become cells by the format of their column; a value that is written in a format is read as itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tablee.tables.cells import dates
from tablee.tables.cells.cell_format import CellFormat, DateFormat, NumberFormat
from tablee.tables.cells.decoding import BLANKS, UNKNOWN_NUMBERS, UNKNOWN_TEXTS, decode, decode_text

FRENCH = CellFormat(missing=("NA", "-"), number=NumberFormat(decimal=",", thousands=" "))


def cells(texts: list[str | None], cell_format: CellFormat, **options: Any) -> list[Any]:
    return decode(pl.Series("c", texts, dtype=pl.String), cell_format, **options).to_list()


def test_numbers_are_read_in_the_format_of_the_column() -> None:
    assert cells(["1 234,5", " - ", "NA", None, "", "1234.5"], FRENCH) == [1234.5, None, None, None, None, 1234.5]
    assert cells(["1,500"], FRENCH) == [1.5]


def test_texts_that_are_no_numbers_stay_between_numbers() -> None:
    found = decode(pl.Series("n", ["1", " x ", None, "inf", "-"]), UNKNOWN_NUMBERS)
    assert (found.dtype, found.name, found.to_list()) == (pl.Object, "n", [1.0, " x ", None, "inf", None])


def test_a_number_may_stand_for_a_missing_value() -> None:
    sentinel = CellFormat(missing=("-99", "n99"), number=NumberFormat())
    assert cells(["1", "-99", " -99 ", "99", "n99"], sentinel) == [1.0, None, None, 99.0, None]


def test_markers_between_quotes_are_texts_but_no_numbers() -> None:
    texts: list[str | None] = ["NA", "NA", "x", "", None]
    quoted = pl.Series([False, True, False, True, False])
    markers = CellFormat(missing=("NA",))
    assert cells(texts, markers, quoted=quoted) == [None, "NA", "x", None, None]
    assert cells(texts, markers, quoted=True) == ["NA", "NA", "x", None, None]
    assert cells(texts, markers) == [None, None, "x", None, None]
    assert cells(["1", "NA"], FRENCH, quoted=True) == [1.0, None]


def test_trimmed_texts_have_no_blanks_and_markers_with_blanks_are_missing() -> None:
    padded = CellFormat(missing=("NA",), trimmed=True)
    assert cells([" a\u00a0", "NA ", "  ", "NA"], padded, quoted=True) == ["a", None, None, "NA"]
    assert cells([" a ", "NA "], CellFormat(missing=("NA",))) == [" a ", "NA "]
    assert cells([f"{BLANKS}a{BLANKS}"], padded) == [f"{BLANKS}a{BLANKS}".strip(BLANKS)]


def test_dates_wait_for_their_parser_without_missing_ones() -> None:
    days = CellFormat(missing=("n.c.",), date=DateFormat(pattern="%d/%m/%Y"))
    assert cells(["12/03/2024", " n.c. ", "n.c.", "hier"], days, quoted=True) == ["12/03/2024", None, None, "hier"]


def test_typed_texts_know_no_markers() -> None:
    assert decode_text(pl.Series(["NA", "", " "]), CellFormat(missing=("NA",))).to_list() == ["NA", None, " "]
    assert cells(["NA", "", " "], UNKNOWN_TEXTS) == ["NA", None, " "]


NUMBER_FORMATS = st.sampled_from(
    [
        NumberFormat(decimal=decimal, thousands=thousands)
        for decimal in (".", ",")
        for thousands in ("", " ", ".", ",", "'")
        if decimal != thousands
    ]
)
MISSING = st.sampled_from(["", "NA", "-", "n.c.", "-99", "."])
PATTERNS = st.sampled_from(
    ["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%y", "%y-%m-%d", "%d %B %Y", "%Y-%d-%m", "%B %d, %Y"]
)


def written(value: float, number_format: NumberFormat) -> str:
    whole, _, rest = f"{abs(value):,.3f}".partition(".")
    text = whole.replace(",", number_format.thousands) + (number_format.decimal + rest if int(rest) else "")
    return f"-{text}" if value < 0 else text


@settings(deadline=None)
@given(
    NUMBER_FORMATS,
    st.lists(st.integers(-(10**9), 10**9).map(lambda number: number / 1000) | st.none(), min_size=1),
    MISSING,
    st.booleans(),
)
def test_a_written_number_is_read_as_itself(
    number_format: NumberFormat, values: list[float | None], marker: str, quoted: bool
) -> None:
    marker = marker if marker != number_format.thousands else "NA"
    cell_format = CellFormat(missing=("NA", "-", "n.c.", "-99", "."), number=number_format)
    values = [None if value == -99 else value for value in values]
    texts = [marker if value is None else written(value, number_format) for value in values]
    assert cells([*texts], cell_format, quoted=quoted) == values


@settings(deadline=None)
@given(PATTERNS, st.dates(date(1931, 1, 1), date(2029, 12, 31)), st.booleans())
def test_a_written_date_is_read_as_itself(pattern: str, day: date, blanks: bool) -> None:
    date_format = DateFormat(pattern=pattern, first_year=1931)
    text = f" {day.strftime(pattern)} " if blanks else day.strftime(pattern)
    assert dates.parse_known(pl.Series([text]), date_format).to_list() == [day.isoformat()]
    if pattern != "%Y-%d-%m":
        assert dates.parse_known(pl.Series([day.isoformat()]), date_format).to_list() == [day.isoformat()]
