"""From a file to a Parquet file and what is known of its columns, in constant memory.

The file is read twice: what a column is, is decided over all of its rows, and only then is anything written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tablee.datasets import BATCH_CELLS, ColumnSummary
from tablee.errors import InvalidTable
from tablee.reading import Corrections, Decision, Reading
from tablee_data.intake.content import Limits, Source
from tablee_data.intake.conversion import converted
from tablee_data.intake.guard import Guard, discreet
from tablee_data.intake.kinds import Decider
from tablee_data.intake.sniff import begun, is_typed, opened
from tablee_data.intake.summaries import Summaries


@dataclass(frozen=True, slots=True)
class Table:
    """What a file became."""

    reading: Reading
    decisions: tuple[Decision, ...]
    rows: int
    columns: tuple[ColumnSummary, ...]
    bytes: int
    """Of the file, unpacked; of a Parquet file at least eight a cell."""


def read(
    file: Path,
    target: Path,
    *,
    filename: str = "",
    asked: Corrections | None = None,
    guard: Guard | None = None,
    limits: Limits | None = None,
) -> Table:
    """Read a file of any known format and write it as Parquet: numbers as float64, dates as ISO 8601 texts, everything
    else as text, missing values as null.

    :param guard: applied to every batch before it is written or summarised.
    :raises InvalidTable: the file is no sound table; names line and column. `target` is worth nothing then.
    :raises InvalidRequest: a correction does not fit.
    """
    try:
        return _read(file, target, filename, asked or Corrections(), guard, limits)
    except InvalidTable as error:
        if guard is None:
            raise
        raise discreet(error, guard) from None


def _read(
    file: Path, target: Path, filename: str, asked: Corrections, guard: Guard | None, limits: Limits | None
) -> Table:
    source = Source.of(file, limits)
    reading, decisions = begun(source, filename, asked)
    texts = opened(source, reading)
    decider = Decider(texts.names, texts.numbers, asked, reading, typed=is_typed(reading))
    for block in texts.blocks():
        decider.see(block.frame)
    kinds = decider.decided()
    texts = opened(source, kinds.reading)
    frames = (converted(block, kinds) for block in texts.blocks(floats=kinds.plain))
    if guard is not None:
        frames = map(guard.apply, frames)
    hidden = {name for name in kinds.reading.dates if guard is not None and guard.hides(name)}
    summaries = written(frames, target, dates=frozenset(kinds.reading.dates) - hidden)
    size = source.unpacked_bytes()
    if reading.format == "parquet":
        size = max(size, 8 * summaries.rows * len(texts.names))
    return Table(kinds.reading, (*decisions, *kinds.decisions), summaries.rows, summaries.all(), size)


def written(frames: Iterator[pl.DataFrame], target: Path, *, dates: frozenset[str]) -> Summaries:
    """Write frames of the same columns as one Parquet file; what is known of them.

    :param dates: columns that hold ISO 8601 texts.
    """
    summaries: Summaries | None = None
    with Writer(target) as writer:
        for frame in frames:
            if summaries is None:
                summaries = Summaries(frame.schema, dates)
            summaries.add(frame)
            writer.write(frame)
    return summaries or Summaries(pl.Schema(), dates)


class Writer:
    """A Parquet file in row groups of about `BATCH_CELLS`."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._writer: Any = None
        self._waiting: list[pl.DataFrame] = []

    def write(self, frame: pl.DataFrame) -> None:
        self._waiting.append(frame)
        if sum(each.height for each in self._waiting) * max(frame.width, 1) >= BATCH_CELLS:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        frame = pl.concat(self._waiting)
        self._waiting.clear()
        fields = [(n, pa.float64() if k == pl.Float64 else pa.large_string()) for n, k in frame.schema.items()]
        schema = pa.schema(fields)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._target, schema, compression="zstd", compression_level=1)
        self._writer.write_table(frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema))

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        if kind is None:
            self._flush()
        if self._writer is not None:
            self._writer.close()
