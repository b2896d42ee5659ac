"""A stream of text cut into chunks of whole records, each with the line that it begins on."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import polars as pl

from tablee.errors import InvalidTable
from tablee.tables.csv.dialect import Dialect
from tablee.tables.csv.parsing import malformed, python_reader
from tablee.tables.csv.records import MAX_RECORD, Positions, find_records, last_record_end

LEAST_EMPTY = 10
"""So many records of separators at the end of a table are no rows."""
_BLANK_BEFORE = re.compile(rb"\n[ \t\xc2]")
_BLANK_LINE = re.compile(rb"^(?:[ \t]|\xc2\xa0)+\r*$", re.MULTILINE)


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
        kept, end = [], 0
        records = find_records(chunk.body, chunk.dialect, start=0)
        for first, last in zip(records.begins.tolist(), records.ends.tolist(), strict=True):
            if chunk.body.startswith(mark, first):
                kept += [chunk.body[end:first], b"\n" * chunk.body.count(b"\n", first, last)]
                end = last
        yield replace(chunk, body=b"".join([*kept, chunk.body[end:]]))


def without_blank_lines(found: Iterator[Chunk]) -> Iterator[Chunk]:
    """The chunks without the blanks of lines that have nothing else, if their records have several cells. Such lines
    stay as empty ones, which are no records."""
    is_table: bool | None = None
    for chunk in found:
        if is_table is None:
            cells = next((cells for _, cells in chunk.rows()), None)
            is_table = None if cells is None else len(cells) > 1
        yield _without_blank_lines(chunk) if is_table else chunk


def _without_blank_lines(chunk: Chunk) -> Chunk:
    body = chunk.body
    if body[:1] not in (b" ", b"\t", b"\xc2") and not _BLANK_BEFORE.search(body):
        return chunk
    separator, quote = chunk.dialect.separator.encode(), chunk.dialect.quote.encode()
    blank = [match for match in _BLANK_LINE.finditer(body) if separator not in match[0]]
    if blank and quote and quote in body:  # they may be inside of a cell
        begins = {*find_records(body, chunk.dialect, start=0).begins.tolist()}
        blank = [match for match in blank if match.start() in begins]
    if not blank:
        return chunk
    parts, end = [], 0
    for match in blank:
        parts.append(body[end : match.start()])
        end = match.end()
    return replace(chunk, body=b"".join([*parts, body[end:]]))


def without_empty_end(found: Iterator[Chunk], left_out: Callable[[int], None]) -> Iterator[Chunk]:
    """The chunks without the records at the end that have separators only, as spreadsheets write rows that were used
    once. Fewer than `LEAST_EMPTY` of them are rows without values.

    :param left_out: is told the number of these records.
    """
    held: list[tuple[Chunk, int]] = []  # each with the end of its last other record
    for chunk in found:
        filled = len(chunk.body.rstrip(b"\r\n" + chunk.dialect.separator.encode()))
        end = (chunk.body.find(b"\n", filled) + 1 or len(chunk.body)) if filled else 0
        if filled:
            yield from (each for each, _ in held)
            held = []
        if chunk.body[end:].strip(b"\r\n"):
            held.append((chunk, end))
        else:
            yield chunk
    records = sum(len(find_records(each.body[end:], each.dialect, start=0).ends) for each, end in held)
    if records < LEAST_EMPTY:
        yield from (each for each, _ in held)
        return
    left_out(records)
    yield from (replace(each, body=each.body[:end]) for each, end in held if end)


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
