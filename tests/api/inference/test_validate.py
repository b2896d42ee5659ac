"""Tables validated in blocks: block sizes, row numbers, and wrong cells of several blocks in one error."""

from __future__ import annotations

from typing import Any

import pytest

from tablee.errors import InvalidInput, InvalidRows
from tablee.models.contract import Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from tablee.models.validation.frames import FrameValidator
from tablee_api.codecs.table import ColumnTable, RowTable
from tablee_api.inference.validate import BLOCK_ROWS, validate

CONTRACT = Contract(
    model="m",
    columns=(NumberColumn(name="a", minimum=0, maximum=1),),
    target=Target(name="y", problem_type=ProblemType.REGRESSION),
)
VALIDATOR = FrameValidator(CONTRACT)


def table(cells: list[Any]) -> ColumnTable:
    return ColumnTable({"a": cells}, len(cells))


@pytest.mark.parametrize(
    ("rows", "blocks"),
    [
        (1, [(1, 1)]),
        (BLOCK_ROWS, [(1, BLOCK_ROWS)]),
        (BLOCK_ROWS + 1, [(1, BLOCK_ROWS), (BLOCK_ROWS + 1, 1)]),
        (2 * BLOCK_ROWS, [(1, BLOCK_ROWS), (BLOCK_ROWS + 1, BLOCK_ROWS)]),
    ],
)
def test_all_rows_are_in_one_block_each(rows: int, blocks: list[tuple[int, int]]) -> None:
    assert [(block.first_row, block.rows) for block in validate(table([0.5] * rows), VALIDATOR)] == blocks


def test_wrong_cells_of_all_blocks_are_counted_and_no_block_follows_them() -> None:
    cells: list[Any] = [0.5] * (3 * BLOCK_ROWS)
    cells[BLOCK_ROWS - 1] = cells[BLOCK_ROWS] = cells[3 * BLOCK_ROWS - 1] = "x"
    with pytest.raises(InvalidRows) as caught:
        list(validate(table(cells), VALIDATOR))
    assert [cell.row for cell in caught.value.cells] == [BLOCK_ROWS, BLOCK_ROWS + 1, 3 * BLOCK_ROWS]
    assert caught.value.total == 3
    cells[BLOCK_ROWS - 1] = 0.5
    blocks = validate(table(cells), VALIDATOR)
    assert next(blocks).rows == BLOCK_ROWS
    with pytest.raises(InvalidRows):
        next(blocks)


def test_wrong_columns_are_named_once_however_many_blocks_there_are() -> None:
    with pytest.raises(InvalidRows) as caught:
        list(validate(ColumnTable({"b": [0.5] * (2 * BLOCK_ROWS)}, 2 * BLOCK_ROWS), VALIDATOR))
    assert [(cell.row, cell.column) for cell in caught.value.cells] == [(None, "a"), (None, "b")]


@pytest.mark.parametrize("empty", [RowTable([]), ColumnTable({"a": []}, 0)])
def test_a_table_without_rows_is_refused(empty: RowTable | ColumnTable) -> None:
    with pytest.raises(InvalidInput, match="there is no row to predict"):
        list(validate(empty, VALIDATOR))
