"""A CSV file cut into parts that are CSV files themselves, and never through a record: how clients send large files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import IO

from tablee.errors import InvalidRows, InvalidTable, TableeError

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
    records = _records(file)
    header, header_lines = next(records, (b"", 0))
    parts: list[bytes] = []
    row = first_row = 1
    line = first_line = 1 + header_lines
    size, taken = 0, len(header)

    def part() -> Chunk:
        return Chunk(header + b"".join(parts), first_row, first_line, header_lines, row - first_row, taken)

    for record, lines in records:
        if parts and (row - first_row >= max_rows or size + len(record) > max_bytes):
            yield part()
            parts, first_row, first_line, size, taken = [], row, line, 0, 0
        parts.append(record)
        size += len(record)
        taken += len(record)
        line += lines
        row += 1 if record.strip(b"\r\n") else 0
    if parts or first_row == 1:
        yield part()


def split_header(body: bytes) -> tuple[bytes, bytes]:
    """The header record of a CSV, and the rest."""
    end, quoted = 0, False
    for line in body.splitlines(keepends=True):
        end += len(line)
        quoted ^= bool(line.count(b'"') % 2)
        if not quoted:
            break
    return body[:end], body[end:]


def located(error: TableeError, chunk: Chunk) -> TableeError:
    """The same error with rows and lines counted in the file, not in the part."""
    if isinstance(error, InvalidRows) and chunk.first_row > 1:
        cells = [replace(cell, row=cell.row + chunk.first_row - 1 if cell.row else None) for cell in error.cells]
        return InvalidRows(cells, error.total)
    line = error.place.get("line") if isinstance(error, InvalidTable) else None
    if isinstance(error, InvalidTable) and isinstance(line, int) and line > chunk.header_lines and chunk.first_row > 1:
        place = dict(error.place)
        place["line"] = line - chunk.header_lines - 1 + chunk.first_line
        detail = error.detail.removeprefix(f"line {line}: ")
        return InvalidTable(
            detail, line=place["line"], column=place["column"], value=place["value"], expected=place["expected"]
        )
    return error


def _records(file: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """Records with the number of lines each takes; a line break between quotes belongs to the record."""
    held: list[bytes] = []
    size, quoted = 0, False
    for line in file:
        held.append(line)
        size += len(line)
        quoted ^= bool(line.count(b'"') % 2)
        if not quoted or size > MAX_RECORD:
            yield _ended(b"".join(held)), len(held)
            held, size, quoted = [], 0, False
    if held:
        yield _ended(b"".join(held)), len(held)


def _ended(record: bytes) -> bytes:
    """The last record of a file may lack its line break, and then two of them would become one."""
    return record if record.endswith(b"\n") else record + b"\n"
