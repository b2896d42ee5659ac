"""Cells are read in the formats of their columns; cell by cell, whole columns at once and frames give the same."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from formatted_rows import CONTRACT, ROWS, Row
from hypothesis import given, settings
from hypothesis import strategies as st

from tablee.errors import InvalidRows
from tablee.models.columns import CategoryColumn, TextColumn
from tablee.models.contract import Contract
from tablee.models.validation.block import Block, WarningCode
from tablee.models.validation.frames import FrameValidator
from tablee.models.validation.rows import RowValidator
from tablee.tables import arrow_cells
from tablee.tables.cells.cell_format import CellFormat, DateFormat

BY_CELL, AT_ONCE = RowValidator(CONTRACT), FrameValidator(CONTRACT, few_rows=0)


def outcome(block: Block) -> Any:
    columns = {name: list(values) for name, values in block.columns.items()}
    return columns, block.rows, block.warnings, block.warning_count, block.warned


@settings(deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=12), st.integers(1, 20))
def test_rows_columns_and_frames_agree(rows: list[Row], copies: int) -> None:
    rows *= copies
    columns = {name: [row[name] for row in rows] for name in CONTRACT.names}
    expected = outcome(BY_CELL.rows(rows))
    assert outcome(BY_CELL.columns(columns, len(rows))) == expected
    assert outcome(AT_ONCE.columns(columns, len(rows))) == expected
    if all(len({type(value) for value in values} - {type(None)}) < 2 for values in columns.values()):
        assert outcome(AT_ONCE.frame(pl.DataFrame(columns, strict=True))) == expected


def one(column: Any, *values: Any) -> Block:
    contract = CONTRACT.model_copy(update={"columns": (column,)})
    rows = [{column.name: value} for value in values]
    block = RowValidator(contract).rows(rows)
    assert outcome(FrameValidator(contract, few_rows=0).columns({column.name: values}, len(values))) == outcome(block)
    return block


def test_dates_become_iso_8601_and_get_warnings() -> None:
    american = CellFormat(date=DateFormat(pattern="%m/%d/%Y"))
    column = TextColumn(name="d", cell_format=american, earliest="2023-01-01", latest="2023-12-31")
    block = one(
        column, "11/02/2023", "2023-11-02", "13/02/2023", "", None, "12/31/2022", "2023-12-31T10:00:00", "1/1/24"
    )
    assert block.columns["d"] == [
        *("2023-11-02", "2023-11-02", None, None, None, "2022-12-31", "2023-12-31T10:00:00", None)
    ]
    assert [(each.row, each.code, each.value) for each in block.warnings] == [
        (3, WarningCode.UNREADABLE, "13/02/2023"),
        (4, WarningCode.MISSING, None),
        (5, WarningCode.MISSING, None),
        (6, WarningCode.RANGE, "2022-12-31"),
        (8, WarningCode.UNREADABLE, "1/1/24"),
    ]


def test_dates_may_be_levels() -> None:
    french = CellFormat(date=DateFormat(pattern="%d/%m/%Y"))
    column = CategoryColumn(name="d", cell_format=french, levels=("2024-03-12", "2024-03-13"))
    block = one(column, "12/03/2024", "2024-03-13", "14/03/2024", "hier", "", None)
    assert list(block.columns["d"]) == ["2024-03-12", "2024-03-13", None, None, None, None]
    assert [(each.row, each.code, each.value) for each in block.warnings] == [
        (3, WarningCode.UNSEEN, "14/03/2024"),
        (4, WarningCode.UNSEEN, "hier"),
        (5, WarningCode.MISSING, None),
        (6, WarningCode.MISSING, None),
    ]


def test_a_text_that_is_no_unicode_is_no_date() -> None:
    column = TextColumn(name="d", cell_format=CellFormat(date=DateFormat(pattern="%d/%m/%Y")))
    contract = CONTRACT.model_copy(update={"columns": (column,)})
    for validator in (RowValidator(contract), FrameValidator(contract, few_rows=0)):
        block = validator.columns({"d": ["\ud800", "12/03/2024"]}, 2)
        assert list(block.columns["d"]) == [None, "2024-03-12"]
        assert [each.code for each in block.warnings] == [WarningCode.UNREADABLE]


def test_numbers_in_a_column_of_dates_are_refused() -> None:
    column = TextColumn(name="d", reads="date", cell_format=CellFormat(date=DateFormat(pattern="%d/%m/%Y")))
    with pytest.raises(InvalidRows, match="row 2, column “d”: got 20240312"):
        RowValidator(CONTRACT.model_copy(update={"columns": (column,)})).columns({"d": ["12/03/2024", 20240312]}, 2)


@pytest.mark.parametrize(
    ("values", "iso"),
    [([date(2024, 3, 12), None], "2024-03-12"), ([datetime(2024, 3, 12, 10), None], "2024-03-12T10:00:00")],
)
def test_dates_of_typed_files_are_read_as_those_of_texts(values: list[Any], iso: str) -> None:
    french = CellFormat(date=DateFormat(pattern="%d/%m/%Y"))
    columns = (
        TextColumn(name="text", cell_format=french, earliest="2024-01-01", latest="2024-12-31"),
        CategoryColumn(name="level", levels=(iso,), cell_format=french),
    )
    contract = Contract(model="m", columns=columns, target=CONTRACT.target)
    series = arrow_cells.texts(pl.Series(values).to_arrow(), "d", 1)
    block = FrameValidator(contract).frame(pl.DataFrame({"text": series, "level": series}))
    assert [list(block.columns[name]) for name in ("text", "level")] == [[iso, None]] * 2


@pytest.mark.parametrize(("value", "level"), [(True, "oui"), (False, "non"), ("oui", "oui"), ("true", None)])
def test_booleans_are_the_levels_of_the_format(value: Any, level: str | None) -> None:
    column = CategoryColumn(name="b", levels=("non", "oui"), cell_format=CellFormat(booleans=("oui", "non")))
    assert list(one(column, value).columns["b"]) == [level]


def test_markers_are_texts_in_typed_rows() -> None:
    """`NA` in JSON is Namibia; a file's reader knows which ones are missing."""
    column = CategoryColumn(name="c", levels=("FR", "NA"), cell_format=CellFormat(missing=("NA",)))
    assert list(one(column, "NA", "FR").columns["c"]) == ["NA", "FR"]
