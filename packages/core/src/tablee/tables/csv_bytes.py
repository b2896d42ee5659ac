"""The bytes of a CSV: where its records are, found without reading cell by cell, and columns added at its right.

All but the new columns stays byte for byte as it was, so that nobody's quotes, spaces or digits change on the way.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, cast

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

BOM = b"\xef\xbb\xbf"
_COMMA, _LF, _CR, _QUOTE = b',\n\r"'
_FIELD = rb'(?:"[^"]*+(?:""[^"]*+)*+"|(?:[^",\n][^,\n]*+)?+)'
_RECORD = re.compile(_FIELD + rb"(?:," + _FIELD + rb")*+(?:\r*\n|\Z)")

Places = NDArray[np.int64]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for the beginning of a formula."""
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Records:
    """Where each record of a body begins and ends, its line break left out; the first is the header, blank lines are
    none."""

    body: bytes
    begins: Places
    ends: Places

    @property
    def rows(self) -> int:
        return max(len(self.begins) - 1, 0)

    @property
    def header(self) -> bytes:
        """The header's bytes, without a byte order mark."""
        return self.body[self.begins[0] : self.ends[0]] if len(self.begins) else b""

    @property
    def line_break(self) -> bytes:
        """The header's own."""
        return b"\r\n" if self.body[self.ends[0] : self.ends[0] + 2] == b"\r\n" else b"\n"

    @property
    def longest(self) -> int:
        """Bytes of the longest record."""
        return int((self.ends - self.begins).max(initial=0))


def records(body: bytes) -> Records | None:
    """The records of a body, or None where quotes, line breaks or NUL bytes do not stand as RFC 4180 has them: such a
    body has to be read with more patience."""
    start = _start(body)
    if b"\0" in body or (b"\r" in body and body.count(b"\r") != body.count(b"\r\n")):
        return None
    data = np.frombuffer(body, dtype=np.uint8)
    breaks = np.flatnonzero(data == _LF)
    if b'"' in body:
        quotes = np.flatnonzero(data == _QUOTE)
        if not _stand_right(data, quotes, start):
            return None
        breaks = breaks[np.searchsorted(quotes, breaks) % 2 == 0]  # the others are inside of a cell
    ends = breaks if body.endswith(b"\n") else np.append(breaks, len(body))
    begins = np.empty_like(ends)
    begins[:1], begins[1:] = start, ends[:-1] + 1
    if b"\r" in body:
        ends = ends - ((ends > begins) & (data[ends - 1] == _CR))
    filled = ends > begins
    return Records(body, begins[filled], ends[filled])


def patient_records(body: bytes) -> Records:
    """The records of a body that `tables.read_csv` accepts, one by one: quotes may stand inside of a cell."""
    begins, ends = [], []
    for match in _matches(body):
        if length := len(match.group().rstrip(b"\r\n")):
            begins.append(match.start())
            ends.append(match.start() + length)
    return Records(body, np.array(begins, dtype=np.int64), np.array(ends, dtype=np.int64))


def complete(data: bytes) -> Places:
    """Where the records that the data begins with end, behind their line breaks; what follows the last one has none."""
    values = np.frombuffer(data, dtype=np.uint8)
    breaks = np.flatnonzero(values == _LF)
    if b'"' in data:
        quotes = np.flatnonzero(values == _QUOTE)
        if not _open(values, quotes[0::2], _start(data)).all():
            return np.array([match.end() for match in _matches(data) if match.group().endswith(b"\n")], dtype=np.int64)
        breaks = breaks[np.searchsorted(quotes, breaks) % 2 == 0]
    return breaks + 1


def appended(found: Records, names: Iterable[str], added: pl.DataFrame) -> bytes:
    """The table with columns added at its right.

    :param names: those of the new columns, each unlike the others and the table's own (`fresh`).
    :param added: a row for each row of the table, numbers or texts; numbers are written so that they read back alike,
        texts so that no spreadsheet runs them. The table's own cells stay what they are.
    """
    end = found.line_break
    lines = cut(found.body, found.begins[1:], found.ends[1:])
    header = b",".join([found.header, *(quoted(harmless(name)).encode() for name in names)]) + end
    out = io.BytesIO(found.body[: found.begins[0]])
    out.seek(0, io.SEEK_END)
    out.write(header)
    join(out, lines, added, line_break=end.decode())
    return out.getvalue()


