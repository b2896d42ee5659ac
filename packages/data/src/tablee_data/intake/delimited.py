"""CSV files: cells between separators, read by Arrow, and by Python's patient reader where something is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property

import polars as pl
import pyarrow as pa
import pyarrow.csv as pacsv

from tablee.errors import InvalidTable
from tablee.reading import Reading
from tablee_data.intake import dialect, encoding
from tablee_data.intake.block import Block, checked
from tablee_data.intake.content import Source
from tablee_data.intake.records import Grammar, Piece, pieces


class Delimited:
    """A CSV file as a reading has it."""

    numbers: frozenset[str] = frozenset()

    def __init__(self, source: Source, reading: Reading) -> None:
        self._source, self._reading = source, reading
        self._grammar = Grammar(reading.separator, reading.quote)

    @cached_property
    def names(self) -> list[str]:
        piece = next(self._pieces(), None)
        line, cells = next(piece.cells(), (1, [])) if piece else (1, [])
        if not cells:
            raise InvalidTable("the file is empty", expected="a header line and at least one row")
        if self._reading.header:
            return checked(cells, line)
        return checked([f"column_{number}" for number in range(1, len(cells) + 1)], None)

    def blocks(self, floats: Collection[str] = ()) -> Iterator[Block]:
        names, headed, rows = self.names, self._reading.header, 0
        for piece in self._pieces():
            frame = self._frame(piece, names, () if headed else floats)
            if headed:
                if not frame.height:
                    continue
                frame = frame.slice(1)
                if floats:  # the header came along, so its piece is read as texts first
                    frame = self._floats(frame, floats)
            if frame.height:
                rows += frame.height
                yield Block(frame, _Lines(piece, headed).of)
            headed = False
        if not rows:
            raise InvalidTable("there is a header, but no row below it")

    def _pieces(self) -> Iterator[Piece]:
        blocks = encoding.utf_8(self._source, self._reading.encoding)
        first = next(blocks, b"")
        skipped = dialect.said(first[:10].decode(errors="replace"))[1]
        return pieces(_chain(first[skipped:], blocks), self._grammar, 2 if skipped else 1)

    def _frame(self, piece: Piece, names: list[str], floats: Collection[str]) -> pl.DataFrame:
        if not piece.plain:
            _examine(piece, names)
        try:
            return self._arrow(piece, names, floats)
        except pa.ArrowInvalid:  # whose words quote the row
            _examine(piece, names)
            if floats:  # numbers that Arrow does not know, such as +3
                return self._floats(self._frame(piece, names, ()), floats)
            raise InvalidTable("the file cannot be read as CSV from here on", line=piece.line) from None

    def _arrow(self, piece: Piece, names: list[str], floats: Collection[str]) -> pl.DataFrame:
        kinds = {name: pa.float64() if name in floats else pa.string() for name in names}
        if not piece.body.strip(b"\r\n"):
            return pl.DataFrame(schema={name: pl.Float64 if name in floats else pl.String for name in names})
        quote = self._grammar.quote
        table = pacsv.read_csv(
            pa.BufferReader(piece.body),
            read_options=pacsv.ReadOptions(column_names=names, use_threads=False, block_size=len(piece.body) + 1),
            parse_options=pacsv.ParseOptions(
                delimiter=self._grammar.separator,
                quote_char=quote or False,
                newlines_in_values=bool(quote) and quote.encode() in piece.body,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=kinds,
                null_values=list(self._reading.missing),
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                check_utf8=False,
                decimal_point=self._reading.decimal,
            ),
        )
        return pl.DataFrame(table)

    def _floats(self, frame: pl.DataFrame, floats: Collection[str]) -> pl.DataFrame:
        comma = self._reading.decimal == ","
        return frame.with_columns(
            (pl.col(name).str.replace(",", ".", literal=True) if comma else pl.col(name))
            .str.strip_chars()
            .cast(pl.Float64)
            for name in floats
        )


class _Lines:
    """Where the rows of a piece begin, found only when asked for."""

    def __init__(self, piece: Piece, headed: bool) -> None:
        self._piece, self._skipped = piece, int(headed)

    def of(self, row: int) -> int:
        for at, (line, _) in enumerate(self._piece.cells()):
            if at == row + self._skipped:
                return line
        return self._piece.line


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _examine(piece: Piece, names: list[str]) -> None:
    """
    :raises InvalidTable: a record has more or fewer cells than there are columns, or its quotes do not stand right.
    """
    for line, cells in piece.cells():
        if len(cells) < len(names):
            raise InvalidTable(
                f"{len(cells)} cells where the header has {len(names)}: «{names[len(cells)]}» has none",
                line=line,
                column=names[len(cells)],
                value=piece.grammar.separator.join(cells)[:200],
                expected=f"{len(names)} cells",
            )
        if len(cells) > len(names):
            raise InvalidTable(
                f"{len(cells)} cells where the header has {len(names)}: the last column is «{names[-1]}»",
                line=line,
                column=names[-1],
                value=piece.grammar.separator.join(cells)[:200],
                expected=f"{len(names)} cells",
            )
