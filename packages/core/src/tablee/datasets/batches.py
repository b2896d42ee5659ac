"""Reads the Parquet file of a version in batches, so that memory does not grow with the number of rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

BATCH_CELLS = 1 << 21
"""Number of cells in one batch, about."""


def batch_rows(width: int) -> int:
    """Number of rows in one batch of a table with so many columns; at least 1,000."""
    return max(BATCH_CELLS // max(width, 1), 1000)


def batches(parquet: Path, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
    """Yield the rows of a Parquet file in their order, at most `batch_rows` at a time.

    :param columns: read only these, in this order; all of them for None.
    """
    with pq.ParquetFile(parquet, pre_buffer=False) as file:
        width = file.metadata.num_columns if columns is None else len(columns)
        for batch in file.iter_batches(batch_rows(width), columns=columns):
            frame = pl.DataFrame(pa.Table.from_batches([batch]))
            yield frame if columns is None else frame.select(columns)
