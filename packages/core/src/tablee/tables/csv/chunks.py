"""A stream of text cut into chunks of whole records, each with the line that it begins on."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import polars as pl

from tablee.errors import InvalidTable
from tablee.tables.csv.dialect import Dialect
from tablee.tables.csv.parsing import malformed, python_reader
from tablee.tables.csv.records import MAX_RECORD, Positions, find_records, last_record_end

_NOTHING = re.compile(rb"\n(?=\r*\n)")
"""Matches the line break before an empty line."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole records in UTF-8; each line ends with a line feed, alone or after a carriage return."""

    body: bytes
    line: int
    """The line of the file, from 1, that the first record begins on."""
    regular: bool
    """Whether every quote opens a cell, closes it, or is doubled inside."""
    dialect: Dialect

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The cells of each record, with the line that it begins on; blank lines are left out.

        :raises InvalidTable: a quote is not closed, or text follows a closing quote.
        """
        lines = io.StringIO(self.body.decode(), newline="")
        reader = python_reader(lines, self.dialect, strict=True)
        before = 0
        try:
            for cells in reader:
                if cells:
                    yield self.line + before, cells
                before = reader.line_num
        except csv.Error as error:
            raise malformed(error, self.line + before) from None

    def line_of(self, row: int) -> int:
        """The line of the file that a row begins on, from 1; rows count from 0. Reads the chunk again."""
        for at, (line, _) in enumerate(self.rows()):
            if at == row:
                return line
        return self.line

    def records(self) -> pl.Series:
        """The records as texts, without line breaks; blank lines are left out."""
        return find_records(self.body, self.dialect, start=0).texts()

    def beginning(self, size: int) -> Chunk:
        """The first records, about so many bytes of them, at least one."""
        end = last_record_end(self.body[:size], self.dialect)[0] if len(self.body) > size else 0
        return replace(self, body=self.body[:end]) if end else self

    def below_header(self) -> Chunk:
        """The records behind the first one.

        :raises InvalidTable: the quotes of the first record are malformed.
        """
        line = next(self.rows())[0]
        begin = 0
        for _ in range(line - self.line):  # blank lines above the header
            begin = self.body.index(b"\n", begin) + 1
        if self.dialect.quote and (match := self.dialect.record.match(self.body, begin)):
            end = match.end()
        else:
            end = self.body.index(b"\n", begin) + 1
        return replace(self, body=self.body[end:], line=line + self.body.count(b"\n", begin, end))


def chunks(blocks: Iterator[bytes], dialect: Dialect, line: int = 1) -> Iterator[Chunk]:
    """Cut a stream at the last line break of each block that is not between quotes.

    :param blocks: the text in UTF-8, cut anywhere, each line ended by a line feed, alone or after a carriage return.
    :param line: the line of the file, from 1, that the first block begins on.
    :raises InvalidTable: a record is longer than `MAX_RECORD` bytes.
    """
    held = b""
    for block in blocks:
        held = held + block if held else block
        end, regular = last_record_end(held, dialect)
        if end:
            body, held = held[:end], held[end:]
            yield Chunk(body, line, regular, dialect)
            line += body.count(b"\n")
        elif len(held) > MAX_RECORD:
            for _ in Chunk(held, line, False, dialect).rows():
                pass  # raises a more exact error, if there is one
            raise InvalidTable("long_record", limit=MAX_RECORD, line=line)
    if held:
        held = held if held.endswith(b"\n") else held + b"\n"
        end, regular = last_record_end(held, dialect)
        yield Chunk(held, line, regular and end == len(held), dialect)


def without_comments(found: Iterator[Chunk], sign: str) -> Iterator[Chunk]:
    """The chunks without the records that begin with a sign. Their line breaks stay, so lines keep their numbers."""
    mark = sign.encode()
    for chunk in found:
        if mark not in chunk.body:
            yield chunk
            continue
        records = find_records(chunk.body, chunk.dialect, start=0)
        spans = zip(records.begins.tolist(), records.ends.tolist(), strict=True)
        yield _without(chunk, [span for span in spans if chunk.body.startswith(mark, span[0])])


@dataclass(slots=True)
class LeftOut:
    """Records that are left out of a table."""

    count: int = 0
    line: int = 0
    """The line of the file, from 1, of the first one; 0 without one."""

    def add(self, chunk: Chunk, spans: list[tuple[int, int]]) -> None:
        """Count the records in some ranges of the body of a chunk."""
        if spans:
            self.line = self.line or chunk.line + chunk.body.count(b"\n", 0, spans[0][0])
            self.count += len(spans)


def without_empty_rows(found: Iterator[Chunk], left_out: LeftOut) -> Iterator[Chunk]:
    """The chunks without records that have no value: lines with nothing but separators, blanks and quotes around
    nothing. They stay as empty lines, which are no records, so lines keep their numbers. Where records have one cell,
    lines of blanks are records.

    :param left_out: is told these lines and all empty ones below the first record.
    """
    is_table: bool | None = None
    for chunk in found:
        begin = 0
        if is_table is None:
            cells = next((cells for _, cells in chunk.rows()), None)
            begin = len(chunk.body) - len(chunk.body.lstrip(b"\r\n"))
            if cells is None:
                yield chunk
                continue
            is_table = len(cells) > 1
        begins, whole = (_NOTHING, _NOTHING) if not is_table else _empty_line(chunk.dialect)
        if not begins.search(chunk.body) and not begins.match(b"\n" + chunk.body[:2]):
            yield chunk
            continue
        empty = _outside_records([match.span() for match in whole.finditer(b"\n" + chunk.body)], chunk)
        empty = [(first, last - 1) for first, last in empty if first >= begin]
        left_out.add(chunk, empty)
        yield _without(chunk, [each for each in empty if each[1] > each[0]])


def without_repeated_header(found: Iterator[Chunk], left_out: LeftOut) -> Iterator[Chunk]:
    """The chunks without records below the first one that are equal to it, as in files that were put together. Only
    where it has several cells; lines keep their numbers.

    :param left_out: is told these records.
    """
    forms: frozenset[bytes] | None = None
    for chunk in found:
        begin = 0
        if forms is None and chunk.body.strip(b"\r\n"):
            begin = len(chunk.body) - len(chunk.below_header().body)
            forms = _forms(chunk.body[:begin].strip(b"\r\n"), next(chunk.rows())[1], chunk.dialect)
        spans = sorted(span for form in forms or () for span in _lines(chunk.body, form, begin))
        repeated = _outside_records(spans, chunk)
        left_out.add(chunk, repeated)
        yield _without(chunk, repeated)


def _lines(body: bytes, text: bytes, start: int) -> Iterator[tuple[int, int]]:
    """The ranges of the lines that have nothing but a text, or a byte order mark and the text."""
    at = body.find(text, start)
    while at >= 0:
        end = at + len(text)
        first = at - len(codecs.BOM_UTF8) if body.endswith(codecs.BOM_UTF8, 0, at) else at
        if (first == 0 or body.startswith(b"\n", first - 1)) and body.startswith((b"\n", b"\r\n"), end):
            yield first, end
        at = body.find(text, end)


def _forms(record: bytes, cells: list[str], dialect: Dialect) -> frozenset[bytes]:
    """How a record of several cells may be written: as it is, with quotes or without."""
    if len(cells) < 2:
        return frozenset()
    quote = dialect.quote
    forms = {record}
    if not any(sign in cell for cell in cells for sign in (dialect.separator, quote or "\n", "\n")):
        forms |= {dialect.separator.join(f"{sign}{cell}{sign}" for cell in cells).encode() for sign in ("", quote)}
    return frozenset(forms)


def _outside_records(spans: list[tuple[int, int]], chunk: Chunk) -> list[tuple[int, int]]:
    """Those of some ranges that do not begin within a record, as lines between quotes do."""
    quote = chunk.dialect.quote.encode()
    if not spans or not quote or quote not in chunk.body:
        return spans
    records = find_records(chunk.body, chunk.dialect, start=0)
    if not len(records.begins):
        return spans
    first = np.array([begin for begin, _ in spans])
    at = np.searchsorted(records.begins, first, side="right") - 1
    inside = (at >= 0) & (records.begins[at] < first) & (first < records.ends[at])
    return [span for span, within in zip(spans, inside.tolist(), strict=True) if not within]


def _without(chunk: Chunk, spans: list[tuple[int, int]]) -> Chunk:
    """The chunk without what is in some ranges but line breaks."""
    if not spans:
        return chunk
    parts, end = [], 0
    for first, last in spans:
        parts += [chunk.body[end:first], b"\n" * chunk.body.count(b"\n", first, last)]
        end = last
    return replace(chunk, body=b"".join([*parts, chunk.body[end:]]))


@lru_cache(maxsize=32)
def _empty_line(dialect: Dialect) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """Matches the line break before a line that may be one without a value, which is faster; and that before such a
    line with what the line has."""
    quotes = re.escape(dialect.quote.encode()) * 2 or b" "
    separator = re.escape(dialect.separator.encode())
    begins = re.compile(rb"\n[\r\n \t\xc2%b%b]" % (separator, quotes))
    return begins, re.compile(rb"\n(?:[ \t]|\xc2\xa0|%b|%b)*+(?=\r*\n)" % (separator, quotes))


def without_last(found: Iterator[Chunk], records: int) -> Iterator[Chunk]:
    """The chunks without that many records at the end. Only the last chunks are held, so memory does not grow."""
    if not records:
        yield from found
        return
    held: list[tuple[Chunk, Positions]] = []
    for chunk in found:
        held.append((chunk, find_records(chunk.body, chunk.dialect, start=0).ends))
        while sum(len(ends) for _, ends in held[1:]) >= records:
            yield held.pop(0)[0]
    while held and records and len(held[-1][1]) <= records:
        records -= len(held.pop()[1])
    if held and records:
        chunk, ends = held.pop()
        end = chunk.body.index(b"\n", int(ends[-records - 1])) + 1
        held.append((replace(chunk, body=chunk.body[:end]), ends))
    yield from (chunk for chunk, _ in held)
