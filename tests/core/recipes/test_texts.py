"""How texts are read, at the borders: lengths, signs, two-digit years, hours, offsets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tablee.recipes.steps import CleanText, MissingMarkers, ParseDate, ParseNumber
from tablee.recipes.texts import LONGEST, clean, missing, number, seconds


@pytest.mark.parametrize(
    ("text", "fields", "value"),
    [
        ("1" * 100, {}, float("1" * 100)),
        (" " + "1" * 100 + " ", {}, float("1" * 100)),
        ("1" * 101, {}, None),
        ("+5", {}, 5.0),
        ("- 5", {}, -5.0),
        ("--5", {}, None),
        ("5.", {}, 5.0),
        (".", {}, None),
        ("1.5E+2", {}, 150.0),
        ("1e-2", {}, 0.01),
        ("1,5e1", {"decimal": ","}, 15.0),
        ("1,5", {"decimal": ","}, 1.5),
        ("1,2,3", {"decimal": ","}, None),
        ("1,234,567.5", {"thousands": (",",)}, 1_234_567.5),
        ("1234,567", {"thousands": (",",)}, None),
        ("1,23", {"thousands": (",",)}, None),
        ("1,2345", {"thousands": (",",)}, None),
        ("1234567", {"thousands": (",",)}, 1_234_567.0),
        ("1.234", {"decimal": ",", "thousands": (".",)}, 1234.0),
        ("1'234\u2019567", {"thousands": ("'",)}, 1_234_567.0),
        ("$ 5", {"units": {"$": 2}}, 10.0),
        ("5$", {"units": {"$": 2}}, 10.0),
        ("-$5", {"units": {"$": 2}}, -10.0),
        ("+ $5", {"units": {"$": 2}}, 10.0),
        ("$-5", {"units": {"$": 2}}, -10.0),
        ("$5$", {"units": {"$": 2}}, None),
        ("5", {"units": {"$": 2}}, 5.0),
        ("$", {"units": {"$": 2}}, None),
        ("5 k€", {"units": {"€": 1, "k€": 1000}}, 5000.0),
        ("1e308", {"units": {"%": 1}}, 1e308),
        ("1e308%", {"units": {"%": 10}}, None),
        ("\u20105", {}, -5.0),
        ("\u20135", {}, -5.0),
        ("nan", {}, None),
    ],
)
def test_numbers(text: str, fields: dict[str, Any], value: float | None) -> None:
    assert number(ParseNumber(column="n", **fields))(text) == value


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"decimal": ",", "thousands": (",",)}, "',' cannot be both"),
        ({"units": {" ": 1}}, "must not be empty"),
        ({"units": {"1x": 1}}, "begin or end with a digit"),
        ({"units": {"x1": 1}}, "begin or end with a digit"),
    ],
)
def test_signs_and_units_that_would_be_ambiguous_are_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ParseNumber(column="n", **fields)
    assert ParseNumber(column="n", units={"x1y": 1.0}).units == {"x1y": 1.0}


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
    assert seconds(ParseDate(column="d", order=order))(text) == expected


@pytest.mark.parametrize("length", [LONGEST - 1, LONGEST, LONGEST + 1])
def test_a_text_may_be_as_long_as_the_limit(length: int) -> None:
    zeros = "0" * (length - 1) + "7"
    assert number(ParseNumber(column="n"))(zeros) == (7.0 if length <= LONGEST else None)
    date = f"1/2/2024{' ' * (length - 13)}10:30"
    assert len(date) == length
    assert (seconds(ParseDate(column="d"))(date) is not None) == (length <= LONGEST)


def test_spellings() -> None:
    assert clean(CleanText(column="t"))("  A\t b ") == "A b"
    assert clean(CleanText(column="t", case="lower"))("ÀB") == "àb"
    assert clean(CleanText(column="t", case="upper"))("àb") == "ÀB"
    assert clean(CleanText(column="t", accents="remove"))("Àb") == "Ab"
    assert clean(CleanText(column="t", case="upper"))("") is None
    assert clean(CleanText(column="t"))("e\u0301") == "é", "composed"
    assert missing(MissingMarkers(column="t", markers=("?",)))(" ? ") is None
    assert missing(MissingMarkers(column="t", markers=("Nil",)))("NIL ") is None
    assert missing(MissingMarkers(column="t", markers=("?",)))("??") == "??"
