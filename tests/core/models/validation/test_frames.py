"""Whole columns checked at once give the same blocks, warnings and errors as the check cell by cell."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablee.errors import InvalidInput
from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from tablee.models.validation.block import MAX_WARNINGS, Block
from tablee.models.validation.frames import FrameValidator, as_series
from tablee.models.validation.rows import RowValidator

CONTRACT = Contract(
    model="clients",
    columns=(
        NumberColumn(name="age", minimum=-5, maximum=90),
        CategoryColumn(name="ville", levels=("Lyon", "Nîmes", "Paris")),
        CategoryColumn(name="actif", levels=("False", "True")),
        CategoryColumn(name="vide", levels=()),
    ),
    target=Target(name="y", problem_type=ProblemType.REGRESSION),
    ignored=("id",),
)
VALIDATOR = FrameValidator(CONTRACT)
BY_CELL, AT_ONCE = RowValidator(CONTRACT), FrameValidator(CONTRACT, few_rows=0)

texts = st.sampled_from(["Lyon", "Nîmes", "Paris", "True", "False", "true", "", "Brest", "NaN"])
whole = st.integers(-20, 120)
decimal = st.floats(-1e300, 1e300) | st.floats(-5, 90)
cells: dict[str, st.SearchStrategy[Any]] = {
    "texts": texts,
    "whole": whole,
    "decimal": decimal,
    "any float": st.floats(),
    "flags": st.booleans(),
    "nothing": st.none(),
    "mixed": texts | whole | decimal | st.booleans() | st.floats(),
}
KINDS = {"texts": pl.String, "whole": pl.Int64, "decimal": pl.Float64, "any float": pl.Float64, "flags": pl.Boolean}
FITTING = {"age": ("whole", "decimal"), "ville": ("texts",), "actif": ("texts", "flags"), "vide": ("texts", "nothing")}


@st.composite
def tables(draw: st.DrawFn) -> dict[str, pl.Series]:
    """Columns of one length, most of them of a kind that fits."""
    height = draw(st.integers(1, 12))
    made = {}
    for name in CONTRACT.names:
        kind = draw(st.one_of(*[st.sampled_from(FITTING[name])] * 4, st.sampled_from(sorted(cells))))
        values = draw(st.lists(st.none() | cells[kind], min_size=height, max_size=height))
        dtype = KINDS.get(kind, pl.Object if any(value is not None for value in values) else pl.Null)
        made[name] = pl.Series(name, values, dtype=dtype)
    return made


def outcome(check: Any) -> Any:
    """The block that a check gave, its columns as lists; or its error."""
    try:
        block: Block = check()
    except InvalidInput as error:
        return type(error), error.problem()
    columns = {name: list(values) for name, values in block.columns.items()}
    return columns, block.rows, block.warnings, block.warning_count, block.warned


@given(tables(), st.integers(1, 1000))
def test_frame_columns_and_rows_agree(made: dict[str, pl.Series], first_row: int) -> None:
    frame = pl.DataFrame(list(made.values()))
    columns = {name: series.to_list() for name, series in made.items()}
    by_columns = outcome(lambda: BY_CELL.columns(columns, frame.height, first_row=first_row))
    assert outcome(lambda: VALIDATOR.frame(frame, first_row=first_row)) == by_columns
    assert outcome(lambda: AT_ONCE.columns(columns, frame.height, first_row=first_row)) == by_columns
    rows = [{name: values[at] for name, values in columns.items()} for at in range(frame.height)]
    assert outcome(lambda: VALIDATOR.frame(frame)) == outcome(lambda: BY_CELL.rows(rows))


@pytest.mark.parametrize("kind", [pl.Int8, pl.UInt16, pl.Int64, pl.UInt64, pl.Float32, pl.Float64, pl.Decimal(9, 2)])
def test_numbers_of_every_type(kind: Any) -> None:
    frame = good().with_columns(age=pl.Series([1, 2, 100], dtype=kind))
    columns = {series.name: series.to_list() for series in frame}
    assert outcome(lambda: VALIDATOR.frame(frame)) == outcome(lambda: BY_CELL.columns(columns, 3))


@pytest.mark.parametrize("kind", [pl.Categorical(), pl.Enum(["Brest", "Paris", "Lyon"])])
def test_texts_of_every_type(kind: Any) -> None:
    frame = good().with_columns(ville=pl.Series(["Paris", None, "Brest"], dtype=kind))
    columns = {series.name: series.to_list() for series in frame}
    found = VALIDATOR.frame(frame)
    assert outcome(lambda: found) == outcome(lambda: BY_CELL.columns(columns, 3))
    assert isinstance(found.columns["ville"], pl.Series)


def test_columns_are_named_as_elsewhere() -> None:
    for frame in (good().drop("ville"), good().with_columns(new=1), good().clear(), good().with_columns(id=1)):
        columns = {series.name: series.to_list() for series in frame}
        expected = outcome(lambda: BY_CELL.columns(columns, frame.height))  # noqa: B023
        assert outcome(lambda: VALIDATOR.frame(frame)) == expected  # noqa: B023


def test_the_same_first_warnings_are_kept() -> None:
    frame = pl.concat([good(), good().with_columns(age=pl.lit(None, pl.Float64), ville=pl.lit("Brest"))] * 40)
    columns = {series.name: series.to_list() for series in frame}
    found = VALIDATOR.frame(frame, first_row=7)
    assert len(found.warnings) == MAX_WARNINGS < found.warning_count
    assert outcome(lambda: found) == outcome(lambda: BY_CELL.columns(columns, frame.height, first_row=7))


@pytest.mark.parametrize("rows", [3, 4])
def test_more_than_a_few_rows_are_checked_at_once(rows: int) -> None:
    columns = {"age": [1.0] * rows, "ville": ["Lyon"] * rows, "actif": ["True"] * rows, "vide": [None] * rows}
    block = FrameValidator(CONTRACT, few_rows=3).columns(columns | {"id": [object()] * rows}, rows)
    assert isinstance(block.columns["age"], pl.Series) == (rows > 3)
    assert {name: list(values) for name, values in block.columns.items()} == columns


@pytest.mark.parametrize(
    ("cells", "dtype"),
    [
        ([1.5, None], pl.Float64),
        ([1, 2.5, None], pl.Float64),
        (["a", None], pl.String),
        ([True, None], pl.Boolean),
        ([None, None], pl.Null),
        ([1, True], None),
        ([1, "a"], None),
        ([[1]], None),
        ([10**400], None),
        (["\ud800"], None),
    ],
)
def test_a_series_is_made_of_cells_of_one_type(cells: list[Any], dtype: Any) -> None:
    series = as_series("a", cells)
    assert (None if series is None else series.dtype) == dtype
    if series is not None:
        assert (series.name, series.to_list()) == ("a", cells)


@pytest.mark.parametrize(("age", "is_reported"), [(-5.0, False), (90.0, False), (-5.000001, True), (90.000001, True)])
def test_the_range_of_training_includes_both_ends(age: float, is_reported: bool) -> None:
    block = VALIDATOR.frame(good().with_columns(age=pl.Series([age, 0.0, 0.0])))
    found = [warning.row for warning in block.warnings if warning.column == "age"]
    assert found == ([1] if is_reported else [])


def good() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "age": [1.0, 2.0, 3.0],
            "ville": ["Lyon", "Paris", "Nîmes"],
            "actif": ["True", "False", None],
            "vide": [""] * 3,
        }
    )
