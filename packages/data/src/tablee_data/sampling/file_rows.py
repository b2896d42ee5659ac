"""Rows from all over a file, to look at before it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from tablee.datasets.reading import Corrections
from tablee_data.inference.conversion import convert_frame
from tablee_data.inference.types import TypeInference
from tablee_data.readers.content import Limits, Source
from tablee_data.readers.reading_detection import detect_reading, is_typed, open_reader
from tablee_data.sampling.table_rows import LEAST_ROWS, SAMPLE_BYTES, SAMPLE_CELLS, SEED


@dataclass(frozen=True, slots=True)
class SampledRows:
    """Rows of a file, in their order."""

    frame: pl.DataFrame
    """As they would be stored, as far as they themselves tell what their columns are."""
    rows: int
    """Of the whole file."""


def sample_rows(
    file: Path, *, filename: str = "", asked: Corrections | None = None, limits: Limits | None = None
) -> SampledRows:
    """All rows of a small file, and a random part of a large one: each row is as likely as any other, and the same ones
    are drawn each time. The file is read once, a part at a time, and nothing is written.

    :raises InvalidTable: the file is no sound table; names line and column.
    :raises InvalidRequest: a correction does not fit.
    """
    asked = asked or Corrections()
    source = Source.of(file, limits)
    reading, _ = detect_reading(source, filename, asked)
    reader = open_reader(source, reading)
    inference = TypeInference(reader.names, reader.numbers, asked, reading, typed=is_typed(reading))
    drawn = _Drawn()
    for block in reader.blocks():
        drawn.add(block.frame)
    frame = drawn.frame()
    inference.update(frame)
    return SampledRows(convert_frame(frame, inference.types()), drawn.rows)


class _Drawn:
    """Each row with the same chance, which is halved whenever more is kept than may be."""

    def __init__(self) -> None:
        self.rows = 0
        self._chance = 1.0
        self._kept: list[pl.DataFrame] = []
        self._random = np.random.default_rng(SEED)

    def add(self, frame: pl.DataFrame) -> None:
        self.rows += frame.height
        self._kept.append(self._some(frame, self._chance))
        while self._is_much():
            self._chance /= 2
            self._kept = [self._some(pl.concat(self._kept), 0.5)]

    def frame(self) -> pl.DataFrame:
        return pl.concat(self._kept)

    def _some(self, frame: pl.DataFrame, chance: float) -> pl.DataFrame:
        if chance == 1:
            return frame
        return frame.filter(pl.Series(self._random.random(frame.height) < chance))

    def _is_much(self) -> bool:
        rows = sum(each.height for each in self._kept)
        if rows < 2 * LEAST_ROWS:
            return False
        size = sum(each.estimated_size() for each in self._kept)
        return rows * self._kept[0].width > SAMPLE_CELLS or size > SAMPLE_BYTES
