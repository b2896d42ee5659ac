"""A CSV file in parts that are CSV files themselves, byte for byte: each has the header and whole rows."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from tablee import tables

ROWS = 5_000
"""Most rows in a part."""
BYTES = 4 << 20
"""A part ends with the row that takes it past this many bytes."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a file.

    `first` is its first row's number in the file (from 1), `rows` how many rows it has.
    """

    body: bytes
    first: int
    rows: int


def records(data: bytes) -> Iterator[bytes]:
    """The records of a sound CSV file with their line ends, empty lines left out; quoted cells may hold line breaks."""
    start, open_quote = 0, False
    size = len(data)
    position = 0
    while position < size:
        end = data.find(b"\n", position) + 1 or size
        if data.count(b'"', position, end) % 2:  # an escaped quote is two, so parity tells
            open_quote = not open_quote
        position = end
        if not open_quote:
            if data[start:end].strip(b"\r\n"):
                yield data[start:end]
            start = end


def split(data: bytes, *, rows: int = ROWS, size: int = BYTES) -> Iterator[Chunk]:
    """The parts of a sound CSV file, in order."""
    found = records(data)
    header = ended(next(found, b""))
    part: list[bytes] = []
    held, first = 0, 1
    for record in found:
        part.append(record)
        held += len(record)
        if len(part) == rows or held > size:
            yield Chunk(header + b"".join(part), first, len(part))
            first += len(part)
            part, held = [], 0
    if part:
        yield Chunk(header + b"".join(part), first, len(part))


def without_header(data: bytes) -> bytes:
    """A CSV file's rows."""
    return data[len(next(records(data), b"")) :]


def count(data: bytes) -> int:
    """How many rows a CSV file has.

    :raises InvalidTable: it is no sound table, with the line that says so.
    """
    return tables.read_csv(data).height


def columns(data: bytes) -> list[str]:
    """Column names of a sound CSV file."""
    first = next(records(data), b"").decode("utf-8-sig")
    return next(csv.reader(first.splitlines(keepends=True)), [])


def ended(record: bytes) -> bytes:
    """The same bytes with a line end."""
    return record if record.endswith(b"\n") or not record else record + b"\n"
