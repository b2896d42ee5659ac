"""A file stored as a version of a data set."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tablee.datasets.derive import first
from tablee.datasets.manifest import DatasetManifest, Origin, Upload
from tablee.datasets.names import checked_name
from tablee.datasets.questions import refuse_unsure
from tablee.datasets.reading import Corrections
from tablee.datasets.store import Datasets
from tablee_data.privacy.batch_filter import BatchFilter
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
    batch_filter: BatchFilter | None = None,
    limits: Limits | None = None,
    origin: Origin | None = None,
    strict: bool = False,
) -> tuple[DatasetManifest, bool]:
    """Read, check and store a file, in constant memory; return the manifest and whether the version is new.

    :param asked: what a person has decided about the reading.
    :param by: the person who sends the file.
    :param batch_filter: applied to every batch of rows before the batch is written, summarised or quoted in an error.
    :param strict: refuse a file of which something is not sure.
    :raises InvalidTable: the file is not a valid table, or not sure (`unsure_reading`); nothing is stored.
    :raises InvalidRequest: the name is not allowed, or a correction does not fit.
    """
    checked_name(name)
    asked = asked or Corrections()
    with tempfile.TemporaryDirectory(prefix="tablee-data-") as folder:
        parquet = Path(folder) / "data.parquet"
        table = read(file, parquet, filename=filename, asked=asked, batch_filter=batch_filter, limits=limits)
        if strict:
            refuse_unsure(table.decisions)
        with file.open("rb") as opened:
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
        manifest = first(
            name,
            table,
            sha256=sha256,
            size=table.bytes,
            filename=filename,
            reading=table.reading,
            options=asked,
            decisions=table.decisions,
            anonymised=table.anonymised,
            origin=origin or Upload(),
            by=by,
            at=datetime.now(UTC),
        )
        return datasets.add(manifest, parquet)
