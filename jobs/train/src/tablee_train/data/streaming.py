"""A data set that need not fit into memory, read through once: training rows into parts, hold-out rows into a sample.

What stays in memory is bounded by constants and by the columns, whatever the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from tablee.datasets.store import batches
from tablee.models.problem import ProblemType
from tablee.recipes.fitting import Learnt
from tablee_train.data.column_stats import News, Survey
from tablee_train.data.partitions import Parts, Writer
from tablee_train.data.problem import Problem
from tablee_train.data.sample import Least
from tablee_train.data.split import Division, hashes
from tablee_train.engine.base import TrainingRows

JUDGED_CELLS = 4_000_000
"""Cells of the hold-out rows that models are judged on: 200,000 rows of 20 columns..."""
JUDGED_ROWS = 20_000
"""...but at least so many rows of a wide table."""
SAMPLE_ROWS = 5_000
"""Training rows kept in memory, to take examples from."""
LEARNING_CELLS = 1_000_000
"""Cells of the training rows that a recipe learns from."""
WITNESSES = 50
"""Training rows kept besides, of each column: one that lacks it, and the first of so many levels."""


def judged_rows(width: int) -> int:
    """How many hold-out rows of so many columns are kept in memory."""
    return max(JUDGED_CELLS // width, JUDGED_ROWS)


@dataclass(frozen=True, slots=True)
class Sifted:
    """`holdout` holds the rows with the least hashes of the `held_out` ones: always the same, as these are."""

    train: TrainingRows
    holdout: pl.DataFrame
    held_out: int
    survey: Survey
    made: Survey = field(default_factory=Survey)
    """Of what the steps of a recipe made of the training rows."""


@dataclass(slots=True)
class Spread:
    """Variance of a column, frame by frame (Chan, Golub, LeVeque 1983)."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0

    @property
    def variance(self) -> float:
        return self.squares / self.count if self.count else 1.0

    def add(self, series: pl.Series) -> None:
        if not len(series):
            return
        mean, count = float(series.mean()), self.count + len(series)  # type: ignore[arg-type]
        apart = mean - self.mean
        self.squares += float(((series - mean) ** 2).sum()) + apart**2 * self.count * len(series) / count
        self.mean += apart * len(series) / count
        self.count = count


def glimpse(file: Path, problem: Problem, share: float, advance: Callable[[int], None]) -> pl.DataFrame:
    """Training rows for a recipe to learn from: those with the least hashes, always the same.

    :param advance: as for `sift`, whose errors it has, too.
    """
    division = Division(problem, share)
    while True:
        sample: Least | None = None
        for batch in batches(file):
            rows = problem.kept(batch)
            words = hashes(rows)
            out = division.out(rows, words)
            sample = sample or Least(max(LEARNING_CELLS // batch.width, SAMPLE_ROWS))
            sample.add(rows.filter(~out), words[~out])
            advance(batch.height)
        if not division.settle():
            division.check()
            assert sample is not None  # noqa: S101 (the check refuses a file of no rows)
            return sample.rows()


def sift(
    file: Path,
    problem: Problem,
    share: float,
    columns: Sequence[str],
    parts: Parts,
    advance: Callable[[int], None],
    *,
    judged: int = JUDGED_ROWS,
    learnt: Learnt | None = None,
) -> Sifted:
    """Read a data set's Parquet file through; a second time if some class has none held out.

    :param columns: those that go into the parts, or that the steps read.
    :param judged: most hold-out rows that are kept.
    :param learnt: steps whose columns, and the target, go into the parts instead.
    :param advance: told how many rows were read, again and again; may raise to end it.
    :raises InvalidRequest: hardly any rows differ, or every row of some class is held out.
    """
    division = Division(problem, share)
    while True:
        reading = _Reading(problem, division, columns, judged, learnt)
        with parts.writing() as writer:
            for batch in batches(file):
                reading.take(batch, writer)
                advance(batch.height)
        if not division.settle():
            division.check()
            return reading.sifted(writer.addresses)


class _Reading:
    """One round over all rows."""

    def __init__(
        self, problem: Problem, division: Division, columns: Sequence[str], judged: int, learnt: Learnt | None
    ) -> None:
        self._learnt, self._made = learnt, Survey()
        self._problem, self._division, self._columns = problem, division, tuple(columns)
        self._survey, self._spread = Survey(), Spread()
        self._classes = None if problem.problem_type is ProblemType.REGRESSION else problem.target
        self._sample = Least(SAMPLE_ROWS)
        self._judged = Least(judged, self._classes)
        self._witnesses: list[pl.DataFrame] = []
        self._shown: dict[str, int] = {}
        self._held_out = 0

    def take(self, batch: pl.DataFrame, writer: Writer) -> None:
        rows = self._problem.kept(batch)
        words = hashes(rows)
        out = self._division.out(rows, words)
        train, holdout = rows.filter(~out), rows.filter(out)
        writer.add(train.select(self._columns) if self._learnt is None else self._prepared(self._learnt, train))
        self._sample.add(train, words[~out])
        self._judged.add(holdout, words[out])
        self._held_out += holdout.height
        self._witness(train, self._survey.add(train))
        if self._classes is None:
            self._spread.add(train[self._problem.target])

    def sifted(self, addresses: Sequence[str]) -> Sifted:
        train = TrainingRows(
            height=self._problem.rows - self._held_out,
            frame=pl.concat([*self._witnesses, self._sample.rows()]),
            variance=self._spread.variance,
            addresses=tuple(addresses),
            columns=self._columns if self._learnt is None else (*self._made.columns, self._problem.target),
            numbers=None if self._learnt is None else self._numbers(),
        )
        return Sifted(train, self._judged.rows(), self._held_out, self._survey, self._made)

    def _prepared(self, learnt: Learnt, train: pl.DataFrame) -> pl.DataFrame:
        """What the steps make of training rows, with the target."""
        made = learnt.apply(train)
        self._made.add(made)
        return made.with_columns(train[self._problem.target])

    def _numbers(self) -> frozenset[str]:
        numbers = {name for name, seen in self._made.columns.items() if seen.number}
        return frozenset(numbers | ({self._problem.target} if self._classes is None else set()))

    def _witness(self, train: pl.DataFrame, news: News) -> None:
        places: set[int] = set()
        for name in self._columns:
            values = news.get(name, [])
            wanted = values[: max(WITNESSES - self._shown.get(name, 0), 0)]
            self._shown[name] = self._shown.get(name, 0) + len(wanted)
            found = (train[name].index_of(value) for value in wanted)
            places.update(place for place in found if place is not None)
        if places:
            self._witnesses.append(train[sorted(places)])
