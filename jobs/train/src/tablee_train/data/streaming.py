"""The streaming split: a data set that need not fit into memory is read once, batch by batch.

Training rows go into partitions in the object store, hold-out rows into a sample. What stays in memory is bounded by
constants and by the number of columns, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from tablee.datasets.batches import batches
from tablee.models.problem import ProblemType
from tablee.recipes.fitting import LearntSteps
from tablee_train.data.column_stats import NewValues, TableStats
from tablee_train.data.partitions import Partitions, PartitionWriter
from tablee_train.data.sample import BottomKSample
from tablee_train.data.split import HoldoutSplit, row_hashes
from tablee_train.data.target import Problem
from tablee_train.engine.base import TrainingRows

HOLDOUT_CELLS = 4_000_000
"""Cells of the hold-out rows that models are judged on: 200,000 rows of 20 columns..."""
HOLDOUT_ROWS = 20_000
"""...but at least so many rows of a wide table."""
SAMPLE_ROWS = 5_000
"""Training rows kept in memory, to take examples from."""
RECIPE_CELLS = 1_000_000
"""Cells of the training rows that a recipe learns from."""
EXTRA_ROWS_PER_COLUMN = 50
"""Training rows kept in addition to the sample, for each column: one where it is missing, and one of each level."""


def holdout_limit(columns: int) -> int:
    """How many hold-out rows of so many columns are kept in memory."""
    return max(HOLDOUT_CELLS // columns, HOLDOUT_ROWS)


@dataclass(frozen=True, slots=True)
class SplitRows:
    """A data set's rows after the split."""

    train: TrainingRows
    holdout: pl.DataFrame
    """The rows that models are judged on: of the streaming split those with the smallest hashes."""
    held_out: int
    """Number of all hold-out rows."""
    stats: TableStats
    """Statistics of the training rows."""
    prepared_stats: TableStats = field(default_factory=TableStats)
    """Statistics of the columns that a recipe's steps made of training rows; empty without a recipe or in memory."""


