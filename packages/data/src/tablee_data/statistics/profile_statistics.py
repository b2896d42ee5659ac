"""What a profile needs of every row of a version: moments of numbers and lengths of texts."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from tablee_data.statistics.accumulators import Moments, TextLengths

_FIGURES = 6
"""Figures of a column that are computed from a batch."""


class ProfileStatistics:
    """Statistics of all columns of a table. The object is called with each batch, so that it can be the `watch` of
    `sampling.table_rows.sample`.

    :param dates: names of the columns that hold ISO 8601 texts.
    """

    def __init__(self, dates: Collection[str] = ()) -> None:
        self._dates = frozenset(dates)
        self.rows = 0
        self.numbers: dict[str, Moments] = {}
        self.texts: dict[str, TextLengths] = {}

    def __call__(self, batch: pl.DataFrame) -> None:
        self.rows += batch.height
        figures = [figure for column in batch for figure in self._expressions(column)]
        found = batch.select(figures).row(0)
        for position, column in enumerate(batch):
            count, *rest = found[position * _FIGURES : (position + 1) * _FIGURES]
            if column.dtype == pl.Float64:
                numbers = self.numbers.setdefault(column.name, Moments())
                if count:
                    numbers.add(count, *rest)
            else:
                texts = self.texts.setdefault(column.name, TextLengths())
                if count:
                    texts.add(count, *rest)

    def missing(self, column: str) -> int:
        """Number of missing values of a column."""
        counted = self.numbers.get(column) or self.texts[column]
        return self.rows - counted.count

    def _expressions(self, series: pl.Series) -> list[pl.Expr]:
        """The arguments of `Moments.add` or `TextLengths.add`."""
        column = pl.col(series.name)
        if series.dtype == pl.Float64:
            zeros = (column == 0).sum()
            figures = [column.count(), column.mean(), column.var(ddof=0), column.min(), column.max(), zeros]
        else:
            length, date = column.str.len_chars(), series.name in self._dates
            ends = [column.min(), column.max()] if date else [pl.lit(""), pl.lit("")]
            figures = [column.count(), length.sum(), length.min(), length.max(), *ends]
        return [figure.alias(f"{series.name}\0{index}") for index, figure in enumerate(figures)]
