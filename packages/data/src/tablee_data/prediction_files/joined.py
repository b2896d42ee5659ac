"""Files in their own form again, with columns at their right."""

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
from tablee.tables import csv_bytes, csv_reader
from tablee.tables.parquet_parts import Widened
from tablee.tables.prediction_file import FilePart
from tablee_data.readers import csv
from tablee_data.readers.encoding import CODECS, MARKS


def mark(start: bytes, own: Encoding, encoding: Encoding) -> bytes:
    """The byte order mark to begin with: the file's own, or one that tells spreadsheets of another encoding.

    :param start: of the file.
    :param own: its encoding.
    :param encoding: that of what is written.
    """
    if encoding != own:
        return codecs.BOM_UTF8
    return next((each for each, meant in MARKS.items() if meant == own and start.startswith(each)), b"")


class Encoded:
    """Takes UTF-8, writes another encoding."""

    def __init__(self, target: IO[bytes], encoding: Encoding, mark: bytes) -> None:
        self._target, self._codec = target, None if encoding == "utf-8" else CODECS[encoding]
        target.write(mark)

    def write(self, text: bytes) -> None:
        self._target.write(text.decode().encode(self._codec) if self._codec else text)


class Delimited:
    """CSV with the file's own separator, quote, decimal sign and line ends; its own cells stay as they are."""

    def __init__(self, out: Encoded, file: csv.Delimited, reading: Reading) -> None:
        self._out, self._file, self._reading = out, file, reading
        self._quote = reading.quote or '"'
        self._begun = False

    def write(self, part: FilePart, added: pl.DataFrame) -> None:
        if not self._begun:
            self._begin(added.columns)
        out = io.BytesIO()
        csv_bytes.join(
            out,
            part.original,
            added,
            separator=self._reading.separator,
            quote=self._quote,
            decimal=self._reading.decimal,
            line_break=self._file.line_break,
        )
        self._out.write(out.getvalue())

    def _begin(self, names: Iterable[str]) -> None:
        head, separator = self._file.head, self._reading.separator
        if self._reading.header:
            cells = [csv_bytes.quoted(csv_bytes.harmless(name), separator, self._quote) for name in names]
            more = separator + separator.join(cells) + self._file.line_break
            head = head.rstrip(b"\r\n") + more.encode()
        self._out.write(head)
        self._begun = True


class JsonLines:
    """Each object with more members."""

    def __init__(self, out: Encoded) -> None:
        self._out = out

    def write(self, part: FilePart, added: pl.DataFrame) -> None:
        lines = (_with(text, cells) for text, cells in zip(part.original, added.iter_rows(named=True), strict=True))
        self._out.write(b"".join(lines))


def _with(text: str, cells: dict[str, Any]) -> bytes:
    bare = text.strip().removesuffix("}").rstrip()
    return f"{bare}{'' if bare == '{' else ','}".encode() + orjson.dumps(cells)[1:] + b"\n"


class Log:
    """A log becomes CSV: its own form has no room for more columns."""

    def __init__(self, out: Encoded) -> None:
        self._out = out
        self._begun = False

    def write(self, part: FilePart, added: pl.DataFrame) -> None:
        own: pl.DataFrame = part.original
        whole = own.with_columns(pl.col(pl.Float64).cast(pl.Int64))  # statuses and bytes
        body = csv_reader.write_csv(whole.hstack(added))
        self._out.write(body if not self._begun else body[body.index(b"\n") + 1 :])
        self._begun = True


class Parquet:
    """A Parquet file with its own types and codecs."""

    def __init__(self, file: pq.ParquetFile, target: IO[bytes]) -> None:
        self._file, self._target = file, target
        self._widened: Widened | None = None

    def write(self, part: FilePart, added: pl.DataFrame) -> None:
        cells = [_array(series) for series in added]
        if self._widened is None:
            fields = [pa.field(name, cell.type) for name, cell in zip(added.columns, cells, strict=True)]
            self._widened = Widened(self._file, self._target, fields)
        self._widened.write(part.original, cells)

    def close(self) -> None:
        if self._widened is not None:
            self._widened.close()


def _array(series: pl.Series) -> pa.Array:
    return series.to_arrow().cast(pa.string() if series.dtype == pl.String else pa.float64())
