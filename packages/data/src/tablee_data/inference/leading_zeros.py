"""Cells with a leading zero, such as the code 007, found in the bytes of a CSV.

A column that is parsed as numbers at once never exists as texts, so 007 would become 7 unnoticed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tablee.tables.csv.chunks import Chunk

_STEPS = 20
"""Characters of a cell that are looked at."""


def _byte_set(members: bytes) -> NDArray[np.bool_]:
    """For each of the 256 bytes, whether it is a member."""
    table = np.zeros(256, dtype=np.bool_)
    table[list(members)] = True
    return table


_DIGIT = _byte_set(b"0123456789")


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
    """Whether some of the columns hold a cell with a leading zero.

    :param begins: see `cell_begins`.
    :param columns: positions of the columns to look at, from 0.
    """
    data = np.frombuffer(chunk.body, dtype=np.uint8)
    before = _byte_set(chunk.dialect.quote.encode() + b" +-")
    return _any_code(np.append(data, np.full(_STEPS, 10, dtype=np.uint8)), begins[:, list(columns)].ravel(), before)


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


def _any_code(data: NDArray[np.uint8], at: NDArray[np.int64], before: NDArray[np.bool_]) -> bool:
    """Whether one of the cells has a zero and then a digit, behind any number of quotes, spaces and signs.

    :param data: the chunk's bytes, and at least `_STEPS` more.
    :param at: where the cells begin.
    :param before: the bytes that may be before the zero.
    """
    for _ in range(_STEPS - 1):
        first = data[at]
        zeros = at[first == ord("0")]
        if _DIGIT[data[zeros + 1]].any():
            return True
        at = at[before[first]]
        if not len(at):
            return False
        at = at + 1
    return True
