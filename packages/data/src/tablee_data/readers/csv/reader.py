"""CSV files of any dialect: parsed by Arrow, and by Python where a file is irregular or broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from itertools import islice

import polars as pl
import pyarrow as pa

from tablee.datasets.reading import Corrections, Decision, Reading, Reason
from tablee.errors import InvalidTable
from tablee.i18n.message import Message
from tablee.tables.csv.chunks import (
    Chunk,
    LeftOut,
    chunks,
    without_comments,
    without_empty_rows,
    without_last,
    without_repeated_header,
)
from tablee.tables.csv.columns import ColumnSettings, has_quoted, parse_columns
from tablee.tables.csv.rewriting import rewritten
from tablee.tables.table_reader import NumberColumns, RowBlock
from tablee_data.inference.decisions.remarks import left_out_rows
from tablee_data.inference.texts import counted
from tablee_data.readers import encoding
from tablee_data.readers.column_layout import ColumnLayout, column_layout
from tablee_data.readers.content import Source
from tablee_data.readers.csv.digits import CellPlaces, counted_texts, keeps_all_digits
from tablee_data.readers.detection.candidates import RECORDS
from tablee_data.readers.detection.dialects import SAMPLE, named_separator
from tablee_data.readers.detection.headers import units_height

_WRITTEN_OTHERWISE = frozenset(("too_few_cells", "too_many_cells", "unclosed_quote", "text_after_quote"))
"""Reasons of errors that another separator or quote, or lines that are left out, may mend."""


class CsvReader:
    """Reads a CSV file as its reading says."""

    numbers: frozenset[str] = frozenset()

    def __init__(self, source: Source, reading: Reading, asked: Corrections | None = None) -> None:
        """:param asked: what a person has decided about columns."""
        self._source, self._reading, self._asked = source, reading, asked or Corrections()
        self._units_rows = 0  # known with the layout
        self._empty, self._repeated = LeftOut(), LeftOut()  # of the rows that were read
        self._quoted_missing = False  # whether numbers were missing between quotes

    @property
    def names(self) -> list[str]:
        """The column names; without a header, `column_1` and so on.

        :raises InvalidTable: the file is empty, or a table may not have such names.
        """
        return self._layout.columns

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The remarks about names that were put in order, and about lines between the rows that are left out."""
        about_names = () if self._layout.decision is None else (self._layout.decision,)
        return (*about_names, *self.lines_left_out)

    @property
    def lines_left_out(self) -> tuple[Decision, ...]:
        """The remarks about empty rows and repeated headers in the blocks so far."""
        empty = left_out_rows(Reason.EMPTY_ROWS, self._empty.count, self._empty.line)
        return (*empty, *left_out_rows(Reason.REPEATED_HEADERS, self._repeated.count, self._repeated.line))

    @cached_property
    def _layout(self) -> ColumnLayout:
        with _hint_of_settings():
            return self._found_layout()

    def _found_layout(self) -> ColumnLayout:
        records = self._first_records()
        line, cells = next(records, (1, []))
        if not cells and (self._reading.skipped_lines or self._reading.footer_rows):
            raise InvalidTable(
                "all_left_out",
                skipped=self._reading.skipped_lines,
                footers=self._reading.footer_rows,
                expected=Message("expected.table.header_and_row"),
                hint="fewer_left_out",
            )
        if not cells:
            raise InvalidTable("empty_file", expected=Message("expected.table.header_and_row"))
        rows = islice((each for _, each in records), RECORDS)
        if self._reading.header:
            below = list(rows)
            self._units_rows = units_height(below) if self._reading.units_row else 0
            return column_layout(cells, line, below[self._units_rows :])
        return column_layout(None, line, [cells, *rows])

    def _first_records(self) -> Iterator[tuple[int, list[str]]]:
        """The records of about the first `SAMPLE` bytes, each with its line."""
        for chunk in without_last(self._chunks(), self._reading.footer_rows):
            beginning = chunk.beginning(SAMPLE)
            yield from beginning.rows()
            if len(beginning.body) < len(chunk.body):
                return

    def blocks(self, number_columns: Callable[[], NumberColumns] = NumberColumns) -> Iterator[RowBlock]:
        with _hint_of_settings():
            yield from self._row_blocks(number_columns)

    def _row_blocks(self, number_columns: Callable[[], NumberColumns]) -> Iterator[RowBlock]:
        layout, rows = self._layout, 0
        above = self._reading.header + self._units_rows
        missing = {name: self._missing_of(name) for name in layout.names}
        self._empty, self._repeated = LeftOut(), LeftOut()
        for chunk in without_last(self._chunks(self._empty, self._repeated), self._reading.footer_rows):
            while above and chunk.body.strip(b"\r\n"):
                chunk, above = chunk.below_header(), above - 1
            if chunk.body.strip(b"\r\n"):
                places = CellPlaces(chunk, len(layout.names))
                frame = self._numbers_at_once(places, number_columns(), missing)
                frame = _texts(chunk, layout.names, missing) if frame is None else frame
                for name in layout.left_out_names:
                    frame = _without_last(frame, name, chunk)
                rows += frame.height
                yield RowBlock(frame, chunk.line_of, chunk.records, *_markers(places, frame, layout.names, missing))
        if not rows:
            raise InvalidTable("no_rows_below_header")

    def _numbers_at_once(
        self, places: CellPlaces, number_columns: NumberColumns, missing: Mapping[str, tuple[str, ...]]
    ) -> pl.DataFrame | None:
        """The rows of a chunk, some of whose columns are parsed as numbers; None if the columns have to be parsed as
        texts first."""
        chunk, names = places.chunk, self._layout.names
        if not chunk.regular:
            _check_rows(chunk, names)
        if not number_columns.floats and not number_columns.integers:
            return None
        try:
            frame = _parse(chunk, names, number_columns, missing, quoted_missing=self._quoted_missing)
        except pa.ArrowInvalid:  # a cell is not a number, or a record is broken
            if self._quoted_missing or not _has_quoted_markers(chunk, missing):
                return None
            self._quoted_missing = True  # from here on: it costs a second pass
            return self._numbers_at_once(places, number_columns, missing)
        if not keeps_all_digits(frame, places, names, number_columns):
            return None
        return frame.with_columns(pl.col(name).cast(pl.Float64) for name in number_columns.integers)

    def _missing_of(self, name: str) -> tuple[str, ...]:
        """The texts that Arrow takes for a missing value in a column. Those that are missing only among numbers and
        dates are left to the conversion, so that one pass is enough for all columns."""
        if (known := self._reading.cells.get(name)) is not None:
            is_text = known.number is None and known.date is None
            shared = self._reading.missing
            return known.missing if is_text or not set(shared) <= set(known.missing) else shared
        asked = self._asked.of_column(name).missing
        return self._reading.missing if asked is None else tuple(text for text in asked if text)

    @cached_property
    def head(self) -> bytes:
        """Everything above the first row, in UTF-8: a title, blank lines, a line such as `sep=;`; the header with as
        many cells as the rows have."""
        chunk = next(self._chunks())
        rows = chunk.below_header().body if self._reading.header else chunk.body
        head = chunk.body[: len(chunk.body) - len(rows)]
        line, separator = head.rstrip(b"\r\n"), self._reading.separator.encode()
        if self._layout.header_cells > len(self._layout.names):
            head = line.removesuffix(separator) + head[len(line) :]
        elif self._layout.header_cells < len(self._layout.names) and not self._layout.row_names:
            head = line + separator + head[len(line) :]
        return self._above[0] + head

    @cached_property
    def line_break(self) -> str:
        """The line break of most lines in the head, or in the first chunk of a file without a header."""
        probe = self.head if self._reading.header else next(self._chunks()).body
        return "\r\n" if 2 * probe.count(b"\r\n") >= probe.count(b"\n") else "\n"

    def _blocks(self) -> Iterator[bytes]:
        return encoding.csv_of_reading(self._source, self._reading)

    @cached_property
    def _above(self) -> tuple[bytes, int]:
        """What is above the header and is no data, and its number of lines: as many as the reading says, at least a
        line that names the separator."""
        lines = self._reading.skipped_lines
        blocks = self._blocks()
        found = b""
        while found.count(b"\n") < max(lines, 1) and (block := next(blocks, b"")):
            found += block
        named = named_separator(found[:10].decode(errors="replace"))[1]
        end = 0
        for _ in range(lines):
            end = found.find(b"\n", end) + 1 or len(found)
        return (found[:end], lines) if lines else (found[:named], 1 if named else 0)

    def _chunks(self, empty: LeftOut | None = None, repeated: LeftOut | None = None) -> Iterator[Chunk]:
        above, lines = self._above
        reading, blocks = self._reading, _behind(self._blocks(), len(above))
        found = chunks(*rewritten(blocks, reading.separator, reading.quote, reading.escape), 1 + lines)
        found = without_empty_rows(found, empty or LeftOut())
        found = without_comments(found, reading.comment) if reading.comment else found
        return without_repeated_header(found, repeated or LeftOut()) if reading.header else found