def join(
    out: IO[bytes],
    lines: pl.Series,
    added: pl.DataFrame,
    *,
    separator: str = ",",
    quote: str = '"',
    decimal: str = ".",
    line_break: str = "\n",
) -> None:
    """Write records with cells at their right, as UTF-8.

    :param lines: the records as they are, without their line breaks.
    :param added: numbers, written so that they read back alike, or texts, written so that no spreadsheet runs them.
    """

    def written(series: pl.Series) -> pl.Series:
        if series.dtype == pl.String:
            return _quoted(harmless_texts(series), separator, quote)
        if decimal == "." or separator != decimal:
            return series
        return _quoted(series.cast(pl.String).str.replace(".", decimal, literal=True), separator, quote)

    cells = [series.alias(f"{at}") for at, series in enumerate((lines, *map(written, added)))]
    pl.DataFrame(cells).write_csv(
        out,
        include_header=False,
        separator=separator,
        quote_style="never",
        line_terminator=line_break,
        decimal_comma=decimal == "," and separator != decimal,
    )


def quoted(text: str, separator: str = ",", quote: str = '"') -> str:
    """A text as a CSV cell (RFC 4180): in quotes if it needs them."""
    needed = any(mark in text for mark in (separator, quote, "\r", "\n"))
    return quote + text.replace(quote, quote * 2) + quote if needed else text


def harmless(text: str) -> str:
    """A text that spreadsheets would run as a formula with an apostrophe before it, which they do not show; every other
    one, and whatever is a number, as it is. https://owasp.org/www-community/attacks/CSV_Injection"""
    return f"'{text}" if text.startswith(FORMULA) and not _NUMBER.fullmatch(text) else text


def harmless_texts(texts: pl.Series) -> pl.Series:
    """A whole column of them."""
    suspects = texts.filter(texts.str.contains(r"^[=+\-@\t\r]").fill_null(False)).unique()
    marked = {text: mark for text in suspects if (mark := harmless(text)) != text}
    return texts.replace(marked) if marked else texts


def fresh(names: Iterable[str], taken: Iterable[str]) -> list[str]:
    """The names, with a number behind each that is taken."""
    used, out = set(taken), []
    for name in names:
        number, free = 0, name
        while free in used:
            number += 1
            free = f"{name}_{number}"
        used.add(free)
        out.append(free)
    return out


def _start(data: bytes) -> int:
    return len(BOM) if data.startswith(BOM) else 0


def _matches(data: bytes) -> Iterator[re.Match[bytes]]:
    """Records one by one, until something is none."""
    at = _start(data)
    while at < len(data) and (match := _RECORD.match(data, at)):
        yield match
        at = match.end()


def _stand_right(data: NDArray[np.uint8], quotes: Places, start: int) -> bool:
    """Whether every quote opens a cell, closes it, or is one of two inside of it."""
    if len(quotes) % 2:
        return False
    closing = quotes[1::2]
    after = data[closing[closing < len(data) - 1] + 1]
    closes = (after == _COMMA) | (after == _LF) | (after == _QUOTE) | (after == _CR)
    return bool(_open(data, quotes[0::2], start).all() and closes.all())


def _open(data: NDArray[np.uint8], quotes: Places, start: int) -> NDArray[np.bool_]:
    """Which of the quotes before which there is an even number of others do begin a cell, or a quote inside of one."""
    before = data[quotes[quotes > start] - 1]
    opens: NDArray[np.bool_] = (before == _COMMA) | (before == _LF) | (before == _QUOTE)
    return opens


def cut(body: bytes, begins: Places, ends: Places) -> pl.Series:
    """Pieces of a body that is known to be UTF-8, as texts."""
    if not len(begins):
        return pl.Series(dtype=pl.String)
    # one array over the body itself, with every second piece a record and the others what lies between
    offsets = np.empty(2 * len(begins), dtype=np.int64)
    offsets[0::2], offsets[1::2] = begins, ends
    pieces = pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(body))
    return cast(pl.Series, pl.from_arrow(pieces)).gather_every(2)


def _quoted(texts: pl.Series, separator: str, quote: str) -> pl.Series:
    marked = {text: quoted(text, separator, quote) for text in texts.unique().drop_nulls()}
    return texts.replace(marked) if any(text != mark for text, mark in marked.items()) else texts
