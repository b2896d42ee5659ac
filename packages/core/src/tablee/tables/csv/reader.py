"""Comma-separated UTF-8 files, read strictly: a broken file is refused with its line and column.

Files are read in two passes: Python's parser checks the structure and keeps nothing in memory, then Arrow's parses.
Both must count the same rows. Regular bodies in memory, of which an API gets many a second, are parsed by Arrow alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, Any

import polars as pl
import pyarrow as pa

from tablee.errors import InvalidTable
from tablee.errors.cells import shorten
from tablee.i18n.message import Message
from tablee.tables.cells import numbers_or_texts
from tablee.tables.column_names import check_names
from tablee.tables.csv.parsing import MAX_CELL, malformed, parse, python_reader
from tablee.tables.csv.records import Records, regular_records
from tablee.tables.missing_markers import STRICT


def read_csv(source: Path | bytes) -> pl.DataFrame:
    """A comma-separated UTF-8 file with a header line, as a frame of texts; missing values are null.

    :raises InvalidTable: not UTF-8, no header, an empty or repeated column name, no rows, a line with another number
        of cells than the header, an unclosed quote, a NUL byte; each with its line.
    """
    header, rows = check_structure(source)
    opened: IO[bytes] | str = io.BytesIO(source) if isinstance(source, bytes) else str(source)
    try:
        frame = _parse(opened, header)
    except pa.ArrowInvalid as error:
        raise InvalidTable("unreadable_csv", error=str(error)) from error
    frame = frame.slice(1)  # the header was parsed as the first row, so that Arrow does not change names
    if frame.height != rows:
        raise InvalidTable("row_counts_differ", first=rows, second=frame.height)
    return frame


def read_rows(source: bytes, numbers: Collection[str]) -> pl.DataFrame:
    """A CSV body as `Validator.frame` expects it: columns of numbers as float64, the others as texts. A column that
    should hold numbers, but has a text that is none, is one of Python objects (`cells.numbers_or_texts`).

    :param numbers: columns that should hold numbers; the body may lack some.
    :raises InvalidTable: as `read_csv` does.
    """
    records = regular_records(source)
    if records is not None and records.rows and records.longest <= MAX_CELL:
        frame = _parse_regular(records, numbers)
        if frame is not None:
            return frame
    texts = read_csv(source)
    return texts.with_columns(numbers_or_texts(texts[name]) for name in texts.columns if name in numbers)


def check_structure(source: Path | bytes) -> tuple[list[str], int]:
    """Read a file once without keeping it in memory; return its column names and number of rows.

    :raises InvalidTable: as `read_csv` does.
    """
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        reader = python_reader(_lines(file), strict=True)
        try:
            header = _header(next((cells for cells in reader if cells), []))
            rows = sum(_fits(cells, header, reader.line_num) for cells in reader if cells)
        except csv.Error as error:
            raise malformed(error, reader.line_num) from None
    if not rows:
        raise InvalidTable("no_rows_below_header")
    return header, rows


def _parse_regular(records: Records, numbers: Collection[str]) -> pl.DataFrame | None:
    """The frame of a regular body; None if the body is not sound, or has numbers that Arrow does not read."""
    try:
        header = _header(next(csv.reader([records.header.decode()], strict=True)))
        rows = pa.BufferReader(pa.py_buffer(records.body)[int(records.begins[1]) :])
        frame = _parse(rows, header, numbers)
    except (pa.ArrowInvalid, UnicodeDecodeError, csv.Error, InvalidTable):
        return None
    sound = frame.height == records.rows and all(frame[name].is_finite().all() for name in header if name in numbers)
    return frame if sound else None


def _parse(source: Any, header: list[str], numbers: Collection[str] = ()) -> pl.DataFrame:
    types = {name: pa.float64() if name in numbers else pa.string() for name in header}
    return parse(source, types, missing=STRICT)


def _lines(file: IO[bytes]) -> Iterator[str]:
    for number, line in enumerate(file, 1):
        if b"\0" in line:
            raise InvalidTable("nul_byte", line=number, value="\\x00", expected=Message("expected.table.utf_8"))
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            bad = line[error.start : error.end].hex(" ")
            expected = Message("expected.table.utf_8")
            raise InvalidTable("not_in_encoding", encoding="UTF-8", line=number, value=bad, expected=expected) from None


def _header(cells: list[str]) -> list[str]:
    if not cells:
        raise InvalidTable("empty_file", expected=Message("expected.table.header_and_row"))
    check_names(cells, 1)
    if len(cells) == 1 and any(mark in cells[0] for mark in ";\t|"):
        expected = Message("expected.table.commas")
        raise InvalidTable("one_column", name=shorten(cells[0]), line=1, value=cells[0], expected=expected)
    return cells


def _fits(cells: list[str], header: list[str], line: int) -> int:
    if len(cells) != len(header):
        raise InvalidTable(
            "cell_count",
            cells=len(cells),
            columns=len(header),
            line=line,
            column=header[len(cells)] if len(cells) < len(header) else None,
            value=",".join(cells)[:200],
            expected=Message("expected.table.cells", {"columns": len(header)}),
        )
    return 1
