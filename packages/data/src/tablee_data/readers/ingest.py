"""A file stored as a version of a data set."""

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
    batch_filter: Guard | None = None,
    limits: Limits | None = None,
    origin: Origin | None = None,
) -> tuple[DatasetManifest, bool]:
    """Read, check and store a file, in constant memory; return the manifest and whether the version is new.

    :param asked: what a person has decided about the reading.
    :param by: the person who sends the file.
    :param batch_filter: applied to every batch of rows before the batch is written, summarised or quoted in an error.
    :raises InvalidTable: the file is not a valid table; nothing is stored.
    :raises InvalidRequest: the name is not allowed, or a correction does not fit.
    """
    checked_name(name)
    asked = asked or Corrections()
    with tempfile.TemporaryDirectory(prefix="tablee-data-") as folder:
        parquet = Path(folder) / "data.parquet"
        table = read(file, parquet, filename=filename, asked=asked, batch_filter=batch_filter, limits=limits)
        with file.open("rb") as opened:
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
        anonymised = batch_filter.anonymised if batch_filter is not None else None
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
