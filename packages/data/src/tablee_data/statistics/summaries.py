"""The summaries of all columns of a version, gathered while its rows are written."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from tablee.datasets.categories import is_free_text
from tablee.datasets.manifest import ColumnSummary
from tablee_data.statistics.accumulators import DistinctCount, NumberRange

EXACT_DISTINCT = 1 << 14
"""Distinct values of a column that are counted; more are estimated, with a standard error of 0.8 %."""
ALL_HASHES = 1 << 24
"""Hashes that all columns together keep at most."""
COUNTED = 2_000
"""Distinct texts whose frequencies are kept; the summary of a column with more has no most frequent values."""


class ColumnSummaries:
    """The columns of a table.

    :param dates: names of the columns that hold ISO 8601 texts.
    """

    def __init__(self, schema: pl.Schema, dates: Collection[str]) -> None:
        size = max(min(EXACT_DISTINCT, ALL_HASHES // max(len(schema), 1)), 1024)
        self.rows = 0
        self._columns: dict[str, _Column] = {
            name: _Number(name, size) if kind == pl.Float64 else _Text(name, size, date=name in dates)
            for name, kind in schema.items()
        }

    def add(self, frame: pl.DataFrame) -> None:
        """Add the rows of a batch."""
        self.rows += frame.height
        for series in frame:
            self._columns[series.name].add(series)

    def all(self) -> tuple[ColumnSummary, ...]:
        """The summaries of the rows that were added."""
        return tuple(column.summary() for column in self._columns.values())


class _Column:
    def __init__(self, name: str, size: int) -> None:
        self.name, self.distinct = name, DistinctCount(size)
        self.rows = self.missing = 0

    @property
    def present(self) -> int:
        return self.rows - self.missing

    def add(self, series: pl.Series) -> None:
        self.rows += len(series)
        self.missing += series.null_count()
        present = series.drop_nulls()
        if len(present):
            self.add_present(present)

    def add_present(self, present: pl.Series) -> None:
        raise NotImplementedError

    def summary(self) -> ColumnSummary:
        raise NotImplementedError


class _Number(_Column):
    def __init__(self, name: str, size: int) -> None:
        super().__init__(name, size)
        self._range = NumberRange()

    def add_present(self, present: pl.Series) -> None:
        self.distinct.add(present)
        self._range.add(present)

    def summary(self) -> ColumnSummary:
        return ColumnSummary(
            name=self.name,
            kind="number",
            missing=self.missing,
            distinct=min(self.distinct.count, self.present),
            distinct_exact=self.distinct.is_exact,
            integer=self._range.integer,
            minimum=self._range.minimum,
            maximum=self._range.maximum,
            mean=self._range.total / self.present if self.present else None,
        )


class _Text(_Column):
    def __init__(self, name: str, size: int, *, date: bool) -> None:
        super().__init__(name, size)
        self._date = date
        self._counts: dict[str, int] | None = {}
        """None after there were too many distinct texts: from then on they are in `distinct`."""

    def add_present(self, present: pl.Series) -> None:
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
        distinct = self.distinct.count if self._counts is None else len(self._counts)
        counts = sorted((self._counts or {}).items(), key=lambda each: (-each[1], each[0]))
        free_text = is_free_text(distinct, self.present)
        return ColumnSummary(
            name=self.name,
            kind="date" if self._date and self.present else "text" if free_text else "category",
            missing=self.missing,
            distinct=min(distinct, self.present),
            distinct_exact=self.distinct.is_exact,
            top=tuple(counts[:10]),
        )
