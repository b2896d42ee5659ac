"""What a contract accepts, refuses and reports."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablee.errors import InvalidInput, InvalidRows
from tablee.errors.cells import MAX_CELLS
from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target, Validator, WarningCode
from tablee.models.problem import ProblemType

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
def validator() -> Validator:
    return Validator(CONTRACT)


def test_a_contract_survives_its_json() -> None:
    assert Contract.from_json(CONTRACT.to_json()) == CONTRACT


def test_a_good_row_passes_without_warning(validator: Validator) -> None:
    block = validator.rows([GOOD])
    assert block.columns == {"age": [30.0], "ville": ["Lyon"], "actif": ["true"]}
    assert (block.rows, block.warnings) == (1, [])


def test_ignored_columns_are_left_out(validator: Validator) -> None:
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
def test_a_wrong_cell_is_named(validator: Validator, change: Any, column: str, value: Any, expected: str) -> None:
    with pytest.raises(InvalidRows) as caught:
        validator.rows([GOOD, GOOD | change])
    (error,) = caught.value.problem()["errors"]
    assert (error["row"], error["column"], error["expected"]) == (2, column, expected)
    if value is not None:
        assert error["value"] == value


def test_a_missing_column_is_named(validator: Validator) -> None:
    with pytest.raises(InvalidRows, match="row 1, column «ville»: got nothing, expected the column to be there"):
        validator.rows([{"age": 1, "actif": None}])


def test_no_rows_and_rows_that_are_none(validator: Validator) -> None:
    with pytest.raises(InvalidInput, match="no row"):
        validator.rows([])
    with pytest.raises(InvalidRows, match="row 1: got 3, expected an object"):
        validator.rows([3])  # type: ignore[list-item]


def test_many_wrong_cells_are_counted_but_not_all_listed(validator: Validator) -> None:
    with pytest.raises(InvalidRows) as caught:
        validator.rows([GOOD | {"age": "x"}] * 1000)
    problem = caught.value.problem()
    assert (len(problem["errors"]), problem["error_count"]) == (MAX_CELLS, 1000)


def test_what_is_scored_all_the_same_is_reported(validator: Validator) -> None:
    block = validator.rows([{"age": None, "ville": "Brest", "actif": True}, {"age": 120, "ville": "", "actif": None}])
    assert block.columns == {"age": [None, 120.0], "ville": [None, None], "actif": ["true", None]}
    assert [(w.row, w.column, w.code) for w in block.warnings] == [
        (1, "age", WarningCode.MISSING),
        (1, "ville", WarningCode.UNSEEN),
        (2, "age", WarningCode.RANGE),
        (2, "ville", WarningCode.MISSING),
        (2, "actif", WarningCode.MISSING),
    ]


def test_columns_are_checked_like_rows(validator: Validator) -> None:
    columns = {"age": [1, 2], "ville": ["Paris", None], "actif": ["true", "false"], "id": [1, 2]}
    rows = [{name: values[i] for name, values in columns.items()} for i in range(2)]
    assert validator.columns(columns, 2) == validator.rows(rows)
    with pytest.raises(InvalidRows, match="column «ville»"):
        validator.columns({"age": [1], "actif": ["true"]}, 1)
    with pytest.raises(InvalidRows, match=r"row 12, column «age»"):
        validator.columns(columns | {"age": [1, "x"]}, 2, first_row=11)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.one_of(json_values, st.fixed_dictionaries(dict.fromkeys(CONTRACT.names, json_values))), max_size=4))
def test_any_json_passes_or_is_refused_as_input(validator: Validator, rows: list[Any]) -> None:
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
    ("problem_type", "classes"), [("binary", ("a",)), ("multiclass", ("a", "b")), ("regression", ("a", "b"))]
)
def test_classes_fit_the_problem_type(problem_type: str, classes: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="does not go with"):
        Target(name="y", problem_type=ProblemType(problem_type), classes=classes)
