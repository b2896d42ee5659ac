"""Cells whose numbers are not all that they say, such as the code 007 and -0, found in the bytes of a CSV.

A column that is parsed as numbers at once never exists as texts, so 007 would become 7 unnoticed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tablee.tables.cells.exact_numbers import CENTS_LIMIT, EXACT_LIMIT
from tablee.tables.csv.chunks import Chunk
from tablee.tables.table_reader import NumberColumns

_STEPS = 20
"""Characters of a cell that are looked at."""


def _byte_set(members: bytes) -> NDArray[np.bool_]:
    """For each of the 256 bytes, whether it is a member."""
    table = np.zeros(256, dtype=np.bool_)
    table[list(members)] = True
    return table


_BEHIND_ZERO = _byte_set(b"0123456789xX")
"""What makes a number with a leading zero a code, or a hexadecimal number."""


class CellPlaces:
    """Where the cells of a chunk begin; found when first asked for."""

    def __init__(self, chunk: Chunk, width: int) -> None:
        """:param width: the number of columns of the table."""
        self.chunk, self._width = chunk, width
        self._begins: dict[int, NDArray[np.int64] | None] = {}

    def begins(self, rows: int) -> NDArray[np.int64] | None:
        """See `cell_begins`."""
        if rows not in self._begins:
            self._begins[rows] = cell_begins(self.chunk, rows, self._width)
        return self._begins[rows]


def keeps_all_digits(
    frame: pl.DataFrame, places: CellPlaces, names: Sequence[str], number_columns: NumberColumns
) -> bool:
    """Whether float64 holds all that the texts of the numbers said: no leading zeros, no -0 as an integer, no digits
    beyond 2^53.

    :param names: the columns of the file, in their order.
    """
    floats, integers = number_columns.floats, number_columns.integers
    for name in (*floats, *integers):
        series = frame[name]
        if series.null_count() == len(series):
            continue
        low, high = float(series.min()), float(series.max())  # type: ignore[arg-type]  # numbers
        limit = CENTS_LIMIT if name in floats else EXACT_LIMIT
        if not (low > -limit and high < limit) or (name in floats and series.is_nan().any()):
            return False
    begins = places.begins(frame.height)
    if begins is None:
        return False
    columns = [at for at, name in enumerate(names) if name in floats or name in integers]
    with_zero = [at for at in columns if names[at] in integers and (frame[names[at]] == 0).any()]
    return not has_codes(places.chunk, begins, columns) and not has_minus_zero(places.chunk, begins, with_zero)


def cell_begins(chunk: Chunk, rows: int, width: int) -> NDArray[np.int64] | None:
    """Where in the bytes each cell begins, by row and column; None if blank lines make that impossible to tell.

    :param rows: of the chunk.
    :param width: the number of columns of the table.
    """
    data = np.frombuffer(chunk.body, dtype=np.uint8)
    mark, quote = chunk.dialect.separator.encode(), chunk.dialect.quote.encode()
    ends = (data == mark[0]) | (data == 10)
    places = np.flatnonzero(ends)
    if len(places) != rows * width and quote and quote in chunk.body:  # some are between quotes
        places = np.flatnonzero(ends & ((np.cumsum(data == quote[0], dtype=np.uint8) & 1) == 0))
    if len(places) != rows * width:
        return None
    begins = np.empty_like(places)
    begins[0], begins[1:] = 0, places[:-1] + 1
    return begins.reshape(rows, width)


def has_codes(chunk: Chunk, begins: NDArray[np.int64], columns: Sequence[int]) -> bool:
    """Whether some of the columns hold a cell with a leading zero, such as 007 and 0x1F.

    :param begins: see `cell_begins`.
    :param columns: positions of the columns to look at, from 0.
    """
    before = chunk.dialect.quote.encode() + b" +-"
    return _any_cell(chunk, begins[:, list(columns)], before, b"0", _BEHIND_ZERO)


def has_minus_zero(chunk: Chunk, begins: NDArray[np.int64], columns: Sequence[int]) -> bool:
    """Whether some of the columns hold a cell such as -0, of which an integer would lose the sign. As `has_codes`."""
    before = chunk.dialect.quote.encode() + b" "
    return _any_cell(chunk, begins[:, list(columns)], before, b"-", _byte_set(b"0"))


def counted_texts(chunk: Chunk, begins: NDArray[np.int64], texts: Sequence[str]) -> dict[str, int]:
    """How many cells are each of these texts, without quotes; a text that no cell is, is left out.

    :param begins: where the cells begin; each of them is empty or one of the texts.
    """
    data = np.frombuffer(chunk.body, dtype=np.uint8)
    ends = _byte_set(chunk.dialect.separator.encode() + b"\r\n")
    begins = begins[~ends[data[begins]]]
    found: dict[str, int] = {}
    for text in texts if len(begins) else ():
        written = np.frombuffer(text.encode(), dtype=np.uint8)
        cells = data.take(begins[:, None] + np.arange(len(written) + 1), mode="clip")
        count = int(((cells[:, :-1] == written).all(axis=1) & ends[cells[:, -1]]).sum())
        if count:
            found[text] = count
    return found


def _any_cell(chunk: Chunk, begins: NDArray[np.int64], before: bytes, first: bytes, second: NDArray[np.bool_]) -> bool:
    """Whether one of the cells begins with a byte and then one of some others, behind any number of bytes before.

    :param before: bytes that may be before, such as quotes, blanks and signs.
    """
    data = np.append(np.frombuffer(chunk.body, dtype=np.uint8), np.full(_STEPS, 10, dtype=np.uint8))
    at, skipped = begins.ravel(), _byte_set(before)
    for _ in range(_STEPS - 1):
        byte = data[at]
        if second[data[at[byte == first[0]] + 1]].any():
            return True
        at = at[skipped[byte]]
        if not len(at):
            return False
        at = at + 1
    return True
