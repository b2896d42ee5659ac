"""Cells of columns that privacy actions made coarser: many at once, a few, or one after the other."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tablee.datasets.generalisation import Generalisation
from tablee.datasets.privacy import Bands, Prefix
from tablee.errors import InvalidRows
from tablee.models.contract import CategoryColumn, Column, Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from tablee.models.validation.frames import FrameValidator
from tablee.models.validation.generalised_cells import read_series, read_values, reader
from tablee.models.validation.rows import RowValidator
from tablee.tables.cells.cell_format import CellFormat, NumberFormat

NUMBER = CellFormat(number=NumberFormat())
ZIP = CategoryColumn(
    name="zip",
    levels=("01", "75"),
    generalisation=Generalisation(action=Prefix(column="zip", length=2, digits=5), original=NUMBER),
)
TOWN = CategoryColumn(
    name="town",
    levels=("Ly", "Pa"),
    generalisation=Generalisation(action=Prefix(column="town", length=2), original=CellFormat()),
)
AGE = NumberColumn(
    name="age",
    minimum=20,
    maximum=60,
    generalisation=Generalisation(action=Bands(column="age", width=10), original=NUMBER),
)
CONTRACT = Contract(model="m", columns=(ZIP, TOWN, AGE), target=Target(name="y", problem_type=ProblemType.REGRESSION))


@pytest.mark.parametrize(
    ("column", "given", "expected"),
    [
        (ZIP, [75011, 1000.0, "75", "1000", None], ["75", "01", "75", "01", None]),
        (TOWN, ["Lyon", "Pa", None, "\ud800x"], ["Ly", "Pa", None, "?x"]),
        (TOWN, [75011, True, ["Lyon"], {}], [75011, True, ["Lyon"], {}]),
        (TOWN, ["Lyon" * 1000, "Lyon" * 1000], ["Ly", "Ly"]),
        (AGE, [34, 29.9, 60, None], [30.0, 20.0, 60.0, None]),
        (AGE, ["34", True, float("inf"), 10**400], ["34", True, float("inf"), 10**400]),
    ],
)
def test_cells_of_any_type(column: Column, given: list[Any], expected: list[Any]) -> None:
    read = reader(column)
    for _ in range(2):
        assert list(read(given)) == expected
    assert [next(iter(read([value]))) for value in given] == expected
    assert list(read_values(given, column)) == expected
    assert list(read(given * 50)) == expected * 50
    assert [type(cell) for cell in read(given)] == [type(cell) for cell in expected]


def test_one_and_true_are_different_cells() -> None:
    read = reader(AGE)
    assert list(read([1, 1.0, True, "1"])) == [0.0, 0.0, True, "1"]
    assert list(read([True, "1", 1])) == [True, "1", 0.0]


def test_more_cells_than_are_remembered() -> None:
    read = reader(AGE)
    for at in range(10_000):
        assert read([at]) == [at // 10 * 10]


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        (pl.Series([75011, None], dtype=pl.Int32), ["75", None]),
        (pl.Series(["75011"], dtype=pl.Categorical), ["75"]),
        (pl.Series([None, None]), [None, None]),
        (pl.Series([True]), [True]),
    ],
)
def test_series_of_any_type(series: pl.Series, expected: list[Any]) -> None:
    assert read_series(series, ZIP).to_list() == expected


def test_wrong_cells_are_named_as_they_were_sent() -> None:
    frame = pl.DataFrame({"zip": [75011, 1000], "town": ["Lyon", "Paris"], "age": ["34", "x"]})
    with pytest.raises(InvalidRows) as refused:
        FrameValidator(CONTRACT).frame(frame)
    assert [(cell.row, cell.column, cell.value) for cell in refused.value.cells] == [(1, "age", "34"), (2, "age", "x")]
    for value in (float("nan"), float("inf")):
        with pytest.raises(InvalidRows):
            FrameValidator(CONTRACT).frame(frame.with_columns(zip=pl.lit(value), age=pl.lit(30)))
        with pytest.raises(InvalidRows):
            RowValidator(CONTRACT).rows([{"zip": value, "town": None, "age": 30}])


def test_many_rows_are_read_as_one() -> None:
    rows = [{"zip": zip_, "town": town, "age": age} for zip_, town, age in [(75011, "Lyon", 34), (1000, "Oslo", 70)]]
    one = RowValidator(CONTRACT).rows(rows)
    many = FrameValidator(CONTRACT, few_rows=0).frame(pl.DataFrame(rows))
    assert {name: list(cells) for name, cells in many.columns.items()} == one.columns
    assert many.warnings == one.warnings
    assert [(each.row, each.column, each.value) for each in one.warnings] == [(2, "town", "Os"), (2, "age", 70.0)]


def test_a_contract_of_an_earlier_release_reads_cells_as_they_are() -> None:
    told = CONTRACT.model_dump(mode="json")
    for column in told["columns"]:
        del column["generalisation"]
    earlier = Contract.model_validate(told)
    block = RowValidator(earlier).rows([{"zip": "75", "town": "Lyon", "age": 34}])
    assert block.columns == {"zip": ["75"], "town": [None], "age": [34.0]}
