"""Erasure of a person's rows from all versions of a data set (GDPR, article 17), with a certificate.

    erasures/{dataset}/{id}.json

Every version that holds such rows gives way to one without them; its files are removed. The certificate says which
versions, how many rows, when and by whom. Of the key it holds a salted hash: whoever knows the key can prove that it
was the one, nobody can read it there.
"""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from pydantic import BaseModel, ConfigDict

from tablee.datasets.store import DatasetManifest, Datasets, Erasure, batches, version_of
from tablee.errors import InvalidRequest
from tablee.storage.object_store import ObjectStore
from tablee_data.readers.table import Output


class ErasedVersion(BaseModel):
    """A version that is no more."""

    model_config = ConfigDict(frozen=True)
    version: str
    rows: int
    """Rows that were taken out."""
    successor: str | None
    """The version without them; None if there was nothing else."""


class Certificate(BaseModel):
    """What was erased."""

    model_config = ConfigDict(frozen=True)
    id: str
    dataset: str
    column: str
    salt: str
    key_sha256: str
    """sha256 of the salt and the key, both as UTF-8."""
    at: datetime
    by: str
    versions: tuple[ErasedVersion, ...]


def erase(
    datasets: Datasets, objects: ObjectStore, name: str, *, column: str, value: str | float, by: str
) -> Certificate:
    """Take the rows in which a column holds a value out of all versions.

    :raises DatasetNotFound: there is no such data set.
    :raises InvalidRequest: no version has the column. The value stands in no error.
    """
    versions = datasets.versions(name)
    having = [manifest for manifest in versions if any(each.name == column for each in manifest.columns)]
    if not having:
        raise InvalidRequest(f"no version of the data set «{name}» has a column «{column}»")
    now = datetime.now(UTC)
    salt = secrets.token_hex(16)
    identity = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    key = f"erasures/{name}/{identity}.json"
    certificate = Certificate(
        id=identity,
        dataset=name,
        column=column,
        salt=salt,
        key_sha256=hashlib.sha256(f"{salt}{value}".encode()).hexdigest(),
        at=now,
        by=by,
        versions=(),
    )
    objects.put(key, certificate.model_dump_json().encode(), if_absent=True)
    for manifest in having:  # the certificate grows with each, so that it is true whenever this is interrupted
        found = _without(datasets, manifest, column, value, Erasure(certificate=key, at=now, rows=0))
        if found is not None:
            certificate = certificate.model_copy(update={"versions": (*certificate.versions, found)})
            objects.put(key, certificate.model_dump_json().encode())
    return certificate


def _without(
    datasets: Datasets, manifest: DatasetManifest, column: str, value: str | float, mark: Erasure
) -> ErasedVersion | None:
    """Put a version without such rows in the place of one; None if it has none."""
    with tempfile.TemporaryDirectory(prefix="tablee-data-") as temporary:
        folder = Path(temporary)
        source = datasets.fetch(manifest, folder)
        target = folder / "shorter.parquet"
        dates = [each.name for each in manifest.columns if each.kind == "date"]
        with Output(target) as output:
            for batch in batches(source):
                kept = batch.filter(~_holds(batch[column], value))
                if kept.height:
                    output.write(kept, dates)
        gone = manifest.rows - output.rows
        if not gone:
            return None
        successor = None
        if output.rows:
            sha256 = hashlib.sha256(f"{manifest.sha256}\n{mark.certificate}".encode()).hexdigest()
            successor = version_of(sha256, manifest.reading, manifest.anonymised)
            changes = {
                "format": 2,
                "version": successor,
                "rows": output.rows,
                "columns": output.columns,
                "sha256": sha256,
                "erasures": (*manifest.erasures, mark.model_copy(update={"rows": gone})),
            }
            datasets.add(manifest.model_copy(update=changes), target)  # as old as the one before, or it would be newest
        datasets.remove(manifest)
        return ErasedVersion(version=manifest.version, rows=gone, successor=successor)


def _holds(series: pl.Series, value: str | float) -> pl.Series:
    if series.dtype == pl.Float64:
        try:
            number = float(value)
        except ValueError:
            return pl.repeat(False, len(series), dtype=pl.Boolean, eager=True)
        return (series == number).fill_null(False)
    return (series == str(value)).fill_null(False)
