"""Statistics of the training rows' columns, gathered frame by frame; memory does not grow with the number of rows.

The statistics of a data set version (`tablee_data.statistics.summaries`) have another purpose: they describe all rows
for people, with histograms and frequent values. The contract needs the training rows alone, with the complete list of
levels and the exact bounds, and it needs to know which values a frame shows for the first time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

import polars as pl

from tablee.datasets.categories import MAX_LEVELS
from tablee.recipes.fitting import OutputColumn
from tablee.recipes.left_out import LeftOut
from tablee.tables.cells.exact_numbers import is_integer

NewValues = dict[str, list[str | None]]
"""By column: the texts that appear for the first time, and None for the first missing value."""


@dataclass(slots=True)
class ColumnStats:
    """Statistics of one column over the rows added so far."""

    name: str
    is_number: bool
    rows: int = 0
    missing: int = 0
    """Number of missing values."""
    integer: bool = True
    """Whether all numbers are whole."""
    minimum: float | None = None
    maximum: float | None = None
    first_text: str | None = None
    last_text: str | None = None
    """The smallest and the greatest text, by code points: of dates in ISO 8601, the earliest and the latest."""
    levels: dict[str, None] = field(default_factory=dict)
    """Different texts in the order of their appearance, at most `MAX_LEVELS` + 1."""

    @property
    def distinct_up_to_two(self) -> int:
        """Number of different values: 0, 1, or 2 for two and more."""
        if self.is_number:
            return 0 if self.minimum is None else 1 + (self.minimum != self.maximum)
        return min(len(self.levels), 2)

    def output_column(self) -> OutputColumn:
        """The column as the result of a recipe's steps: whether a model can learn from it, and its levels."""
        reason = None
        if self.distinct_up_to_two < 2:
            reason = LeftOut.CONSTANT if self.distinct_up_to_two else LeftOut.EMPTY
        elif not self.is_number and len(self.levels) > min(MAX_LEVELS, max(50, (self.rows - self.missing) // 2)):
            reason = LeftOut.FREE_TEXT
        elif "\n" in self.name or "\r" in self.name:
            reason = LeftOut.LINE_BREAK
        return OutputColumn(self.name, reason, None if self.is_number else tuple(sorted(self.levels)))

    def add(self, series: pl.Series) -> list[str | None]:
        """Add the values of further rows.

        :returns: the texts that no rows before had, and None for the first missing value.
        """
        gaps = series.null_count()
        new: list[str | None] = [None] if gaps and not self.missing else []
        self.rows += len(series)
        self.missing += gaps
        if gaps == len(series):
            return new
        if self.is_number:
            low, high = float(series.min()), float(series.max())  # type: ignore[arg-type]
            self.minimum = low if self.minimum is None else min(self.minimum, low)
            self.maximum = high if self.maximum is None else max(self.maximum, high)
            self.integer = self.integer and is_integer(series)
            return new
        first, last = str(series.min()), str(series.max())
        self.first_text = first if self.first_text is None else min(self.first_text, first)
        self.last_text = last if self.last_text is None else max(self.last_text, last)
        if len(self.levels) <= MAX_LEVELS:
            texts = series.drop_nulls().unique(maintain_order=True)
            first_seen = [text for text in texts.to_list() if text not in self.levels]
            first_seen = first_seen[: MAX_LEVELS + 1 - len(self.levels)]
            self.levels.update(dict.fromkeys(first_seen))
            new += first_seen
        return new


class TableStats:
    """Statistics of all columns of a table."""

    def __init__(self) -> None:
        self.columns: dict[str, ColumnStats] = {}

    @classmethod
    def of(cls, frames: Iterable[pl.DataFrame]) -> Self:
        """Statistics of the rows of these frames."""
        stats = cls()
        for frame in frames:
            stats.add(frame)
        return stats

    def add(self, frame: pl.DataFrame) -> NewValues:
        """Add further rows.

        :returns: the values that no frame before had, by column.
        """
        for series in frame:
            self.columns.setdefault(series.name, ColumnStats(series.name, series.dtype == pl.Float64))
        return {series.name: new for series in frame if (new := self.columns[series.name].add(series))}
