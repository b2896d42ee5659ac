"""A MOJO on the JVM: the columns that it reads, and the scores of encoded rows."""

from __future__ import annotations

import struct
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jpype
import numpy as np
from numpy.typing import NDArray

from tablee.errors import BundleCorrupt
from tablee.errors.causes import quoted
from tablee_scoring import jvm

Matrix = NDArray[np.float64]
ROWS_PER_CALL = 32_768
"""Rows that are passed to Java at once; it limits the memory on both sides."""


class Mojo:
    """A model loaded from `mojo.zip`; threads may share it.

    `features` are the columns of the model in its order, `domains` their levels (None for numbers), `classes` the
    labels in the order of the scores (empty for regression), `threshold` the probability from which H2O predicts the
    second of two classes.
    """

    def __init__(self, path: Path) -> None:
        """Load the MOJO. Starts the JVM if it does not run.

        :raises BundleCorrupt: the file is no MOJO that can be scored.
        """
        jvm.start()
        try:
            self._java: Any = jvm.java_class("tablee.scoring.Mojo")(str(path.resolve()))
        except jpype.JException as error:
            raise BundleCorrupt("unreadable_mojo", file=path.name, error=quoted("Java", error)) from error
        self.features = _texts(self._java.features())
        self.domains = tuple(None if levels is None else _texts(levels) for levels in self._java.domains())
        classes = self._java.classes()
        self.classes: tuple[str, ...] = () if classes is None else _texts(classes)
        self.response = str(self._java.response())
        self.algorithm = str(self._java.algorithm())
        self.h2o_version = str(self._java.h2oVersion())
        self.threshold = float(self._java.defaultThreshold())
        self._answer_width = int(self._java.width())
        self._kept = 1 + len(self.classes) if self.classes else 1  # the second number of regression has no meaning
        self._doubles = jpype.JArray(jpype.JDouble)
        self._score, self._score_by_h2o = self._java.score, self._java.scoreByH2O
        self._row = struct.Struct(f"{len(self.features)}d")
        self._answer = struct.Struct(f"{self._kept}d")
        self._mine = _Shared(self._java)

    @property
    def width(self) -> int:
        """The number of scores per row: 1 for regression, else the number of classes."""
        return len(self.classes) or 1

    @property
    def is_fast(self) -> bool:
        """Whether the scorers of this package are used (trees, networks, ensembles) instead of H2O's `score0`."""
        return bool(self._java.isFast())

    def answers(self, matrix: Matrix) -> Matrix:
        """The answers of H2O's `score0` for n × f encoded rows.

        For regression n × 1: the value. Else n × (1 + k): the index of the label that H2O predicts, then the
        probabilities.
        """
        return self._run(self._score, matrix)

    def answers_by_h2o(self, matrix: Matrix) -> Matrix:
        """As `answers`, but by H2O's `score0`, row by row: the reference for tests and benchmarks."""
        return self._run(self._score_by_h2o, matrix)

    def answer(self, row: Sequence[float]) -> list[float]:
        """As `answers` for one row as a list; faster than a matrix with one row."""
        return self._one(row, *self._mine.ours)

    def answer_by_h2o(self, row: Sequence[float]) -> list[float]:
        return self._one(row, *self._mine.h2o)

    def scores(self, matrix: Matrix) -> Matrix:
        """n × k scores: the answers without the index of the label."""
        return scores_of(self.answers(matrix))

    def prove_fast(self, matrix: Matrix) -> int | None:
        """Compare the scorers of this package with `score0`, bit for bit. If they differ, `score0` is used from now on.

        :return: the first row (from 0) that differs; None if there is none.
        """
        first = int(self._java.proveFast(self._flat(matrix), len(matrix)))
        return None if first < 0 else first

    def contributions(self) -> Any:
        """The Java object that explains tree models (`explain(double[], int)`); None for other models."""
        return self._java.contributions()

    def explain(self, contributions: Any, matrix: Matrix) -> Matrix:
        """n × (f + 1) contributions to the margin, the bias last."""
        out = np.asarray(memoryview(contributions.explain(self._flat(matrix), len(matrix))))
        return out.reshape(len(matrix), len(self.features) + 1)

    def _run(self, call: Any, matrix: Matrix) -> Matrix:
        parts = [matrix[start : start + ROWS_PER_CALL] for start in range(0, len(matrix), ROWS_PER_CALL)]
        done = [np.asarray(memoryview(call(self._flat(part), len(part)))) for part in parts]
        joined = done[0] if len(done) == 1 else np.concatenate(done) if done else np.empty(0)
        return joined.reshape(len(matrix), self._answer_width)[:, : self._kept]

    def _one(self, row: Sequence[float], score: Any, memory: memoryview) -> list[float]:
        if len(row) != len(self.features):
            raise ValueError(f"expected {len(self.features)} features, got {len(row)}")
        self._row.pack_into(memory, 0, *row)
        score()
        return list(self._answer.unpack_from(memory, self._row.size))

    def _flat(self, matrix: Matrix) -> Any:
        if matrix.ndim != 2 or matrix.shape[1] != len(self.features):
            raise ValueError(f"expected n × {len(self.features)} features, got {matrix.shape}")
        return self._doubles(np.ascontiguousarray(matrix, dtype=np.float64).ravel())


class _Shared(threading.local):
    """The memory that each thread shares with Java, for one row and its answer, and the method that scores it."""

    def __init__(self, java: Any) -> None:
        self.ours, self.h2o = _buffer(java.rowBuffer()), _buffer(java.rowBufferByH2O())


def _buffer(java: Any) -> tuple[Any, memoryview]:
    return java.score, memoryview(java.bytes())


def scores_of(answers: Matrix) -> Matrix:
    """Answers without the index of the label; those of regression have none."""
    return answers if answers.shape[1] == 1 else answers[:, 1:]


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in values)
