"""Rows that forms and events send, added to the newest version of a data set: a new version each time. The first ones
make the data set."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from tablee.datasets.reading import Corrections
from tablee.datasets.store import AppendedRows, ColumnSummary, DatasetManifest, Datasets, batches, version_of
from tablee.errors import DatasetNotFound, InvalidRequest, InvalidRows
from tablee.errors.cells import Cell
from tablee_data.inference import dates
from tablee_data.readers import ingest
from tablee_data.readers.table import Output

Row = dict[str, Any]
_ISO = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%.f")


def append(datasets: Datasets, name: str, rows: Sequence[Row], *, by: str | None = None) -> DatasetManifest:
    """The newest version with rows at its end, as a new version. Columns that a row lacks are missing in it.

    :raises InvalidRows: a cell does not fit its column; names row and column.
    :raises InvalidRequest: no rows, or personal data was taken out of the version and would come back with them.
    """
    if not rows:
        raise InvalidRequest("there is no row to add")
    try:
        parent = datasets.manifest(name)
    except DatasetNotFound:
        return _first(datasets, name, rows, by)
    if parent.anonymised is not None:
        raise InvalidRequest(
            f"personal data was taken out of «{name}» when it was stored, and would not be out of these rows",
            hint="Add the rows as a file, with the same privacy actions.",
        )
    added = _frame(rows, parent.columns)
    sha256 = hashlib.sha256(parent.sha256.encode() + orjson.dumps(added.to_dicts())).hexdigest()
    date_columns = [column.name for column in parent.columns if column.kind == "date"]
    with tempfile.TemporaryDirectory(prefix="tablee-data-") as temporary:
        folder = Path(temporary)
        source = datasets.fetch(parent, folder)
        target = folder / "longer.parquet"
        with Output(target) as output:
            for batch in batches(source):
                output.write(batch, date_columns)
            output.write(added, date_columns)
        changes = {
            "format": 2,
            "version": version_of(sha256, parent.reading, None),
            "rows": output.rows,
            "columns": output.columns,
            "bytes": parent.bytes + len(orjson.dumps(added.to_dicts())),
            "sha256": sha256,
            "created": datetime.now(UTC),
            "origin": AppendedRows(parent=parent.version, added=len(rows)),
            "by": by,
        }
        return datasets.add(parent.model_copy(update=changes), target)[0]


def _first(datasets: Datasets, name: str, rows: Sequence[Row], by: str | None) -> DatasetManifest:
    """A data set of these rows alone."""
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
        )[0]


def _frame(rows: Sequence[Row], columns: Sequence[ColumnSummary]) -> pl.DataFrame:
    """The rows as the version has them."""
    known = {column.name: column for column in columns}
    wrong: list[Cell] = []
    for number, row in enumerate(rows, 1):
        for name, value in row.items():
            if name not in known:
                wrong.append(Cell(number, name, value, "a column of the data set"))
            elif expected := _unfit(value, known[name]):
                wrong.append(Cell(number, name, value, expected))
    if wrong:
        raise InvalidRows(wrong)
    return pl.DataFrame(
        {
            name: pl.Series(
                [_cell(row.get(name)) for row in rows], dtype=pl.Float64 if column.kind == "number" else pl.String
            )
            for name, column in known.items()
        }
    )


def _unfit(value: Any, column: ColumnSummary) -> str | None:
    """What would fit; None if the value does."""
    if value is None:
        return None
    if column.kind == "number":
        number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e308
        exact = not isinstance(value, int) or abs(value) < 2**53
        return None if number and exact else "a number or null"
    if not isinstance(value, str):
        return "a text or null"
    if column.kind == "date":
        sound = any(not dates.parse(pl.Series([value]), form).null_count() for form in _ISO)
        return None if sound else "a date such as 2024-03-12 or 2024-03-12T10:00:00, or null"
    return None


def _cell(value: Any) -> Any:
    if value == "":
        return None
    return float(value) if isinstance(value, int) else value
