"""Wrong cells of several blocks in one error."""

from __future__ import annotations

import pytest

from tablee.errors import InvalidRows
from tablee.errors.cells import MAX_CELLS, Cell
from tablee.models.validation.invalid_cells import InvalidCells


def cells(first: int, count: int) -> list[Cell]:
    return [Cell(first + at, "a", "x", "a number") for at in range(count)]


def test_without_a_wrong_cell_nothing_is_raised() -> None:
    InvalidCells().raise_if_any()


@pytest.mark.parametrize("second", [1, MAX_CELLS - 3, MAX_CELLS - 2])
def test_the_cells_of_several_errors_are_kept_up_to_the_limit_and_all_are_counted(second: int) -> None:
    invalid = InvalidCells()
    invalid.extend(InvalidRows(cells(1, 3), 3))
    invalid.extend(InvalidRows(cells(10, second), 500))
    with pytest.raises(InvalidRows) as caught:
        invalid.raise_if_any()
    assert caught.value.cells == (cells(1, 3) + cells(10, second))[:MAX_CELLS]
    assert caught.value.total == 503


def test_cells_that_are_added_one_by_one_are_kept_up_to_the_limit_and_all_are_counted() -> None:
    invalid, wrong = InvalidCells(), cells(1, MAX_CELLS + 3)
    for cell in wrong:
        invalid.add(cell)
    assert (invalid.cells, invalid.total) == (wrong[:MAX_CELLS], MAX_CELLS + 3)
    invalid.extend(InvalidRows(cells(100, 2), 2))
    assert (invalid.cells, invalid.total) == (wrong[:MAX_CELLS], MAX_CELLS + 5)


def test_no_more_cells_than_the_limit_are_taken_from_an_error() -> None:
    invalid = InvalidCells()
    for cell in cells(1, 3):
        invalid.add(cell)
    invalid.extend(InvalidRows(cells(10, MAX_CELLS), MAX_CELLS))
    assert invalid.cells == (cells(1, 3) + cells(10, MAX_CELLS))[:MAX_CELLS]
