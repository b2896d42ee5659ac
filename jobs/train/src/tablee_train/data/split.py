"""Which rows are held out: decided by a hash of the row's content alone.

So a row is on the same side in every version of a data set that has the same columns, wherever it stands in the file,
and identical rows are never on both sides. A champion and a challenger are compared on rows that neither has seen.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tablee.errors import InvalidRequest
from tablee.models.problem import ProblemType
from tablee_train.data.target import Problem

ROWS_TO_HOLD_OUT_ONE = 5
"""Of a class with at least so many different rows, one is held out."""
MAX_HASHES_PER_CLASS = 100
"""Different rows of a class are counted up to here; no decision needs a larger number."""

RowHashes = NDArray[np.uint64]
"""One 64-bit hash for each row (n)."""
_MISSING = 0x9E3779B97F4A7C15
_HASH_RANGE = float(2**64)


def row_hashes(frame: pl.DataFrame) -> RowHashes:
    """A hash of each row over all cells and column names; the order of the columns does not matter."""
    total = np.zeros(frame.height, dtype=np.uint64)
    for series in frame:
        total += _mixed(_cell_hashes(series) ^ np.uint64(_digest(series.name)))
    return _mixed(total)


@dataclass(slots=True)
class ClassRows:
    """Counts of the rows of one class; for regression all rows are one class."""

    rows: int
    trained_on: int
    smallest: RowHashes
    """The smallest different hashes in rising order, at most `MAX_HASHES_PER_CLASS`."""


class HoldoutSplit:
    """Decides frame by frame which rows are held out.

    About `share` of the rows are: those whose hash is small. Of a class with at least `ROWS_TO_HOLD_OUT_ONE` different
    rows at least one is held out, so that models can be judged on that class. Whether a class lacks one is known only
    after the last frame; `needs_second_pass` says so, and then all frames are given once more.
    """

    def __init__(self, problem: Problem, share: float) -> None:
        self._problem, self._limit = problem, np.uint64(int(share * _HASH_RANGE))
        self._forced: dict[str, np.uint64] = {}
        self._classes: dict[str, ClassRows] = {}

    def held_out(self, rows: pl.DataFrame, hashes: RowHashes) -> NDArray[np.bool_]:
        """Whether each of these rows is held out (n); counts the rows.

        :param hashes: those of the rows.
        """
        labels = self._labels(rows)
        out = hashes < self._limit
        for label, row_hash in self._forced.items():
            out |= (hashes == row_hash) & (labels == label).to_numpy()
        counted = pl.DataFrame({"label": labels, "hash": hashes, "out": out}).group_by("label")
        for label, count, held, smallest in counted.agg(
            pl.len(), pl.col("out").sum(), pl.col("hash").unique().bottom_k(MAX_HASHES_PER_CLASS).alias("smallest")
        ).iter_rows():
            new = ClassRows(count, count - held, np.array(sorted(smallest), dtype=np.uint64))
            old = self._classes.get(label)
            self._classes[label] = new if old is None else _merged(old, new)
        return out

    def needs_second_pass(self) -> bool:
        """Call after the last frame: whether all frames must be given again, because a class has no row held out."""
        lacking = {
            label: counts.smallest[0]
            for label, counts in self._classes.items()
            if counts.trained_on == counts.rows and len(counts.smallest) >= ROWS_TO_HOLD_OUT_ONE
        }
        if lacking:
            self._forced = lacking
            self._classes.clear()
        return bool(lacking)

    def check(self) -> None:
        """Refuse a split of which one side, or the training rows of a class, would be empty.

        :raises InvalidRequest: hardly any rows differ, or every row of some class is held out.
        """
        rows = sum(counts.rows for counts in self._classes.values())
        trained_on = sum(counts.trained_on for counts in self._classes.values())
        if trained_on in (0, rows):
            different = sum(len(counts.smallest) for counts in self._classes.values())
            raise InvalidRequest("too_few_different_rows", rows=different, hint="add_different_rows")
        lost = sorted(label for label, counts in self._classes.items() if not counts.trained_on)
        if lost:
            raise InvalidRequest(
                "class_held_out",
                label=lost[0],
                target=self._problem.target,
                rows=self._classes[lost[0]].rows,
                hint="add_rows_of_class",
            )

    def _labels(self, rows: pl.DataFrame) -> pl.Series:
        if self._problem.problem_type is ProblemType.REGRESSION:
            return pl.repeat("", rows.height, dtype=pl.String, eager=True)
        return rows[self._problem.target]


def split(problem: Problem, rows: pl.DataFrame, share: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Training rows and hold-out rows, in the data set's order; neither is empty.

    :param rows: those that have a target (`Problem.with_target`).
    :param share: of the rows to hold out, 0 to 1.
    :raises InvalidRequest: hardly any rows differ, or every row of some class is held out.
    """
    splitter, hashes = HoldoutSplit(problem, share), row_hashes(rows)
    out = splitter.held_out(rows, hashes)
    if splitter.needs_second_pass():
        out = splitter.held_out(rows, hashes)
    splitter.check()
    return rows.filter(~out), rows.filter(out)


def _merged(old: ClassRows, new: ClassRows) -> ClassRows:
    smallest = np.union1d(old.smallest, new.smallest)[:MAX_HASHES_PER_CLASS]
    return ClassRows(old.rows + new.rows, old.trained_on + new.trained_on, smallest)


def _cell_hashes(series: pl.Series) -> RowHashes:
    """A hash of each cell: the bits of a number, a digest of a text."""
    if series.dtype == pl.Float64:
        values = series.to_numpy() + 0.0  # -0.0 becomes 0.0
        hashes = values.view(np.uint64).copy()
    else:
        texts = series.fill_null("")
        known = texts.unique()
        digests = pl.Series([_digest(text) for text in known.to_list()], dtype=pl.UInt64)
        hashes = texts.replace_strict(known, digests, return_dtype=pl.UInt64).to_numpy().copy()
    hashes[series.is_null().to_numpy()] = np.uint64(_MISSING)
    return hashes


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def _mixed(hashes: RowHashes) -> RowHashes:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014): every bit of the input changes every bit of the output."""
    hashes = hashes + np.uint64(0x9E3779B97F4A7C15)
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashes ^ (hashes >> np.uint64(31))
