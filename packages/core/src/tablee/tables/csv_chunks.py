"""A CSV file cut into parts that are CSV files themselves, and never through a record: how clients send large files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np
from numpy.typing import NDArray

from tablee.errors import InvalidRows, InvalidTable, TableeError
from tablee.tables import csv_bytes

MAX_BYTES = 4 << 20
MAX_RECORD = 16 << 20
"""A record longer than this has a quote that was never closed: it is passed on as it is, and refused there."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Part of a file under the file's header."""

    body: bytes
    first_row: int
    """Row of the file (from 1) that the part begins with."""
    first_line: int
    """Line of the file (from 1) that its first row begins on."""
    header_lines: int
    rows: int
    taken: int
    """Bytes of the file that it stands for."""


def chunks(file: IO[bytes], *, max_rows: int, max_bytes: int = MAX_BYTES) -> Iterator[Chunk]:
    """The parts of a file; at least one, even of an empty file, so that whoever reads it can say what is wrong."""
    header, header_lines = b"", 0
    row = line = 1
    taken = 0
    for piece, ends in _pieces(file, max_bytes):
        start = at = 0
        if not header_lines:
            start = taken = int(ends[0])
            header, header_lines = _ended(piece[:start]), max(piece.count(b"\n", 0, start), 1)
            line, at = 1 + header_lines, 1
        rows = np.cumsum(_filled(piece, ends))
        while at < len(ends):
            before = int(rows[at - 1]) if at else 0
            at = int(np.searchsorted(rows, before + max_rows, side="right"))
            body, found = piece[start : ends[at - 1]], int(rows[at - 1]) - before
            taken += len(body)
            if found:
                yield Chunk(header + _ended(body), row, line, header_lines, found, taken)
                taken = 0
            row, line, start = row + found, line + body.count(b"\n"), int(ends[at - 1])
    if row == 1:
        yield Chunk(header, 1, 1 + header_lines, header_lines, 0, taken)


def split_header(body: bytes) -> tuple[bytes, bytes]:
    """The header record of a CSV, and the rest."""
    end = body.find(b"\n") + 1
    while end and body.count(b'"', 0, end) % 2:
        end = body.find(b"\n", end) + 1
    end = end or len(body)
    return body[:end], body[end:]


def located(error: TableeError, chunk: Chunk) -> TableeError:
    """The same error with rows and lines counted in the file, not in the part."""
    if isinstance(error, InvalidRows) and chunk.first_row > 1:
        return error.below(chunk.first_row - 1)
    line = error.place.get("line") if isinstance(error, InvalidTable) else None
    if isinstance(error, InvalidTable) and isinstance(line, int) and line > chunk.header_lines and chunk.first_row > 1:
        place = dict(error.place)
        place["line"] = line - chunk.header_lines - 1 + chunk.first_line
        detail = error.detail.removeprefix(f"line {line}: ")
        return InvalidTable(
            detail, line=place["line"], column=place["column"], value=place["value"], expected=place["expected"]
        )
    return error


def _pieces(file: IO[bytes], size: int) -> Iterator[tuple[bytes, NDArray[np.int64]]]:
    """Whole records of about that many bytes, and where each of them ends; a line break between quotes belongs to its
    record."""
    held = b""
    while block := file.read(size):
        held += block
        ends = csv_bytes.complete(held)
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


def _ended(record: bytes) -> bytes:
    """The last record of a file may lack its line break, and then two of them would become one."""
    return record if record.endswith(b"\n") else record + b"\n"
