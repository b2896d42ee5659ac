"""Rows and columns checked cell by cell: what is accepted, refused and reported."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablee.errors import InvalidInput, InvalidRows
from tablee.errors.cells import MAX_CELLS
from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target, TextColumn
from tablee.models.problem import ProblemType
from tablee.models.validation.block import MAX_WARNINGS, CellWarning, WarningCode
from tablee.models.validation.rows import RowValidator

CONTRACT = Contract(
    model="clients",
    columns=(
        NumberColumn(name="age", minimum=18, maximum=90, integer=True, missing=0.1),
        CategoryColumn(name="ville", levels=("Lyon", "Nîmes", "Paris")),
        CategoryColumn(name="actif", levels=("false", "true")),
    ),
    target=Target(name="parti", problem_type=ProblemType.BINARY, classes=("non", "oui")),
    ignored=("parti", "id"),
    threshold=0.4,
)
GOOD = {"age": 30, "ville": "Lyon", "actif": "true"}


@pytest.fixture(scope="module")
def validator() -> RowValidator:
    return RowValidator(CONTRACT)


def test_a_good_row_passes_without_warning(validator: RowValidator) -> None:
    block = validator.rows([GOOD])
    assert block.columns == {"age": [30.0], "ville": ["Lyon"], "actif": ["true"]}
    assert (block.rows, block.warnings) == (1, [])


def test_ignored_columns_are_left_out(validator: RowValidator) -> None:
    assert validator.rows([GOOD | {"parti": "oui", "id": 7}]).columns.keys() == {"age", "ville", "actif"}


@pytest.mark.parametrize(
    ("change", "column", "value", "expected"),
    [
        ({"age": "30"}, "age", "30", "a number"),
        ({"age": True}, "age", True, "a number"),
        ({"age": math.nan}, "age", "nan", "a number"),
        ({"age": math.inf}, "age", "inf", "a number"),
        ({"age": 10**400}, "age", None, "a number"),
        ({"age": [30]}, "age", "[30]", "a number"),
        ({"age": {}}, "age", "{}", "a number"),
        ({"ville": 3}, "ville", 3, "a text (one of Lyon, Nîmes, Paris)"),
        ({"ville": False}, "ville", False, "a text (one of Lyon, Nîmes, Paris)"),
        ({"vile": "Lyon"}, "vile", "Lyon", "no such column (the model reads age, ville, actif)"),
    ],
)
def test_a_wrong_cell_is_named(validator: RowValidator, change: Any, column: str, value: Any, expected: str) -> None:
    with pytest.raises(InvalidRows) as caught:
        validator.rows([GOOD, GOOD | change])
    (error,) = caught.value.problem()["errors"]
    assert (error["row"], error["column"], error["expected"]) == (2, column, expected)
    if value is not None:
        assert error["value"] == value


def test_a_missing_column_is_named(validator: RowValidator) -> None:
    with pytest.raises(InvalidRows, match="row 1: the column “ville” is missing"):
        validator.rows([{"age": 1, "actif": None}])


def test_a_name_that_is_nearly_the_same_is_named(validator: RowValidator) -> None:
    with pytest.raises(InvalidRows) as caught:
        validator.rows([{"AGE": 1, "actif": None, "vile": "Lyon"}])
    assert [str(cell) for cell in caught.value.cells[:2]] == [
        "row 1: the column “age” is missing; did you mean “AGE”?",
        "row 1: the column “ville” is missing; did you mean “vile”?",
    ]
    assert {str(cell) for cell in caught.value.cells[2:]} == {
        "row 1: the model has no column “AGE” (it reads age, ville, actif); did you mean “age”?",
        "row 1: the model has no column “vile” (it reads age, ville, actif); did you mean “ville”?",
    }


def test_no_rows_and_rows_that_are_none(validator: RowValidator) -> None:
    with pytest.raises(InvalidInput, match="no row"):
        validator.rows([])
    with pytest.raises(InvalidRows, match="row 1: got 3, expected an object"):
        validator.rows([3])  # type: ignore[list-item]


def test_many_wrong_cells_are_counted_but_not_all_listed(validator: RowValidator) -> None:
    with pytest.raises(InvalidRows) as caught:
        validator.rows([GOOD | {"age": "x"}] * 1000)
    problem = caught.value.problem()
    assert (len(problem["errors"]), problem["error_count"]) == (MAX_CELLS, 1000)


def test_what_is_scored_all_the_same_is_reported(validator: RowValidator) -> None:
    block = validator.rows([{"age": None, "ville": "Brest", "actif": True}, {"age": 120, "ville": "", "actif": None}])
    assert block.columns == {"age": [None, 120.0], "ville": [None, None], "actif": ["true", None]}
    assert [(w.row, w.column, w.code) for w in block.warnings] == [
        (1, "age", WarningCode.MISSING),
        (1, "ville", WarningCode.UNSEEN),
        (2, "age", WarningCode.RANGE),
        (2, "ville", WarningCode.MISSING),
        (2, "actif", WarningCode.MISSING),
    ]


def test_columns_are_checked_like_rows(validator: RowValidator) -> None:
    columns = {"age": [1, 2], "ville": ["Paris", None], "actif": ["true", "false"], "id": [1, 2]}
    rows = [{name: values[i] for name, values in columns.items()} for i in range(2)]
    assert validator.columns(columns, 2) == validator.rows(rows)
    with pytest.raises(InvalidRows, match="column “ville”"):
        validator.columns({"age": [1], "actif": ["true"]}, 1)
    with pytest.raises(InvalidRows, match=r"row 12, column “age”"):
        validator.columns(columns | {"age": [1, "x"]}, 2, first_row=11)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.one_of(json_values, st.fixed_dictionaries(dict.fromkeys(CONTRACT.names, json_values))), max_size=4))
def test_any_json_passes_or_is_refused_as_input(validator: RowValidator, rows: list[Any]) -> None:
    try:
        block = validator.rows(rows)
    except InvalidInput as error:
        assert error.status == 422
        assert error.problem()["detail"]
    else:
        for name in ("ville", "actif"):
            levels = CONTRACT.column(name).levels  # type: ignore[union-attr]
            assert all(value is None or value in levels for value in block.columns[name])
        assert all(value is None or math.isfinite(value) for value in block.columns["age"])


@pytest.mark.parametrize(
    ("age", "is_reported"),
    [(18, False), (90, False), (math.nextafter(18, 0), True), (math.nextafter(90, 99), True), (-1e308, True)],
)
def test_the_range_of_training_includes_both_ends(validator: RowValidator, age: float, is_reported: bool) -> None:
    block = validator.rows([GOOD | {"age": age}])
    assert block.columns["age"] == [float(age)]
    assert block.warnings == ([CellWarning(1, "age", WarningCode.RANGE, age)] if is_reported else [])


@pytest.mark.parametrize("wrong", [1, MAX_CELLS, MAX_CELLS + 1])
def test_the_first_wrong_cells_are_kept_in_order(validator: RowValidator, wrong: int) -> None:
    with pytest.raises(InvalidRows) as caught:
        validator.rows([GOOD] + [GOOD | {"age": "x"}] * wrong, first_row=5)
    assert [cell.row for cell in caught.value.cells] == list(range(6, 6 + min(wrong, MAX_CELLS)))
    assert caught.value.total == wrong


@pytest.mark.parametrize("missing", [MAX_WARNINGS - 1, MAX_WARNINGS, MAX_WARNINGS + 1])
def test_the_first_warnings_are_kept_and_all_are_counted(validator: RowValidator, missing: int) -> None:
    block = validator.rows([GOOD | {"ville": None}] * missing)
    assert [warning.row for warning in block.warnings] == list(range(1, 1 + min(missing, MAX_WARNINGS)))
    assert block.warning_count == missing
    assert block.warned == {WarningCode.MISSING: missing}


def test_warnings_are_sorted_by_row(validator: RowValidator) -> None:
    block = validator.rows([GOOD | {"actif": None}, GOOD | {"age": None}], first_row=3)
    assert [(warning.row, warning.column) for warning in block.warnings] == [(3, "actif"), (4, "age")]


def test_a_boolean_is_a_level_only_where_both_levels_are_booleans() -> None:
    columns = (
        CategoryColumn(name="both", levels=("FALSE", "True")),
        CategoryColumn(name="one", levels=("true",)),
        CategoryColumn(name="three", levels=("false", "maybe", "true")),
    )
    contract = Contract(model="m", columns=columns, target=CONTRACT.target)
    row = {"both": True, "one": "true", "three": "true"}
    assert RowValidator(contract).rows([row, row | {"both": False}]).columns["both"] == ["True", "FALSE"]
    for name in ("one", "three"):
        with pytest.raises(InvalidRows, match=f"column “{name}”"):
            RowValidator(contract).rows([row | {name: True}])


def test_an_empty_text_is_missing_unless_it_is_a_level() -> None:
    columns = (CategoryColumn(name="level", levels=("", "a")), CategoryColumn(name="none", levels=("a",)))
    block = RowValidator(Contract(model="m", columns=columns, target=CONTRACT.target)).rows([{"level": "", "none": ""}])
    assert block.columns == {"level": [""], "none": [None]}
    assert block.warnings == [CellWarning(1, "none", WarningCode.MISSING, None)]


def test_texts_are_kept_and_other_cells_refused() -> None:
    validator = RowValidator(Contract(model="m", columns=(TextColumn(name="t", reads="date"),), target=CONTRACT.target))
    block = validator.columns({"t": ["x", "", None]}, 3)
    assert block.columns == {"t": ["x", None, None]}
    assert [(warning.row, warning.code) for warning in block.warnings] == [(2, "missing_value"), (3, "missing_value")]
    with pytest.raises(InvalidRows, match="row 1, column “t”: got 3, expected a text with a date"):
        validator.columns({"t": [3]}, 1)


def test_columns_of_no_row_are_refused(validator: RowValidator) -> None:
    with pytest.raises(InvalidInput, match="there is no row to predict"):
        validator.columns({"age": [], "ville": [], "actif": []}, 0)


def test_a_column_that_is_unknown_in_a_table_is_named_without_a_row(validator: RowValidator) -> None:
    with pytest.raises(InvalidRows) as caught:
        validator.columns({"age": [1], "ville": ["Lyon"], "actif": [True], "new": [1]}, 1)
    assert [(cell.row, cell.column) for cell in caught.value.cells] == [(None, "new")]
    assert str(caught.value.cells[0].expected) == "no such column (the model reads age, ville, actif)"


def test_an_unknown_column_is_refused_with_the_only_column_there_is() -> None:
    only = Contract(
        model="m",
        columns=(NumberColumn(name="age", minimum=0, maximum=9),),
        target=Target(name="y", problem_type=ProblemType.REGRESSION),
    )
    with pytest.raises(InvalidRows) as caught:
        RowValidator(only).rows([{"size": 1}])
    assert "age" in str(caught.value)
