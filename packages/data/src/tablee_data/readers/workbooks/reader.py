"""The rows of a sheet of a workbook.

Numbers, dates and booleans are what the workbook says they are, and a text is a text. Only where a column has numbers
and texts do the texts decide whether it is one of numbers, as they do in a CSV file.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from itertools import islice
from typing import Any, Final

import orjson
import polars as pl

from tablee.datasets.reading import Corrections, Decision, Reading
from tablee.errors import InvalidTable
from tablee.tables.cells.typed_values import text_of
from tablee.tables.table_reader import NumberColumns, RowBlock
from tablee_data.readers.content import Source
from tablee_data.readers.workbooks.cell_texts import SHOWN_OTHERWISE, shown
from tablee_data.readers.workbooks.column_remarks import decisions, refuse_formulas_without_results
from tablee_data.readers.workbooks.columns import Columns
from tablee_data.readers.workbooks.process_output import output_of
from tablee_data.readers.workbooks.sheets import sheets

FORMATS: Final = ("xlsx", "xls", "xlsb", "ods")
MAX_CELLS: Final = 1 << 19
"""Cells of a block."""


class SpreadsheetReader:
    """Reads one sheet of a workbook as its reading says."""

    def __init__(
        self, source: Source, reading: Reading, asked: Corrections | None = None, dropped: Container[str] = ()
    ) -> None:
        """As `open_reader`. Formulas of dropped columns need no result.

        :raises InvalidTable: the sheet has no row below its header.
        """
        self._source, self._reading, self._asked = source, reading, asked or Corrections()
        self._dropped = dropped
        sheet = next((each for each in sheets(source) if each.name == reading.sheet), None)
        rows = [] if sheet is None else [row for row in sheet.head if row[0] > reading.skipped_lines]
        above = reading.header + (reading.header and reading.units_row)
        if not rows and reading.skipped_lines:
            raise InvalidTable(
                "all_left_out", skipped=reading.skipped_lines, footers=reading.footer_rows, hint="fewer_left_out"
            )
        if not rows:
            raise InvalidTable("no_rows_below_header")
        self._first = rows[min(above, len(rows)) - 1][0] + 1 if above else rows[0][0]  # a row of blanks is one of data
        self._header = rows[0][1] if reading.header else []
        if len(rows) <= above:
            refuse_formulas_without_results(self._columns, self._dropped)
            raise InvalidTable("no_rows_below_header")

    @contextmanager
    def _opened(self) -> Iterator[Iterator[bytes]]:
        command = ("rows", str(self._reading.sheet), str(self._first), str(self._reading.footer_rows))
        with output_of(self._source, *command).open("rb") as file:
            yield file

    @cached_property
    def _columns(self) -> Columns:
        with self._opened() as lines:
            about = orjson.loads(next(lines))
        return Columns(about, self._header, self._reading, self._asked)

    @property
    def names(self) -> list[str]:
        return [*self._columns.places]

    @property
    def numbers(self) -> frozenset[str]:
        """As `Columns.numbers`."""
        return self._columns.numbers

    @property
    def texts(self) -> frozenset[str]:
        """As `Columns.texts`."""
        return self._columns.texts

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What was decided about columns."""
        return decisions(self._columns)

    def blocks(self, number_columns: Callable[[], NumberColumns] = NumberColumns) -> Iterator[RowBlock]:
        del number_columns  # the format itself tells numbers from texts
        refuse_formulas_without_results(self._columns, self._dropped)
        size = max(MAX_CELLS // len(self.names), 1)
        rows = 0
        with self._opened() as lines:
            next(lines)
            while texts := [*islice(lines, size)]:
                found = [orjson.loads(text) for text in texts]
                cells = [[*row, *[None] * (len(self._columns.about["kinds"]) - len(row))] for _, row in found]
                frame = pl.DataFrame([self._series(name, cells) for name in self.names])
                yield RowBlock(frame, [number for number, _ in found].__getitem__, partial(self._originals, cells))
                rows += len(found)
        if not rows:
            raise InvalidTable("no_rows_below_header")

    def _series(self, name: str, rows: list[list[Any]]) -> pl.Series:
        at, kinds = self._columns.places[name], self._columns.kinds[name]
        cells = [None] * len(rows) if at >= len(rows[0]) else [row[at] for row in rows]
        if name in self.numbers:
            values = [cell[-1] if isinstance(cell, list) else None if isinstance(cell, str) else cell for cell in cells]
            return pl.Series(name, [None if value is None else float(value) for value in values], pl.Float64)
        timed, known = "t" in kinds, self._reading.cells.get(name)
        if SHOWN_OTHERWISE & kinds.keys() and self._columns.values_count(name):
            cells = [cell[2] if isinstance(cell, list) and cell[0] in SHOWN_OTHERWISE else cell for cell in cells]
        texts = [shown(cell, timed=timed) if isinstance(cell, list) else text_of(cell, known) for cell in cells]
        return pl.Series(name, texts, pl.String)

    def _originals(self, rows: list[list[Any]]) -> pl.Series:
        """Each row as JSON: its cells as the workbook has them, in the order of the columns."""
        places = [*self._columns.places.values()]
        texts = [orjson.dumps([row[at] if at < len(row) else None for at in places]).decode() for row in rows]
        return pl.Series(texts, dtype=pl.String)
