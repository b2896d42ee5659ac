"""What is known of each column, learnt block by block: memory does not grow with the rows."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tablee.datasets.categories import is_free_text
from tablee.datasets.manifest import ColumnSummary
from tablee.tables.cells import is_integer

EXACT_DISTINCT = 1 << 14
"""Different values that are counted exactly; beyond, their number is an estimate with a standard error of 0.8 %."""
ALL_HASHES = 1 << 24
"""Hashes that all columns together keep at most."""
COUNTED = 2_000
"""Different texts whose frequencies are kept; a column of more tells no most frequent ones."""
_SEED = 20


class _Distinct:
    """How many different values there are: the least of their hashes (k minimum values; Bar-Yossef et al. 2002)."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._least: NDArray[np.uint64] = np.empty(0, dtype=np.uint64)

    def add(self, present: pl.Series) -> None:
        hashes = present.hash(_SEED).to_numpy()
        if len(self._least) == self._size:
            hashes = hashes[hashes < self._least[-1]]
        if len(hashes):
            fresh = pl.Series(hashes).unique().to_numpy()  # a numpy of its own takes ten times as long
            least = np.sort(np.concatenate([self._least, fresh]))
            self._least = least[np.append(True, least[1:] != least[:-1])][: self._size]

    @property
    def exact(self) -> bool:
        return len(self._least) < self._size

    @property
    def count(self) -> int:
        if self.exact:
            return len(self._least)
        return round((self._size - 1) / (float(self._least[-1]) / 2.0**64))


class _Summary:
    def __init__(self, name: str, size: int) -> None:
        self.name, self.distinct = name, _Distinct(size)
        self.rows = self.missing = 0

    def add(self, series: pl.Series) -> None:
        self.rows += len(series)
        self.missing += series.null_count()
        present = series.drop_nulls()
        if len(present):
            self.learn(present)

    def learn(self, present: pl.Series) -> None:
        raise NotImplementedError

    def summary(self) -> ColumnSummary:
        raise NotImplementedError


class _Number(_Summary):
    def __init__(self, name: str, size: int) -> None:
        super().__init__(name, size)
        self.integer, self.total = True, 0.0
        self.minimum: float | None = None
        self.maximum: float | None = None

    def learn(self, present: pl.Series) -> None:
        self.distinct.add(present)
        low, high = float(present.min()), float(present.max())  # type: ignore[arg-type]  # numbers
        self.minimum = low if self.minimum is None else min(self.minimum, low)
        self.maximum = high if self.maximum is None else max(self.maximum, high)
        self.integer = self.integer and is_integer(present)
        self.total += float(present.sum())

    def summary(self) -> ColumnSummary:
        present = self.rows - self.missing
        return ColumnSummary(
            name=self.name,
            kind="number",
            missing=self.missing,
            distinct=min(self.distinct.count, present),
            distinct_exact=self.distinct.exact,
            integer=self.integer,
            minimum=self.minimum,
            maximum=self.maximum,
            mean=self.total / present if present else None,
        )


class _Text(_Summary):
    def __init__(self, name: str, size: int, *, date: bool) -> None:
        super().__init__(name, size)
        self._date = date
        self._counts: dict[str, int] | None = {}

    def learn(self, present: pl.Series) -> None:
        if self._counts is None:
            self.distinct.add(present)
            return
        found = present.value_counts(name="__count")
        if found.height <= COUNTED:
            for text, count in found.iter_rows():
                self._counts[text] = self._counts.get(text, 0) + count
        if max(found.height, len(self._counts)) > COUNTED:
            self.distinct.add(pl.Series([*self._counts, *found[present.name]]))
            self._counts = None

    def summary(self) -> ColumnSummary:
        present = self.rows - self.missing
        distinct = self.distinct.count if self._counts is None else len(self._counts)
        counts = sorted((self._counts or {}).items(), key=lambda each: (-each[1], each[0]))
        return ColumnSummary(
            name=self.name,
            kind="date" if self._date and present else "text" if is_free_text(distinct, present) else "category",
            missing=self.missing,
            distinct=min(distinct, present),
            distinct_exact=self.distinct.exact,
            top=tuple(counts[:10]),
        )


class Summaries:
    """All columns of a table."""

    def __init__(self, schema: pl.Schema, dates: Collection[str]) -> None:
        """
        :param dates: columns that hold ISO 8601 texts.
        """
        size = max(min(EXACT_DISTINCT, ALL_HASHES // max(len(schema), 1)), 1024)
        self.rows = 0
        self._columns: dict[str, _Summary] = {
            name: _Number(name, size) if kind == pl.Float64 else _Text(name, size, date=name in dates)
            for name, kind in schema.items()
        }

    def add(self, frame: pl.DataFrame) -> None:
        self.rows += frame.height
        for series in frame:
            self._columns[series.name].add(series)

    def all(self) -> tuple[ColumnSummary, ...]:
        return tuple(column.summary() for column in self._columns.values())
