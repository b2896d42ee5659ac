"""CSV, JSON lines and logs to be predicted: the rows as texts, what the model reads of them, and the file in its own
form again."""

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
from tablee_data.inference.types import Decider
from tablee_data.prediction_files import joined, known
from tablee_data.prediction_files.cells import Cells
from tablee_data.readers.content import Source
from tablee_data.readers.csv import Delimited
from tablee_data.readers.encoding import CODECS
from tablee_data.readers.sniff import is_typed
from tablee_data.readers.sniff import opened as texts_of


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file of texts whose reading is decided."""

    source: Source
    filename: str
    """What it may be called once it is answered."""
    contract: Contract
    reading: Reading
    decisions: tuple[Decision, ...]
    """Those that matter to the contract."""
    names: list[str]
    rows: int
    cells: Cells

    @property
    def kinds(self) -> dict[str, str]:
        """By column that the model reads: number, date or text."""
        return self.cells.kinds

    @property
    def encoding(self) -> Encoding:
        """Of the answered file: its own, or UTF-8 where that lacks a letter of the answers."""
        try:
            "".join(self.contract.target.classes).encode(CODECS[self.reading.encoding])
        except UnicodeEncodeError:
            return "utf-8"
        return self.reading.encoding

    def beginning(self, rows: int) -> pl.DataFrame:
        """The first rows as the model reads them."""
        return next(self.parts(rows)).cells

    def parts(self, max_rows: int) -> Iterator[FilePart]:
        size, row = self.source.path.stat().st_size, 1
        for block in texts_of(self.source, self.reading).blocks():
            own = block.own() if block.own is not None else None
            if own is not None and len(own) != block.frame.height:
                raise InvalidTable(f"two readings of the file disagree: {len(own)} and {block.frame.height} rows")
            for start in range(0, block.frame.height, max_rows):
                frame = block.frame.slice(start, max_rows)
                last = row - 1 + frame.height
                taken = size * last // self.rows - size * (row - 1) // self.rows
                kept = frame if own is None else own.slice(start, max_rows)
                yield FilePart(self.cells.of(frame, row), kept, frame.head, row, taken)
                row = last + 1

    @contextmanager
    def writer(self, target: IO[bytes]) -> Iterator[PredictionWriter]:
        out = joined.Encoded(target, self.encoding, self._mark())
        if self.reading.format == "csv":
            yield joined.Delimited(out, Delimited(self.source, self.reading), self.reading)
        elif self.reading.format == "jsonl":
            yield joined.JsonLines(out)
        else:
            yield joined.Log(out)

    def _mark(self) -> bytes:
        return joined.mark(self.source.start(4), self.reading.encoding, self.encoding)


def looked_through(
    source: Source,
    filename: str,
    contract: Contract,
    reading: Reading,
    decisions: tuple[Decision, ...],
    asked: Corrections,
) -> TextFile:
    """What all rows of the file decide.

    :raises InvalidTable: it is broken.
    :raises InvalidRows: its columns are not the contract's.
    """
    texts = texts_of(source, reading)
    names = list(texts.names)
    known.fit(contract, names)
    asked = known.asked_for(contract, names, asked)
    decider = Decider(names, texts.numbers, asked, reading, typed=is_typed(reading))
    dated = sorted(known.was_dates(contract) - set(asked.texts))
    numbers = [column.name for column in contract.columns if isinstance(column, NumberColumn)]
    rows, first = 0, pl.DataFrame()
    for block in texts.blocks(decider.plain):
        decider.see(block.frame)
        kinds = decider.decided()
        first = block.frame.select(*dated, *numbers) if not rows else first
        rows += block.frame.height
    reading = kinds.reading
    style = known.style_of(first.select(numbers), kinds.style, asked)
    if style != kinds.style:
        reading = reading.model_copy(update={"decimal": style.decimal, "thousands": style.thousands})
    forms = dict(reading.dates)
    for name in dated:
        if name not in forms and (form := known.form_of(first[name], day_first=reading.day_first)):
            forms[name] = form
    about = tuple(each for each in kinds.decisions if each.column is None or each.column in contract.names)
    return TextFile(
        source=source,
        filename=known.name_of(filename, reading.format),
        contract=contract,
        reading=reading,
        decisions=(*decisions, *about),
        names=names,
        rows=rows,
        cells=Cells(contract, reading, {name: forms[name] for name in dated if name in forms}),
    )
