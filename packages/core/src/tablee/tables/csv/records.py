"""Where the records of a CSV begin and end in its bytes, found without parsing cells.

If every quote opens a cell, closes it or is doubled inside (a regular CSV), a line break ends a record exactly when
the number of quotes before it is even; numpy finds those quickly. Otherwise a regular expression goes from record to
record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from tablee.tables.csv.dialect import RFC_4180, Dialect

BOM = b"\xef\xbb\xbf"
"""The byte order mark of UTF-8."""
MAX_RECORD = 16 << 20
"""Bytes; a longer record was most likely caused by a quote that is never closed."""
_LF, _CR = b"\n\r"

Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Records:
    """The positions of all records of a body, without their line breaks. Blank lines are no records."""

    body: bytes
    begins: Positions
    ends: Positions

    @property
    def rows(self) -> int:
        """The number of records below the header, which is the first record."""
        return max(len(self.begins) - 1, 0)

    @property
    def header(self) -> bytes:
        """The bytes of the first record, without a byte order mark."""
        return self.body[self.begins[0] : self.ends[0]] if len(self.begins) else b""

    @property
    def line_break(self) -> bytes:
        """The line break that ends the header."""
        return b"\r\n" if self.body[self.ends[0] : self.ends[0] + 2] == b"\r\n" else b"\n"

    @property
    def longest(self) -> int:
        """Bytes of the longest record."""
        return int((self.ends - self.begins).max(initial=0))

    def texts(self, first: int = 0) -> pl.Series:
        """The records as texts, from that record on. The body must be UTF-8."""
        return _slices(self.body, self.begins[first:], self.ends[first:])


def find_records(body: bytes, dialect: Dialect = RFC_4180, *, start: int | None = None) -> Records:
    """The records of a body that a parser accepts.

    :param start: where the first record begins; by default behind a byte order mark, if there is one.
    """
    return regular_records(body, dialect, start=start) or matched_records(body, dialect, start=start)


def regular_records(body: bytes, dialect: Dialect = RFC_4180, *, start: int | None = None) -> Records | None:
    """The records of a regular CSV; None if its quotes are not regular, or if it has NUL bytes, carriage returns that
    no line feed follows, or an odd number of quotes."""
    start = bom_length(body) if start is None else start
    if b"\0" in body or (b"\r" in body and body.count(b"\r") != body.count(b"\r\n")):
        return None
    data = np.frombuffer(body, dtype=np.uint8)
    breaks = np.flatnonzero(data == _LF)
    quote = dialect.quote.encode()
    if quote and quote in body:
        quotes = np.flatnonzero(data == quote[0])
        if len(quotes) % 2 or not (opens(data, quotes, dialect, start) and closes(data, quotes, dialect)):
            return None
        breaks = breaks[np.searchsorted(quotes, breaks) % 2 == 0]  # the others are inside of a cell
    ends = breaks if body.endswith(b"\n") else np.append(breaks, len(body))
    begins = np.empty_like(ends)
    begins[:1], begins[1:] = start, ends[:-1] + 1
    if b"\r" in body:
        ends = ends - ((ends > begins) & (data[ends - 1] == _CR))
    filled = ends > begins
    return Records(body, begins[filled], ends[filled])


def matched_records(body: bytes, dialect: Dialect = RFC_4180, *, start: int | None = None) -> Records:
    """The records of a body that a parser accepts, found one by one; quotes may be anywhere inside of a cell."""
    begins, ends = [], []
    for match in matches(body, dialect, bom_length(body) if start is None else start):
        if length := len(match.group().rstrip(b"\r\n")):
            begins.append(match.start())
            ends.append(match.start() + length)
    return Records(body, np.array(begins, dtype=np.int64), np.array(ends, dtype=np.int64))


def record_ends(data: bytes, dialect: Dialect = RFC_4180) -> Positions:
    """Positions behind the line breaks of all complete records at the beginning of the data, which may begin with a
    byte order mark. An incomplete record may follow them."""
    values = np.frombuffer(data, dtype=np.uint8)
    breaks = np.flatnonzero(values == _LF)
    quote = dialect.quote.encode()
    if quote and quote in data:
        quotes, start = np.flatnonzero(values == quote[0]), bom_length(data)
        if not opens(values, quotes, dialect, start):
            ends = [match.end() for match in matches(data, dialect, start) if data[match.end() - 1] == _LF]
            return np.array(ends, dtype=np.int64)
        breaks = breaks[np.searchsorted(quotes, breaks) % 2 == 0]
    return breaks + 1


def last_record_end(data: bytes, dialect: Dialect) -> tuple[int, bool]:
    """The position behind the last complete record, 0 if none is complete, and whether the CSV is regular up to there.
    Faster than `record_ends`, since it does not look for all line breaks."""
    quote = dialect.quote.encode()
    end = data.rfind(b"\n") + 1
    if not quote or quote not in data:
        return end, True
    values = np.frombuffer(data, dtype=np.uint8)
    quotes = np.flatnonzero(values == quote[0])
    while end:  # backwards to a line break with an even number of quotes before it
        before = int(np.searchsorted(quotes, end))
        if before % 2 == 0:
            break
        end = data.rfind(b"\n", 0, int(quotes[before - 1])) + 1
    within = quotes[: np.searchsorted(quotes, end)] if end else quotes
    if opens(values, within, dialect):
        return end, closes(values, within, dialect)
    return max((match.end() for match in matches(data, dialect) if data[match.end() - 1] == _LF), default=0), False


def matches(data: bytes, dialect: Dialect, start: int = 0) -> Iterator[re.Match[bytes]]:
    """Record by record, up to the first that is malformed or has an open quote. The last record of the data may lack
    its line break."""
    at, record = start, dialect.record
    while at < len(data) and (match := record.match(data, at)):
        yield match
        at = match.end()


def bom_length(data: bytes) -> int:
    """Bytes of the byte order mark at the beginning: 3 or 0."""
    return len(BOM) if data.startswith(BOM) else 0


def opens(data: NDArray[np.uint8], quotes: Positions, dialect: Dialect, start: int = 0) -> bool:
    """Whether each quote that follows an even number of others begins a cell, or is the second of a doubled quote.

    :param quotes: the positions of all quotes.
    :param start: where the first record begins.
    """
    opening = quotes[0::2]
    before = data[opening[opening > start] - 1]
    return bool(((before == ord(dialect.separator)) | (before == _LF) | (before == ord(dialect.quote))).all())


def closes(data: NDArray[np.uint8], quotes: Positions, dialect: Dialect) -> bool:
    """Whether each quote that follows an odd number of others ends a cell, or is the first of a doubled quote."""
    closing = quotes[1::2]
    after = data[closing[closing < len(data) - 1] + 1]
    ends = (after == ord(dialect.separator)) | (after == _LF) | (after == _CR) | (after == ord(dialect.quote))
    return bool(ends.all())


def _slices(body: bytes, begins: Positions, ends: Positions) -> pl.Series:
    """Pieces of a UTF-8 body as texts, without copying it."""
    if not len(begins):
        return pl.Series(dtype=pl.String)
    # one array over the body itself, with every second piece a record and the others what lies between
    offsets = np.empty(2 * len(begins), dtype=np.int64)
    offsets[0::2], offsets[1::2] = begins, ends
    pieces = pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(body))
    return cast(pl.Series, pl.from_arrow(pieces)).gather_every(2)
