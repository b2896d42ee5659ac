"""Whole files scored where the model is: CSV to CSV, Parquet to Parquet, in constant memory, on all cores.

One thread reads blocks and writes answers in their order; the others parse, check, encode, score and shape a block
each. A few blocks more than there are cores are in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tablee.errors import InvalidRequest, InvalidTable, ScoringCancelled, TableeError
from tablee.models.contract import Block, NumberColumn
from tablee.models.validation import frames
from tablee.storage.atomic_write import replaced
from tablee.tables import csv_bytes, csv_reader
from tablee.tables.csv_chunks import Chunk, chunks, located, split_header
from tablee.tables.ordered_map import in_order
from tablee.tables.parquet_parts import Widened, batches
from tablee.tables.prediction_file import FilePart, PredictionFile
from tablee_scoring import finite, jvm
from tablee_scoring.model import Model

ROWS = 65_536
"""Most rows of a block; of a Parquet file each becomes a row group of the answer."""

_T = TypeVar("_T")
_U = TypeVar("_U")


@dataclass(frozen=True, slots=True)
class FileScored:
    """What was scored: rows, and warnings on their cells."""

    rows: int
    warnings: int


def score_file(
    model: Model, source: Path, target: Path, *, advance: Callable[[int], None], stop: Callable[[], bool]
) -> FileScored:
    """Score a CSV or Parquet file into one of the same format: its own columns as they are, the predictions at their
    right. `target` appears when it is whole, and not before; a Parquet file of no rows is answered by one of no rows.

    :param advance: told the rows of each block once they are written.
    :param stop: asked after each block.
    :raises InvalidRequest: names that do not both end in `.csv`, or both in `.parquet`.
    :raises InvalidTable: the source is no such file, or is broken.
    :raises InvalidRows: columns or cells that do not fit the model; rows and lines are counted in the file.
    :raises ScoringCancelled: `stop()` said so.
    :raises OSError: a file cannot be read or written.
    """
    kind = source.suffix.lower()
    if kind not in _FORMATS or target.suffix.lower() != kind:
        raise InvalidRequest(
            f"«{source.name}» cannot be scored into «{target.name}»: expected .csv to .csv, or .parquet to .parquet",
            hint="Name both files with the ending of their format.",
        )
    rows = warnings = 0
    with replaced(target) as aside:
        for block in _FORMATS[kind](model, source, aside):
            rows += block.rows
            warnings += block.warning_count
            advance(block.rows)
            if stop():
                raise ScoringCancelled(f"cancelled after {rows:,} rows of {source.name}")
    return FileScored(rows, warnings)


def score_own(
    model: Model, file: PredictionFile, target: Path, *, advance: Callable[[int], None], stop: Callable[[], bool]
) -> FileScored:
    """Score a file of any form into one of its own form. `target` appears when it is whole, and not before.

    :param advance: told the rows of each block once they are written.
    :param stop: asked after each block.
    :raises InvalidTable: the file is broken.
    :raises InvalidRows: cells that do not fit the model; rows are counted in the file.
    :raises ScoringCancelled: `stop()` said so.
    """

    def work(part: FilePart) -> tuple[Block, pl.DataFrame]:
        block = model.validator.frame(part.cells, first_row=part.first_row)
        return block, finite.predict(model, block, first_row=part.first_row).frame()

    rows = warnings = 0
    with replaced(target) as aside, aside.open("wb") as out, file.writer(out) as writer:
        for part, result in _in_order(work, file.parts(ROWS)):
            block, added = result()
            added.columns = csv_bytes.fresh(added.columns, file.names)
            writer.write(part, added)
            rows += block.rows
            warnings += block.warning_count
            advance(block.rows)
            if stop():
                raise ScoringCancelled(f"cancelled after {rows:,} rows")
    return FileScored(rows, warnings)


def _csv(model: Model, source: Path, target: Path) -> Iterator[Block]:
    def work(chunk: Chunk) -> tuple[Block, bytes]:
        frame = csv_reader.read_rows(chunk.body, numbers)
        block = model.validator.frame(frame)
        added = finite.predict(model, block).frame()
        records = csv_bytes.records(chunk.body) or csv_bytes.patient_records(chunk.body)
        body = csv_bytes.appended(records, csv_bytes.fresh(added.columns, frame.columns), added)
        return block, body if chunk.first_row == 1 else split_header(body)[1]

    numbers = {column.name for column in model.contract.columns if isinstance(column, NumberColumn)}
    with source.open("rb") as file, target.open("wb") as out:
        for chunk, result in _in_order(work, chunks(file, max_rows=ROWS)):
            try:
                block, body = result()
            except TableeError as error:
                raise located(error, chunk) from None
            out.write(body)
            yield block


def _parquet(model: Model, source: Path, target: Path) -> Iterator[Block]:
    def work(numbered: tuple[int, pa.RecordBatch]) -> tuple[Block, list[pa.Array]]:
        first_row, batch = numbered
        block = model.validator.frame(_frame(model, batch), first_row=first_row)
        added = finite.predict(model, block, first_row=first_row).frame()
        return block, [column.to_arrow().cast(field.type) for column, field in zip(added, fields, strict=True)]

    fields = _fields(model)
    try:
        with pq.ParquetFile(source) as file, Widened(file, target, fields) as out:
            if not file.metadata.num_rows:
                model.validator.frame(_frame(model, _one_row_of(file.schema_arrow)))  # are its columns right?
            for (_, batch), result in _in_order(work, batches(file, ROWS)):
                block, added = result()
                out.write(batch, added)
                yield block
    except pa.ArrowInvalid as error:
        raise InvalidTable(f"{source.name} cannot be read as Parquet: {error}", expected="a Parquet file") from error


_FORMATS = {".csv": _csv, ".parquet": _parquet}


def _frame(model: Model, batch: pa.RecordBatch) -> pl.DataFrame:
    """What the check needs of a batch: columns that the contract ignores may be of any type, even one that polars
    lacks."""
    read, names = set(model.contract.names), batch.schema.names
    ignored = set(model.contract.ignored)
    unknown = {name: pl.repeat(None, batch.num_rows, eager=True) for name in names if name not in read | ignored}
    frame = cast(pl.DataFrame, pl.from_arrow(batch.select([name for name in names if name in read])))
    if not frame.width:  # such a frame has no rows either, and takes no columns of some
        return pl.DataFrame(unknown)
    return frames.plain(frame).with_columns(**unknown)


def _one_row_of(schema: pa.Schema) -> pa.RecordBatch:
    """A row without values, to look at columns where there are no rows."""
    return pa.RecordBatch.from_arrays([pa.nulls(1, field.type) for field in schema], names=schema.names)


def _fields(model: Model) -> list[pa.Field]:
    """The predictions' columns."""
    label = pa.string() if model.contract.target.classes else pa.float64()
    shares = [pa.field(f"probability_{name}", pa.float64()) for name in model.contract.target.classes]
    return [pa.field("prediction", label), *shares]


def _in_order(work: Callable[[_T], _U], items: Iterable[_T]) -> Iterator[tuple[_T, Callable[[], _U]]]:
    cores = _cores()
    return in_order(work, items, threads=cores, ahead=cores)


def _cores() -> int:
    """Those that this process may use: Java knows the limits of a container, too, and it runs, for there is a model."""
    return int(jvm.java_class("java.lang.Runtime").getRuntime().availableProcessors())
