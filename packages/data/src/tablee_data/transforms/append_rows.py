"""Rows of forms and events, added to the newest version of a data set. They make a new version each time; the first
ones make the data set."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from tablee.datasets.batches import batches
from tablee.datasets.derive import AppendRows, derive
from tablee.datasets.manifest import AppendedRows, ColumnSummary, DatasetManifest
from tablee.datasets.reading import Corrections
from tablee.datasets.store import Datasets
from tablee.errors import DatasetNotFound, InvalidRequest, InvalidRows
from tablee.errors.cells import MAX_CELLS, Cell
from tablee.i18n import Message
from tablee.models.validation.names import put_in_order
from tablee.tables.cells import dates
from tablee.tables.cells.cell_format import CellFormat
from tablee.tables.cells.decoding import UNKNOWN_TEXTS, decode_text
from tablee.tables.cells.typed_values import text_of, without_missing
from tablee.tables.column_names import near
from tablee_data.readers import ingest
from tablee_data.readers.table import Output

Row = dict[str, Any]


def append_rows(
    datasets: Datasets, name: str, rows: Sequence[Row], *, by: str | None = None
) -> tuple[DatasetManifest, bool]:
    """Make a version of the newest one with rows at its end; return its manifest and whether it is new. A column that a
    row lacks is missing in that row.

    :raises InvalidRows: a cell does not fit its column; the error names row and column.
    :raises InvalidRequest: there are no rows, or the version was anonymised: the rows would bring personal data back.
    :raises Conflict: another process made a newer version in the meantime. Nothing is stored then.
    """
    if not rows:
        raise InvalidRequest("no_rows_to_append")
    try:
        parent = datasets.manifest(name)
    except DatasetNotFound:
        return _first_version(datasets, name, rows, by)
    if parent.anonymised is not None:
        raise InvalidRequest("rows_of_anonymised", dataset=name, hint="rows_of_anonymised")
    date_columns = [column.name for column in parent.columns if column.kind == "date"]
    with tempfile.TemporaryDirectory(prefix="tablee-data-") as temporary:
        folder = Path(temporary)
        source = datasets.fetch(parent, folder)
        known = lru_cache(partial(_texts, source))
        added = _frame(rows, parent.columns, parent.cell_formats, known)
        target = folder / "appended.parquet"
        with Output(target) as output:
            for batch in batches(source):
                output.write(batch, date_columns)
            output.write(added, date_columns)
        change = AppendRows(orjson.dumps(added.to_dicts()), len(rows), by)
        child = derive(parent, change, output, at=datetime.now(UTC))
        return datasets.add_derived(child, target, parent=parent, newest=parent)


def _first_version(datasets: Datasets, name: str, rows: Sequence[Row], by: str | None) -> tuple[DatasetManifest, bool]:
    """Make a data set of these rows alone."""
    with tempfile.NamedTemporaryFile(prefix="tablee-data-") as file:
        file.writelines(orjson.dumps(row) + b"\n" for row in rows)
        file.flush()
        asked = Corrections(format="jsonl", encoding="utf-8")
        return ingest(
            datasets,
            name,
            Path(file.name),
            filename=f"{name}.jsonl",
            asked=asked,
            by=by,
            origin=AppendedRows(parent=None, added=len(rows)),
        )


def _texts(source: Path, name: str) -> frozenset[str]:
    """The texts of a column."""
    return frozenset(text for batch in batches(source, [name]) for text in batch[name].drop_nulls().unique())


def _frame(
    rows: Sequence[Row],
    columns: Sequence[ColumnSummary],
    formats: Mapping[str, CellFormat],
    known_texts: Callable[[str], frozenset[str]],
) -> pl.DataFrame:
    """The rows with the columns and types of the version; texts are read as the version's.

    :param known_texts: gives the texts of a column of the version.
    """
    known = {column.name: column for column in columns}
    rows = [dict(put_in_order(row, known)) for row in rows]
    wrong: list[Cell] = []
    for number, row in enumerate(rows, 1):
        for name, value in row.items():
            if name not in known:
                new = Message("expected.column_of_data_set", near(name, known) if len(wrong) < MAX_CELLS else {})
                wrong.append(Cell(number, name, value, new))
            elif expected := _expected(value, known[name], formats.get(name), known_texts):
                wrong.append(Cell(number, name, value, expected))
    if wrong:
        raise InvalidRows(wrong)
    found = []
    for name, column in known.items():
        values = [row.get(name) for row in rows]
        if column.kind == "number":
            numbers = pl.Series(name, [None if each is None else float(each) for each in values], dtype=pl.Float64)
            found.append(without_missing(numbers, formats.get(name, UNKNOWN_TEXTS)))
            continue
        written = [text_of(each, formats.get(name)) for each in values]
        texts = decode_text(pl.Series(name, written, dtype=pl.String), formats.get(name, UNKNOWN_TEXTS))
        if column.kind == "date":
            cells = dates.parse_known(texts, formats[name].date if name in formats else None)
            missing = (cells.is_null() & texts.is_not_null()).arg_true()
            wrong += [Cell(row + 1, name, texts[row], Message("expected.iso_date_or_null")) for row in missing]
            texts = cells
        found.append(texts)
    if wrong:
        raise InvalidRows(wrong)
    return pl.DataFrame(found)


def _expected(
    value: Any,
    column: ColumnSummary,
    cell_format: CellFormat | None,
    known_texts: Callable[[str], frozenset[str]],
) -> Message | None:
    """What the column expects, if the type of the value does not fit; None if it fits. As on other ways in, a number is
    its shortest text if a column of texts has that text, and true and false are the texts that it has for them."""
    if value is None:
        return None
    if column.kind == "number":
        number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e308
        exact = not isinstance(value, int) or abs(value) < 2**53
        return None if number and exact else Message("expected.number_or_null")
    if isinstance(value, bool):
        fits = cell_format is not None and cell_format.booleans is not None
    else:
        is_number = column.kind != "date" and isinstance(value, int | float)
        fits = isinstance(value, str) or (is_number and text_of(value, None) in known_texts(column.name))
    return None if fits else Message("expected.text_or_null")
