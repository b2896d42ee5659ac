"""Writers of a file in its own format, with new columns at the right."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable
from typing import IO, Any

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tablee.datasets.reading import Encoding, Reading
from tablee.tables.csv.dialect import Dialect
from tablee.tables.csv.writer import extended_header, write_csv, write_rows
from tablee.tables.parquet import ExtendedParquetWriter
from tablee.tables.prediction_file import FilePart
from tablee_data.inference.habits import Habits
from tablee_data.readers.csv.reader import CsvReader
from tablee_data.readers.detection.encodings import BYTE_ORDER_MARKS


def byte_order_mark(start: bytes, source: Encoding, target: Encoding) -> bytes:
    """The mark at the beginning of a written file: that of the source if the encodings are the same, else that of
    UTF-8, so that spreadsheets notice the change.

    :param start: the first bytes of the source.
    :param source: its encoding.
    :param target: the encoding that is written.
    """
    if target != source:
        return codecs.BOM_UTF8
    return next((mark for mark, meant in BYTE_ORDER_MARKS.items() if meant == source and start.startswith(mark)), b"")


class EncodedOutput:
    """Takes UTF-8 and writes another encoding."""

    def __init__(self, target: IO[bytes], encoding: Encoding, mark: bytes) -> None:
        """:param mark: the byte order mark, which is written first; may be empty."""
        self._target, self._codec = target, None if encoding == "utf-8" else encoding
        target.write(mark)

    def write(self, text: bytes) -> None:
        self._target.write(text.decode().encode(self._codec) if self._codec else text)


class CsvWriter:
    """Writes CSV in the dialect, decimal sign and line breaks of the source; the source's records keep their bytes."""

    def __init__(self, out: EncodedOutput, source: CsvReader, reading: Reading) -> None:
        self._out, self._source, self._reading = out, source, reading
        self._dialect = Dialect(reading.separator, reading.quote_sign or '"')
        self._has_head = False

    def write(self, part: FilePart, added: pl.DataFrame) -> None:
        if not self._has_head:
            self._write_head(added.columns)
        out = io.BytesIO()
        write_rows(
            out,
            part.original,
            added,
            dialect=self._dialect,
            decimal=Habits.of(self._reading).decimal or ".",
            line_break=self._source.line_break,
        )
        self._out.write(out.getvalue())

    def _write_head(self, names: Iterable[str]) -> None:
        head = self._source.head
        if self._reading.header:
            line_break = self._source.line_break
            head = extended_header(head.rstrip(b"\r\n"), names, dialect=self._dialect, line_break=line_break)
        self._out.write(head)
        self._has_head = True


class JsonLinesWriter:
    """Writes each object of the source with more members."""

    def __init__(self, out: EncodedOutput) -> None:
        self._out = out

    def write(self, part: FilePart, added: pl.DataFrame) -> None:
        rows = zip(part.original, added.iter_rows(named=True), strict=True)
        self._out.write(b"".join(_extended_object(text, members) for text, members in rows))


class JsonListWriter:
    """Writes a list of the objects of the source with more members. What is around them is not kept."""

    def __init__(self, out: EncodedOutput) -> None:
        self._out, self._begun = out, False

    def write(self, part: FilePart, added: pl.DataFrame) -> None:
        for text, members in zip(part.original, added.iter_rows(named=True), strict=True):
            self._out.write((b",\n" if self._begun else b"[\n") + _extended_object(text, members).rstrip(b"\n"))
            self._begun = True

    def close(self) -> None:
        self._out.write(b"\n]\n" if self._begun else b"[]\n")


def _extended_object(text: str, members: dict[str, Any]) -> bytes:
    bare = text.strip().removesuffix("}").rstrip()
    return f"{bare}{'' if bare == '{' else ','}".encode() + orjson.dumps(members)[1:] + b"\n"


class LogWriter:
    """Writes a web server's log as CSV, since a line of a log cannot have more fields."""

    def __init__(self, out: EncodedOutput) -> None:
        self._out = out
        self._has_header = False

    def write(self, part: FilePart, added: pl.DataFrame) -> None:
        frame: pl.DataFrame = part.original
        integers = frame.with_columns(pl.col(pl.Float64).cast(pl.Int64))  # statuses and bytes
        body = write_csv(integers.hstack(added))
        self._out.write(body if not self._has_header else body[body.index(b"\n") + 1 :])
        self._has_header = True


class ParquetWriter:
    """Writes a Parquet file with the types and codecs of the source."""

    def __init__(self, source: pq.ParquetFile, target: IO[bytes]) -> None:
        self._source, self._target = source, target
        self._writer: ExtendedParquetWriter | None = None

    def write(self, part: FilePart, added: pl.DataFrame) -> None:
        cells = [_array(series) for series in added]
        if self._writer is None:
            fields = [pa.field(name, cell.type) for name, cell in zip(added.columns, cells, strict=True)]
            self._writer = ExtendedParquetWriter(self._source, self._target, fields)
        self._writer.write(part.original, cells)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def _array(series: pl.Series) -> pa.Array:
    return series.to_arrow().cast(pa.string() if series.dtype == pl.String else pa.float64())
