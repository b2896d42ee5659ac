"""From a file to a version of a data set."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tablee.datasets.reading import Corrections
from tablee.datasets.store import DatasetManifest, Datasets, Origin, Upload, checked_name, version_of
from tablee_data.privacy.batch_filter import Guard
from tablee_data.readers.content import Limits
from tablee_data.readers.table import read


def ingest(
    datasets: Datasets,
    name: str,
    file: Path,
    *,
    filename: str,
    asked: Corrections | None = None,
    by: str | None = None,
    guard: Guard | None = None,
    limits: Limits | None = None,
    origin: Origin | None = None,
) -> tuple[DatasetManifest, bool]:
    """Read, check and store a file; returns the manifest and whether the version is new. Memory does not grow with it.

    :param asked: what is to be read otherwise than the file says.
    :param by: who sends it.
    :param guard: applied to every batch of rows before anything of it is written, summarised or said.
    :raises InvalidTable: the file is no sound table; nothing is stored.
    :raises InvalidRequest: the name is none, or a correction does not fit.
    """
    checked_name(name)
    asked = asked or Corrections()
    with tempfile.TemporaryDirectory(prefix="tablee-data-") as folder:
        parquet = Path(folder) / "data.parquet"
        table = read(file, parquet, filename=filename, asked=asked, guard=guard, limits=limits)
        with file.open("rb") as opened:
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
        anonymised = guard.anonymised if guard is not None else None
        manifest = DatasetManifest(
            name=name,
            version=version_of(sha256, table.reading, anonymised),
            rows=table.rows,
            columns=table.columns,
            filename=filename,
            bytes=table.bytes,
            sha256=sha256,
            created=datetime.now(UTC),
            origin=origin or Upload(),
            by=by,
            reading=table.reading,
            options=asked,
            decisions=table.decisions,
            anonymised=anonymised,
        )
        return datasets.add(manifest, parquet)
