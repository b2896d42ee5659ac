"""Training rows as Parquet partitions in the object store, for as long as H2O needs to read them.

trainings/{id}/frames/00000.parquet …
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tablee.errors import TableeError
from tablee.storage.object_store import ObjectStore
from tablee.telemetry import logger

PARTITION_CELLS = 1 << 25
"""Cells of a partition; about 100 MB of numbers."""

log = logger(__name__)


class PartitionWriter:
    """Writes rows into partitions; each one is a local file until it is complete.

    :param cells: a partition with at least so many cells is complete.
    """

    def __init__(self, objects: ObjectStore, prefix: str, folder: Path, cells: int) -> None:
        self._objects, self._prefix, self._cells = objects, prefix, cells
        self._file = folder / "part.parquet"
        self._open: pq.ParquetWriter | None = None
        self._rows = 0
        self.addresses: list[str] = []
        """The addresses of the partitions in the object store: paths, or `s3://` URLs."""

    def add(self, rows: pl.DataFrame) -> None:
        """Write rows, all with the same columns."""
        if not rows.height:
            return
        table: pa.Table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())  # H2O's reader is an old one
        if self._open is None:
            self._open = pq.ParquetWriter(self._file, table.schema, compression="snappy")
        self._open.write_table(table)
        self._rows += rows.height
        if self._rows * rows.width >= self._cells:
            self.flush()

    def flush(self) -> None:
        """Put the open partition, if there is one, into the object store."""
        if self._open is not None:
            self._open.close()
            key = f"{self._prefix}{len(self.addresses):05}.parquet"
            self._objects.put_file(key, self._file)
            self.addresses.append(self._objects.address(key))
            self._open, self._rows = None, 0

    def close(self) -> None:
        """Close a partition that was not completed; it is not put into the object store."""
        if self._open is not None:
            self._open.close()


class Partitions:
    """The partitions of one training."""

    def __init__(self, objects: ObjectStore, training_id: str, *, cells: int = PARTITION_CELLS) -> None:
        self._objects, self._cells = objects, cells
        self._prefix = f"trainings/{training_id}/frames/"

    @contextmanager
    def writing(self) -> Iterator[PartitionWriter]:
        """Replace the existing partitions by new ones; all of them are in the object store when the context ends."""
        self._remove()
        with tempfile.TemporaryDirectory(prefix="tablee-parts-") as folder:
            writer = PartitionWriter(self._objects, self._prefix, Path(folder), self._cells)
            try:
                yield writer
                writer.flush()
            finally:
                writer.close()

    def clear(self) -> None:
        """Remove them. An error is logged and not raised, because this is called while a training ends."""
        try:
            self._remove()
        except TableeError as error:
            log.warning("parts_not_removed", prefix=self._prefix, reason=error.detail)

    def _remove(self) -> None:
        for key in self._objects.list(self._prefix):
            self._objects.delete(key)