@contextmanager
def _hint_of_settings() -> Iterator[None]:
    """Errors that other settings may mend get a hint that names these."""
    try:
        yield
    except InvalidTable as error:
        if error.reason in _WRITTEN_OTHERWISE and error.hint_key is None:
            error.hint_key = "how_csv_is_written"
        raise


def _behind(blocks: Iterator[bytes], length: int) -> Iterator[bytes]:
    """The stream without that many bytes at its beginning."""
    for block in blocks:
        if rest := block[length:]:
            yield rest
        length = max(length - len(block), 0)


def _without_last(frame: pl.DataFrame, name: str, chunk: Chunk) -> pl.DataFrame:
    """:raises InvalidTable: the last column, which is left out, has a value."""
    filled = frame[name].str.strip_chars().ne("").fill_null(False).arg_true()
    if len(filled):
        line, value = chunk.line_of(filled[0]), str(frame[name][filled[0]])
        raise InvalidTable("value_without_name", line=line, column=name, value=value)
    return frame.drop(name)


def _texts(chunk: Chunk, names: list[str], missing: Mapping[str, tuple[str, ...]]) -> pl.DataFrame:
    """
    :param missing: by column: the texts that stand for a missing value.
    :raises InvalidTable: a record has another number of cells than there are columns, or malformed quotes.
    """
    try:
        return _parse(chunk, names, NumberColumns(), missing)
    except pa.ArrowInvalid:  # its message quotes the row, which may hold personal data
        _check_rows(chunk, names)
        raise InvalidTable("unreadable_csv_from_here", line=chunk.line) from None


