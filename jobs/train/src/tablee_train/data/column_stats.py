"""What the contract needs to know of columns, learnt frame by frame: memory does not grow with the rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

import polars as pl

from tablee.datasets.store import MAX_LEVELS
from tablee.recipes.fitting import FREE_TEXT, LINE_BREAK, Outcome
from tablee.tables.cells import is_integer

News = dict[str, list[str | None]]
"""By column: the texts seen for the first time, None for the first missing value."""


@dataclass(slots=True)
class Seen:
    """One column as seen so far."""

    name: str
    number: bool
    rows: int = 0
    missing: int = 0
    integer: bool = True
    """Whether all numbers are whole ones."""
    minimum: float | None = None
    maximum: float | None = None
    levels: dict[str, None] = field(default_factory=dict)
    """Texts in the order of their appearance; of free text no more than would make a category."""

    @property
    def values(self) -> int:
        """Different ones: 0, 1, or 2 for more."""
        if self.number:
            return 0 if self.minimum is None else 1 + (self.minimum != self.maximum)
        return min(len(self.levels), 2)

    def outcome(self) -> Outcome:
        """As of a column that the steps of a recipe left."""
        reason = None
        if self.values < 2:
            reason = "it has one value only" if self.values else "it is empty"
        elif not self.number and len(self.levels) > min(MAX_LEVELS, max(50, (self.rows - self.missing) // 2)):
            reason = FREE_TEXT
        elif "\n" in self.name or "\r" in self.name:
            reason = LINE_BREAK
        return Outcome(self.name, reason, None if self.number else tuple(sorted(self.levels)))

    def add(self, series: pl.Series) -> list[str | None]:
        """Returns what is new."""
        gaps = series.null_count()
        news: list[str | None] = [None] if gaps and not self.missing else []
        self.rows += len(series)
        self.missing += gaps
        if gaps == len(series):
            return news
        if self.number:
            low, high = float(series.min()), float(series.max())  # type: ignore[arg-type]
            self.minimum = low if self.minimum is None else min(self.minimum, low)
            self.maximum = high if self.maximum is None else max(self.maximum, high)
            self.integer = self.integer and is_integer(series)
        elif len(self.levels) <= MAX_LEVELS:
            texts = series.drop_nulls().unique(maintain_order=True)
            fresh = [text for text in texts.to_list() if text not in self.levels][: MAX_LEVELS + 1 - len(self.levels)]
            self.levels.update(dict.fromkeys(fresh))
            news += fresh
        return news


class Survey:
    """All columns of a table."""

    def __init__(self) -> None:
        self.columns: dict[str, Seen] = {}

    @classmethod
    def of(cls, frames: Iterable[pl.DataFrame]) -> Self:
        survey = cls()
        for frame in frames:
            survey.add(frame)
        return survey

    def add(self, frame: pl.DataFrame) -> News:
        """:returns: what no frame before had."""
        for series in frame:
            self.columns.setdefault(series.name, Seen(series.name, series.dtype == pl.Float64))
        return {series.name: news for series in frame if (news := self.columns[series.name].add(series))}
