"""The schema of a row follows the contract."""

from __future__ import annotations

import pytest

from tablee.models.contract import CategoryColumn, Contract, Target
from tablee.models.problem import ProblemType
from tablee_api.openapi.rows import MAX_LEVELS, row_schema


@pytest.mark.parametrize(("count", "spelt_out"), [(MAX_LEVELS, True), (MAX_LEVELS + 1, False)])
def test_long_lists_of_levels_are_not_spelt_out(count: int, spelt_out: bool) -> None:
    levels = tuple(str(number) for number in range(count))
    target = Target(name="price", problem_type=ProblemType.REGRESSION)
    contract = Contract(model="houses", columns=(CategoryColumn(name="island", levels=levels),), target=target)
    island = row_schema(contract)["properties"]["island"]
    assert ("enum" in island) is spelt_out
    assert not spelt_out or island["enum"] == [*levels, None]
