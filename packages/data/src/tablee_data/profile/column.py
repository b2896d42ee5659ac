"""The figures of one column: sums from the statistics, everything else from the rows kept."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from tablee.datasets.manifest import ColumnSummary
from tablee.datasets.profile import ColumnProfile, DateStatistics, Histogram, Level, NumberStatistics, TextLengths
from tablee_data.inference.booleans import is_boolean
from tablee_data.statistics.accumulators import Moments
from tablee_data.statistics.profile_statistics import ProfileStatistics

QUANTILES: Final = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
BINS = 24
"""Number of bins of a histogram, at most."""
TOP = 20
"""Number of most frequent levels in a profile."""
EPOCH = date(1970, 1, 1)


def describe(kept: pl.Series, summary: ColumnSummary, statistics: ProfileStatistics) -> ColumnProfile:
    """The profile of a column.

    :param kept: the column in the sampled rows.
    :param summary: of the manifest.
    :param statistics: of all rows.
    """
    present = kept.drop_nulls()
    numbers = dates = lengths = None
    levels: tuple[Level, ...] = ()
    if kept.dtype == pl.Float64:
        numbers = _numbers(present, statistics.numbers[kept.name], integer=summary.integer)
    else:
        texts = statistics.texts[kept.name]
        if summary.kind == "date" and texts.count:
            dates = DateStatistics(earliest=texts.first, latest=texts.last, histogram=_days(present))
        if texts.count:
            lengths = TextLengths(shortest=texts.shortest, longest=texts.longest, mean=texts.characters / texts.count)
        if summary.kind != "date":
            levels = tuple(Level(value=value, count=count) for value, count in counted(present).head(TOP).iter_rows())
    return ColumnProfile(
        name=summary.name,
        kind=summary.kind,
        boolean=summary.distinct == 2 and is_boolean(present),
        integer=summary.integer,
        missing=statistics.missing(summary.name),
        distinct=summary.distinct,
        distinct_exact=summary.distinct_exact,
        numbers=numbers,
        dates=dates,
        lengths=lengths,
        levels=levels,
    )


def counted(present: pl.Series) -> pl.DataFrame:
    """The distinct values with their counts, as columns `value` and `count`, most frequent first."""
    values = present.rename("value").value_counts(name="count")
    return values.sort(["count", "value"], descending=[True, False])


def days(texts: pl.Series) -> pl.Series:
    """ISO dates, with or without a time, as days since 1970-01-01; null where a text is not a date."""
    return texts.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).to_physical().cast(pl.Float64)


@np.errstate(over="ignore", invalid="ignore")
def _numbers(present: pl.Series, statistics: Moments, *, integer: bool) -> NumberStatistics | None:
    if not statistics.count:
        return None
    if len(present) == 0:  # no sampled row has a value
        present = pl.Series([statistics.mean])
    ordered = present.sort().to_numpy()
    quantiles = np.quantile(ordered, QUANTILES)
    low, high = map(_finite, _fences(quantiles))
    return NumberStatistics(
        mean=_finite(statistics.mean),
        std=_finite(statistics.std),
        minimum=statistics.minimum,
        maximum=statistics.maximum,
        zeros=statistics.zeros,
        quantiles=tuple(zip(QUANTILES, (float(each) for each in quantiles), strict=True)),
        outliers=int(np.searchsorted(ordered, low, "left") + len(ordered) - np.searchsorted(ordered, high, "right")),
        fences=(low, high),
        histogram=histogram(ordered, statistics.minimum, statistics.maximum, integer=integer),
    )


def _finite(value: float) -> float:
    """The value, or the nearest one that JSON can hold: sums of numbers near the largest float overflow."""
    return float(np.nan_to_num(value))


def _fences(quantiles: npt.NDArray[np.float64]) -> tuple[float, float]:
    lower, upper = float(quantiles[QUANTILES.index(0.25)]), float(quantiles[QUANTILES.index(0.75)])
    reach = 1.5 * (upper - lower)
    return lower - reach, upper + reach


def _days(present: pl.Series) -> Histogram:
    found = days(present).drop_nulls().sort().to_numpy()
    if not len(found):
        return Histogram(edges=(0.0, 0.0), counts=(0,))
    return histogram(found, float(found[0]), float(found[-1]), integer=True)


@np.errstate(over="ignore", invalid="ignore")
def histogram(ordered: npt.NDArray[np.float64], minimum: float, maximum: float, *, integer: bool) -> Histogram:
    """A histogram with bins of equal width over the bulk of the values, so that a few far values do not press all
    others into one bin. The outer bins reach to the least and to the greatest value.

    :param ordered: values in ascending order, at least one.
    :param minimum: of all rows; so is `maximum`.
    :param integer: whether all values are whole; a short range then gets a bin for each value.
    """
    lower, upper = np.quantile(ordered, (0.25, 0.75))
    reach = 3 * (upper - lower)
    low, high = (max(minimum, lower - reach), min(maximum, upper + reach)) if reach > 0 else (minimum, maximum)
    if integer and high - low < BINS:
        inner = np.arange(np.floor(low) + 0.5, np.ceil(high))
    else:
        inner = np.linspace(low, high, BINS + 1)[1:-1]
    inner = np.unique(inner[(inner > minimum) & (inner < maximum)])
    counts = np.diff(np.searchsorted(ordered, inner, "right"), prepend=0, append=len(ordered))
    return Histogram(edges=(minimum, *map(float, inner), maximum), counts=tuple(map(int, counts)))
