"""A file opened: the reader of its format, and the inference of its column types."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass
from pathlib import Path

from tablee.datasets.reading import Corrections, Decision, Reading, Reason
from tablee.tables.cells.cell_format import CellFormat
from tablee.tables.table_reader import TableReader
from tablee_data.inference.types import ColumnTypes, TypeInference
from tablee_data.readers.columnar.reader import ParquetReader
from tablee_data.readers.content import Limits, Source
from tablee_data.readers.csv.reader import CsvReader
from tablee_data.readers.detection.readings import detect_reading
from tablee_data.readers.json.document import JsonDocumentReader
from tablee_data.readers.json.lines import JsonLinesReader
from tablee_data.readers.web_log import PATTERNS, WebLogReader
from tablee_data.readers.workbooks.reader import FORMATS as WORKBOOKS
from tablee_data.readers.workbooks.reader import SpreadsheetReader


def open_reader(
    source: Source, reading: Reading, asked: Corrections | None = None, dropped: Container[str] = ()
) -> TableReader:
    """The reader of a file's format.

    :param asked: what a person has decided about columns.
    :param dropped: columns that are dropped anyway, and may have any type.
    :raises InvalidTable: the file does not have that format.
    """
    if reading.format in ("parquet", "arrow"):
        return ParquetReader(source, reading, asked, dropped)
    if reading.format == "jsonl":
        return JsonLinesReader(source, reading, asked, dropped)
    if reading.format == "json":
        return JsonDocumentReader(source, reading, asked, dropped)
    if reading.format in WORKBOOKS:
        return SpreadsheetReader(source, reading, asked, dropped)
    if reading.format in PATTERNS:
        return WebLogReader(source, reading)
    return CsvReader(source, reading, asked)


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A file of which all is decided but the types of its columns."""

    source: Source
    reading: Reading
    reader: TableReader
    inference: TypeInference
    decided: tuple[Decision, ...]
    """About the file as a whole."""

    @classmethod
    def of(
        cls,
        file: Path,
        filename: str,
        asked: Corrections,
        *,
        limits: Limits | None = None,
        dropped: Container[str] = (),
        known: Mapping[str, CellFormat] | None = None,
    ) -> OpenTable:
        """
        :param filename: what its owner calls it; the content counts more.
        :param asked: what a person has decided about the reading.
        :param dropped: columns that are dropped anyway, and may have any type.
        :param known: the formats of columns that an earlier version of the data set has.
        :raises InvalidTable: the file is not a table.
        :raises InvalidRequest: a correction does not fit.
        """
        source = Source.of(file, limits)
        reading, decided = detect_reading(source, filename, asked)
        as_before = reading.model_copy(update={"cells": {**known, **reading.cells}}) if known else reading
        reader = open_reader(source, as_before, asked, dropped)
        typed = _typed_texts(reader, reading)
        inference = TypeInference(reader.names, reader.numbers, asked, reading, typed=typed, known=known)
        return cls(source, reading, reader, inference, decided)

    def decisions(self, types: ColumnTypes) -> tuple[Decision, ...]:
        """All decisions: about the file, those that its reader has added, and those about types. Texts of a workbook
        that stood among dates were read as dates if their column is one of dates."""
        as_dates = {"chosen": "date", "reason": Reason.DATES_AS_TEXT}
        added = (
            each.model_copy(update=as_dates)
            if each.reason is Reason.DATES_AMONG_OTHERS and each.column in types.dates
            else each
            for each in self.reader.decisions
        )
        return (*self.decided, *(each for each in added if each not in self.decided), *types.decisions)


def _typed_texts(reader: TableReader, reading: Reading) -> Collection[str]:
    """The columns that are texts, dates or times by the file's format."""
    if isinstance(reader, SpreadsheetReader):
        return reader.texts
    return () if reading.format in ("csv", "jsonl", "json") else {*reader.names} - reader.numbers
