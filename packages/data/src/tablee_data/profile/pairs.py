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

ROWS = 20_000
"""Associations are exact on so many rows, and of as many random ones above."""
MOST_COMPARED = 40
"""Columns that are compared with each other: 780 pairs."""
MOST_LEVELS = 500
"""A category with more is grouped: its rare levels count as one."""
MOST_SHOWN = 200
LARGE = 1e100
LEAST_ROWS = 8
"""Of both columns; fewer say nothing."""


@dataclass(frozen=True)
class Side:
    """A column as the measures read it: numbers or codes, and where there is a value."""

    name: str
    number: bool
    values: npt.NDArray[np.float64]
    """Numbers, or codes from 0."""
    present: npt.NDArray[np.bool_]

    @cached_property
    def whole(self) -> bool:
        return bool(self.present.all())

    @cached_property
    def ranks(self) -> npt.NDArray[np.float64]:
        return association.ranks(self.values)


def rows_compared(kept: pl.DataFrame) -> pl.DataFrame:
    """The rows that associations are measured on."""
    return kept if kept.height <= ROWS else kept.sample(ROWS, seed=SEED)


def side(column: pl.Series, profile: ColumnProfile) -> Side:
    """Dates are numbers: days."""
    if profile.kind in ("number", "date"):
        numbers = column if column.dtype == pl.Float64 else days(column)
        present = numbers.is_not_null().to_numpy()
        return Side(profile.name, True, _scaled(numbers.fill_null(0).to_numpy().astype(float)), present)
    present = column.is_not_null().to_numpy()
    return Side(profile.name, False, codes(column.fill_null("")).astype(float), present)


def _scaled(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """So that squares stay finite; no measure depends on the scale."""
    largest = np.abs(values).max(initial=0.0)
    return values / largest if largest > LARGE else values


def codes(column: pl.Series) -> npt.NDArray[np.int64]:
    """A number from 0 for each value; the rarest share the last one where there are more than `MOST_LEVELS`."""
    found = column.rank("dense").to_numpy().astype(np.int64) - 1
    counts = np.bincount(found)
    if len(counts) <= MOST_LEVELS:
        return found
    place = np.full(len(counts), MOST_LEVELS - 1)
    place[np.argsort(-counts, kind="stable")[: MOST_LEVELS - 1]] = np.arange(MOST_LEVELS - 1)
    grouped: npt.NDArray[np.int64] = place[found]
    return grouped


def compared(columns: Sequence[ColumnProfile]) -> tuple[str, ...]:
    """The first columns that can tell of others: no constants, no free text."""
    fit = [each.name for each in columns if each.kind != "text" and each.distinct > 1]
    return tuple(fit[:MOST_COMPARED])


def measured(left: Side, right: Side) -> Association | None:
    """Over the rows where both have a value; None where those are too few."""
    if left.whole and right.whole:
        both, ranked = (left.values, right.values), left.number and right.number
    else:
        there = left.present & right.present
        both, ranked = (left.values[there], right.values[there]), False
    if len(both[0]) < LEAST_ROWS:
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


def between(sides: Sequence[Side]) -> tuple[Association, ...]:
    """Of all pairs, the strongest `MOST_SHOWN`, strongest first."""
    found = [measured(left, right) for index, left in enumerate(sides) for right in sides[:index]]
    return strongest(each for each in found if each is not None)[:MOST_SHOWN]


def strongest(found: Iterable[Association]) -> tuple[Association, ...]:
    return tuple(sorted(found, key=lambda each: (-each.strength, each.columns)))


def _dense(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)
