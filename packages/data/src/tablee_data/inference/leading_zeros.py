"""Cells that begin with a zero and go on with digits, such as post codes, found in the bytes of a CSV.

Where columns are read as numbers at once, their texts are never seen, and 007 would become 7 unnoticed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tablee_data.readers.records import Piece

_STEPS = 20
"""Letters by which a cell has shown what it is."""


def _among(letters: bytes) -> NDArray[np.bool_]:
    table = np.zeros(256, dtype=np.bool_)
    table[list(letters)] = True
    return table


_DIGIT = _among(b"0123456789")


def has_codes(piece: Piece, rows: int, width: int, columns: Sequence[int]) -> bool | None:
    """Whether some of these columns, by their places from 0, hold such a cell. None if that cannot be told."""
    data = np.frombuffer(piece.body, dtype=np.uint8)
    mark, quote = piece.grammar.separator.encode(), piece.grammar.quote.encode()
    ends = (data == mark[0]) | (data == 10)
    places = np.flatnonzero(ends)
    if len(places) != rows * width and quote and quote in piece.body:  # some are between quotes
        places = np.flatnonzero(ends & ((np.cumsum(data == quote[0], dtype=np.uint8) & 1) == 0))
    if len(places) != rows * width:  # blank lines
        return None
    begins = np.empty_like(places)
    begins[0], begins[1:] = 0, places[:-1] + 1
    cells = begins.reshape(rows, width)[:, list(columns)].ravel()
    return _any_code(np.append(data, np.full(_STEPS, 10, dtype=np.uint8)), cells, _among(quote + b" +-"))


def _any_code(data: NDArray[np.uint8], at: NDArray[np.int64], before: NDArray[np.bool_]) -> bool:
    """Whether at one of the places, behind a quote, spaces or a sign, there is a zero and then a digit.

    :param data: with some letters more than the places need.
    """
    for _ in range(_STEPS - 1):
        letters = data[at]
        zeros = at[letters == 48]
        if _DIGIT[data[zeros + 1]].any():
            return True
        at = at[before[letters]]
        if not len(at):
            return False
        at = at + 1
    return True
