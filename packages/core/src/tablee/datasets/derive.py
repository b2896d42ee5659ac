"""Manifests of new versions: of a content that was read, or derived from another version by one change.

`derive` is the only way to make the manifest of a version from that of another one. It takes over everything that the
change does not touch, so that no version loses its provenance: reading, decisions, privacy actions, erasures, repairs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from tablee.datasets.hidden_cells import without_cells
from tablee.datasets.manifest import (
    AppendedRows,
    AppliedRepair,
    ColumnSummary,
    DatasetManifest,
    Erasure,
    Origin,
    Pulled,
    TakenObject,
    version_of,
)
from tablee.datasets.privacy import Anonymised
from tablee.datasets.profile import RepairAction
from tablee.datasets.reading import Corrections, Decision, EarlierReading, Reading


class Written(Protocol):
    """The rows of a new version, written to a Parquet file."""

    @property
    def rows(self) -> int: ...

    @property
    def columns(self) -> tuple[ColumnSummary, ...]: ...


class Change(Protocol):
    """What makes a new version of another one."""

    def content(self, parent: DatasetManifest) -> bytes:
        """What is hashed to the `sha256` of the new version: the same change of the same parent, the same bytes."""

    def updates(self, parent: DatasetManifest, table: Written, at: datetime) -> dict[str, Any]:
        """The fields of the manifest that differ from those of the parent."""


def derive(parent: DatasetManifest, change: Change, table: Written, *, at: datetime) -> DatasetManifest:
    """The manifest of the version that a change makes of another one.

    :param table: all rows of the new version.
    :param at: when the version is made.
    """
    sha256 = hashlib.sha256(change.content(parent)).hexdigest()
    updates = {"format": 2, "rows": table.rows, "columns": table.columns, "sha256": sha256, "created": at}
    child = without_cells(parent.model_copy(update=updates | change.updates(parent, table, at)))
    return child.model_copy(update={"version": version_of(sha256, child.reading, child.anonymised)})


def first(
    name: str,
    table: Written,
    *,
    sha256: str,
    size: int,
    filename: str,
    reading: Reading | EarlierReading | None,
    options: Corrections,
    decisions: Sequence[Decision],
    anonymised: Anonymised | None,
    origin: Origin,
    by: str | None,
    at: datetime,
) -> DatasetManifest:
    """The manifest of a version that has no parent.

    :param sha256: of the content: the file as it was sent.
    :param size: of the file after decompression, in bytes.
    """
    manifest = DatasetManifest(
        name=name,
        version=version_of(sha256, reading, anonymised),
        rows=table.rows,
        columns=table.columns,
        filename=filename,
        bytes=size,
        sha256=sha256,
        created=at,
        origin=origin,
        by=by,
        reading=reading,
        options=options,
        decisions=tuple(decisions),
        anonymised=anonymised,
    )
    return without_cells(manifest)


@dataclass(frozen=True, slots=True)
class AppendRows:
    """Rows of a request follow those of the parent."""

    rows: bytes
    """The rows as JSON."""
    added: int
    by: str | None

    def content(self, parent: DatasetManifest) -> bytes:
        return parent.sha256.encode() + self.rows

    def updates(self, parent: DatasetManifest, table: Written, at: datetime) -> dict[str, Any]:
        origin = AppendedRows(parent=parent.version, added=self.added)
        return {"bytes": parent.bytes + len(self.rows), "origin": origin, "by": self.by}


@dataclass(frozen=True, slots=True)
class AppendFiles:
    """The rows of files follow those of the parent."""

    sha256: tuple[str, ...]
    """Of each file, in the order of their rows."""
    size: int
    """Of all files after decompression, in bytes."""
    added: int
    """Number of rows."""
    source: str
    """Name of the source that brought the files."""
    objects: tuple[TakenObject, ...]
    options: Corrections
    by: str | None
    reading: Reading | EarlierReading | None = None
    """With the number formats that the files have decided; None if it is the parent's."""

    def content(self, parent: DatasetManifest) -> bytes:
        return "".join([parent.sha256, *self.sha256]).encode()

    def updates(self, parent: DatasetManifest, table: Written, at: datetime) -> dict[str, Any]:
        origin = Pulled(source=self.source, parent=parent.version, objects=self.objects, added=self.added)
        updates = {"bytes": parent.bytes + self.size, "origin": origin, "options": self.options, "by": self.by}
        return updates if self.reading is None else updates | {"reading": self.reading}


@dataclass(frozen=True, slots=True)
class Repair:
    """Rows are removed or cells are changed, as a warning proposed."""

    action: RepairAction
    cells: int
    """Number of cells that are changed."""
    by: str | None

    def content(self, parent: DatasetManifest) -> bytes:
        return f"{parent.version}\n{self.action.model_dump_json()}".encode()

    def updates(self, parent: DatasetManifest, table: Written, at: datetime) -> dict[str, Any]:
        applied = AppliedRepair(
            source=parent.version, action=self.action, rows=parent.rows - table.rows, cells=self.cells
        )
        return {"mended": (*parent.mended, applied), "by": self.by}


@dataclass(frozen=True, slots=True)
class Erase:
    """The rows of a person are erased. The new version is as old as its parent: otherwise it would be the newest."""

    certificate: str
    """Key of the certificate in the object store."""

    def content(self, parent: DatasetManifest) -> bytes:
        return f"{parent.sha256}\n{self.certificate}".encode()

    def updates(self, parent: DatasetManifest, table: Written, at: datetime) -> dict[str, Any]:
        erasure = Erasure(certificate=self.certificate, at=at, rows=parent.rows - table.rows)
        return {"erasures": (*parent.erasures, erasure), "created": parent.created}


@dataclass(frozen=True, slots=True)
class Anonymise:
    """Privacy actions are applied."""

    anonymised: Anonymised
    """All actions that were applied to the rows, those of the parent included."""

    def content(self, parent: DatasetManifest) -> bytes:
        return parent.version.encode()

    def updates(self, parent: DatasetManifest, table: Written, at: datetime) -> dict[str, Any]:
        return {"anonymised": self.anonymised}


@dataclass(frozen=True, slots=True)
class Restore:
    """The rows of an older version, the parent, become the newest version again: its content has come back."""

    newest: DatasetManifest
    """The version that is the newest until then."""
    origin: Origin

    def content(self, parent: DatasetManifest) -> bytes:
        return f"{parent.sha256}{self.newest.sha256}".encode()

    def updates(self, parent: DatasetManifest, table: Written, at: datetime) -> dict[str, Any]:
        return {"origin": self.origin}
