"""CSV, JSON lines and logs to be predicted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import polars as pl

from tablee.datasets.reading import Corrections, Decision, Encoding, Reading
from tablee.errors import InvalidTable
from tablee.models.contract import Contract, NumberColumn
from tablee.tables.prediction_file import FilePart, PredictionWriter
from tablee_data.inference.types import TypeInference
from tablee_data.prediction_files import contract_expectations, writers
from tablee_data.prediction_files.cells import CellConversion
from tablee_data.readers.content import Source
from tablee_data.readers.csv import CsvReader
from tablee_data.readers.encoding import CODECS
from tablee_data.readers.reading_detection import is_typed, open_reader


@dataclass(frozen=True, slots=True)
class TextPredictionFile:
    """A file of texts whose reading is decided."""

    source: Source
    filename: str
    """The name of the file with predictions."""
    contract: Contract
    reading: Reading
    decisions: tuple[Decision, ...]
    """Those about the file as a whole, or about columns of the contract."""
    names: list[str]
    rows: int
    conversion: CellConversion

    @property
    def types(self) -> dict[str, str]:
        """The type of each column that the model reads: number, date or text."""
        return self.conversion.types

    @property
    def encoding(self) -> Encoding:
        """The encoding of the file with predictions: that of the file, or UTF-8 if that cannot write the classes."""
        try:
            "".join(self.contract.target.classes).encode(CODECS[self.reading.encoding])
        except UnicodeEncodeError:
            return "utf-8"
        return self.reading.encoding

    def beginning(self, rows: int) -> pl.DataFrame:
        """At most that many of the first rows, as the model reads them."""
        return next(self.parts(rows)).cells

    def parts(self, max_rows: int) -> Iterator[FilePart]:
        size, row = self.source.path.stat().st_size, 1
        for block in open_reader(self.source, self.reading).blocks():
            texts = block.original() if block.original is not None else None
            if texts is not None and len(texts) != block.frame.height:
                raise InvalidTable("row_counts_differ", first=len(texts), second=block.frame.height)
            for start in range(0, block.frame.height, max_rows):
                frame = block.frame.slice(start, max_rows)
                last = row - 1 + frame.height
                bytes_read = size * last // self.rows - size * (row - 1) // self.rows
                original = frame if texts is None else texts.slice(start, max_rows)
                yield FilePart(self.conversion.convert(frame, row), original, frame.head, row, bytes_read)
                row = last + 1

    @contextmanager
    def writer(self, target: IO[bytes]) -> Iterator[PredictionWriter]:
        mark = writers.byte_order_mark(self.source.start(4), self.reading.encoding, self.encoding)
        out = writers.EncodedOutput(target, self.encoding, mark)
        if self.reading.format == "csv":
            yield writers.CsvWriter(out, CsvReader(self.source, self.reading), self.reading)
        elif self.reading.format == "jsonl":
            yield writers.JsonLinesWriter(out)
        else:
            yield writers.LogWriter(out)


def open_text_file(
    source: Source,
    filename: str,
    contract: Contract,
    reading: Reading,
    decisions: tuple[Decision, ...],
    asked: Corrections,
) -> TextPredictionFile:
    """Read all rows to infer how numbers and dates are written.

    :raises InvalidTable: the file is broken.
    :raises InvalidRows: its columns are not those of the contract.
    """
    reader = open_reader(source, reading)
    names = list(reader.names)
    contract_expectations.check_columns(contract, names)
    asked = contract_expectations.corrections(contract, names, asked)
    inference = TypeInference(names, reader.numbers, asked, reading, typed=is_typed(reading))
    date_columns = sorted(contract_expectations.date_columns(contract) - set(asked.texts))
    number_columns = [column.name for column in contract.columns if isinstance(column, NumberColumn)]
    rows, first = 0, pl.DataFrame()
    for block in reader.blocks(inference.number_columns):
        inference.update(block.frame)
        types = inference.types()
        first = block.frame.select(*date_columns, *number_columns) if not rows else first
        rows += block.frame.height
    reading = types.reading
    number_format = contract_expectations.best_number_format(first.select(number_columns), types.number_format, asked)
    if number_format != types.number_format:
        update = {"decimal": number_format.decimal, "thousands": number_format.thousands}
        reading = reading.model_copy(update=update)
    formats = dict(reading.dates)
    for name in date_columns:
        if name not in formats and first[name].dtype == pl.String:
            found = contract_expectations.most_common_date_format(first[name], day_first=reading.day_first)
            if found is not None:
                formats[name] = found
    about = tuple(each for each in types.decisions if each.column is None or each.column in contract.names)
    return TextPredictionFile(
        source=source,
        filename=contract_expectations.output_name(filename, reading.format),
        contract=contract,
        reading=reading,
        decisions=(*decisions, *about),
        names=names,
        rows=rows,
        conversion=CellConversion(contract, reading, {name: formats[name] for name in date_columns if name in formats}),
    )
