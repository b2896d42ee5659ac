"""Summaries of columns, gathered batch by batch."""

from __future__ import annotations

import polars as pl
import pytest

from tablee.datasets.manifest import ColumnSummary
from tablee_data.statistics.summaries import COUNTED, ColumnSummaries


def summary(series: pl.Series, *, batch: int = 700, dates: tuple[str, ...] = ()) -> ColumnSummary:
    summaries = ColumnSummaries(pl.Schema({series.name: series.dtype}), dates)
    for start in range(0, len(series), batch):
        summaries.add(series[start : start + batch].to_frame())
    assert summaries.rows == len(series)
    (found,) = summaries.all()
    return found


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_numbers(batch: int) -> None:
    found = summary(pl.Series("n", [4.0, None, 1.0, 4.0, 0.0]), batch=batch)
    assert found == ColumnSummary(
        name="n", kind="number", missing=1, distinct=3, integer=True, minimum=0, maximum=4, mean=2.25
    )


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_the_most_frequent_texts_come_first_and_equal_ones_by_name(batch: int) -> None:
    found = summary(pl.Series("t", ["b", "a", "c", None, "c"]), batch=batch)
    assert (found.kind, found.missing, found.distinct) == ("category", 1, 3)
    assert found.top == (("c", 2), ("a", 1), ("b", 1))


@pytest.mark.parametrize(("distinct", "shown"), [(COUNTED, 10), (COUNTED + 1, 0)])
def test_frequencies_are_kept_of_a_limited_number_of_texts(distinct: int, shown: int) -> None:
    texts = pl.Series("t", [f"text {index % distinct}" for index in range(distinct + 5)])
    found = summary(texts)
    assert (found.kind, found.distinct, found.distinct_exact, len(found.top)) == ("text", distinct, True, shown)


def test_an_empty_column_of_dates_is_a_category() -> None:
    empty = pl.Series("d", [None, None], dtype=pl.String)
    assert summary(empty, dates=("d",)).kind == "category"
    assert summary(pl.Series("d", ["2024-01-31", None]), dates=("d",)).kind == "date"
