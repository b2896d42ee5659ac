"""Files of texts to be predicted: CSV, JSON and logs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import IO

import polars as pl

from tablee.datasets.reading import Corrections, Decision, Encoding, Reading
from tablee.errors import InvalidTable
from tablee.models.contract import Contract
from tablee.tables.prediction_file import FilePart, PredictionWriter
from tablee.tables.table_reader import NumberColumns, RowBlock
from tablee_data.prediction_files import contract_expectations, writers
from tablee_data.prediction_files.contradictions import FormatCheck, SaidFormats
from tablee_data.prediction_files.model_cells import model_cells
from tablee_data.prediction_files.workbook_writer import WorkbookWriter
from tablee_data.readers.content import Source
from tablee_data.readers.csv.reader import CsvReader
from tablee_data.readers.opening import open_reader
from tablee_data.readers.workbooks.reader import FORMATS as WORKBOOKS


@dataclass(frozen=True, slots=True)
class TextPredictionFile:
    """A file of texts whose reading is decided: its dialect by the file, its cells by the model."""

    source: Source
    filename: str
    """The name of the file with predictions."""
    contract: Contract
    reading: Reading
    """With the format of each column of the contract."""
    decisions: tuple[Decision, ...]
    """Those about the file as a whole."""
    names: list[str]
    left_out: tuple[str, ...]
    """Columns that the model does not know."""
    rows: int

    @property
    def types(self) -> dict[str, str]:
        """The type of each column that the model reads: number, date or text."""
        return {
            name: "number" if each.number is not None else "date" if each.date is not None else "text"
            for name, each in self.reading.cells.items()
        }

    @property
    def encoding(self) -> Encoding:
        """The encoding of the file with predictions: that of the file, or UTF-8 if that cannot write the classes."""
        try:
            "".join(self.contract.target.classes).encode(self.reading.encoding)
        except UnicodeEncodeError:
            return "utf-8"
        return self.reading.encoding

    def beginning(self, rows: int) -> pl.DataFrame:
        """At most that many of the first rows, as the model reads them."""
        return next(self.parts(rows)).cells

    def parts(self, max_rows: int) -> Iterator[FilePart]:
        size, row = self.source.path.stat().st_size, 1
        numbers = NumberColumns.of(self.reading.cells)
        for block in open_reader(self.source, self.reading, None, _Others(self.contract)).blocks(lambda: numbers):
            texts = block.original() if block.original is not None else None
            if texts is not None and len(texts) != block.frame.height:
                raise InvalidTable("row_counts_differ", first=len(texts), second=block.frame.height)
            for start in range(0, block.frame.height, max_rows):
                frame = block.frame.slice(start, max_rows)
                last = row - 1 + frame.height
                bytes_read = size * last // self.rows - size * (row - 1) // self.rows
                original = frame if texts is None else texts.slice(start, max_rows)
                line_of = partial(_line_of, block, start)
                cells = model_cells(frame, self.reading.cells, row, typed=self.reading.format != "csv", line_of=line_of)
                yield FilePart(pl.DataFrame([*cells.values()]), original, frame.head, row, bytes_read, line_of)
                row = last + 1

    @contextmanager
    def writer(self, target: IO[bytes]) -> Iterator[PredictionWriter]:
        if self.reading.format in WORKBOOKS:
            with closing(WorkbookWriter(target, self.reading.sheet or "", self.names)) as writer:
                yield writer
            return
        mark = writers.byte_order_mark(self.source.start(4), self.reading.encoding, self.encoding)
        out = writers.EncodedOutput(target, self.encoding, mark)
        if self.reading.format == "csv":
            yield writers.CsvWriter(out, CsvReader(self.source, self.reading), self.reading)
        elif self.reading.format == "json":
            with closing(writers.JsonListWriter(out)) as listed:
                yield listed
        elif self.reading.format == "jsonl":
            yield writers.JsonLinesWriter(out)
        else:
            yield writers.LogWriter(out)


def _line_of(block: RowBlock, start: int, row: int) -> int:
    """The line in the file of a row that is so far behind another one of its block."""
    return block.line_of(start + row)


class _Others:
    """All columns but those that a model reads. They may hold anything."""

    def __init__(self, contract: Contract) -> None:
        self._read = frozenset(contract.names)

    def __contains__(self, name: object) -> bool:
        return name not in self._read


def open_text_file(
    source: Source,
    filename: str,
    contract: Contract,
    reading: Reading,
    decisions: tuple[Decision, ...],
    asked: Corrections,
) -> TextPredictionFile:
    """Read all rows, to see whether they are written as those of the model's data set.

    :raises InvalidTable: the file is broken, or written otherwise.
    :raises InvalidRows: a column is missing.
    :raises InvalidRequest: a correction does not fit.
    """
    others = _Others(contract)
    names = list(open_reader(source, reading, None, others).names)
    left_out = contract_expectations.left_out(contract, names)
    reading = reading.model_copy(update={"cells": contract_expectations.cell_formats(contract, asked)})
    check, rows = FormatCheck(reading.cells), 0
    said = SaidFormats(asked, reading.cells)
    numbers = NumberColumns.of(reading.cells)
    reader = open_reader(source, reading, None, others)
    for block in reader.blocks(lambda: numbers):
        said.check(block)
        check.update(block)
        rows += block.frame.height
    if isinstance(reader, CsvReader):
        decisions += reader.lines_left_out
    decided = check.refuse_contradictions(lambda: open_reader(source, reading, None, others).blocks())
    reading = reading.model_copy(update={"cells": {**reading.cells, **decided}})
    return TextPredictionFile(
        source=source,
        filename=contract_expectations.output_name(filename, reading.format),
        contract=contract,
        reading=reading,
        decisions=decisions,
        names=names,
        left_out=left_out,
        rows=rows,
    )
