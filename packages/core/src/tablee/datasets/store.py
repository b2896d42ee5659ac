"""The data sets in an object store: a name with immutable versions, each a Parquet file and a manifest.

    datasets/{name}/{version}/data.parquet
    datasets/{name}/{version}/manifest.json      written last: a version exists when its manifest does
    datasets/{name}/{version}/profile*.json      derived documents: computed from the version, and computed again
    datasets/{name}/{version}/privacy-*.json     if they are missing

A version is the first 12 characters of a sha256 over the content, the way it was read and the privacy actions that were
applied. So the same file is the same version wherever and whenever it is added.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

import polars as pl

from tablee import metrics
from tablee.datasets.hidden_cells import without_cells
from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.names import checked_name
from tablee.errors import AlreadyExists, Conflict, DatasetNotFound, InvalidRequest, NotFound
from tablee.storage.object_store import ObjectStore


class Datasets:
    """The data sets in an object store."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def add(self, manifest: DatasetManifest, parquet: Path) -> tuple[DatasetManifest, bool]:
        """Store a version; return its manifest and whether it is new.

        :raises InvalidRequest: the name is not valid.
        """
        name, version = checked_name(manifest.name), manifest.version
        try:
            return self.manifest(name, version), False
        except DatasetNotFound:
            pass
        self._objects.put_file(self._key(name, version, "data.parquet"), parquet)
        key = self._manifest_key(name, version)
        try:
            self._objects.put(key, manifest.model_dump_json().encode(), if_absent=True)
        except AlreadyExists:  # another process stored the same file in the meantime
            return self.manifest(manifest.name, manifest.version), False
        metrics.DATASETS_ADDED.inc()
        return manifest, True

    def add_derived(
        self,
        manifest: DatasetManifest,
        parquet: Path,
        *,
        parent: DatasetManifest,
        newest: DatasetManifest | None = None,
    ) -> tuple[DatasetManifest, bool]:
        """Store a version that was derived from another one; return its manifest and whether it is new.

        :param parent: must still exist, so that nothing that was removed from the data set comes back.
        :param newest: must still be the newest version, if given.
        :raises Conflict: the parent was removed, or another version became the newest. Nothing is stored then.
        """
        self.check_exists(parent)
        if newest is not None and self.manifest(newest.name).version != newest.version:
            raise Conflict("newest_changed", version=newest.version, dataset=newest.name, hint="newest_changed")
        return self.add(manifest, parquet)

    def check_exists(self, manifest: DatasetManifest) -> None:
        """
        :raises Conflict: the version was removed since its manifest was read.
        """
        if not self._objects.exists(self._manifest_key(manifest.name, manifest.version)):
            raise Conflict("version_removed", version=manifest.version, dataset=manifest.name, hint="version_removed")

    def remove(self, manifest: DatasetManifest) -> None:
        """Delete a version for good: first its manifest, so that it stops to exist at once, then its other files."""
        self._objects.delete(self._manifest_key(manifest.name, manifest.version))
        for key in self._objects.list(self._key(manifest.name, manifest.version, "")):
            self._objects.delete(key)

    def document(self, manifest: DatasetManifest, file: str) -> bytes | None:
        """A document that was derived from a version; None if it was not stored yet."""
        try:
            return self._objects.get(self._key(manifest.name, manifest.version, file))
        except NotFound:
            return None

    def put_document(self, manifest: DatasetManifest, file: str, data: bytes) -> None:
        """Store a document that was derived from a version. It is removed with the version, also if that happens
        while it is being stored."""
        key = self._key(manifest.name, manifest.version, file)
        self._objects.put(key, data)
        if not self._objects.exists(self._manifest_key(manifest.name, manifest.version)):
            self._objects.delete(key)  # `remove` listed the files before this one was there

    def names(self) -> list[str]:
        """The names of all data sets, sorted."""
        return sorted({key.split("/")[1] for key in self._manifests("datasets/")})

    def newest(self) -> list[DatasetManifest]:
        """The newest version of each data set, sorted by name; without data sets that are removed meanwhile."""
        found = []
        for name in self.names():
            with suppress(DatasetNotFound):
                found.append(self.manifest(name))
        return found

    def versions(self, name: str) -> list[DatasetManifest]:
        """All versions of a data set, newest first.

        :raises DatasetNotFound: there is no data set of this name.
        """
        keys = self._manifests(f"datasets/{checked_name(name)}/")
        found = [manifest for key in keys if (manifest := self._read(key)) is not None]
        if not found:
            raise DatasetNotFound("no_data_set", dataset=name)
        return sorted(found, key=lambda manifest: manifest.created, reverse=True)

    def manifest(self, name: str, version: str | None = None) -> DatasetManifest:
        """The manifest of one version; of the newest one for None or "latest".

        :raises DatasetNotFound: there is no such version.
        """
        if version in (None, "latest"):
            return self.versions(name)[0]
        try:
            found = self._read(self._manifest_key(checked_name(name), str(version)))
        except InvalidRequest:
            found = None
        if found is None:
            raise DatasetNotFound("no_version", version=version, dataset=name)
        return found

    def frame(self, manifest: DatasetManifest, *, limit: int | None = None) -> pl.DataFrame:
        """The rows of a version: numbers as float64, everything else as text, missing values as null.

        :param limit: only so many of the first rows.
        """
        with tempfile.TemporaryDirectory() as folder:
            return pl.read_parquet(self.fetch(manifest, Path(folder)), n_rows=limit, memory_map=False)

    def fetch(self, manifest: DatasetManifest, folder: Path) -> Path:
        """Copy the rows of a version into a folder as a Parquet file, for `batches`; return its path."""
        parquet = folder / "data.parquet"
        self._objects.get_file(self._key(manifest.name, manifest.version, "data.parquet"), parquet)
        return parquet

    def _read(self, key: str) -> DatasetManifest | None:
        """None if the version was removed. Earlier releases stored cells of hidden columns with some decisions."""
        try:
            return without_cells(DatasetManifest.model_validate_json(self._objects.get(key)))
        except NotFound:
            return None

    def _manifests(self, prefix: str) -> list[str]:
        return [key for key in self._objects.list(prefix) if key.endswith("/manifest.json")]

    def _key(self, name: str, version: str, file: str) -> str:
        return f"datasets/{name}/{version}/{file}"

    def _manifest_key(self, name: str, version: str) -> str:
        return self._key(name, version, "manifest.json")
