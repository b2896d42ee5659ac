"""CSV files: cells between separators, read by Arrow, and by Python's patient reader where something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl
import pyarrow as pa
import pyarrow.csv as pacsv

from tablee.datasets.reading import Reading
from tablee.errors import InvalidTable
from tablee_data.inference.leading_zeros import has_codes
from tablee_data.inference.numbers import EXACT
from tablee_data.readers import dialect, encoding
from tablee_data.readers.block import Block, Plain, checked
from tablee_data.readers.content import Source
from tablee_data.readers.records import Grammar, Piece, pieces


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

    def blocks(self, plain: Callable[[], Plain] = Plain) -> Iterator[Block]:
        names, headed, rows = self.names, self._reading.header, 0
        for piece in self._pieces():
            if headed:
                piece, headed = _below_header(piece), False
            if piece.body.strip(b"\r\n"):
                frame = self._frame(piece, names, plain())
                rows += frame.height
                yield Block(frame, _Lines(piece).of, piece.records)
        if not rows:
            raise InvalidTable("there is a header, but no row below it")

    @cached_property
    def head(self) -> bytes:
        """What stands above the first row: a line such as `sep=;`, the header; in UTF-8."""
        first, skipped = next(self._blocks()), self._skipped
        piece = next(self._pieces())
        rows = _below_header(piece).body if self._reading.header else piece.body
        return first[:skipped] + piece.body[: len(piece.body) - len(rows)]

    @cached_property
    def line_break(self) -> str:
        """What most lines of its beginning end with."""
        probe = self.head if self._reading.header else next(self._pieces()).body
        return "\r\n" if 2 * probe.count(b"\r\n") >= probe.count(b"\n") else "\n"

    def _blocks(self) -> Iterator[bytes]:
        return encoding.utf_8(self._source, self._reading.encoding)

    @cached_property
    def _skipped(self) -> int:
        """Bytes of a first line that names the separator."""
        return dialect.said(next(self._blocks(), b"")[:10].decode(errors="replace"))[1]

    def _pieces(self) -> Iterator[Piece]:
        blocks, skipped = self._blocks(), self._skipped
        first = next(blocks, b"")
        return pieces(_chain(first[skipped:], blocks), self._grammar, 2 if skipped else 1)

    def _frame(self, piece: Piece, names: list[str], plain: Plain) -> pl.DataFrame:
        if not piece.plain:
            _examine(piece, names)
        if plain.numbers or plain.whole:
            try:
                frame = self._arrow(piece, names, plain)
            except pa.ArrowInvalid:
                pass  # a cell is no number, or the record is broken: as texts, that shows
            else:
                if _are_plain(frame, piece, names, plain):
                    return frame.with_columns(pl.col(name).cast(pl.Float64) for name in plain.whole)
        try:
            return self._arrow(piece, names, Plain())
        except pa.ArrowInvalid:  # whose words quote the row
            _examine(piece, names)
            raise InvalidTable("the file cannot be read as CSV from here on", line=piece.line) from None

    def _arrow(self, piece: Piece, names: list[str], plain: Plain) -> pl.DataFrame:
        kinds = dict.fromkeys(names, pa.string())
        kinds |= dict.fromkeys(plain.numbers, pa.float64()) | dict.fromkeys(plain.whole, pa.int64())
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
                decimal_point=plain.decimal,
            ),
        )
        return pl.DataFrame(table)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Where the rows of a piece begin, found only when asked for."""

    piece: Piece

    def of(self, row: int) -> int:
        for at, (line, _) in enumerate(self.piece.cells()):
            if at == row:
                return line
        return self.piece.line


def _are_plain(frame: pl.DataFrame, piece: Piece, names: list[str], plain: Plain) -> bool:
    """Whether the numbers say all that their texts did."""
    for name in (*plain.numbers, *plain.whole):
        series = frame[name]
        if series.null_count() == len(series):
            continue
        low, high = float(series.min()), float(series.max())  # type: ignore[arg-type]  # numbers
        if not (low > -EXACT and high < EXACT) or (name in plain.numbers and series.is_nan().any()):
            return False
    places = [at for at, name in enumerate(names) if name in plain.numbers or name in plain.whole]
    return has_codes(piece, frame.height, len(names), places) is False


def _below_header(piece: Piece) -> Piece:
    """The records under the first one."""
    line = next(piece.cells())[0]
    skipped = line - piece.line
    begin = 0
    for _ in range(skipped):  # blank lines above the header
        begin = piece.body.index(b"\n", begin) + 1
    if piece.grammar.quote and (match := piece.grammar.record.match(piece.body, begin)):
        end = match.end()
    else:
        end = piece.body.index(b"\n", begin) + 1
    return replace(piece, body=piece.body[end:], line=line + piece.body.count(b"\n", begin, end))


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _examine(piece: Piece, names: list[str]) -> None:
    """
    :raises InvalidTable: a record has more or fewer cells than there are columns, or its quotes do not stand right.
    """
    for line, cells in piece.cells():
        if len(cells) == len(names):
            continue
        short = len(cells) < len(names)
        column = names[len(cells)] if short else names[-1]
        rest = f"«{column}» has none" if short else f"the last column is «{column}»"
        raise InvalidTable(
            f"{len(cells)} cells where the header has {len(names)}: {rest}",
            line=line,
            column=column,
            value=piece.grammar.separator.join(cells)[:200],
            expected=f"{len(names)} cells",
        )
