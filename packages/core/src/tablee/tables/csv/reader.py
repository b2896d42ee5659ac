"""Comma-separated UTF-8 files, read strictly: a broken file is refused with its line and column.

Files are read in two passes: Python's parser checks the structure and keeps nothing in memory, then Arrow's parses.
Both must count the same rows. Regular bodies in memory, of which an API gets many a second, are parsed by Arrow alone.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Literal

import polars as pl
import pyarrow as pa

from tablee.errors import InvalidTable
from tablee.errors.causes import quoted
from tablee.errors.cells import shorten
from tablee.i18n.message import Message
from tablee.tables.cells.cell_format import CellFormat
from tablee.tables.cells.decoding import UNKNOWN_TEXTS, decode
from tablee.tables.column_names import check_names, ordered_names
from tablee.tables.csv.columns import ColumnSettings, has_quoted, parse_columns
from tablee.tables.csv.parsing import MAX_CELL, malformed, parse, python_reader
from tablee.tables.csv.records import Records, regular_records

_THREE_DECIMALS = re.compile(rb"\.[0-9]{3}(?![0-9])")
"""Where a point may separate thousands."""


def read_csv(source: Path | bytes) -> pl.DataFrame:
    """A comma-separated UTF-8 file with a header line, as a frame of texts; empty cells are null.

    :raises InvalidTable: not UTF-8, no header, no rows, a line with another number
        of cells than the header, an unclosed quote, a NUL byte; each with its line.
    """
    header, rows = check_structure(source)
    return _texts(source, header, rows, ("",), quoted_missing=True)


def read_rows(source: bytes, formats: Mapping[str, CellFormat]) -> pl.DataFrame:
    """A CSV body as `FrameValidator.columns` expects it. A column that should hold numbers, but has a text that is
    none, is one of Python objects (`decoding.decode`).

    :param formats: how the columns are written, by name; the body may lack some, and its further columns are texts.
    :raises InvalidTable: as `read_csv` does.
    """
    records = regular_records(source)
    if records is not None and records.rows and records.longest <= MAX_CELL:
        frame = _parse_regular(records, formats)
        if frame is not None:
            return frame
    header, rows = check_structure(source, known=formats)
    texts = _texts(source, header, rows, ("",), quoted_missing=True)
    markers = sorted({text for each in formats.values() for text in each.missing})
    unquoted = _texts(source, header, rows, ("", *markers)) if markers and b'"' in source else None
    columns = []
    for name in header:
        quoted = unquoted is not None and unquoted[name].is_not_null()
        columns.append(decode(texts[name], formats.get(name, UNKNOWN_TEXTS), quoted=quoted))
    return pl.DataFrame(columns)


def check_structure(source: Path | bytes, *, known: Container[str] = ()) -> tuple[list[str], int]:
    """Read a file once without keeping it in memory; return its column names and number of rows.

    :param known: names of columns that are expected; a single one may contain the separators of other dialects.
    :raises InvalidTable: as `read_csv` does.
    """
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        reader = python_reader(_lines(file), strict=True)
        try:
            header = _header(next((cells for cells in reader if cells), []), known)
            rows = sum(_fits(cells, header, reader.line_num) for cells in reader if cells)
        except csv.Error as error:
            raise malformed(error, reader.line_num) from None
    if not rows:
        raise InvalidTable("no_rows_below_header")
    return header, rows


def _texts(
    source: Path | bytes, header: list[str], rows: int, missing: Sequence[str], *, quoted_missing: bool = False
) -> pl.DataFrame:
    """All rows below the header as texts."""
    opened: IO[bytes] | str = io.BytesIO(source) if isinstance(source, bytes) else str(source)
    try:
        frame = parse(opened, dict.fromkeys(header, pa.string()), missing=missing, quoted_missing=quoted_missing)
    except pa.ArrowInvalid as error:
        raise InvalidTable("unreadable_csv", error=quoted("Arrow", error)) from error
    frame = frame.slice(1)  # the header was parsed as the first row, so that Arrow does not change names
    if frame.height != rows:
        raise InvalidTable("row_counts_differ", first=rows, second=frame.height)
    return frame


def _parse_regular(records: Records, formats: Mapping[str, CellFormat]) -> pl.DataFrame | None:
    """The frame of a regular body; None if the body is not sound, or has numbers that Arrow does not read."""
    if any(each.number is not None and each.missing_numbers for each in formats.values()):
        return None
    markers = {text for each in formats.values() for text in each.missing}
    quoted = has_quoted(records.body, sorted(markers))
    try:
        header = _header(next(csv.reader([records.header.decode()], strict=True)), formats)
        known = {name: formats.get(name, UNKNOWN_TEXTS) for name in header}
        body = pa.py_buffer(records.body)[int(records.begins[1]) :]
        doubtful = any(map(_is_undecided, known.values())) and bool(_THREE_DECIMALS.search(records.body))
        frame = parse_columns(body, _settings(known, quoted=quoted, doubtful=doubtful))
    except (pa.ArrowInvalid, UnicodeDecodeError, csv.Error, InvalidTable):
        return None
    numbers = [name for name, each in known.items() if each.number is not None]
    frame = frame.with_columns(pl.col(numbers).cast(pl.Float64))
    if frame.height != records.rows or not all(frame[name].is_finite().all() for name in numbers):
        return None
    # a text that stands for a missing value is null already, unless it was between quotes or has blanks around it
    texts = {name: each for name, each in known.items() if each.number is None}
    return frame.with_columns(decode(frame[name], each, quoted=True) for name, each in texts.items())


def _is_undecided(cell_format: CellFormat) -> bool:
    """Whether a point in a number may be a decimal sign or a thousands separator."""
    return cell_format.number is not None and cell_format.number.decimal is None


def _settings(formats: Mapping[str, CellFormat], *, quoted: bool, doubtful: bool) -> dict[str, ColumnSettings]:
    """How Arrow parses the columns. A column of numbers, in which further texts stand for a missing value, is parsed
    with the markers of the texts: where it has such a text, the body is read in the slow way.

    :param quoted: whether markers may be between quotes; columns of numbers then need a pass of their own.
    :param doubtful: whether a point may separate thousands; numbers of an undecided format must then be integers.
    """
    texts = [each.missing for each in formats.values() if each.number is None]
    shared = max(set(texts), key=texts.count) if texts else ()
    found = {}
    for name, each in formats.items():
        if each.number is None:
            found[name] = ColumnSettings(missing=each.missing)
            continue
        decimal = each.number.decimal or "."
        kind: Literal["integer", "float"] = "integer" if doubtful and _is_undecided(each) else "float"
        if quoted or not set(shared) <= set(each.missing):
            found[name] = ColumnSettings(kind, each.missing, quoted_missing=True, decimal=decimal)
        else:
            found[name] = ColumnSettings(kind, shared, decimal=decimal)
    return found


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


def _header(cells: list[str], known: Container[str]) -> list[str]:
    if not cells:
        raise InvalidTable("empty_file", expected=Message("expected.table.header_and_row"))
    ordered, _ = ordered_names(cells)
    names = [cell if cell in known else name for cell, name in zip(cells, ordered, strict=True)]
    check_names(names, 1)
    if len(cells) == 1 and names[0] not in known and any(mark in cells[0] for mark in ";\t|"):
        expected = Message("expected.table.commas")
        raise InvalidTable("one_column", name=shorten(cells[0]), line=1, value=cells[0], expected=expected)
    return names


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
