"""Predictions that are numbers: what a service or a file may be answered with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tablee.errors import InvalidRows
from tablee.errors.cells import MAX_CELLS, Cell
from tablee.models.validation.block import Block
from tablee_scoring.predictions import Predictions

if TYPE_CHECKING:
    from tablee_scoring.model import Model

EXPECTED = "values for which the model's score is a finite number"


def predict(model: Model, block: Block, *, first_row: int = 1) -> Predictions:
    """What the model says; the block's rows are numbered from `first_row`.

    Numbers at the edge of float64 can overflow inside a model: some engines then answer NaN, some give up.

    :raises InvalidRows: rows that the model gives no finite score.
    """
    try:
        predictions = model.predict(block)
    except Exception as error:
        if (row := _first_unscorable(model, block)) is None:
            raise
        raise _unscorable([first_row + row]) from error
    finite = np.isfinite(predictions.scores)
    if not finite.all():
        raise _unscorable([first_row + row for row in np.flatnonzero(~finite.all(axis=1)).tolist()])
    return predictions


def _unscorable(rows: list[int]) -> InvalidRows:
    return InvalidRows([Cell(row, None, "no finite score", EXPECTED) for row in rows[:MAX_CELLS]], len(rows))


def _first_unscorable(model: Model, block: Block) -> int | None:
    for row in range(block.rows):
        try:
            model.predict(Block({name: [values[row]] for name, values in block.columns.items()}, 1))
        except Exception:
            return row
    return None
