"""Two values are yes and no only as a known pair."""

from __future__ import annotations

import polars as pl
import pytest

from tablee_data.inference.booleans import is_boolean


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["yes", "no", "yes"], True),
        ([" Oui", "NON "], True),
        (["vrai", "false"], False),
        (["yes"], False),
        (["yes", "no", "maybe"], False),
        (["1", "0"], True),
        ([1.0, 0.0], True),
        ([1.0], False),
        ([0.0, 1.0, 2.0], False),
        ([], False),
    ],
)
def test_a_pair_of_yes_and_no(values: list[str] | list[float], expected: bool) -> None:
    column = pl.Series(values) if values else pl.Series(dtype=pl.String)
    assert is_boolean(column) is expected