def _parse(
    chunk: Chunk,
    names: Iterable[str],
    number_columns: NumberColumns,
    missing: Mapping[str, tuple[str, ...]],
    *,
    quoted_missing: bool = False,
) -> pl.DataFrame:
    """
    :param quoted_missing: whether texts between quotes stand for missing numbers, too.
    :raises pyarrow.ArrowInvalid: a cell is not a number, or a record is broken.
    """
    quote = chunk.dialect.quote
    columns = {}
    for name in names:
        is_float = name in number_columns.floats
        is_number = is_float or name in number_columns.integers
        columns[name] = ColumnSettings(
            kind="float" if is_float else "integer" if is_number else "text",
            missing=missing[name],
            quoted_missing=is_number and quoted_missing,
            decimal=number_columns.floats.get(name, "."),
        )
    return parse_columns(
        pa.py_buffer(chunk.body),
        columns,
        dialect=chunk.dialect,
        multiline=bool(quote) and quote.encode() in chunk.body,
        threads=False,
        block_size=len(chunk.body) + 1,
        check_utf8=False,
        check_integers=False,
    )


def _markers(
    places: CellPlaces, frame: pl.DataFrame, names: list[str], missing: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """By column of texts: the texts that stand for a missing value and are null in the frame, and those that are
    between quotes and are texts, each with its count."""
    chunk = places.chunk
    texts = [name for name in frame.columns if frame[name].dtype == pl.String and missing[name]]
    markers: dict[str, dict[str, int]] = {}
    suspects = [name for name in texts if frame[name].null_count()]
    if suspects and (begins := places.begins(frame.height)) is not None:
        for name in suspects:
            at = begins[frame[name].is_null().to_numpy(), names.index(name)]
            markers[name] = counted_texts(chunk, at, missing[name])
    elif suspects:
        whole = _parse(chunk, names, NumberColumns(), dict.fromkeys(names, ()))
        markers = {name: counted(whole[name].filter(frame[name].is_null())) for name in suspects}
    quoted: dict[str, dict[str, int]] = {}
    if _has_quoted_markers(chunk, missing):
        for name in texts:
            quoted[name] = counted(frame[name].filter(frame[name].is_in([*missing[name]]).fill_null(False)))
    return markers, quoted


def _has_quoted_markers(chunk: Chunk, missing: Mapping[str, tuple[str, ...]]) -> bool:
    return has_quoted(chunk.body, sorted({text for each in missing.values() for text in each}), chunk.dialect.quote)


def _check_rows(chunk: Chunk, names: list[str]) -> None:
    """:raises InvalidTable: a record has another number of cells than there are columns, or malformed quotes."""
    for line, cells in chunk.rows():
        if len(cells) == len(names):
            continue
        short = len(cells) < len(names)
        raise InvalidTable(
            "too_few_cells" if short else "too_many_cells",
            cells=len(cells),
            columns=len(names),
            line=line,
            column=names[len(cells)] if short else names[-1],
            value=chunk.dialect.separator.join(cells)[:200],
            expected=Message("expected.table.cells", {"columns": len(names)}),
        )
