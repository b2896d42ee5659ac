"""Training rows as Parquet files in the object store, for as long as H2O needs to read them.

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

PART_CELLS = 1 << 25
"""Cells of a part; about 100 MB of numbers."""

log = logger(__name__)


class Writer:
    """Cuts rows into parts; each is a file on this machine until it is whole."""

    def __init__(self, objects: ObjectStore, prefix: str, folder: Path, cells: int) -> None:
        self._objects, self._prefix, self._cells = objects, prefix, cells
        self._file = folder / "part.parquet"
        self._open: pq.ParquetWriter | None = None
        self._rows = 0
        self.addresses: list[str] = []

    def add(self, rows: pl.DataFrame) -> None:
        if not rows.height:
            return
        table: pa.Table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())  # H2O's reader is an old one
        if self._open is None:
            self._open = pq.ParquetWriter(self._file, table.schema, compression="snappy")
        self._open.write_table(table)
        self._rows += rows.height
        if self._rows * rows.width >= self._cells:
            self.ship()

    def ship(self) -> None:
        """Put what was added since the last time into the store."""
        if self._open is not None:
            self._open.close()
            key = f"{self._prefix}{len(self.addresses):05}.parquet"
            self._objects.put_file(key, self._file)
            self.addresses.append(self._objects.address(key))
            self._open, self._rows = None, 0

    def drop(self) -> None:
        """Let go of a part that was not finished."""
        if self._open is not None:
            self._open.close()


class Parts:
    """The parts of one training."""

    def __init__(self, objects: ObjectStore, training_id: str, *, cells: int = PART_CELLS) -> None:
        self._objects, self._cells = objects, cells
        self._prefix = f"trainings/{training_id}/frames/"

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """New parts in the place of those there are; all are in the store at the end."""
        self._remove()
        with tempfile.TemporaryDirectory(prefix="tablee-parts-") as folder:
            writer = Writer(self._objects, self._prefix, Path(folder), self._cells)
            try:
                yield writer
                writer.ship()
            finally:
                writer.drop()

    def clear(self) -> None:
        """Remove them; quiet, since it comes last whatever happened before."""
        try:
            self._remove()
        except TableeError as error:
            log.warning("parts_not_removed", prefix=self._prefix, reason=error.detail)

    def _remove(self) -> None:
        for key in self._objects.list(self._prefix):
            self._objects.delete(key)