@dataclass(slots=True)
class RunningVariance:
    """Variance of a column, computed batch by batch (Chan, Golub, LeVeque 1983)."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0
    """Sum of squared differences from the mean."""

    @property
    def variance(self) -> float:
        """Population variance; 1 where there is no value."""
        return self.squares / self.count if self.count else 1.0

    def add(self, series: pl.Series) -> None:
        """Add values, none of them missing."""
        if not len(series):
            return
        mean, count = float(series.mean()), self.count + len(series)  # type: ignore[arg-type]
        difference = mean - self.mean
        self.squares += float(((series - mean) ** 2).sum()) + difference**2 * self.count * len(series) / count
        self.mean += difference * len(series) / count
        self.count = count


def sample_training_rows(file: Path, problem: Problem, share: float, on_rows: Callable[[int], None]) -> pl.DataFrame:
    """Training rows for a recipe to learn from: those with the smallest hashes, so always the same.

    :param on_rows: as for `split_streaming`, whose errors this function raises, too.
    """
    splitter = HoldoutSplit(problem, share)
    while True:
        sample: BottomKSample | None = None
        for batch in batches(file):
            rows = problem.with_target(batch)
            hashes = row_hashes(rows)
            out = splitter.held_out(rows, hashes)
            sample = sample or BottomKSample(max(RECIPE_CELLS // batch.width, SAMPLE_ROWS))
            sample.add(rows.filter(~out), hashes[~out])
            on_rows(batch.height)
        if not splitter.needs_second_pass():
            splitter.check()
            assert sample is not None  # noqa: S101 (the check refuses a file of no rows)
            return sample.rows()


def split_streaming(
    file: Path,
    problem: Problem,
    share: float,
    columns: Sequence[str],
    partitions: Partitions,
    on_rows: Callable[[int], None],
    *,
    holdout_rows: int = HOLDOUT_ROWS,
    steps: LearntSteps | None = None,
) -> SplitRows:
    """Read a data set's Parquet file and split it; the file is read a second time if a class has no row held out.

    :param columns: those that go into the partitions, or that the steps read.
    :param holdout_rows: the most hold-out rows that are kept.
    :param steps: a recipe's steps; the columns that they make, and the target, go into the partitions instead.
    :param on_rows: called with the number of rows of each batch that was read; may raise to end the reading.
    :raises InvalidRequest: hardly any rows differ, or every row of some class is held out.
    """
    splitter = HoldoutSplit(problem, share)
    while True:
        reading = _Pass(problem, splitter, columns, holdout_rows, steps)
        with partitions.writing() as writer:
            for batch in batches(file):
                reading.add(batch, writer)
                on_rows(batch.height)
        if not splitter.needs_second_pass():
            splitter.check()
            return reading.result(writer.addresses)


class _Pass:
    """One pass over all rows."""

    def __init__(
        self,
        problem: Problem,
        splitter: HoldoutSplit,
        columns: Sequence[str],
        holdout_rows: int,
        steps: LearntSteps | None,
    ) -> None:
        self._steps, self._prepared_stats = steps, TableStats()
        self._problem, self._splitter, self._columns = problem, splitter, tuple(columns)
        self._stats, self._variance = TableStats(), RunningVariance()
        self._classes = None if problem.problem_type is ProblemType.REGRESSION else problem.target
        self._sample = BottomKSample(SAMPLE_ROWS)
        self._holdout = BottomKSample(holdout_rows, self._classes)
        self._extra_rows: list[pl.DataFrame] = []
        self._extra_counts: dict[str, int] = {}
        self._held_out = 0

    def add(self, batch: pl.DataFrame, writer: PartitionWriter) -> None:
        """Split the rows of a batch."""
        rows = self._problem.with_target(batch)
        hashes = row_hashes(rows)
        out = self._splitter.held_out(rows, hashes)
        train, holdout = rows.filter(~out), rows.filter(out)
        writer.add(train.select(self._columns) if self._steps is None else self._prepared(self._steps, train))
        self._sample.add(train, hashes[~out])
        self._holdout.add(holdout, hashes[out])
        self._held_out += holdout.height
        self._keep_extra_rows(train, self._stats.add(train))
        if self._classes is None:
            self._variance.add(train[self._problem.target])

    def result(self, addresses: Sequence[str]) -> SplitRows:
        """The split after the last batch; `addresses` are those of the partitions."""
        train = TrainingRows(
            height=self._problem.rows - self._held_out,
            frame=pl.concat([*self._extra_rows, self._sample.rows()]),
            variance=self._variance.variance,
            addresses=tuple(addresses),
            columns=self._columns if self._steps is None else (*self._prepared_stats.columns, self._problem.target),
            numbers=None if self._steps is None else self._number_columns(),
        )
        return SplitRows(train, self._holdout.rows(), self._held_out, self._stats, self._prepared_stats)

    def _prepared(self, steps: LearntSteps, train: pl.DataFrame) -> pl.DataFrame:
        """The columns that the steps make of training rows, with the target."""
        prepared = steps.apply(train)
        self._prepared_stats.add(prepared)
        return prepared.with_columns(train[self._problem.target])

    def _number_columns(self) -> frozenset[str]:
        numbers = {name for name, stats in self._prepared_stats.columns.items() if stats.is_number}
        return frozenset(numbers | ({self._problem.target} if self._classes is None else set()))

    def _keep_extra_rows(self, train: pl.DataFrame, new_values: NewValues) -> None:
        """Keep a row for each new level and the first missing value, so that examples can show every one of them."""
        positions: set[int] = set()
        for name in self._columns:
            values = new_values.get(name, [])
            wanted = values[: max(EXTRA_ROWS_PER_COLUMN - self._extra_counts.get(name, 0), 0)]
            self._extra_counts[name] = self._extra_counts.get(name, 0) + len(wanted)
            found = (train[name].index_of(value) for value in wanted)
            positions.update(position for position in found if position is not None)
        if positions:
            self._extra_rows.append(train[sorted(positions)])
