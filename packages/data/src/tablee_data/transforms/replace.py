"""A file of a source that replaces all rows of a data set. It makes a new version unless its content is that of the
newest version."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tablee.datasets.derive import Restore, derive
from tablee.datasets.hidden_cells import corrections_without_cells
from tablee.datasets.manifest import DatasetManifest, Pulled
from tablee.datasets.reading import Corrections
from tablee.datasets.store import Datasets
from tablee.errors import DatasetNotFound
from tablee_data.privacy.batch_filter import BatchFilter, actions_of
from tablee_data.readers import ingest


def replace(
    datasets: Datasets,
    name: str,
    file: Path,
    *,
    filename: str,
    asked: Corrections,
    batch_filter: BatchFilter | None,
    by: str | None,
    origin: Pulled,
    strict: bool = False,
) -> tuple[DatasetManifest, bool]:
    """Make a version of a file; return its manifest and whether it is new. If the file is that of an older version, the
    new version holds the same rows and is the newest.

    :param origin: says which source brought the file, and the hash of its content.
    :param strict: refuse a file of which something is not sure.
    :raises InvalidTable: the file is not a sound table. Nothing is stored then.
    :raises Conflict: another process made a newer version in the meantime. Nothing is stored then.
    """
    newest = _newest(datasets, name)
    if newest is not None and _is_same(newest, origin, asked, batch_filter):
        return newest, False
    manifest, new = ingest(
        datasets,
        name,
        file,
        filename=filename,
        asked=asked,
        by=by,
        batch_filter=batch_filter,
        origin=origin,
        strict=strict,
    )
    if new or newest is None or newest.version == manifest.version:
        return manifest, new
    restored = derive(manifest, Restore(newest, origin), manifest, at=datetime.now(UTC))
    with tempfile.TemporaryDirectory(prefix="tablee-data-") as folder:
        parquet = datasets.fetch(manifest, Path(folder))
        return datasets.add_derived(restored, parquet, parent=manifest, newest=newest)


def _newest(datasets: Datasets, name: str) -> DatasetManifest | None:
    try:
        return datasets.manifest(name)
    except DatasetNotFound:
        return None


def _is_same(newest: DatasetManifest, origin: Pulled, asked: Corrections, batch_filter: BatchFilter | None) -> bool:
    """Whether a version was made of the same content by the same source, read and anonymised in the same way."""
    before, fingerprint = newest.origin, newest.anonymised.fingerprint if newest.anonymised else None
    return (
        isinstance(before, Pulled)
        and (before.source, before.content) == (origin.source, origin.content)
        and newest.options == corrections_without_cells(asked, actions_of(batch_filter))
        and fingerprint == (batch_filter.anonymised.fingerprint if batch_filter else None)
    )
