"""A sample of a stored table: all rows of a small table, random rows of a large one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from tablee.datasets.batches import batches

EXACT_CELLS = 5_000_000
"""Tables of at most so many cells are sampled whole..."""
EXACT_BYTES = 128 << 20
"""...if they also have at most so many bytes before compression."""
SAMPLE_CELLS = 2_000_000
"""Number of cells in the sample of a larger table, about..."""
SAMPLE_BYTES = 64 << 20
"""...and of bytes, about; whichever limit is reached first."""
MIN_ROWS = 1000
"""Least number of rows in the sample of a large table, however wide it is."""
SEED = 20
"""Of the random rows: the same ones each time."""

Watch = Callable[[pl.DataFrame], None]
"""Called with every batch of the table."""


def kept_rows(parquet: Path) -> tuple[int, int]:
    """Number of rows in the sample of a Parquet file, and number of rows in the file."""
    found = pq.read_metadata(parquet)
    rows, cells = found.num_rows, found.num_rows * found.num_columns
    size = sum(found.row_group(index).total_byte_size for index in range(found.num_row_groups))
    if cells <= EXACT_CELLS and size <= EXACT_BYTES:
        return rows, rows
    share = min(SAMPLE_CELLS / cells, SAMPLE_BYTES / size)
    return min(rows, max(int(rows * share), MIN_ROWS)), rows


def sample(parquet: Path, watch: Watch | None = None) -> pl.DataFrame:
    """The sample of a Parquet file, in the order of its rows; drawn without replacement, the same rows each time.

    :param watch: called with all rows, batch by batch.
    """
    wanted, rows = kept_rows(parquet)
    drawn = None
    if wanted < rows:
        drawn = np.sort(np.random.default_rng(SEED).choice(rows, wanted, replace=False, shuffle=False))
    kept, position = [], 0
    for batch in batches(parquet):
        if watch is not None:
            watch(batch)
        if drawn is None:
            kept.append(batch)
        else:
            first, last = np.searchsorted(drawn, [position, position + batch.height])
            kept.append(batch[drawn[first:last] - position])
        position += batch.height
    return pl.concat(kept)
