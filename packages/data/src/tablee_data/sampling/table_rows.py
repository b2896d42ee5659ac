"""Rows of a table that is too large to be kept: all of them up to a stated size, a random part above it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from tablee.datasets.batches import batches

EXACT_CELLS = 5_000_000
"""Tables of at most so many cells are kept whole."""
EXACT_BYTES = 128 << 20
"""If they also are no larger than this, in bytes before compression."""
SAMPLE_CELLS = 2_000_000
"""Cells that are kept of larger ones."""
SAMPLE_BYTES = 64 << 20
"""And bytes, roughly."""
LEAST_ROWS = 1000
"""Rows that are kept of however wide a table."""
SEED = 20

Watch = Callable[[pl.DataFrame], None]
"""Sees every batch as it goes by."""


def kept_rows(parquet: Path) -> tuple[int, int]:
    """How many rows would be kept of a Parquet file, and how many it has."""
    found = pq.read_metadata(parquet)
    rows, cells = found.num_rows, found.num_rows * found.num_columns
    size = sum(found.row_group(index).total_byte_size for index in range(found.num_row_groups))
    if cells <= EXACT_CELLS and size <= EXACT_BYTES:
        return rows, rows
    share = min(SAMPLE_CELLS / cells, SAMPLE_BYTES / size)
    return min(rows, max(int(rows * share), LEAST_ROWS)), rows


def sample(parquet: Path, watch: Watch | None = None) -> pl.DataFrame:
    """The rows kept, in their order; drawn without replacement, the same ones each time.

    :param watch: sees all rows on the way, batch by batch.
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
