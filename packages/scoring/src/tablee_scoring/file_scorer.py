"""Whole files scored by a model in this process, in constant memory, on all cores.

One thread reads parts of the file and writes the predictions in their order; the others parse, check, encode and score
one part each. Memory holds a few more parts than there are cores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import polars as pl

from tablee.errors import ScoringCancelled, TableeError
from tablee.models.validation.block import Block
from tablee.storage.atomic_write import replaced
from tablee.tables.column_names import unique_names
from tablee.tables.csv.parts import CsvPart, csv_parts
from tablee.tables.csv.reader import read_rows
from tablee.tables.csv.records import find_records
from tablee.tables.csv.writer import with_columns
from tablee.tables.ordered_map import ordered_map
from tablee.tables.prediction_file import FilePart, PredictionFile
from tablee_scoring import finite, jvm
from tablee_scoring.explain import contribution_columns
from tablee_scoring.model import Model

ROWS = 65_536
"""Most rows of a part; each part of a Parquet file becomes a row group of the target."""
EXPLAINED_ROWS = 500
"""Most rows of a part that is explained: a sampled explanation takes up to some 10 ms per row."""

_T = TypeVar("_T")
_U = TypeVar("_U")


@dataclass(frozen=True, slots=True)
class FileScored:
    """Numbers of rows that were scored, and of warnings on their cells."""

    rows: int
    warnings: int
    left_out: tuple[str, ...] = ()
    """Columns of the file that the model does not know."""


def score_csv(
    model: Model, source: Path, target: Path, *, advance: Callable[[int], None], stop: Callable[[], bool]
) -> FileScored:
    """Score a comma-separated UTF-8 file with a header, whose cells are written as those of the model's data set, part
    by part, without reading it before. Its columns stay unchanged, the predictions are at their right. `target` appears
    when it is complete, not before.

    :param advance: called with the number of rows of each part once they are written.
    :param stop: called after each part; ends the scoring if it returns true.
    :raises InvalidTable: the source does not have that format, or is broken.
    :raises InvalidRows: columns or cells do not fit the model; rows and lines are counted in the file.
    :raises ScoringCancelled: `stop()` returned true.
    :raises OSError: a file cannot be read or written.
    """
    rows = warnings = 0
    left_out: tuple[str, ...] = ()
    formats = model.contract.cell_formats
    known = {*model.contract.names, *model.contract.ignored}

    def work(part: CsvPart) -> tuple[Block, bytes, tuple[str, ...]]:
        frame = read_rows(part.body, formats)
        unknown = tuple(name for name in frame.columns if name not in known)
        block = model.validator.frame(frame.drop(unknown))
        added = finite.predict(model, block).frame()
        names = unique_names(added.columns, frame.columns)
        return block, with_columns(find_records(part.body), names, added, header=part.first_row == 1), unknown

    with replaced(target) as aside, source.open("rb") as file, aside.open("wb") as out:
        for part, result in _on_all_cores(work, csv_parts(file, max_rows=ROWS)):
            try:
                block, body, left_out = result()
            except TableeError as error:
                raise part.located(error) from None
            out.write(body)
            rows += block.rows
            warnings += block.warning_count
            advance(block.rows)
            if stop():
                raise ScoringCancelled("after_rows_of_file", rows=rows, file=source.name)
    return FileScored(rows, warnings, left_out)


def score_prediction_file(
    model: Model,
    file: PredictionFile,
    target: Path,
    *,
    advance: Callable[[int], None],
    stop: Callable[[], bool],
    explain: bool = False,
    observe: Callable[[FilePart, pl.DataFrame], None] | None = None,
) -> FileScored:
    """Score a file of any format into one of the same format. `target` appears when it is complete, not before.

    :param advance: called with the number of rows of each part once they are written.
    :param stop: called after each part; ends the scoring if it returns true.
    :param explain: add a column `contribution_<column>` for each column of the contract, and `bias`.
    :param observe: called with each part and the columns that were added to it, in the order of the file.
    :raises InvalidTable: the file is broken.
    :raises InvalidRows: cells do not fit the model; rows are counted in the file.
    :raises ScoringCancelled: `stop()` returned true.
    """

    def work(part: FilePart) -> tuple[Block, pl.DataFrame]:
        if not part.rows:
            return Block({}, 0), _no_predictions(model)
        block = model.validator.frame(part.cells, first_row=part.first_row)
        predictions = finite.predict(model, block, first_row=part.first_row)
        if not explain:
            return block, predictions.frame()
        return block, predictions.frame().hstack(
            contribution_columns(model.explain(block, predictions.scores), model.contract)
        )

    rows = warnings = 0
    with replaced(target) as aside, aside.open("wb") as out, file.writer(out) as writer:
        for part, result in _on_all_cores(work, file.parts(EXPLAINED_ROWS if explain else ROWS)):
            block, added = result()
            added.columns = unique_names(added.columns, file.names)
            writer.write(part, added)
            if observe is not None:
                observe(part, added)
            rows += block.rows
            warnings += block.warning_count
            advance(block.rows)
            if stop():
                raise ScoringCancelled("after_rows", rows=rows)
    return FileScored(rows, warnings, tuple(file.left_out))


def _no_predictions(model: Model) -> pl.DataFrame:
    """The columns of the predictions, without rows."""
    classes = model.contract.target.classes
    columns = {"prediction": pl.String if classes else pl.Float64}
    return pl.DataFrame(schema=columns | {f"probability_{name}": pl.Float64 for name in classes})


def _on_all_cores(work: Callable[[_T], _U], items: Iterable[_T]) -> Iterator[tuple[_T, Callable[[], _U]]]:
    cores = _cores()
    return ordered_map(work, items, threads=cores, ahead=cores)


def _cores() -> int:
    """The number of cores that this process may use. Java knows the limits of a container; the JVM runs
    already, because a model is loaded."""
    return int(jvm.java_class("java.lang.Runtime").getRuntime().availableProcessors())
