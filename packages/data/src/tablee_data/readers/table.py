"""From a file to a Parquet file and what is known of its columns, in constant memory.

What a column is, is decided over all of its rows. A file is written on the way as its beginning has it; when a later
row is otherwise, the rest is only looked at, and the file is read once more.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tablee.datasets.reading import Corrections, Decision, Reading
from tablee.datasets.store import BATCH_CELLS, ColumnSummary
from tablee.errors import InvalidTable
from tablee_data.inference.conversion import converted
from tablee_data.inference.types import Decider, Kinds
from tablee_data.privacy.batch_filter import Guard, discreet
from tablee_data.readers.content import Limits, Source
from tablee_data.readers.sniff import begun, is_typed, opened
from tablee_data.statistics.columns import Summaries


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
    before: Kinds | None = None
    agreed = True
    with Output(target, guard) as output:  # most files are what they begin as, and read once
        for block in texts.blocks(decider.plain):
            decider.see(block.frame)
            kinds = decider.decided()
            agreed = agreed and (before is None or before.same(kinds))
            before = kinds
            if agreed:
                output.write(converted(block, kinds), kinds.reading.dates)
    kinds = decider.decided()
    if not agreed:
        with Output(target, guard) as output:
            for block in opened(source, kinds.reading).blocks(decider.plain):
                output.write(converted(block, kinds), kinds.reading.dates)
    size = source.unpacked_bytes()
    if reading.format == "parquet":
        size = max(size, 8 * output.rows * len(texts.names))
    return Table(kinds.reading, (*decisions, *kinds.decisions), output.rows, output.columns, size)


class Output:
    """A Parquet file that is written batch by batch, and what is known of its columns."""

    def __init__(self, target: Path, guard: Guard | None = None) -> None:
        self._guard, self._summaries = guard, Summaries(pl.Schema(), ())
        self._writer = Writer(target)

    def write(self, frame: pl.DataFrame, dates: Collection[str]) -> None:
        """
        :param dates: columns that hold ISO 8601 texts.
        """
        guard = self._guard
        if guard is not None:
            frame = guard.apply(frame)
            dates = [name for name in dates if not guard.hides(name)]
        if not self._summaries.rows:
            self._summaries = Summaries(frame.schema, dates)
        self._summaries.add(frame)
        self._writer.write(frame)

    @property
    def rows(self) -> int:
        return self._summaries.rows

    @property
    def columns(self) -> tuple[ColumnSummary, ...]:
        return self._summaries.all()

    def __enter__(self) -> Output:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._writer.close(whole=kind is None)


class Writer:
    """A Parquet file of float64 and texts in row groups of about `BATCH_CELLS`.

    LZ4 makes it as small as Snappy does, and it is read in half of the time.
    """

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
        texts = [name for name, kind in frame.schema.items() if kind != pl.Float64]
        fields = [(n, pa.float64() if k == pl.Float64 else pa.large_string()) for n, k in frame.schema.items()]
        schema = pa.schema(fields)
        if self._writer is None:
            options = {"compression": "lz4", "use_dictionary": texts, "write_statistics": False}
            self._writer = pq.ParquetWriter(self._target, schema, **options)
        self._writer.write_table(frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema))

    def close(self, *, whole: bool) -> None:
        if whole:
            self._flush()
        if self._writer is not None:
            self._writer.close()
