"""Which rows are held out: decided by a hash of the row's content alone.

So the same row is on the same side in every version of a data set that has the same columns, whatever its place in the
file, and identical rows are never on both sides. A champion is judged on rows that neither it nor its challenger saw.
"""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tablee.contract import ProblemType
from tablee.errors import InvalidRequest
from tablee_train.problem import Problem

ROWS_TO_SPARE = 5
"""A class with at least so many different rows has one of them held out."""

Words = NDArray[np.uint64]
_MISSING = 0x9E3779B97F4A7C15
_TOP = float(2**64)


def hashes(frame: pl.DataFrame) -> Words:
    """One 64-bit hash a row over all cells and column names; the order of the columns does not matter."""
    total = np.zeros(frame.height, dtype=np.uint64)
    for series in frame:
        total += _mixed(_cells(series) ^ np.uint64(_digest(series.name)))
    return _mixed(total)


def split(problem: Problem, share: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Training rows and hold-out rows, in the data set's order; neither is empty.

    About `share` of the rows are held out; of a class that has rows to spare at least one, so that it can be judged.

    :raises InvalidRequest: hardly any rows differ, or every row of some class is held out.
    """
    words = hashes(problem.frame)
    out = words < np.uint64(int(share * _TOP))
    labels = problem.frame[problem.target]
    if problem.problem_type is ProblemType.REGRESSION:
        _keep_one(out, words, np.ones(len(words), dtype=bool))
    else:
        for label in problem.classes:
            _keep_one(out, words, (labels == label).to_numpy())
    train, holdout = problem.frame.filter(~out), problem.frame.filter(out)
    if not holdout.height or not train.height:
        raise InvalidRequest(
            f"the data set has only {len(np.unique(words))} different rows, too few to hold some of them out",
            hint="Add rows that differ and train again.",
        )
    _check_classes(problem, train)
    return train, holdout


def _keep_one(out: NDArray[np.bool_], words: Words, members: NDArray[np.bool_]) -> None:
    """Hold out the member with the least hash (and its equals) if none is and there are rows to spare."""
    mine = words[members]
    if not (out & members).any() and len(np.unique(mine)) >= ROWS_TO_SPARE:
        out |= members & (words == mine.min())


def _check_classes(problem: Problem, train: pl.DataFrame) -> None:
    if problem.problem_type is ProblemType.REGRESSION:
        return
    lost = sorted(set(problem.classes) - set(train[problem.target].unique().to_list()))
    if lost:
        count = int((problem.frame[problem.target] == lost[0]).sum())
        raise InvalidRequest(
            f"the class «{lost[0]}» of «{problem.target}» has only {count} different row(s), all of them held out, "
            "so no model could learn it",
            hint="Add rows of that class, or remove it from the data set.",
        )


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
