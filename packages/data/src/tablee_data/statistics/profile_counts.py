"""What is counted over every row, however many there are: batch by batch, nothing kept but sums."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

_PARTS = 6
"""Figures that are asked of a batch for each column."""


@dataclass(slots=True)
class Numbers:
    """Count, mean and the sum of squared deviations, merged by the formula of Chan, Golub and LeVeque, Updating
    formulae and a pairwise algorithm for computing sample variances (1979)."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0
    minimum: float = math.inf
    maximum: float = -math.inf
    zeros: int = 0

    def add(self, count: int, mean: float, variance: float, minimum: float, maximum: float, zeros: int) -> None:
        """:param variance: of the batch, with n."""
        total, apart = self.count + count, mean - self.mean
        self.squares += variance * count + apart * apart * self.count * count / total
        self.mean += apart * count / total
        self.count, self.zeros = total, self.zeros + zeros
        self.minimum, self.maximum = min(self.minimum, minimum), max(self.maximum, maximum)

    @property
    def std(self) -> float:
        return math.sqrt(self.squares / (self.count - 1)) if self.count > 1 else 0.0


@dataclass(slots=True)
class Texts:
    """Count and lengths in characters; of texts that are dates the first and last in the order of the alphabet, which
    is that of ISO dates."""

    count: int = 0
    characters: int = 0
    shortest: int = 0
    longest: int = 0
    first: str = ""
    last: str = ""

    def add(self, count: int, characters: int, shortest: int, longest: int, first: str, last: str) -> None:
        self.shortest = min(self.shortest, shortest) if self.count else shortest
        self.first = min(self.first, first) if self.count else first
        self.longest, self.last = max(self.longest, longest), max(self.last, last)
        self.count, self.characters = self.count + count, self.characters + characters


class Tally:
    """Of all columns of a table. Give it batches: it is a `Watch` of the sample.

    :param dates: the columns whose texts are ISO dates.
    """

    def __init__(self, dates: Collection[str] = ()) -> None:
        self._dates = frozenset(dates)
        self.rows = 0
        self.numbers: dict[str, Numbers] = {}
        self.texts: dict[str, Texts] = {}

    def __call__(self, batch: pl.DataFrame) -> None:
        self.rows += batch.height
        asked = [part for column in batch for part in self._expressions(column)]
        found = batch.select(asked).row(0)
        for position, column in enumerate(batch):
            count, *rest = found[position * _PARTS : (position + 1) * _PARTS]
            if column.dtype == pl.Float64:
                numbers = self.numbers.setdefault(column.name, Numbers())
                if count:
                    numbers.add(count, *rest)
            else:
                texts = self.texts.setdefault(column.name, Texts())
                if count:
                    texts.add(count, *rest)

    def missing(self, column: str) -> int:
        counted = self.numbers.get(column) or self.texts[column]
        return self.rows - counted.count

    def _expressions(self, series: pl.Series) -> list[pl.Expr]:
        column = pl.col(series.name)
        if series.dtype == pl.Float64:
            zeros = (column == 0).sum()
            parts = [column.count(), column.mean(), column.var(ddof=0), column.min(), column.max(), zeros]
        else:
            length, date = column.str.len_chars(), series.name in self._dates
            ends = [column.min(), column.max()] if date else [pl.lit(""), pl.lit("")]
            parts = [column.count(), length.sum(), length.min(), length.max(), *ends]
        return [part.alias(f"{series.name}\0{index}") for index, part in enumerate(parts)]
