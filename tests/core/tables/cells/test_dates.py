"""Texts as dates in ISO 8601: in the format of a column, in any way of writing ISO 8601, or of a typed format."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import polars as pl
import pytest

from tablee.errors import InvalidRequest
from tablee.tables import arrow_cells
from tablee.tables.cells import dates
from tablee.tables.cells.cell_format import DateFormat


@pytest.mark.parametrize(
    ("date_format", "text", "iso"),
    [
        ("%Y-%m-%d", "2024-02-29", "2024-02-29"),
        ("%Y-%m-%d", "2023-02-29", None),
        ("%Y-%m-%d", " 2024-1-2 ", "2024-01-02"),
        ("%Y-%m-%d", "24-01-02", None),
        ("%Y-%m-%d", "2024-01-02 10:00", None),
        ("%d/%m/%Y", "31/04/2024", None),
        ("%d/%m/%Y", "13/12/2024", "2024-12-13"),
        ("%m/%d/%Y", "13/12/2024", None),
        ("%d/%m/%y", "01/02/24", "2024-02-01"),
        ("%d/%m/%y", "01/02/2024", None),
        ("%Y-%m-%d %H:%M", "2024-01-02 23:59", "2024-01-02T23:59:00"),
        ("%Y-%m-%d %H:%M", "2024-01-02 24:00", None),
        ("%Y-%m-%dT%H:%M:%S%.f", "2024-01-02T10:00:00.25", "2024-01-02T10:00:00.250"),
        ("%Y-%m-%dT%H:%M:%S%.fZ", "2024-01-02T10:00:00Z", "2024-01-02T10:00:00"),
        ("%Y-%m-%dT%H:%M:%S%.f%z", "2024-01-01T00:30:00+01:00", "2023-12-31T23:30:00"),
        ("%d %B %Y", "1er mai 2024", "2024-05-01"),
        ("%d/%m/%Y", "1er/05/2024", None),
        ("%d-%B-%Y", "1-mai-2024", "2024-05-01"),
        ("%I:%M %p %d/%m/%Y", "11:30 PM 01/02/2024", "2024-02-01T23:30:00"),
    ],
)
def test_a_text_is_a_date_in_a_format(date_format: str, text: str, iso: str | None) -> None:
    assert dates.parse(pl.Series([text, None]), date_format).to_list() == [iso, None]


@pytest.mark.parametrize(
    ("first_year", "pattern", "text", "iso"),
    [
        (1969, "%d/%m/%y", "01/02/68", "2068-02-01"),
        (1969, "%d/%m/%y", "01/02/69", "1969-02-01"),
        (1900, "%d/%m/%y", "01/02/00", "1900-02-01"),
        (1900, "%d/%m/%y", "01/02/99", "1999-02-01"),
        (1930, "%y-%m-%d", "29-02-28", "2029-02-28"),
        (1930, "%y-%m-%d", "30-02-28", "1930-02-28"),
        (2000, "%d %B %y", "3 mars 99", "2099-03-03"),
        (1900, "%d/%m/%y", "29/02/00", None),
        (2000, "%d/%m/%y", "29/02/00", "2000-02-29"),
    ],
)
def test_years_of_two_digits_are_in_the_hundred_years_of_the_format(
    first_year: int, pattern: str, text: str, iso: str | None
) -> None:
    found = dates.parse(pl.Series([text]), DateFormat(pattern=pattern, first_year=first_year))
    assert found.to_list() == [iso]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("13/12/2024", "2024-12-13"),
        ("2024-12-13", "2024-12-13"),
        ("2024-12-13T10:00:00", "2024-12-13T10:00:00"),
        ("2024-12-13 10:00:00.5", "2024-12-13T10:00:00.500"),
        ("2024-12-13T10:00:00Z", "2024-12-13T10:00:00"),
        ("2024-12-13T00:30:00+01:00", "2024-12-12T23:30:00"),
        ("2024-12-13 10:00", "2024-12-13T10:00:00"),
        ("13 décembre 2024", "2024-12-13"),
        ("vendredi 13 déc. 2024", "2024-12-13"),
        ("Fri., 13 Dec 2024", "2024-12-13"),
        ("1er mars 2024", "2024-03-01"),
        ("Tuesday, March 3rd, 2024", "2024-03-03"),
        ("3-Mar-2024", "2024-03-03"),
        ("03MAR2024", "2024-03-03"),
        ("12/13/2024", None),
        ("avant 3 mars 2024", None),
        ("31 février 2024", None),
        ("3 mars 24", None),
        ("mars 2024", None),
        ("hier", None),
        ("", None),
    ],
)
def test_a_date_may_always_be_written_so_that_it_can_mean_one_day_only(text: str, iso: str | None) -> None:
    texts = pl.Series([text, None, "01/02/2023"])
    assert dates.parse_known(texts, DateFormat(pattern="%d/%m/%Y")).to_list() == [iso, None, "2023-02-01"]


def test_without_a_format_no_order_of_numbers_is_known() -> None:
    texts = pl.Series(["2024-12-13", "13/12/2024", None, "13 Dec 2024"])
    assert dates.parse_known(texts, None).to_list() == ["2024-12-13", None, None, "2024-12-13"]


def test_the_format_of_a_column_comes_before_iso_8601() -> None:
    texts = pl.Series(["2024-12-03", "2024-03-31"])
    assert dates.parse_known(texts, DateFormat(pattern="%Y-%d-%m")).to_list() == ["2024-03-12", "2024-03-31"]


def test_an_unknown_directive_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="“%Q” is no part of a date's format"):
        dates.regular_expression("%d/%Q")


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([date(2024, 3, 12), None], ["2024-03-12", None]),
        ([datetime(2024, 3, 12, 10), None], ["2024-03-12T10:00:00", None]),
        ([datetime(2024, 3, 12, 10, tzinfo=timezone(timedelta(hours=2))), None], ["2024-03-12T08:00:00", None]),
        ([datetime(2024, 3, 12, 10, tzinfo=UTC), None], ["2024-03-12T10:00:00", None]),
        (["x", None], ["x", None]),
    ],
)
def test_dates_of_typed_formats_become_iso_8601(values: list[object], texts: list[object]) -> None:
    found = arrow_cells.texts(pl.Series(values).to_arrow(), "a", 1).to_list()
    assert [each and each.removesuffix(".000000") for each in found] == texts
