"""Which rows are held out: decided by a hash of the row's content alone.

So the same row is on the same side in every version of a data set that has the same columns, whatever its place in the
file, and identical rows are never on both sides. A champion is judged on rows that neither it nor its challenger saw.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tablee.errors import InvalidRequest
from tablee.models.problem import ProblemType
from tablee_train.data.problem import Problem

ROWS_TO_SPARE = 5
"""A class with at least so many different rows has one of them held out."""
MOST_WORDS = 100
"""Different rows of a class are counted up to here; more are enough for anything."""

Words = NDArray[np.uint64]
_MISSING = 0x9E3779B97F4A7C15
_TOP = float(2**64)


def hashes(frame: pl.DataFrame) -> Words:
    """One 64-bit hash a row over all cells and column names; the order of the columns does not matter."""
    total = np.zeros(frame.height, dtype=np.uint64)
    for series in frame:
        total += _mixed(_cells(series) ^ np.uint64(_digest(series.name)))
    return _mixed(total)


@dataclass(slots=True)
class Members:
    """The rows of one class as seen so far; all rows where there are no classes."""

    rows: int
    trained_on: int
    least: Words
    """Its least different words, at most `MOST_WORDS`."""


class Division:
    """Decides frame by frame who is held out. About `share` of the rows are; of a class that has rows to spare at least
    one, so that it can be judged: that is only known at the end, and then `settle` asks for a second round."""

    def __init__(self, problem: Problem, share: float) -> None:
        self._problem, self._limit = problem, np.uint64(int(share * _TOP))
        self._kept: dict[str, np.uint64] = {}
        self._members: dict[str, Members] = {}

    def out(self, rows: pl.DataFrame, words: Words) -> NDArray[np.bool_]:
        """Which of these rows are held out; `words` are their hashes."""
        labels = self._labels(rows)
        out = words < self._limit
        for label, word in self._kept.items():
            out |= (words == word) & (labels == label).to_numpy()
        noted = pl.DataFrame({"label": labels, "word": words, "out": out}).group_by("label")
        for label, rows_, held, least in noted.agg(
            pl.len(), pl.col("out").sum(), pl.col("word").unique().bottom_k(MOST_WORDS).alias("least")
        ).iter_rows():
            new = Members(rows_, rows_ - held, np.array(sorted(least), dtype=np.uint64))
            old = self._members.get(label)
            self._members[label] = new if old is None else _together(old, new)
        return out

    def settle(self) -> bool:
        """After the last frame: whether all must be asked about again, because a class has none held out."""
        lacking = {
            label: members.least[0]
            for label, members in self._members.items()
            if members.trained_on == members.rows and len(members.least) >= ROWS_TO_SPARE
        }
        if lacking:
            self._kept = lacking
            self._members.clear()
        return bool(lacking)

    def check(self) -> None:
        """:raises InvalidRequest: hardly any rows differ, or every row of some class is held out."""
        rows = sum(members.rows for members in self._members.values())
        trained_on = sum(members.trained_on for members in self._members.values())
        if trained_on in (0, rows):
            different = sum(len(members.least) for members in self._members.values())
            raise InvalidRequest(
                f"the data set has only {different} different rows, too few to hold some of them out",
                hint="Add rows that differ and train again.",
            )
        lost = sorted(label for label, members in self._members.items() if not members.trained_on)
        if lost:
            raise InvalidRequest(
                f"the class «{lost[0]}» of «{self._problem.target}» has only {self._members[lost[0]].rows} different "
                "row(s), all of them held out, so no model could learn it",
                hint="Add rows of that class, or remove it from the data set.",
            )

    def _labels(self, rows: pl.DataFrame) -> pl.Series:
        if self._problem.problem_type is ProblemType.REGRESSION:
            return pl.repeat("", rows.height, dtype=pl.String, eager=True)
        return rows[self._problem.target]


def split(problem: Problem, rows: pl.DataFrame, share: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Training rows and hold-out rows, in the data set's order; neither is empty.

    :param rows: those that have a target (`Problem.kept`).
    :raises InvalidRequest: hardly any rows differ, or every row of some class is held out.
    """
    division, words = Division(problem, share), hashes(rows)
    out = division.out(rows, words)
    if division.settle():
        out = division.out(rows, words)
    division.check()
    return rows.filter(~out), rows.filter(out)


def _together(old: Members, new: Members) -> Members:
    least = np.union1d(old.least, new.least)[:MOST_WORDS]
    return Members(old.rows + new.rows, old.trained_on + new.trained_on, least)


def _cells(series: pl.Series) -> Words:
    """A word for each cell: the bits of a number, a digest of a text."""
    if series.dtype == pl.Float64:
        values = series.fill_null(0.0).to_numpy() + 0.0  # -0.0 becomes 0.0
        words = values.view(np.uint64).copy()
    else:
        texts = series.fill_null("")
        known = texts.unique()
        digests = pl.Series([_digest(text) for text in known.to_list()], dtype=pl.UInt64)
        words = texts.replace_strict(known, digests, return_dtype=pl.UInt64).to_numpy().copy()
    words[series.is_null().to_numpy()] = np.uint64(_MISSING)
    return words


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def _mixed(words: Words) -> Words:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014): every bit of the word decides about every other."""
    words = words + np.uint64(0x9E3779B97F4A7C15)
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
