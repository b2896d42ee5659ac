"""A sample of a file that is not stored yet, from rows all over the file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from tablee.datasets.reading import Corrections
from tablee.tables.table_reader import RowBlock
from tablee_data.inference.conversion import convert
from tablee_data.readers.content import Limits
from tablee_data.readers.opening import OpenTable
from tablee_data.sampling.table_rows import MIN_ROWS, SAMPLE_BYTES, SAMPLE_CELLS, SEED


@dataclass(frozen=True, slots=True)
class SampledRows:
    """Sampled rows of a file, in their order."""

    frame: pl.DataFrame
    """The rows as they would be stored; the types of columns are inferred from these rows alone."""
    rows: int
    """Number of rows of the whole file."""


def sample_rows(
    file: Path,
    *,
    filename: str = "",
    asked: Corrections | None = None,
    limits: Limits | None = None,
    dropped: Collection[str] = (),
) -> SampledRows:
    """All rows of a small file, random rows of a large one. Each row has the same probability, and the same rows are
    drawn each time. The file is read once, in constant memory, and nothing is written.

    :param dropped: columns that are left out, and may have any type.
    :raises InvalidTable: the file is not a valid table; names line and column.
    :raises InvalidRequest: a correction does not fit the file.
    """
    table = OpenTable.of(file, filename, asked or Corrections(), limits=limits, dropped=dropped)
    sample = _Sample()
    for block in table.reader.blocks():
        sample.add(block.frame)
    rows = RowBlock(sample.frame(), line_of=lambda row: row + 1)
    table.inference.update(rows)
    return SampledRows(convert(rows, table.inference.types()).drop(dropped, strict=False), sample.rows)


class _Sample:
    """A sample in which every row has the same probability. It is halved whenever the sample is too large."""

    def __init__(self) -> None:
        self.rows = 0
        self._probability = 1.0
        self._kept: list[pl.DataFrame] = []
        self._random = np.random.default_rng(SEED)

    def add(self, frame: pl.DataFrame) -> None:
        self.rows += frame.height
        self._kept.append(self._drawn(frame, self._probability))
        while self._is_too_large():
            self._probability /= 2
            self._kept = [self._drawn(pl.concat(self._kept), 0.5)]

    def frame(self) -> pl.DataFrame:
        return pl.concat(self._kept)

    def _drawn(self, frame: pl.DataFrame, probability: float) -> pl.DataFrame:
        if probability == 1:
            return frame
        return frame.filter(pl.Series(self._random.random(frame.height) < probability))

    def _is_too_large(self) -> bool:
        rows = sum(each.height for each in self._kept)
        if rows < 2 * MIN_ROWS:
            return False
        size = sum(each.estimated_size() for each in self._kept)
        return rows * self._kept[0].width > SAMPLE_CELLS or size > SAMPLE_BYTES
