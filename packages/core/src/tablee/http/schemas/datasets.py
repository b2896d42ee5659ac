"""Data sets, uploads, and previews of files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.reading import Decision, Reading
from tablee.http.schemas.answer import Answer


class DatasetList(Answer):
    """The newest version of each data set."""

    datasets: list[DatasetManifest]


class DatasetVersions(Answer):
    """All versions of one data set, newest first."""

    name: str
    versions: list[DatasetManifest]


class Rows(Answer):
    """The first rows of a table; a missing value is None."""

    columns: list[str]
    rows: list[dict[str, Any]]


class Upload(Answer):
    """A file that is sent in parts."""

    id: str
    filename: str
    bytes: int
    """Size of the whole file."""
    begun: datetime
    expires: datetime
    """When the parts are deleted."""
    offset: int = 0
    """Bytes that have arrived."""
    metadata: str = ""
    """The value of the header `Upload-Metadata`, unchanged."""


class FilePreview(Answer):
    """How a file would be read, and its first rows."""

    reading: Reading
    decisions: tuple[Decision, ...]
    columns: list[str]
    kinds: dict[str, str]
    """Kind of each column: number, date or text."""
    rows: list[dict[str, Any]]
    """Rows by column; a missing value is None."""
    looked_at: int = 0
    """Number of rows from which the kinds of the columns were inferred."""
