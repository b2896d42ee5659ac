"""Accumulators of one column: each takes a batch of values at a time and keeps a summary of all of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tablee.tables.cells.exact_numbers import is_integer

_SEED = 20


@dataclass(slots=True)
class DistinctCount:
    """Number of distinct values, by the k smallest of their hashes (k minimum values; Bar-Yossef et al., Counting
    distinct elements in a data stream, RANDOM 2002). It is exact for fewer than k values.

    :param size: k; the standard error of the estimate is 1 / sqrt(k - 2).
    """

    size: int
    _smallest: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    """Distinct hashes, ascending; `size` of them at most."""

    def add(self, present: pl.Series) -> None:
        """:param present: values without nulls."""
        hashes = present.hash(_SEED).to_numpy()
        if len(self._smallest) == self.size:
            hashes = hashes[hashes < self._smallest[-1]]
        if len(hashes):
            fresh = pl.Series(hashes).unique().to_numpy()  # numpy's own `unique` takes ten times as long
            smallest = np.sort(np.concatenate([self._smallest, fresh]))
            self._smallest = smallest[np.append(True, smallest[1:] != smallest[:-1])][: self.size]

    @property
    def is_exact(self) -> bool:
        """Whether the values were counted; else their number is an estimate."""
        return len(self._smallest) < self.size

    @property
    def count(self) -> int:
        """Number of distinct values, or the estimate of it."""
        if self.is_exact:
            return len(self._smallest)
        return round((self.size - 1) / (float(self._smallest[-1]) / 2.0**64))


@dataclass(slots=True)
class NumberRange:
    """The least and the greatest number, their sum, and whether all of them are whole."""

    minimum: float | None = None
    maximum: float | None = None
    total: float = 0.0
    integer: bool = True

    def add(self, present: pl.Series) -> None:
        """:param present: at least one number, no nulls."""
        low, high = float(present.min()), float(present.max())  # type: ignore[arg-type]  # numbers
        self.minimum = low if self.minimum is None else min(self.minimum, low)
        self.maximum = high if self.maximum is None else max(self.maximum, high)
        self.integer = self.integer and is_integer(present)
        self.total += float(present.sum())


@dataclass(slots=True)
class Moments:
    """Count, mean and sum of squared deviations of numbers, merged batch by batch by the formula of Chan, Golub and
    LeVeque (Updating formulae and a pairwise algorithm for computing sample variances, 1979); with range and zeros."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0
    """Sum of the squared deviations from the mean."""
    minimum: float = math.inf
    maximum: float = -math.inf
    zeros: int = 0

    def add(self, count: int, mean: float, variance: float, minimum: float, maximum: float, zeros: int) -> None:
        """Add the statistics of a batch.

        :param count: number of values, at least one.
        :param variance: with n in the denominator.
        :param zeros: number of values that are 0.
        """
        total, difference = self.count + count, mean - self.mean
        self.squares += variance * count + difference * difference * self.count * count / total
        self.mean += difference * count / total
        self.count, self.zeros = total, self.zeros + zeros
        self.minimum, self.maximum = min(self.minimum, minimum), max(self.maximum, maximum)

    @property
    def std(self) -> float:
        """Standard deviation with n - 1 in the denominator; 0 for a single value."""
        return math.sqrt(self.squares / (self.count - 1)) if self.count > 1 else 0.0


@dataclass(slots=True)
class TextLengths:
    """Count and lengths of texts in characters; of ISO dates also the earliest and the latest."""

    count: int = 0
    characters: int = 0
    shortest: int = 0
    longest: int = 0
    first: str = ""
    """In alphabetical order, which is the chronological one of ISO dates; empty where texts are no dates."""
    last: str = ""

    def add(self, count: int, characters: int, shortest: int, longest: int, first: str, last: str) -> None:
        """Add the statistics of a batch.

        :param count: number of texts, at least one.
        :param characters: of all texts.
        """
        self.shortest = min(self.shortest, shortest) if self.count else shortest
        self.first = min(self.first, first) if self.count else first
        self.longest, self.last = max(self.longest, longest), max(self.last, last)
        self.count, self.characters = self.count + count, self.characters + characters
