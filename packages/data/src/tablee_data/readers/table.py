"""A file of any known format, written as Parquet with a summary of each column, in constant memory.

All rows of a column decide its type. While a file is read, it is also written with the types of the rows so far; most
files keep those types and are read once. If a later row changes them, writing stops, and the file is read again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tablee.datasets.batches import BATCH_CELLS
from tablee.datasets.hidden_cells import decisions_without_cells
from tablee.datasets.manifest import ColumnSummary
from tablee.datasets.privacy import Anonymised
from tablee.datasets.reading import Corrections, Decision, Reading
from tablee.tables.cells.cell_format import CellFormat
from tablee_data.inference.conversion import convert
from tablee_data.inference.types import ColumnTypes
from tablee_data.privacy.batch_filter import BatchFilter, actions_of, dropped_columns, errors_without_values
from tablee_data.privacy.original_findings import OriginalValues
from tablee_data.readers.content import Limits
from tablee_data.readers.opening import OpenTable, open_reader
from tablee_data.statistics.summaries import ColumnSummaries


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a file."""

    reading: Reading
    decisions: tuple[Decision, ...]
    rows: int
    columns: tuple[ColumnSummary, ...]
    bytes: int
    """Bytes of the file, unpacked; of a Parquet file, at least 8 for each cell."""
    anonymised: Anonymised | None
    """The privacy actions that were applied, with what was found in the columns before."""


def read(
    file: Path,
    target: Path,
    *,
    filename: str = "",
    asked: Corrections | None = None,
    batch_filter: BatchFilter | None = None,
    limits: Limits | None = None,
    known: Mapping[str, CellFormat] | None = None,
) -> Table:
    """Read a file of any known format and write it as Parquet: numbers as float64, dates as ISO 8601 texts, everything
    else as text, missing values as null.

    :param asked: what a person has decided about the reading.
    :param known: the formats of the columns, if an earlier version of the data set has decided them.
    :param batch_filter: applied to every batch before it is written or summarised.
    :raises InvalidTable: the file is not a valid table; names line and column. `target` is incomplete then.
    :raises InvalidRequest: a correction does not fit.
    """
    asked = asked or Corrections()
    with errors_without_values(batch_filter):
        dropped = dropped_columns(batch_filter)
        table = OpenTable.of(file, filename, asked, limits=limits, dropped=dropped, known=known)
        inference = table.inference
        before: ColumnTypes | None = None
        unchanged = True
        with Output(target, batch_filter) as output:
            for block in table.reader.blocks(inference.number_columns):
                inference.update(block)
                types = inference.types()
                unchanged = unchanged and (before is None or before.same_cells(types))
                before = types
                if unchanged:
                    output.write(convert(block, types), types.dates)
        inference.refuse_unsure_numbers()
        types = inference.types()
        if not unchanged:
            with Output(target, batch_filter) as output:
                for block in open_reader(table.source, types.reading, asked, dropped).blocks(inference.number_columns):
                    output.write(convert(block, types), types.dates)
        size = table.source.unpacked_bytes()
        if table.reading.format in ("parquet", "arrow"):
            size = max(size, 8 * output.rows * len(table.reader.names))
        decisions = decisions_without_cells(table.decisions(types), actions_of(batch_filter))
        return Table(types.reading, decisions, output.rows, output.columns, size, output.anonymised)


class Output:
    """Writes a Parquet file batch by batch, and summarises its columns."""

    def __init__(self, target: Path, batch_filter: BatchFilter | None = None) -> None:
        self._filter, self._summaries = batch_filter, ColumnSummaries(pl.Schema(), ())
        self._originals = OriginalValues(actions_of(batch_filter))
        self._writer = _Writer(target)

    def write(self, frame: pl.DataFrame, dates: Collection[str]) -> None:
        """:param dates: columns that hold ISO 8601 texts."""
        batch_filter = self._filter
        if batch_filter is not None:
            self._originals.add(frame)
            frame = batch_filter.apply(frame)
            dates = [name for name in dates if not batch_filter.hides(name)]
        if not self._summaries.rows:
            self._summaries = ColumnSummaries(frame.schema, dates)
        self._summaries.add(frame)
        self._writer.write(frame)

    @property
    def rows(self) -> int:
        return self._summaries.rows

    @property
    def columns(self) -> tuple[ColumnSummary, ...]:
        return self._summaries.all()

    @property
    def anonymised(self) -> Anonymised | None:
        """What the filter did, with what was found in the columns before; None without a filter."""
        if self._filter is None:
            return None
        return self._filter.anonymised.model_copy(update={"findings": self._originals.findings})

    def __enter__(self) -> Output:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._writer.close(whole=kind is None)


class _Writer:
    """Writes a Parquet file of float64 and texts in row groups of about `BATCH_CELLS` cells.

    LZ4 compresses as well as Snappy and is read in half of the time.
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
