"""Predictions whose scores are not finite are refused, and the rows are named."""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
import pytest

from tablee.errors import InvalidRows
from tablee.errors.cells import MAX_CELLS
from tablee.models.validation.block import Block
from tablee_scoring import Model, Predictions, finite


class Doubling:
    """A model of one number `a`, which it doubles; it raises an error where a cell is None."""

    def predict(self, block: Block) -> Predictions:
        cells = block.columns["a"]
        if None in cells:
            raise ArithmeticError("no number")
        return Predictions(np.array(cells, dtype=np.float64)[:, None] * np.array([[2.0, 1.0]]))


def predict(cells: list[Any], first_row: int = 1) -> Predictions:
    return finite.predict(cast(Model, Doubling()), Block({"a": cells}, len(cells)), first_row=first_row)


def test_finite_scores_pass() -> None:
    assert predict([1.0, -8e307]).scores.tolist() == [[2.0, 1.0], [-1.6e308, -8e307]]


@pytest.mark.parametrize("cell", [math.nan, math.inf, -math.inf, 1e308])
def test_a_row_with_one_score_that_is_not_finite_is_named(cell: float) -> None:
    with np.errstate(over="ignore"), pytest.raises(InvalidRows) as caught:
        predict([1.0, cell, 2.0, cell], first_row=11)
    assert [found.row for found in caught.value.cells] == [12, 14]
    assert str(caught.value.cells[0].expected) == "values for which the model's score is a finite number"


def test_the_first_rows_are_named_and_all_are_counted() -> None:
    with pytest.raises(InvalidRows) as caught:
        predict([math.nan] * (MAX_CELLS + 1))
    assert [cell.row for cell in caught.value.cells] == list(range(1, MAX_CELLS + 1))
    assert caught.value.total == MAX_CELLS + 1


def test_the_row_at_which_the_model_fails_is_named() -> None:
    with pytest.raises(InvalidRows) as caught:
        predict([1.0, 2.0, None, None], first_row=5)
    assert [cell.row for cell in caught.value.cells] == [7]


def test_an_error_that_no_single_row_explains_is_raised() -> None:
    with pytest.raises(KeyError):
        finite.predict(cast(Model, Doubling()), Block({"b": []}, 0))
