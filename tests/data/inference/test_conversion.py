"""Texts become the cells of their types; a date column that was asked for accepts no other text."""

from __future__ import annotations

import polars as pl
import pytest

from tablee.datasets.reading import Reading
from tablee.errors import InvalidTable
from tablee.tables.table_reader import RowBlock
from tablee_data.inference.conversion import convert, convert_frame
from tablee_data.inference.types import ColumnTypes

TYPES = ColumnTypes(Reading(decimal=",", thousands=" ", dates={"d": "%d/%m/%Y"}), frozenset({"n", "m"}), ())


def block(dates: list[str | None]) -> RowBlock:
    height = len(dates)
    columns = {"n": ["1 234,5"] * height, "d": dates, "t": ["1,5"] * height}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).with_columns(m=pl.lit(2.0))
    return RowBlock(frame, lambda row: row + 10)


def test_each_column_becomes_what_it_is() -> None:
    found = convert(block(["12/03/2024", None, " n.c. ", "-"]), TYPES)
    assert found.columns == ["n", "d", "t", "m"]
    assert found["d"].to_list() == ["2024-03-12", None, None, None]
    assert found.select("n", "t", "m").row(0) == (1234.5, "1,5", 2.0)


def test_a_date_column_that_was_parsed_as_numbers_stays_so() -> None:
    types = ColumnTypes(Reading(dates={"m": "%Y", "n": "%Y"}), frozenset({"n"}), ())
    frame = pl.DataFrame({"m": [2024.0], "n": ["2024"]})
    assert convert(RowBlock(frame, lambda row: row), types).row(0) == (2024.0, 2024.0)


def test_a_text_that_is_no_date_is_named_with_its_line() -> None:
    with pytest.raises(InvalidTable, match="line 11: «d» is no date written as %d/%m/%Y") as refused:
        convert(block(["12/03/2024", "hier", "demain"]), TYPES)
    assert refused.value.place == {"line": 11, "column": "d", "value": "hier", "expected": "%d/%m/%Y"}
    assert convert_frame(block(["12/03/2024", "hier"]).frame, TYPES)["d"].to_list() == ["2024-03-12", None]
