"""Whole numbers that float64 holds exactly; both sides of the border."""

from __future__ import annotations

import polars as pl
import pytest

from tablee.tables.cells.exact_numbers import is_integer


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0, None, -2.0], True),
        ([1.5, 2.0], False),
        ([2.0**53 - 1], True),
        ([2.0**53], False),
        ([-(2.0**53)], False),
        ([1 - 2.0**53], True),
    ],
)
def test_integers_are_whole_and_exact(values: list[float | None], expected: bool) -> None:
    assert is_integer(pl.Series(values, dtype=pl.Float64)) is expected
