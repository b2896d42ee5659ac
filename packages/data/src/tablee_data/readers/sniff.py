"""A preview of a file: how it would be read, and its first rows."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from pathlib import Path

import polars as pl

from tablee.datasets.hidden_cells import decisions_without_cells, reading_without_cells
from tablee.datasets.reading import Corrections
from tablee.http.schemas.datasets import FilePreview
from tablee_data.inference.conversion import convert
from tablee_data.privacy.batch_filter import BatchFilter, actions_of, dropped_columns, errors_without_values
from tablee_data.readers.content import Limits
from tablee_data.readers.opening import OpenTable

LEAST_ROWS = 10_000
"""Rows that a preview infers types from at least, up to the end of their block; when a file is stored, all of its rows
decide."""


def column_names(file: Path, filename: str, asked: Corrections, dropped: Container[str]) -> list[str]:
    """The names of a file's columns, also of those that are dropped.

    :raises InvalidTable: its beginning is not that of a table.
    """
    return OpenTable.of(file, filename, asked, dropped=dropped).reader.names


def sniff(
    file: Path,
    filename: str = "",
    asked: Corrections | None = None,
    *,
    rows: int = 20,
    limits: Limits | None = None,
    dropped: Container[str] = (),
    batch_filter: BatchFilter | None = None,
) -> FilePreview:
    """Everything that reading the file would decide, by its first rows.

    :param filename: what its owner calls it; the content counts more.
    :param asked: what a person has decided already.
    :param rows: how many to show.
    :param dropped: columns that are dropped anyway, and may have any type.
    :param batch_filter: applied to the rows that are shown; decisions show no cell that it hides, and columns that it
        drops may have any type, too.
    :raises InvalidTable: its beginning is not that of a table.
    :raises InvalidRequest: a correction does not fit, or an action of the filter.
    """
    dropped = dropped or dropped_columns(batch_filter)
    with errors_without_values(batch_filter):
        table = OpenTable.of(file, filename, asked or Corrections(), limits=limits, dropped=dropped)
        blocks, seen = [], 0
        for block in table.reader.blocks():
            table.inference.update(block)
            blocks.append(replace(block, frame=block.frame.head(rows)))
            seen += block.frame.height
            if seen >= LEAST_ROWS:
                break
        types = table.inference.types()
        shown = pl.concat([convert(block, types) for block in blocks]).head(rows)
        dates = types.dates
        if batch_filter is not None:
            shown = batch_filter.apply(shown)
            dates = frozenset(name for name in dates if not batch_filter.hides(name))
        actions = actions_of(batch_filter)
        return FilePreview(
            reading=reading_without_cells(types.reading, actions),
            decisions=decisions_without_cells(table.decisions(types), actions),
            columns=shown.columns,
            kinds={
                name: "number" if kind == pl.Float64 else "date" if name in dates else "text"
                for name, kind in shown.schema.items()
            },
            rows=shown.to_dicts(),
            looked_at=seen,
        )
