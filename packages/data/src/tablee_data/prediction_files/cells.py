"""The columns of a contract out of the texts of a file, as training had them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from tablee.datasets.reading import Reading
from tablee.errors import InvalidRows
from tablee.errors.cells import MAX_CELLS, Cell
from tablee.models.contract import Contract, NumberColumn
from tablee_data.inference import dates
from tablee_data.inference import numbers as numerals
from tablee_data.inference.numbers import Style


@dataclass(frozen=True, slots=True)
class Cells:
    """How texts become cells."""

    contract: Contract
    reading: Reading
    dates: Mapping[str, str]
    """By column whose dates training had as ISO 8601: how the file writes them."""

    @property
    def kinds(self) -> dict[str, str]:
        """By column: number, date or text."""
        return {
            column.name: "number"
            if isinstance(column, NumberColumn)
            else "date"
            if column.name in self.dates
            else "text"
            for column in self.contract.columns
        }

    def of(self, texts: pl.DataFrame, first_row: int) -> pl.DataFrame:
        """Numbers as float64, dates as ISO 8601, levels and texts as they are written.

        :raises InvalidRows: a cell of a number column is no number as the file writes them.
        """
        wrong: list[Cell] = []
        total = 0
        columns = []
        for column in self.contract.columns:
            series = texts[column.name]
            if series.dtype != pl.String:
                columns.append(series)
            elif isinstance(column, NumberColumn):
                numbers = numerals.parse(series, Style(self.reading.decimal, self.reading.thousands))
                at = self._wrong(series, numbers)
                total += len(at)
                cells = [Cell(first_row + row, column.name, series[row], self._expected) for row in at[:MAX_CELLS]]
                wrong += cells[: MAX_CELLS - len(wrong)]
                columns.append(numbers)
            elif column.name in self.dates:
                columns.append(self._dates(series))
            else:
                columns.append(series)
        if wrong:
            raise InvalidRows(wrong, total)
        return pl.DataFrame(columns)

    @property
    def _expected(self) -> str:
        return "a number" if self.reading.decimal == "." else "a number with a decimal comma"

    def _wrong(self, texts: pl.Series, numbers: pl.Series) -> list[int]:
        """Rows whose text is neither a number nor stands for a missing one."""
        wrong = numbers.is_null() & texts.is_not_null()
        if not wrong.any():
            return []
        found: list[int] = (wrong & ~self._missing(texts)).arg_true().to_list()
        return found

    def _dates(self, texts: pl.Series) -> pl.Series:
        """A text that is no date stays, and is warned of where the model cannot read it."""
        parsed = dates.parse(texts, self.dates[texts.name])
        if parsed.null_count() == texts.null_count():
            return parsed
        return parsed.fill_null(texts.set(self._missing(texts), None))

    def _missing(self, texts: pl.Series) -> pl.Series:
        markers = ["", *self.reading.missing, *self.reading.missing_numbers]
        return texts.str.strip_chars().is_in(markers).fill_null(True)
