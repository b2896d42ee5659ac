"""Whole files scored by a model in this process, in constant memory, on all cores.

One thread reads parts of the file and writes the predictions in their order; the others parse, check, encode and score
one part each. Memory holds a few more parts than there are cores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tablee.errors import InvalidRequest, InvalidTable, ScoringCancelled, TableeError
from tablee.i18n.message import Message
from tablee.models.validation import frames
from tablee.models.validation.block import Block
from tablee.storage.atomic_write import replaced
from tablee.tables import arrow_cells
from tablee.tables.column_names import unique_names
from tablee.tables.csv.parts import CsvPart, csv_parts
from tablee.tables.csv.reader import read_rows
from tablee.tables.csv.records import find_records
from tablee.tables.csv.writer import with_columns
from tablee.tables.ordered_map import ordered_map
from tablee.tables.parquet import ExtendedParquetWriter, parquet_parts
from tablee.tables.prediction_file import FilePart, PredictionFile
from tablee_scoring import finite, jvm
from tablee_scoring.explain import contribution_columns
from tablee_scoring.model import Model

ROWS = 65_536
"""Most rows of a part; each part of a Parquet file becomes a row group of the target."""
EXPLAINED_ROWS = 500
"""Most rows of a part that is explained: a sampled explanation takes up to some 10 ms per row."""

_T = TypeVar("_T")
_U = TypeVar("_U")


@dataclass(frozen=True, slots=True)
class FileScored:
    """Numbers of rows that were scored, and of warnings on their cells."""

    rows: int
    warnings: int


def score_file(
    model: Model, source: Path, target: Path, *, advance: Callable[[int], None], stop: Callable[[], bool]
) -> FileScored:
    """Score a Parquet file, or a comma-separated UTF-8 file that needs no type inference, into one of the same format:
    its columns unchanged, the predictions at their right. `target` appears when it is complete, not before. A Parquet
    file without rows gives one without rows.

    :param advance: called with the number of rows of each part once they are written.
    :param stop: called after each part; ends the scoring if it returns true.
    :raises InvalidRequest: the names do not both end in `.csv`, or both in `.parquet`.
    :raises InvalidTable: the source does not have that format, or is broken.
    :raises InvalidRows: columns or cells do not fit the model; rows and lines are counted in the file.
    :raises ScoringCancelled: `stop()` returned true.
    :raises OSError: a file cannot be read or written.
    """
    kind = source.suffix.lower()
    if kind not in _FORMATS or target.suffix.lower() != kind:
        raise InvalidRequest("different_endings", source=source.name, target=target.name, hint="same_endings")
    rows = warnings = 0
    with replaced(target) as aside:
        for block in _FORMATS[kind](model, source, aside):
            rows += block.rows
            warnings += block.warning_count
            advance(block.rows)
            if stop():
                raise ScoringCancelled("after_rows_of_file", rows=rows, file=source.name)
    return FileScored(rows, warnings)


def score_prediction_file(
    model: Model,
    file: PredictionFile,
    target: Path,
    *,
    advance: Callable[[int], None],
    stop: Callable[[], bool],
    explain: bool = False,
    observe: Callable[[FilePart, pl.DataFrame], None] | None = None,
) -> FileScored:
    """Score a file of any format into one of the same format. `target` appears when it is complete, not before.

    :param advance: called with the number of rows of each part once they are written.
    :param stop: called after each part; ends the scoring if it returns true.
    :param explain: add a column `contribution_<column>` for each column of the contract, and `bias`.
    :param observe: called with each part and the columns that were added to it, in the order of the file.
    :raises InvalidTable: the file is broken.
    :raises InvalidRows: cells do not fit the model; rows are counted in the file.
    :raises ScoringCancelled: `stop()` returned true.
    """

    def work(part: FilePart) -> tuple[Block, pl.DataFrame]:
        block = model.validator.frame(part.cells, first_row=part.first_row)
        predictions = finite.predict(model, block, first_row=part.first_row)
        if not explain:
            return block, predictions.frame()
        return block, predictions.frame().hstack(
            contribution_columns(model.explain(block, predictions.scores), model.contract)
        )

    rows = warnings = 0
    with replaced(target) as aside, aside.open("wb") as out, file.writer(out) as writer:
        for part, result in _on_all_cores(work, file.parts(EXPLAINED_ROWS if explain else ROWS)):
            block, added = result()
            added.columns = unique_names(added.columns, file.names)
            writer.write(part, added)
            if observe is not None:
                observe(part, added)
            rows += block.rows
            warnings += block.warning_count
            advance(block.rows)
            if stop():
                raise ScoringCancelled("after_rows", rows=rows)
    return FileScored(rows, warnings)


def _csv(model: Model, source: Path, target: Path) -> Iterator[Block]:
    def work(part: CsvPart) -> tuple[Block, bytes]:
        frame = read_rows(part.body, formats)
        block = model.validator.frame(frame.select(name for name in frame.columns if name in known))
        added = finite.predict(model, block).frame()
        names = unique_names(added.columns, frame.columns)
        return block, with_columns(find_records(part.body), names, added, header=part.first_row == 1)

    formats = model.contract.cell_formats
    known = {*model.contract.names, *model.contract.ignored}
    with source.open("rb") as file, target.open("wb") as out:
        for part, result in _on_all_cores(work, csv_parts(file, max_rows=ROWS)):
            try:
                block, body = result()
            except TableeError as error:
                raise part.located(error) from None
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
        with pq.ParquetFile(source) as file, ExtendedParquetWriter(file, target, fields) as out:
            if not file.metadata.num_rows:
                model.validator.frame(_frame(model, _null_row(file.schema_arrow)))  # checks the columns
            for (_, batch), result in _on_all_cores(work, parquet_parts(file, ROWS)):
                block, added = result()
                out.write(batch, added)
                yield block
    except pa.ArrowInvalid as error:
        expected = Message("expected.table.parquet")
        raise InvalidTable("unreadable_parquet_file", file=source.name, error=str(error), expected=expected) from error


_FORMATS = {".csv": _csv, ".parquet": _parquet}


def _frame(model: Model, batch: pa.RecordBatch) -> pl.DataFrame:
    """The columns that the contract's check needs. Columns that the contract ignores are left out, since they may have
    types that polars does not have; unknown columns are there without values, so that the check refuses them."""
    read, names = set(model.contract.names), batch.schema.names
    ignored = set(model.contract.ignored)
    unknown = {name: pl.repeat(None, batch.num_rows, eager=True) for name in names if name not in read | ignored}
    frame = pl.DataFrame([arrow_cells.typed(batch.column(name), name) for name in names if name in read])
    if not frame.width:  # a frame without columns has no rows, so columns with rows cannot be added
        return pl.DataFrame(unknown)
    return frames.normalize_types(frame).with_columns(**unknown)


def _null_row(schema: pa.Schema) -> pa.RecordBatch:
    """One row of nulls, to check the columns of a file without rows."""
    return pa.RecordBatch.from_arrays([pa.nulls(1, field.type) for field in schema], names=schema.names)


def _fields(model: Model) -> list[pa.Field]:
    """The columns of the predictions."""
    label = pa.string() if model.contract.target.classes else pa.float64()
    shares = [pa.field(f"probability_{name}", pa.float64()) for name in model.contract.target.classes]
    return [pa.field("prediction", label), *shares]


def _on_all_cores(work: Callable[[_T], _U], items: Iterable[_T]) -> Iterator[tuple[_T, Callable[[], _U]]]:
    cores = _cores()
    return ordered_map(work, items, threads=cores, ahead=cores)


def _cores() -> int:
    """The number of cores that this process may use. Java knows the limits of a container; the JVM runs
    already, because a model is loaded."""
    return int(jvm.java_class("java.lang.Runtime").getRuntime().availableProcessors())
