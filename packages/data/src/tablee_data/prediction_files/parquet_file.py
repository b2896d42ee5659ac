"""Parquet files to be predicted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from operator import add
from typing import IO, Any

import polars as pl
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from tablee.datasets.batches import batch_rows
from tablee.datasets.reading import Corrections, Decision, Reading
from tablee.errors import InvalidTable
from tablee.errors.causes import file_fault
from tablee.i18n.message import Message
from tablee.models.columns import NumberColumn
from tablee.models.contract import Contract
from tablee.models.validation.arrow_columns import read_column
from tablee.models.validation.names import put_in_order
from tablee.tables import arrow_cells
from tablee.tables.cells.cell_format import CellFormat
from tablee.tables.parquet import parquet_parts
from tablee.tables.prediction_file import FilePart, PredictionWriter
from tablee.tables.table_reader import RowBlock
from tablee_data.prediction_files import contract_expectations
from tablee_data.prediction_files.contradictions import FormatCheck, SaidFormats
from tablee_data.prediction_files.model_cells import model_cells
from tablee_data.prediction_files.writers import ParquetWriter
from tablee_data.readers.columnar.file import arrow_errors
from tablee_data.readers.content import KeptFile, Source


@dataclass(frozen=True, slots=True)
class ParquetPredictionFile:
    """A Parquet file. Columns that the model does not read may have any type."""

    source: Source
    filename: str
    """The name of the file with predictions."""
    contract: Contract
    reading: Reading
    """With the format of each column of numbers or dates that the file has as texts."""
    decisions: tuple[Decision, ...]
    names: list[str]
    left_out: tuple[str, ...]
    """Columns that the model does not know."""
    rows: int
    encoding: str = "utf-8"

    @property
    def types(self) -> dict[str, str]:
        """The type of each column that the model reads: number, date or text."""
        dates = {name for name, each in self.reading.cells.items() if each.date is not None}
        return {
            each.name: "number" if isinstance(each, NumberColumn) else "date" if each.name in dates else "text"
            for each in self.contract.columns
        }

    def beginning(self, rows: int) -> pl.DataFrame:
        """At most that many of the first rows, as the model reads them."""
        return next(self.parts(rows)).cells

    def parts(self, max_rows: int) -> Iterator[FilePart]:
        size = self.source.path.stat().st_size
        done = 0
        with arrow_errors("parquet", lambda: done), pq.ParquetFile(self.source.path) as file:
            for first_row, batch in parquet_parts(file, max_rows):
                done = first_row - 1 + batch.num_rows
                bytes_read = size * done // self.rows - size * (first_row - 1) // self.rows
                yield FilePart(self._cells(batch, first_row), batch, partial(_preview, batch), first_row, bytes_read)
            if not self.rows:
                empty = pa.RecordBatch.from_pylist([], schema=file.schema_arrow)
                yield FilePart(pl.DataFrame(), empty, partial(_preview, empty), 1, size)

    @contextmanager
    def writer(self, target: IO[bytes]) -> Iterator[PredictionWriter]:
        with pq.ParquetFile(self.source.path) as file, closing(ParquetWriter(file, target)) as writer:
            yield writer

    def _cells(self, batch: pa.RecordBatch, first_row: int) -> pl.DataFrame:
        written = put_in_order({name: name for name in self.names}, self.contract.names)
        texts = _texts(batch, {name: written[name] for name in self.reading.cells}, first_row)
        read = model_cells(texts, self.reading.cells, first_row, typed=True)
        columns = [
            read[each.name] if each.name in read else read_column(batch.column(written[each.name]), each, first_row)
            for each in self.contract.columns
        ]
        return pl.DataFrame(columns)


def as_parquet(source: Source) -> Source:
    """A file of Arrow as one of Parquet, which is kept until the source is forgotten.

    :raises InvalidTable: the file is broken, or Parquet cannot hold its cells.
    """
    kept = source.kept["parquet"] = KeptFile()
    with (
        arrow_errors("arrow"),
        pa.memory_map(str(source.path)) as mapped,
        pa.ipc.open_file(mapped) as reader,
        pq.ParquetWriter(kept.path, reader.schema) as out,
    ):
        for at in range(reader.num_record_batches):
            out.write_batch(reader.get_batch(at))
    return Source(kept.path, "none", source.limits, source.kept)


def open_parquet_file(
    source: Source,
    filename: str,
    contract: Contract,
    reading: Reading,
    decisions: tuple[Decision, ...],
    asked: Corrections,
    *,
    may_be_empty: bool = False,
) -> ParquetPredictionFile:
    """
    :param asked: what a person has decided about columns; it holds for numbers and dates that are texts in the file.
    :param may_be_empty: whether a file without rows is accepted; it has one part without rows.
    :raises InvalidTable: the file is broken, has no row, has a column twice, or its texts contradict the model.
    :raises InvalidRows: its columns are not those of the contract.
    :raises InvalidRequest: a correction does not fit.
    """
    try:
        with pq.ParquetFile(source.path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        expected = Message("expected.table.parquet")
        raise InvalidTable("unreadable_parquet", error=file_fault("Arrow", error), expected=expected) from None
    if not rows and not may_be_empty:
        raise InvalidTable("no_rows", expected=Message("expected.table.one_row"))
    names = list(schema.names)
    if len(set(names)) < len(names):
        twice = max(names, key=names.count)
        expected = Message("expected.table.different_names")
        raise InvalidTable("repeated_name", name=twice, column=twice, expected=expected)
    left_out = contract_expectations.left_out(contract, names)
    formats = contract_expectations.cell_formats(contract, asked)
    written = put_in_order({name: name for name in names}, contract.names)
    formats = {
        name: each
        for name, each in formats.items()
        if (each.number is not None or each.date is not None) and _is_text(schema.field(written[name]).type)
    }
    if formats:
        formats |= _decided(source, formats, {name: written[name] for name in formats}, asked)
    reading = reading.model_copy(update={"cells": formats})
    target = contract_expectations.output_name(filename, "parquet")
    return ParquetPredictionFile(source, target, contract, reading, decisions, names, left_out, rows)


def _decided(
    source: Source, formats: Mapping[str, CellFormat], written: Mapping[str, str], asked: Corrections
) -> dict[str, CellFormat]:
    """The formats that the file decides.

    :param written: by column: its name in the file.
    :raises InvalidTable: a column is written otherwise than the model's data set.
    """

    def blocks() -> Iterator[RowBlock]:
        with pq.ParquetFile(source.path) as file:
            row = 1
            for batch in file.iter_batches(batch_rows(len(written)), columns=[*written.values()]):
                yield RowBlock(_texts(batch, written, row), partial(add, row))
                row += batch.num_rows

    check, said = FormatCheck(formats), SaidFormats(asked, formats)
    try:
        for block in blocks():
            said.check(block)
            check.update(block)
        return check.refuse_contradictions(blocks)
    except (pa.ArrowException, OSError) as error:
        raise InvalidTable("broken_parquet", error=file_fault("Arrow", error)) from None


def _texts(batch: pa.RecordBatch, written: Mapping[str, str], first_row: int) -> pl.DataFrame:
    """Columns of texts by the names of the model."""
    return pl.DataFrame([arrow_cells.texts(batch.column(own), name, first_row) for name, own in written.items()])


def _is_text(data_type: Any) -> bool:
    found, types = arrow_cells.value_type(data_type), pa.types
    return any(test(found) for test in (types.is_string, types.is_large_string, types.is_string_view))


def _preview(batch: pa.RecordBatch, rows: int) -> pl.DataFrame:
    first = batch.slice(0, rows)
    return pl.DataFrame([_readable(name, array) for name, array in zip(batch.schema.names, first.columns, strict=True)])


def _readable(name: str, array: Any) -> pl.Series:
    """Cells as people read them, of any type."""
    if pa.types.is_integer(array.type) or pa.types.is_floating(array.type):
        return arrow_cells.typed(array, name)
    try:
        return arrow_cells.texts(array, name, 1)
    except (InvalidTable, pa.ArrowException):
        return pl.Series(name, ["" if cell.is_valid else None for cell in array], pl.String)
