"""Formats of a data set, with what a person says about a further file."""

from __future__ import annotations

from typing import Any

import pytest

from tablee.datasets.reading import Corrections
from tablee.errors import InvalidRequest
from tablee.tables.cells.cell_format import CellFormat, DateFormat, NumberFormat
from tablee_data.inference.known_formats import corrected

NUMBER, TEXT = CellFormat(number=NumberFormat()), CellFormat()
DATE = CellFormat(date=DateFormat(pattern="%d/%m/%Y"))


@pytest.mark.parametrize(
    ("known", "asked", "reason"),
    [
        (NUMBER, {"dates": {"c": "%Y"}}, "column_of_numbers"),
        (NUMBER, {"texts": ["c"]}, "column_of_numbers"),
        (TEXT, {"numbers": ["c"]}, "column_of_no_numbers"),
        (DATE, {"numbers": ["c"]}, "column_of_no_numbers"),
        (TEXT, {"columns": {"c": {"decimal": ","}}}, "column_of_no_numbers"),
        (DATE, {"columns": {"c": {"thousands": " "}}}, "column_of_no_numbers"),
    ],
)
def test_a_column_stays_what_it_is(known: CellFormat, asked: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        corrected("c", known, Corrections.model_validate(asked))
    assert (refused.value.reason, refused.value.facts["column"]) == (reason, "c")
    assert corrected("other", known, Corrections.model_validate(asked)) == known


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        (NUMBER, {"numbers": ["c"], "columns": {"c": {"decimal": ","}}}),
        (TEXT, {"texts": ["c"], "decimal": ","}),
        (TEXT, {"columns": {"c": {"missing": ["-"]}}}),
        (DATE, {"dates": {"c": "%m/%d/%Y"}, "thousands": " "}),
    ],
)
def test_what_is_said_of_a_column_of_its_kind_is_taken(known: CellFormat, asked: dict[str, Any]) -> None:
    found = corrected("c", known, Corrections.model_validate(asked))
    assert (found.number is None, found.date is None) == (known.number is None, known.date is None)
