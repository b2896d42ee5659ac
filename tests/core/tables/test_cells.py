"""Texts are numbers if they are finite and plainly written."""

from __future__ import annotations

import polars as pl
import pytest

from tablee.tables.cells import infer_numbers, is_integer, numbers_or_texts, parse_numbers
from tablee.tables.csv.reader import read_csv


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1", "2.5", None, " 3e4 "], [1.0, 2.5, None, 30000.0]),
        (["1", "x"], [1.0, None]),
        (["inf", "-Infinity", "1e400"], [None, None, None]),
        (["1_000", "0x1A", "1,5", "٣"], [None, None, None, None]),
    ],
)
def test_numbers_are_read_strictly(texts: list[str | None], expected: list[float | None]) -> None:
    assert parse_numbers(pl.Series(texts)).to_list() == expected


def test_a_column_without_values_stays_text() -> None:
    assert infer_numbers(read_csv(b"a,b\n,1\n,2\n")).dtypes == [pl.String, pl.Float64]


def test_a_column_with_one_word_stays_text() -> None:
    frame = infer_numbers(pl.DataFrame({"a": ["1", None, "2"], "b": ["1", "x", "2"]}))
    assert frame.to_dict(as_series=False) == {"a": [1.0, None, 2.0], "b": ["1", "x", "2"]}


def test_words_between_numbers_stay_as_they_are() -> None:
    found = numbers_or_texts(pl.Series("n", ["1", " x ", None, "inf"]))
    assert (found.dtype, found.name, found.to_list()) == (pl.Object, "n", [1.0, " x ", None, "inf"])


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
