"""A preview of a file: how it would be read, and its first rows."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from pathlib import Path

import polars as pl

from tablee.datasets.reading import Corrections
from tablee.http.schemas.datasets import FilePreview
from tablee_data.inference.conversion import convert
from tablee_data.inference.types import TypeInference
from tablee_data.readers.content import Limits, Source
from tablee_data.readers.reading_detection import detect_reading, open_reader, together, typed_texts

MAX_ROWS = 10_000
"""Rows that a preview infers types from; when a file is stored, all of its rows decide."""


def sniff(
    file: Path,
    filename: str = "",
    asked: Corrections | None = None,
    *,
    rows: int = 20,
    limits: Limits | None = None,
    dropped: Container[str] = (),
) -> FilePreview:
    """Everything that reading the file would decide, by its first rows.

    :param filename: what its owner calls it; the content counts more.
    :param asked: what a person has decided already.
    :param rows: how many to show.
    :param dropped: columns that are dropped anyway, and may have any type.
    :raises InvalidTable: its beginning is not that of a table.
    :raises InvalidRequest: a correction does not fit.
    """
    asked = asked or Corrections()
    source = Source.of(file, limits)
    reading, decisions = detect_reading(source, filename, asked)
    reader = open_reader(source, reading, asked, dropped)
    inference = TypeInference(reader.names, reader.numbers, asked, reading, typed=typed_texts(reader, reading))
    blocks, seen = [], 0
    for block in reader.blocks():
        inference.update(replace(block, frame=block.frame.head(MAX_ROWS - seen)))
        blocks.append(block)
        seen += block.frame.height
        if seen >= MAX_ROWS:
            break
    types = inference.types()
    shown = pl.concat([convert(block, types).head(rows) for block in blocks]).head(rows)
    return FilePreview(
        reading=types.reading,
        decisions=(*together(decisions, reader), *types.decisions),
        columns=shown.columns,
        kinds={
            name: "number" if name in types.numbers else "date" if name in types.dates else "text"
            for name in shown.columns
        },
        rows=shown.to_dicts(),
        looked_at=min(seen, MAX_ROWS),
    )
