"""The columns of a contract, converted from the texts of a file to the cells that training had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from tablee.datasets.reading import Reading
from tablee.errors import InvalidRows
from tablee.errors.cells import MAX_CELLS, Cell
from tablee.i18n.message import Message
from tablee.models.contract import Contract, NumberColumn
from tablee_data.inference import dates, numbers
from tablee_data.inference.numbers import NumberFormat


@dataclass(frozen=True, slots=True)
class CellConversion:
    """How the texts of a file become cells of a contract."""

    contract: Contract
    reading: Reading
    dates: Mapping[str, str]
    """For each column whose dates training had as ISO 8601, the date format of the file."""

    @property
    def types(self) -> dict[str, str]:
        """The type of each column: number, date or text."""
        return {
            column.name: "number"
            if isinstance(column, NumberColumn)
            else "date"
            if column.name in self.dates
            else "text"
            for column in self.contract.columns
        }

    def convert(self, texts: pl.DataFrame, first_row: int) -> pl.DataFrame:
        """Numbers as float64, dates as ISO 8601 texts, levels and texts unchanged.

        :param first_row: the number of the first row in the file, from 1.
        :raises InvalidRows: a cell of a number column is neither a number in the file's format nor missing.
        """
        wrong: list[Cell] = []
        total = 0
        columns = []
        for column in self.contract.columns:
            series = texts[column.name]
            if series.dtype != pl.String:
                columns.append(series)
            elif isinstance(column, NumberColumn):
                parsed = numbers.parse(series, NumberFormat(self.reading.decimal, self.reading.thousands))
                at = self._not_numbers(series, parsed)
                total += len(at)
                cells = [Cell(first_row + row, column.name, series[row], self._number) for row in at[:MAX_CELLS]]
                wrong += cells[: MAX_CELLS - len(wrong)]
                columns.append(parsed)
            elif column.name in self.dates:
                columns.append(self._parse_dates(series))
            else:
                columns.append(series)
        if wrong:
            raise InvalidRows(wrong, total)
        return pl.DataFrame(columns)

    @property
    def _number(self) -> Message | str:
        """What a number column expects."""
        return "a number" if self.reading.decimal == "." else Message("expected.table.number_with_comma")

    def _not_numbers(self, texts: pl.Series, parsed: pl.Series) -> list[int]:
        """Rows whose text is neither a number nor stands for a missing one."""
        wrong = parsed.is_null() & texts.is_not_null()
        if not wrong.any():
            return []
        found: list[int] = (wrong & ~self._missing(texts)).arg_true().to_list()
        return found

    def _parse_dates(self, texts: pl.Series) -> pl.Series:
        """ISO 8601 texts; a text that is not a date stays, and the contract's check warns of it."""
        parsed = dates.parse(texts, self.dates[texts.name])
        if parsed.null_count() == texts.null_count():
            return parsed
        return parsed.fill_null(texts.set(self._missing(texts), None))

    def _missing(self, texts: pl.Series) -> pl.Series:
        markers = ["", *self.reading.missing, *self.reading.missing_numbers]
        return texts.str.strip_chars().is_in(markers).fill_null(True)
