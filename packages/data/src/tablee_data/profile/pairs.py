"""Associations of all columns with the target, and of the first columns with each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from tablee.datasets.profile import Association, AssociationMeasure, ColumnProfile
from tablee_data.profile import association
from tablee_data.profile.column import days
from tablee_data.sampling.table_rows import SEED

MAX_ROWS = 20_000
"""Associations are exact for tables of at most so many rows; of larger ones as many random rows are used."""
MAX_COLUMNS = 40
"""Number of columns that are compared with each other: 780 pairs."""
MAX_LEVELS = 500
"""Of a category with more levels the rare ones are measured as one level."""
MAX_PAIRS = 200
"""Number of pairs that a profile lists."""
LARGE = 1e100
"""Columns with larger numbers are scaled to at most 1."""
MIN_ROWS = 8
"""Least number of rows in which both columns have a value; no association is measured on fewer."""


@dataclass(frozen=True)
class MeasuredColumn:
    """A column as the measures read it."""

    name: str
    number: bool
    """Whether the values are numbers; else they are codes of levels."""
    values: npt.NDArray[np.float64]
    """One for each row: numbers, or codes from 0."""
    present: npt.NDArray[np.bool_]
    """Whether the row has a value."""

    @cached_property
    def whole(self) -> bool:
        """Whether every row has a value."""
        return bool(self.present.all())

    @cached_property
    def ranks(self) -> npt.NDArray[np.float64]:
        """The ranks of all values; only for a column without missing values."""
        return association.ranks(self.values)


def compared_rows(kept: pl.DataFrame) -> pl.DataFrame:
    """The rows that associations are measured on."""
    return kept if kept.height <= MAX_ROWS else kept.sample(MAX_ROWS, seed=SEED)


def measured_column(column: pl.Series, profile: ColumnProfile) -> MeasuredColumn:
    """The column as the measures read it; dates are numbers of days."""
    if profile.kind in ("number", "date"):
        numbers = column if column.dtype == pl.Float64 else days(column)
        present = numbers.is_not_null().to_numpy()
        return MeasuredColumn(profile.name, True, _scaled(numbers.fill_null(0).to_numpy().astype(float)), present)
    present = column.is_not_null().to_numpy()
    return MeasuredColumn(profile.name, False, codes(column.fill_null("")).astype(float), present)


def _scaled(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Scale large numbers to at most 1, so that their squares are finite; no measure depends on the scale."""
    largest = np.abs(values).max(initial=0.0)
    return values / largest if largest > LARGE else values


def codes(column: pl.Series) -> npt.NDArray[np.int64]:
    """A code from 0 for each value. If there are more than `MAX_LEVELS` levels, the rarest share the last code."""
    found = column.rank("dense").to_numpy().astype(np.int64) - 1
    counts = np.bincount(found)
    if len(counts) <= MAX_LEVELS:
        return found
    place = np.full(len(counts), MAX_LEVELS - 1)
    place[np.argsort(-counts, kind="stable")[: MAX_LEVELS - 1]] = np.arange(MAX_LEVELS - 1)
    grouped: npt.NDArray[np.int64] = place[found]
    return grouped


def compared_columns(columns: Sequence[ColumnProfile]) -> tuple[str, ...]:
    """Names of the columns that are compared with each other: the first ones that are not constant or free text."""
    fit = [each.name for each in columns if each.kind != "text" and each.distinct > 1]
    return tuple(fit[:MAX_COLUMNS])


def measure_association(left: MeasuredColumn, right: MeasuredColumn) -> Association | None:
    """The association of two columns, over the rows in which both have a value; None if these are too few."""
    if left.whole and right.whole:
        both, ranked = (left.values, right.values), left.number and right.number
    else:
        there = left.present & right.present
        both, ranked = (left.values[there], right.values[there]), False
    if len(both[0]) < MIN_ROWS:
        return None
    names = (left.name, right.name)
    if left.number and right.number:
        ranks = (left.ranks, right.ranks) if ranked else (association.ranks(both[0]), association.ranks(both[1]))
        value = association.pearson(*ranks)
        return Association(
            columns=names, measure=AssociationMeasure.SPEARMAN, value=value, pearson=association.pearson(*both)
        )
    if not left.number and not right.number:
        value = association.cramers_v(_dense(both[0]), _dense(both[1]))
        return Association(columns=names, measure=AssociationMeasure.CRAMER, value=value)
    category, number = (both[1], both[0]) if left.number else both
    value = association.correlation_ratio(_dense(category), number)
    return Association(columns=names, measure=AssociationMeasure.RATIO, value=value)


def associations_between(sides: Sequence[MeasuredColumn]) -> tuple[Association, ...]:
    """The associations of all pairs of columns: the strongest `MAX_PAIRS`, strongest first."""
    found = [measure_association(left, right) for index, left in enumerate(sides) for right in sides[:index]]
    return by_strength(each for each in found if each is not None)[:MAX_PAIRS]


def by_strength(found: Iterable[Association]) -> tuple[Association, ...]:
    """Sorted, strongest first, and equal ones by name."""
    return tuple(sorted(found, key=lambda each: (-each.strength, each.columns)))


def _dense(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Codes from 0 without gaps."""
    return np.unique(values, return_inverse=True)[1].astype(np.int64)
