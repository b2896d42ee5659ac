"""Numbers in texts: signs, separators, units, lengths."""

from __future__ import annotations

from typing import Any

import pytest

from tablee.recipes.parsing.numbers import LONGEST, number_parser
from tablee.recipes.steps import ParseNumber

BARE = (("12%", 12.0), ("pct 12", 12.0), ("-% 12", -12.0), ("0.12", None), ("-12", None), ("0", 0.0), ("0.00", 0.0))
"""Numbers with and without a unit."""


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
        ("5 hL", {"units": {"L": 1, "hL": 100}}, 500.0),
        ("€k 5", {"units": {"€": 1, "€k": 1000}}, 5000.0),
        ("1e308", {"units": {"%": 1}}, 1e308),
        ("1e308%", {"units": {"%": 10}}, None),
        ("\u20105", {}, -5.0),
        ("\u20135", {}, -5.0),
        ("nan", {}, None),
        *((text, {"units": {"%": 1, "pct": 1}, "without_unit": "missing"}, value) for text, value in BARE),
    ],
)
def test_numbers(text: str, fields: dict[str, Any], value: float | None) -> None:
    assert number_parser(ParseNumber(column="n", **fields))(text) == value


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"decimal": ",", "thousands": (",",)}, "not ',' as both"),
        ({"units": {" ": 1}}, "that are not empty"),
        ({"units": {"1x": 1}}, "neither begin nor end with a digit"),
        ({"units": {"x1": 1}}, "neither begin nor end with a digit"),
    ],
)
def test_signs_and_units_that_would_be_ambiguous_are_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ParseNumber(column="n", **fields)
    assert ParseNumber(column="n", units={"x1y": 1.0}).units == {"x1y": 1.0}


@pytest.mark.parametrize("length", [LONGEST - 1, LONGEST, LONGEST + 1])
def test_a_number_may_be_as_long_as_the_limit(length: int) -> None:
    zeros = "0" * (length - 1) + "7"
    assert number_parser(ParseNumber(column="n"))(zeros) == (7.0 if length <= LONGEST else None)
