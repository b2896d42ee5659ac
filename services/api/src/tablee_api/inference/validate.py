"""The second step of a prediction: the rows of a table are checked against the contract, in blocks."""

from __future__ import annotations

from collections.abc import Iterator

from tablee.errors import InvalidRows
from tablee.models.validation.block import Block
from tablee.models.validation.frames import FrameValidator
from tablee.models.validation.invalid_cells import InvalidCells
from tablee_api.codecs.table import Table

BLOCK_ROWS = 20_000
"""Rows of a block. It limits the memory that a request needs in addition to its body."""


def validate(table: Table, validator: FrameValidator) -> Iterator[Block]:
    """The rows of a table in blocks, numbered from 1.

    After a block with wrong cells no further block is given, but the remaining rows are still checked, so that the
    error counts the wrong cells of all rows.

    :raises InvalidInput: there is no row.
    :raises InvalidRows: rows do not fit the contract.
    """
    invalid = InvalidCells()
    for start in range(0, max(table.rows, 1), BLOCK_ROWS):
        length = min(BLOCK_ROWS, table.rows - start)
        try:
            block = table.check(validator, start, length, start + 1)
        except InvalidRows as error:
            collect(invalid, error)
        else:
            if not invalid.total:
                yield block
    invalid.raise_if_any()


def collect(invalid: InvalidCells, error: InvalidRows) -> None:
    """Add the wrong cells of one block to those of the blocks before.

    :raises InvalidRows: the columns themselves are wrong, which every further block would repeat.
    """
    invalid.extend(error)
    if error.cells[0].row is None:
        invalid.raise_if_any()
