"""CSV files as tables: refused with line and column when they are broken, never guessed at.

Two passes, since no fast reader says where a file is broken: a strict one over its structure, which keeps nothing in
memory, then Arrow's. Both must count the same rows. Parts of files in memory, of which many come in a second, are read
by Arrow alone where the place of every quote and line break is as it should be.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import polars as pl
import pyarrow as pa
import pyarrow.csv as pacsv

from tablee.errors import InvalidTable
from tablee.errors.cells import shorten
from tablee.tables import csv_bytes

MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL")
"""Texts that stand for a missing value in a file."""

MAX_FIELD = 1_000_000
"""Longest cell in characters; beyond it a quote was most likely left open."""


def read_csv(source: Path | bytes) -> pl.DataFrame:
    """A comma-separated UTF-8 file with a header line, as a frame of texts; missing values are null.

    :raises InvalidTable: not UTF-8, no header, an empty or repeated column name, no rows, a line with another number
        of cells than the header, an unclosed quote, a NUL byte; each with its line.
    """
    header, rows = examine(source)
    opened: IO[bytes] | str = io.BytesIO(source) if isinstance(source, bytes) else str(source)
    try:
        frame = _read(opened, header)
    except pa.ArrowInvalid as error:
        raise InvalidTable(f"the file cannot be read as CSV: {error}") from error
    frame = frame.slice(1)  # the header came along as the first row, so that its names are ours
    if frame.height != rows:
        raise InvalidTable(f"two readings of the file disagree: {rows} and {frame.height} rows")
    return frame


def read_rows(source: bytes, numbers: Collection[str]) -> pl.DataFrame:
    """A CSV as `Validator.frame` reads it: float64 for those columns whose texts all are numbers, texts for the others.
    A column that should hold numbers and does not is of Python objects, its wrong texts as they stand there.

    :param numbers: columns that should hold numbers; the file may lack some.
    :raises InvalidTable: as `read_csv` does.
    """
    found = csv_bytes.records(source)
    if found is not None and found.rows and found.longest <= MAX_FIELD:
        frame = _sound(found, numbers)
        if frame is not None:
            return frame
    texts = read_csv(source)
    return texts.with_columns(_cells(texts[name]) for name in texts.columns if name in numbers)


def _sound(found: csv_bytes.Records, numbers: Collection[str]) -> pl.DataFrame | None:
    """The frame of a table without any fault; None if it has one, or numbers that are not written plainly."""
    try:
        header = _header(next(csv.reader([found.header.decode()], strict=True)))
        rows = pa.BufferReader(pa.py_buffer(found.body)[int(found.begins[1]) :])
        frame = _read(rows, header, numbers)
    except (pa.ArrowInvalid, UnicodeDecodeError, csv.Error, InvalidTable):
        return None
    sound = frame.height == found.rows and all(frame[name].is_finite().all() for name in header if name in numbers)
    return frame if sound else None


def _read(source: Any, header: list[str], numbers: Collection[str] = ()) -> pl.DataFrame:
    options = pacsv.ConvertOptions(
        column_types={name: pa.float64() if name in numbers else pa.string() for name in header},
        null_values=list(MISSING),
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    reading = pacsv.ReadOptions(column_names=header, skip_rows=0, use_threads=True, block_size=16 << 20)
    parsing = pacsv.ParseOptions(newlines_in_values=True)
    table = pacsv.read_csv(source, read_options=reading, parse_options=parsing, convert_options=options)
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def numbers(texts: pl.Series) -> pl.Series:
    """Texts as float64; null where a text is not a finite number (1, -2.5, 3e4; spaces around it are allowed)."""
    parsed = texts.str.strip_chars().cast(pl.Float64, strict=False)
    return parsed.set(~parsed.is_finite().fill_null(True), None)


def _cells(texts: pl.Series) -> pl.Series:
    """Texts as `numbers` reads them, but those that are none stay what they are."""
    parsed = numbers(texts)
    wrong = (parsed.is_null() & texts.is_not_null()).arg_true()
    if not len(wrong):
        return parsed
    values: list[Any] = parsed.to_list()
    for at in wrong:
        values[at] = texts[at]
    return pl.Series(texts.name, values, dtype=pl.Object)


def is_number(text: str) -> bool:
    """Whether `numbers` would read it."""
    return numbers(pl.Series([text])).item() is not None


def infer(texts: pl.DataFrame) -> pl.DataFrame:
    """The same frame with every column whose values all are numbers as float64; the others stay texts."""
    return texts.with_columns(
        parsed if parsed.null_count() == column.null_count() and parsed.null_count() < len(column) else column
        for column in texts
        for parsed in (numbers(column),)
    )


def is_integer(column: pl.Series) -> bool:
    """Whether a float64 column holds whole numbers only."""
    values = column.drop_nulls()
    return bool((values == values.round()).all()) and bool((values.abs() < 2**53).all())


def write_csv(frame: pl.DataFrame) -> bytes:
    """A frame as UTF-8 CSV with a header line, for people: null as an empty cell, numbers so that they read back alike,
    texts and names so that no spreadsheet takes them for formulas (`csv_bytes.harmless`)."""
    texts = [csv_bytes.harmless_texts(series) for series in frame if series.dtype == pl.String]
    safe = frame.with_columns(texts)
    return safe.rename({name: csv_bytes.harmless(name) for name in frame.columns}).write_csv().encode()


def examine(source: Path | bytes) -> tuple[list[str], int]:
    """Walk through a file once, keeping nothing of it in memory; its column names and number of rows.

    :raises InvalidTable: as `read_csv` does.
    """
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        reader = patient(_lines(file), strict=True)
        try:
            header = _header(next((cells for cells in reader if cells), []))
            rows = sum(_fits(cells, header, reader.line_num) for cells in reader if cells)
        except csv.Error as error:
            raise InvalidTable(explained(str(error)), line=reader.line_num) from None
    if not rows:
        raise InvalidTable("there is a header, but no row below it")
    return header, rows


def patient(lines: Iterable[str], **dialect: Any) -> Any:
    """A `csv.reader` that takes cells of up to `MAX_FIELD` characters. The limit is the whole process's; it is always
    set to the same number, so readers of several threads do not disturb each other."""
    csv.field_size_limit(MAX_FIELD)
    return csv.reader(lines, **dialect)


def _lines(file: IO[bytes]) -> Iterator[str]:
    for number, line in enumerate(file, 1):
        if b"\0" in line:
            raise InvalidTable(
                "a NUL byte, so this is no text file", line=number, value="\\x00", expected="a text file in UTF-8"
            )
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            bad = line[error.start : error.end].hex(" ")
            raise InvalidTable(
                f"the bytes {bad} are not UTF-8", line=number, value=bad, expected="a text file in UTF-8"
            ) from None


def _header(cells: list[str]) -> list[str]:
    if not cells:
        raise InvalidTable("the file is empty", expected="a header line and at least one row")
    seen: set[str] = set()
    for position, name in enumerate(cells, 1):
        if not name.strip():
            raise InvalidTable(f"column {position} has no name", line=1, column=str(position), expected="a column name")
        if name.startswith("__"):
            raise InvalidTable(
                f"column «{name}» begins with two underscores, which is kept for the platform", line=1, column=name
            )
        if name in seen:
            raise InvalidTable(f"column «{name}» stands there twice", line=1, column=name, expected="different names")
        seen.add(name)
    if len(cells) == 1 and any(mark in cells[0] for mark in ";\t|"):
        raise InvalidTable(
            f"only one column, {shorten(cells[0])}: the cells are not separated by commas",
            line=1,
            value=cells[0],
            expected="comma-separated cells",
        )
    return cells


def _fits(cells: list[str], header: list[str], line: int) -> int:
    if len(cells) != len(header):
        raise InvalidTable(
            f"{len(cells)} cells where the header has {len(header)}",
            line=line,
            column=header[len(cells)] if len(cells) < len(header) else None,
            value=",".join(cells)[:200],
            expected=f"{len(header)} cells",
        )
    return 1


def explained(error: str) -> str:
    """What a reader's `csv.Error` means."""
    if "unexpected end of data" in error or "field larger" in error:
        return "a quote is opened and never closed"
    if "expected after" in error:
        return "there is text after a closing quote"
    return error
