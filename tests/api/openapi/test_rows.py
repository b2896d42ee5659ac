"""The schema of a row follows the contract."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tablee.datasets.generalisation import Generalisation
from tablee.datasets.privacy import Bands, Prefix
from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from tablee.models.validation.block import WarningCode
from tablee.models.validation.rows import RowValidator
from tablee.tables.cells.cell_format import CellFormat, NumberFormat
from tablee_api.openapi.rows import MAX_LEVELS, row_schema


@pytest.mark.parametrize(("count", "spelt_out"), [(MAX_LEVELS, True), (MAX_LEVELS + 1, False)])
def test_long_lists_of_levels_are_not_spelt_out(count: int, spelt_out: bool) -> None:
    levels = tuple(str(number) for number in range(count))
    target = Target(name="price", problem_type=ProblemType.REGRESSION)
    contract = Contract(model="houses", columns=(CategoryColumn(name="island", levels=levels),), target=target)
    island = row_schema(contract)["properties"]["island"]
    assert ("enum" in island) is spelt_out
    assert not spelt_out or island["enum"] == [*levels, None]


def test_columns_that_were_made_coarser_take_the_values_before_and_after() -> None:
    number, text = CellFormat(number=NumberFormat()), CellFormat()
    columns = (
        CategoryColumn(name="zip", levels=("01", "75"), generalisation=made(Prefix(column="zip", length=2), number)),
        CategoryColumn(name="town", levels=("Ly", "Pa"), generalisation=made(Prefix(column="town", length=2), text)),
        NumberColumn(name="age", minimum=20, maximum=60, generalisation=made(Bands(column="age", width=10), number)),
    )
    target = Target(name="price", problem_type=ProblemType.REGRESSION)
    contract = Contract(model="houses", columns=columns, target=target)
    schema = row_schema(contract)
    for row in (
        {"zip": 75011, "town": "Lyon", "age": 69.5},
        {"zip": "75011", "town": "Ly", "age": 20},
        {"zip": "01", "town": None, "age": None},
    ):
        assert Draft202012Validator(schema).is_valid(row)
        assert RowValidator(contract).rows([row]).warned.get(WarningCode.RANGE) is None
    assert not Draft202012Validator(schema).is_valid({"zip": "01", "town": 1, "age": 30})
    assert "kind prefix, length 2" in schema["properties"]["town"]["description"]


def made(action: Any, original: CellFormat) -> Generalisation:
    return Generalisation(action=action, original=original)
