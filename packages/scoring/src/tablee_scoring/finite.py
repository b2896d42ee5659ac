"""Predictions whose scores are all finite numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tablee.errors import InvalidRows
from tablee.errors.cells import MAX_CELLS, Cell
from tablee.i18n.message import Message
from tablee.models.validation.block import Block
from tablee_scoring.predictions import Predictions

if TYPE_CHECKING:
    from tablee_scoring.model import Model


def predict(model: Model, block: Block, *, first_row: int = 1) -> Predictions:
    """The predictions of a model.

    Numbers near the limits of float64 can overflow inside a model. Then some engines give NaN, others raise an error.

    :param first_row: the number of the first row in errors.
    :raises InvalidRows: the score of a row is not finite; the error names the rows.
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
    expected = Message("expected.finite_score")
    return InvalidRows([Cell(row, None, "no finite score", expected) for row in rows[:MAX_CELLS]], len(rows))


def _first_unscorable(model: Model, block: Block) -> int | None:
    for row in range(block.rows):
        try:
            model.predict(Block({name: [values[row]] for name, values in block.columns.items()}, 1))
        except Exception:
            return row
    return None
