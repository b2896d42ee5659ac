"""Parquet and Arrow files: numbers become float64, or texts where float64 would change them; the rest becomes text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterator
from functools import partial
from operator import add
from typing import Any, Final

import polars as pl
import pyarrow as pa

from tablee.datasets.batches import batch_rows
from tablee.datasets.reading import Corrections, Decision, Reading, Reason
from tablee.errors import InvalidTable
from tablee.i18n.message import Message
from tablee.tables import arrow_cells
from tablee.tables.column_names import clean_name
from tablee.tables.table_reader import NumberColumns, RowBlock
from tablee_data.inference.decisions.remarks import missing_cells
from tablee_data.readers.column_layout import names_in_order
from tablee_data.readers.columnar.file import ColumnarFile, arrow_errors
from tablee_data.readers.content import Source

_INDEX: Final = re.compile(r"__index_level_\d+__")
"""The name that pandas gives to an index without a name."""


class ParquetReader:
    """Reads a Parquet file, or one of Arrow IPC, that is neither in gzip nor in zip."""

    def __init__(
        self, source: Source, reading: Reading, asked: Corrections | None = None, dropped: Container[str] = ()
    ) -> None:
        """As `open_reader`. The cells of dropped columns are missing."""
        self._file = ColumnarFile.of(source.path, reading.format)
        self._asked, self._known = asked or Corrections(), reading.cells
        self._dropped = dropped
        self._decisions: list[Decision] = []
        self._infinite: Counter[str] = Counter()
        """By column: infinities in the blocks so far."""
        fields = [(at, field) for at, field in enumerate(self._file.schema) if not self._is_index(field)]
        kept = [field.name for _, field in fields if self._dropped_name(field.name) is None]
        names, remarks = names_in_order(kept)
        self._decisions += remarks
        renamed = iter(names)
        self._fields: dict[str, tuple[int, Any]] = {}
        """By column: its place in the file, and its type; a place below 0 if it is dropped."""
        for at, field in fields:
            name = self._dropped_name(field.name)
            self._fields[next(renamed) if name is None else name] = (at, field.type) if name is None else (-1, None)
        self.names = [*self._fields]
        if not self._file.rows:
            raise InvalidTable("no_parquet_rows")
        self.numbers = frozenset(name for name in self.names if self._is_number(name))

    def _dropped_name(self, name: str) -> str | None:
        """The name by which a column is dropped: as the file has it, or in order; None if it is not dropped."""
        return next((each for each in (name, clean_name(name)) if each in self._dropped), None)

    def _is_index(self, field: Any) -> bool:
        """Whether a column is an index of pandas without a name that only numbers the rows. One of dates or texts, and
        one of several levels, is a column, and so are row numbers that a person or a model knows."""
        name = field.name
        if name in self._dropped or not _INDEX.fullmatch(name) or not pa.types.is_integer(field.type):
            return False
        asked = (*self._asked.texts, *self._asked.numbers, *self._asked.columns)
        levels = [each for each in self._file.schema.names if _INDEX.fullmatch(each)]
        if name in asked or name in self._known or len(levels) > 1:
            return False
        self._decisions.append(Decision(field="columns", column=name, chosen="left_out", reason=Reason.PANDAS_INDEX))
        return True

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What was decided about columns; with the infinities in the blocks so far."""
        return (*self._decisions, *(missing_cells("inf", count, name) for name, count in self._infinite.items()))

    def _is_number(self, name: str) -> bool:
        """:raises InvalidTable: no cell may have the column's type."""
        position, data_type = self._fields[name]
        if data_type is None:
            return False
        as_text = name in self._asked.texts or (name in self._known and self._known[name].number is None)
        if not arrow_cells.is_number(data_type):
            if not (arrow_cells.is_text(data_type) or (as_text and arrow_cells.is_bytes(data_type))):
                raise arrow_cells.column_type(name, data_type)
            if (zone := arrow_cells.zone(data_type)) is not None:
                self._decisions.append(
                    Decision(field="zone", column=name, chosen="UTC", reason=Reason.ZONE, facts={"zone": zone})
                )
            return False
        if as_text:
            return False
        if name not in self._asked.numbers:
            if (found := self._first(arrow_cells.first_inexact, position, data_type)) is not None:
                if name in self._known:
                    raise _inexact(name, *found)
                digits = f"{float(found[1]):.17g}"
                self._decisions.append(_exactness(name, "text", Reason.CODES, found[1], digits))
                return False
            if (found := self._first(arrow_cells.first_rounded, position, data_type)) is not None:
                digits = f"{float(found[1])!r}"
                self._decisions.append(_exactness(name, "number", Reason.ROUNDED, found[1], digits))
        if pa.types.is_duration(arrow_cells.value_type(data_type)):
            self._decisions.append(Decision(field="type", column=name, chosen="number", reason=Reason.SECONDS))
        return True

    def _first(
        self, find: Callable[[Any], tuple[int, str] | None], position: int, data_type: Any
    ) -> tuple[int, str] | None:
        """The row, from 1, and all digits of the first number of a column that float64 does not hold."""
        if not arrow_cells.may_be_inexact(data_type) or self._file.is_surely_exact(position):
            return None
        row = 1
        for (array,) in self._file.batches([position], batch_rows(1)):
            with arrow_errors(self._file.format, lambda before=row: before - 1):
                found = find(array)
            if found is not None:
                return row + found[0], found[1]
            row += len(array)
        return None

    def blocks(self, number_columns: Callable[[], NumberColumns] = NumberColumns) -> Iterator[RowBlock]:
        del number_columns  # the format itself tells numbers from texts
        row = 0
        read = [name for name in self.names if self._fields[name][0] >= 0]
        for arrays in self._file.batches([self._fields[name][0] for name in read], batch_rows(len(self.names))):
            cells = dict(zip(read, arrays, strict=True))
            height = len(arrays[0])
            with arrow_errors(self._file.format, lambda before=row: before):
                columns = [self._column(name, cells.get(name), height, row + 1) for name in self.names]
            yield RowBlock(pl.DataFrame(columns), partial(add, row + 1))
            row += height

    def _column(self, name: str, array: Any, height: int, first_row: int) -> pl.Series:
        if array is None:
            return pl.Series(name, [None], pl.String).new_from_index(0, height)
        if count := arrow_cells.infinities(array):
            self._infinite[name] += count
        if name in self.numbers:
            return arrow_cells.numbers(array, name)
        return arrow_cells.texts(array, name, first_row, self._known.get(name))


def _inexact(name: str, row: int, value: str) -> InvalidTable:
    expected = Message("expected.table.exact_integers")
    return InvalidTable("inexact_integer", row=row, line=row, column=name, value=value, expected=expected)


def _exactness(name: str, chosen: str, reason: Reason, example: str, number: str) -> Decision:
    """What is decided about a column with a number, the example, that float64 does not hold.

    :param number: the example as float64.
    """
    other = "text" if chosen == "number" else "number"
    shown = {"text": example, "number": number}
    return Decision(
        field="type",
        column=name,
        chosen=chosen,
        reason=reason,
        facts={"example": example},
        alternatives=(other,),
        examples={chosen: shown[chosen], other: shown[other]},
    )
