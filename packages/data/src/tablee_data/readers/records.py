"""A text cut into pieces of whole records, each with the line it begins on."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from tablee.errors import InvalidTable
from tablee.tables import csv_bytes
from tablee.tables.csv_reader import explained, patient

LONGEST = 16 << 20
"""A record longer than so many bytes has a quote that was left open."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """How cells and records stand apart; all of it single bytes."""

    separator: str
    quote: str

    @property
    def record(self) -> re.Pattern[bytes]:
        mark, quote = (re.escape(each.encode()) for each in (self.separator, self.quote))
        cell = rb"(?:%b[^%b]*+(?:%b%b[^%b]*+)*+%b|(?:[^%b%b\n][^%b\n]*+)?+)"
        cell = cell % (quote, quote, quote, quote, quote, quote, quote, mark, mark)
        return re.compile(cell + rb"(?:" + mark + cell + rb")*+\r?\n")


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole records."""

    body: bytes
    line: int
    """Line of the file, from 1, that the first begins on."""
    plain: bool
    """Whether every quote opens a cell, closes it, or is one of two inside of it."""
    grammar: Grammar

    def cells(self) -> Iterator[tuple[int, list[str]]]:
        """Record by record, blank lines left out, with the line that each begins on.

        :raises InvalidTable: a quote is not closed, or text follows a closing quote.
        """
        options = {"quotechar": self.grammar.quote} if self.grammar.quote else {"quoting": csv.QUOTE_NONE}
        lines = io.StringIO(self.body.decode(), newline="")
        reader = patient(lines, delimiter=self.grammar.separator, strict=True, **options)
        begun = 0
        try:
            for cells in reader:
                if cells:
                    yield self.line + begun, cells
                begun = reader.line_num
        except csv.Error as error:
            raise InvalidTable(explained(str(error)), line=self.line + begun) from None

    def records(self) -> pl.Series:
        """Record by record as they stand there, without line breaks; blank lines left out."""
        body, quote = self.body, self.grammar.quote.encode()
        if self.plain or not quote:
            values = np.frombuffer(body, dtype=np.uint8)
            ends = np.flatnonzero(values == 10)
            if quote and quote in body:
                ends = ends[np.searchsorted(np.flatnonzero(values == quote[0]), ends) % 2 == 0]
        else:
            ends = np.array([match.end() - 1 for match in _matches(self.grammar.record, body)], dtype=np.int64)
        begins = np.append(0, ends[:-1] + 1)
        found = csv_bytes.cut(body, begins, ends).str.strip_suffix("\r")
        return found.filter(found != "")


def _matches(pattern: re.Pattern[bytes], body: bytes) -> Iterator[re.Match[bytes]]:
    at = 0
    while match := pattern.match(body, at):
        yield match
        at = match.end()


def pieces(blocks: Iterator[bytes], grammar: Grammar, line: int = 1) -> Iterator[Piece]:
    """Cut at the last line break of each block that is not between quotes.

    :param line: of the file, that the first block begins on.
    """
    held = b""
    for block in blocks:
        held = held + block if held else block
        end, plain = _cut(held, grammar)
        if end:
            body, held = held[:end], held[end:]
            yield Piece(body, line, plain, grammar)
            line += body.count(b"\n")
        elif len(held) > LONGEST:
            for _ in Piece(held, line, False, grammar).cells():
                pass  # says what is wrong where it can
            raise InvalidTable(
                f"a record of more than {LONGEST:,} bytes begins here: a quote is opened and never closed", line=line
            )
    if held:
        held = held if held.endswith(b"\n") else held + b"\n"
        end, plain = _cut(held, grammar)
        yield Piece(held, line, plain and end == len(held), grammar)


def _cut(data: bytes, grammar: Grammar) -> tuple[int, bool]:
    """Where the last whole record ends, and whether all quotes up to there stand right."""
    quote = grammar.quote.encode()
    if not quote or quote not in data:
        return data.rfind(b"\n") + 1, True
    values = np.frombuffer(data, dtype=np.uint8)
    quotes = np.flatnonzero(values == quote[0])
    end = data.rfind(b"\n") + 1
    while end:  # backwards to a line break with an even number of quotes before it
        before = int(np.searchsorted(quotes, end))
        if before % 2 == 0:
            break
        end = data.rfind(b"\n", 0, int(quotes[before - 1])) + 1
    within = quotes[: np.searchsorted(quotes, end)] if end else quotes
    mark = ord(grammar.separator)
    opening, closing = within[0::2], within[1::2]
    before_opening = values[opening[opening > 0] - 1]
    opens = (before_opening == mark) | (before_opening == 10) | (before_opening == quote[0])
    after = values[closing[closing < len(values) - 1] + 1]
    closes = (after == mark) | (after == 10) | (after == 13) | (after == quote[0])
    if opens.all():
        return end, bool(closes.all())
    end = 0
    for match in _matches(grammar.record, data):
        end = match.end()
    return end, False
