"""Makes and removes versions of data sets, one at a time. No other module of the controller does this."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tablee.datasets.manifest import DatasetManifest, Pulled
from tablee.datasets.privacy import AnonymisationRequest
from tablee.datasets.profile import RepairAction
from tablee.datasets.reading import Corrections
from tablee.datasets.store import Datasets
from tablee.storage.object_store import ObjectStore
from tablee_controller.datasets.anonymisation import Anonymisation
from tablee_data.privacy import PrivacyKey
from tablee_data.readers import BatchFilter, ingest
from tablee_data.transforms.anonymise import anonymise
from tablee_data.transforms.append_files import FileAppender
from tablee_data.transforms.append_rows import Row, append_rows
from tablee_data.transforms.erase import Certificate, certificates, erase
from tablee_data.transforms.repair import repair
from tablee_data.transforms.replace import replace

Made = tuple[DatasetManifest, bool]
"""The manifest of a version, and whether the version is new."""


class DatasetWriter:
    """Makes and removes versions of all data sets.

    It holds the only lock. While one version is made from another one, no other request can remove that one, add rows
    to it or change it, so a version that is removed never comes back in a version that was derived from it. A request
    that waited for the lock, and whose version was removed meanwhile, raises `Conflict`.

    :param key: returns the platform's privacy key; called only when a certificate is made.
    """

    def __init__(
        self, datasets: Datasets, objects: ObjectStore, anonymisation: Anonymisation, key: Callable[[], PrivacyKey]
    ) -> None:
        self._datasets, self._objects, self._anonymisation, self._key = datasets, objects, anonymisation, key
        self._lock = threading.Lock()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Wait until no version is being made. None is made while the block runs. Used also to read a file as a table
        without storing it, because the memory limit of the process is chosen for one table at a time."""
        with self._lock:
            yield

    def add(
        self,
        name: str,
        file: Path,
        *,
        filename: str,
        asked: Corrections,
        batch_filter: BatchFilter | None,
        by: str | None,
        strict: bool = False,
    ) -> Made:
        """Make a version of an uploaded file. See `ingest`."""
        with self._lock:
            return ingest(
                self._datasets,
                name,
                file,
                filename=filename,
                asked=asked,
                by=by,
                batch_filter=batch_filter,
                strict=strict,
            )

    def replace(
        self,
        name: str,
        file: Path,
        *,
        filename: str,
        asked: Corrections,
        batch_filter: BatchFilter | None,
        by: str | None,
        origin: Pulled,
        strict: bool = False,
    ) -> Made:
        """Make a version that has only the rows of a source's file. See `transforms.replace`."""
        with self._lock:
            return replace(
                self._datasets,
                name,
                file,
                filename=filename,
                asked=asked,
                batch_filter=batch_filter,
                by=by,
                origin=origin,
                strict=strict,
            )

    def append_rows(self, name: str, rows: Sequence[Row], *, by: str | None) -> Made:
        """Make a version with the rows of the newest one, followed by further rows. See `transforms.append_rows`."""
        with self._lock:
            return append_rows(self._datasets, name, rows, by=by)

    @contextmanager
    def append_files(
        self, name: str, folder: Path, *, batch_filter: BatchFilter | None, asked: Corrections, strict: bool = False
    ) -> Iterator[FileAppender]:
        """Append files to the newest version: call `add` and `store` in the block. No other version is made while the
        block runs. See `FileAppender`."""
        with self._lock:
            yield FileAppender(self._datasets, name, folder, batch_filter=batch_filter, asked=asked, strict=strict)

    def repair(self, name: str, version: str, action: RepairAction, *, by: str | None) -> Made:
        """Make a repaired version of another one. See `transforms.repair`.

        :raises DatasetNotFound: there is no such version.
        :raises Conflict: the version was removed while this waited for the lock.
        """
        with self._locked_version(name, version) as parent:
            return repair(self._datasets, parent, action, by=by)

    def anonymise(self, name: str, version: str, request: AnonymisationRequest) -> Made:
        """Make an anonymised version of another one. See `transforms.anonymise`.

        :raises DatasetNotFound: there is no such version.
        :raises Conflict: the version was removed while this waited for the lock.
        """
        with self._locked_version(name, version) as parent:
            anonymiser, composition = self._anonymisation.composed(parent, request.actions)
            return anonymise(self._datasets, parent, anonymiser, composition, keep_original=request.keep_original)

    def erase(self, name: str, *, column: str, value: str | float, by: str) -> Certificate:
        """Erase the rows in which a column holds a value, from all versions. See `transforms.erase`."""
        with self._lock:
            return erase(self._datasets, self._objects, self._key(), name, column=column, value=value, by=by)

    def certificates(self, name: str) -> list[Certificate]:
        """The certificates of all erasures in a data set, oldest first."""
        return certificates(self._objects, name)

    @contextmanager
    def _locked_version(self, name: str, version: str) -> Iterator[DatasetManifest]:
        """A version that no other request changes while the block runs. `latest` is the newest one when the block
        begins."""
        manifest = self._datasets.manifest(name, version)
        with self._lock:
            if version == "latest":
                manifest = self._datasets.manifest(name)
            self._datasets.check_exists(manifest)
            yield manifest
