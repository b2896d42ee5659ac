"""A comma-separated file cut into smaller ones under the same header, between records, in constant memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np
from numpy.typing import NDArray

from tablee.errors import InvalidRows, InvalidTable, TableeError
from tablee.tables.csv.records import MAX_RECORD, record_ends

MAX_BYTES = 4 << 20
"""Bytes that are read at once."""


@dataclass(frozen=True, slots=True)
class CsvPart:
    """Some rows of a file under the file's header."""

    body: bytes
    first_row: int
    """The number of the part's first row in the file; the file's first row is 1."""
    first_line: int
    """The line of the file, from 1, that the first row begins on."""
    header_lines: int
    rows: int
    bytes_read: int
    """Bytes of the file that this part stands for. The parts' numbers add up to the size of the file."""

    def located(self, error: TableeError) -> TableeError:
        """An error that counts rows and lines in this part as one that counts them in the file."""
        if isinstance(error, InvalidRows) and self.first_row > 1:
            return error.below(self.first_row - 1)
        line = error.facts.get("line") if isinstance(error, InvalidTable) else None
        if isinstance(line, int) and line > self.header_lines and self.first_row > 1:
            facts = error.facts | {"line": line - self.header_lines - 1 + self.first_line}
            return InvalidTable(error.reason, hint=error.hint_key, **facts)
        return error


def csv_parts(file: IO[bytes], *, max_rows: int, max_bytes: int = MAX_BYTES) -> Iterator[CsvPart]:
    """The parts of a file. A file without rows is one part, so that its reader can say what is wrong with it."""
    header, header_lines = b"", 0
    row = line = 1
    bytes_read = 0
    for block, ends in _blocks(file, max_bytes):
        start = at = 0
        if not header_lines:
            start = bytes_read = int(ends[0])
            header, header_lines = _terminated(block[:start]), max(block.count(b"\n", 0, start), 1)
            line, at = 1 + header_lines, 1
        rows = np.cumsum(_filled(block, ends))
        while at < len(ends):
            before = int(rows[at - 1]) if at else 0
            at = int(np.searchsorted(rows, before + max_rows, side="right"))
            body, found = block[start : ends[at - 1]], int(rows[at - 1]) - before
            bytes_read += len(body)
            if found:
                yield CsvPart(header + _terminated(body), row, line, header_lines, found, bytes_read)
                bytes_read = 0
            row, line, start = row + found, line + body.count(b"\n"), int(ends[at - 1])
    if row == 1:
        yield CsvPart(header, 1, 1 + header_lines, header_lines, 0, bytes_read)


def _blocks(file: IO[bytes], size: int) -> Iterator[tuple[bytes, NDArray[np.int64]]]:
    """Whole records of about that many bytes, and the position behind each. A record longer than `MAX_RECORD` has an
    open quote: it is cut at a line break, and the reader refuses it."""
    held = b""
    while block := file.read(size):
        held += block
        ends = record_ends(held)
        if not len(ends) and len(held) + size > MAX_RECORD:
            ends = np.array([held.rfind(b"\n") + 1 or len(held)])
        if len(ends):
            yield held[: ends[-1]], ends
            held = held[ends[-1] :]
    if held:
        yield held, np.array([len(held)])


def _filled(data: bytes, ends: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which records are more than a line break."""
    lengths = np.diff(ends, prepend=0)
    blank = lengths == 1
    for at in np.flatnonzero(lengths == 2):
        blank[at] = data[ends[at] - 2 : ends[at]] == b"\r\n"
    filled: NDArray[np.bool_] = ~blank
    return filled


def _terminated(record: bytes) -> bytes:
    """The last record of a file may lack its line break; without one, the next record would be appended to it."""
    return record if record.endswith(b"\n") else record + b"\n"
