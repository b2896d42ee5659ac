"""Workbooks to be predicted come back as .xlsx: the cells of the sheet that was read, with predictions at the right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import IO, Any, Final

import orjson
import polars as pl
import xlsxwriter

from tablee.tables.prediction_file import FilePart

_FORMATS: Final = {"d": "yyyy-mm-dd", "t": "yyyy-mm-dd hh:mm:ss", "h": "hh:mm:ss", "u": "[h]:mm:ss"}
"""How a cell is shown, by its letter in `workbook_process`."""
_OPTIONS: Final = {"constant_memory": True, "nan_inf_to_errors": True}


class WorkbookWriter:
    """Writes a workbook with one sheet, in constant memory. Widths, colours and formulas of the source are not kept."""

    def __init__(self, target: IO[bytes], sheet: str, names: Sequence[str]) -> None:
        """:param names: of the source's columns."""
        self._book = xlsxwriter.Workbook(target, _OPTIONS)
        self._sheet = self._book.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", sheet)[:31].strip("' ") or None)
        self._formats = {letter: self._book.add_format({"num_format": each}) for letter, each in _FORMATS.items()}
        self._names, self._row = names, 0

    def write(self, part: FilePart, added: pl.DataFrame) -> None:
        """Write the next rows.

        :param part: its original rows are JSON lists of cells, as `SpreadsheetReader` gives them.
        """
        if not self._row:
            self._write_row([*self._names, *added.columns])
        for text, cells in zip(part.original, added.iter_rows(), strict=True):
            self._write_row([*orjson.loads(text), *cells])

    def close(self) -> None:
        self._book.close()

    def _write_row(self, cells: Sequence[Any]) -> None:
        for column, cell in enumerate(cells):
            if isinstance(cell, list) and cell[0] in ("z", "m"):  # a number, and how it is shown
                self._sheet.write_string(self._row, column, cell[1])
            elif isinstance(cell, list):
                kind, value = cell
                if kind == "b":
                    self._sheet.write_number(self._row, column, float(value))
                    continue
                self._sheet.write_datetime(self._row, column, _moment(kind, value), self._formats[kind])
            elif isinstance(cell, str):
                self._sheet.write_string(self._row, column, cell)
            elif isinstance(cell, bool):
                self._sheet.write_boolean(self._row, column, cell)
            elif cell is not None:
                self._sheet.write_number(self._row, column, cell)
        self._row += 1


def _moment(kind: str, value: Any) -> date | datetime | time | timedelta:
    if kind == "u":
        return timedelta(seconds=value)
    if kind == "h":
        return time.fromisoformat(value)
    return datetime.fromisoformat(value)
