"""Cells that begin with a zero and go on with digits, such as post codes, found in the bytes of a CSV.

Where columns are read as numbers at once, their texts are never seen, and 007 would become 7 unnoticed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tablee_data.intake.records import Piece

_STEPS = 20
"""Digits by which a cell is a code, whatever follows."""


def _among(letters: bytes) -> NDArray[np.bool_]:
    table = np.zeros(256, dtype=np.bool_)
    table[list(letters)] = True
    return table


_DIGIT = _among(b"0123456789")


def columns_with_codes(piece: Piece, rows: int, width: int) -> frozenset[int] | None:
    """The places, from 0, of columns that hold such cells; perhaps some more. None if that cannot be told."""
    data = np.frombuffer(piece.body, dtype=np.uint8)
    mark, quote = piece.grammar.separator.encode(), piece.grammar.quote.encode()
    begins = _among(mark + quote + b"\n ")
    found = _zeros(data, begins)
    found = found[_go_on(data, found, _among(mark + quote + b"\r\n .,"))]
    if not len(found):
        return frozenset()
    ends = (data == mark[0]) | (data == 10)
    if quote and quote in piece.body:
        ends &= (np.cumsum(data == quote[0], dtype=np.uint8) & 1) == 0
    places = np.flatnonzero(ends)
    if len(places) != rows * width:  # blank lines
        return None
    return frozenset((np.searchsorted(places, found) % width).tolist())


def _zeros(data: NDArray[np.uint8], begins: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Zeros before a digit that begin a cell, perhaps behind a sign."""
    zeros = np.flatnonzero(data == 48)
    zeros = zeros[zeros < len(data) - 1]
    zeros = zeros[_DIGIT[data[zeros + 1]]]
    before = np.where(zeros > 0, data[zeros - 1], 10)
    signed = (before == 43) | (before == 45)
    further = np.where(zeros > 1, data[zeros - 2], 10)
    found: NDArray[np.int64] = zeros[begins[before] | (signed & begins[further])]
    return found


def _go_on(data: NDArray[np.uint8], found: NDArray[np.int64], ends: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of them have digits only, up to the end of the cell or a decimal sign."""
    is_code = np.zeros(len(found), dtype=np.bool_)
    at = np.arange(len(found))
    for step in range(1, _STEPS):
        reached = found[at] + step
        is_code[at[reached >= len(data)]] = True
        at, reached = at[reached < len(data)], reached[reached < len(data)]
        letters = data[reached]
        is_code[at[ends[letters]]] = True
        at = at[_DIGIT[letters]]
        if not len(at):
            return is_code
    is_code[at] = True
    return is_code
