"""Accumulators of one column: the same result whatever the batches are, and both sides of each limit."""

from __future__ import annotations

import polars as pl
import pytest

from tablee_data.statistics.accumulators import DistinctCount, Moments, NumberRange, TextLengths


@pytest.mark.parametrize(("values", "exact"), [(99, True), (100, False)])
def test_distinct_values_are_counted_up_to_the_size(values: int, *, exact: bool) -> None:
    count = DistinctCount(100)
    for start in (0, 40, 0):
        count.add(pl.Series(range(start, values)))
    assert count.is_exact is exact
    assert not exact or count.count == values


def test_more_distinct_values_are_estimated() -> None:
    count = DistinctCount(1024)
    for start in range(0, 100_000, 10_000):
        count.add(pl.Series(range(start, start + 10_000)))
    assert not count.is_exact
    assert count.count == pytest.approx(100_000, rel=3 / 1022**0.5)


def test_a_range_tells_whole_numbers_from_others() -> None:
    numbers = NumberRange()
    numbers.add(pl.Series([3.0, -2.0]))
    assert (numbers.minimum, numbers.maximum, numbers.total, numbers.integer) == (-2, 3, 1, True)
    numbers.add(pl.Series([0.5]))
    numbers.add(pl.Series([4.0]))
    assert (numbers.minimum, numbers.maximum, numbers.total, numbers.integer) == (-2, 4, 5.5, False)


def test_moments_are_merged() -> None:
    moments = Moments()
    assert moments.std == 0
    moments.add(1, 5.0, 0.0, 5.0, 5.0, 0)
    assert (moments.mean, moments.std) == (5, 0)
    moments.add(3, 1.0, 2.0, 0.0, 3.0, 1)  # 0, 0 and 3 without the zeros of the first batch
    assert (moments.count, moments.mean, moments.minimum, moments.maximum, moments.zeros) == (4, 2, 0, 5, 1)
    assert moments.std == pytest.approx(pl.Series([5.0, 0.0, 0.0, 3.0]).std())


def test_lengths_and_ends_of_texts() -> None:
    texts = TextLengths()
    texts.add(2, 7, 3, 4, "2024-02", "2024-03")
    texts.add(1, 9, 9, 9, "2023-01", "2023-01")
    assert (texts.count, texts.characters, texts.shortest, texts.longest) == (3, 16, 3, 9)
    assert (texts.first, texts.last) == ("2023-01", "2024-03")
