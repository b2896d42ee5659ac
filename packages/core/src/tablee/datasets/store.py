"""Data sets: a name with immutable versions, each a Parquet file and a manifest.

    datasets/{name}/{version}/data.parquet
    datasets/{name}/{version}/manifest.json      written last: a version exists when its manifest does
    datasets/{name}/{version}/profile*.json      made of it later, and made again when they are gone
    datasets/{name}/{version}/privacy-*.json     so are findings of personal data

A version is the first 12 characters of a sha256 over the content, the way it was read and what was taken out of it on
the way, so the same file is the same version wherever and whenever it is added. How files are read is `tablee_data`'s.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from tablee.datasets.privacy import Anonymised
from tablee.datasets.profile import Mend
from tablee.datasets.reading import Corrections, Decision, Reading
from tablee.errors import AlreadyExists, DatasetNotFound, InvalidRequest, NotFound
from tablee.jobs.training import Name
from tablee.storage.object_store import ObjectStore

MAX_LEVELS = 1000
"""A text column with more distinct values is free text, not a category."""
BATCH_CELLS = 1 << 21
"""Cells that are read at once where a table need not fit into memory."""


class ColumnSummary(BaseModel):
    """One column as it was read."""

    model_config = ConfigDict(frozen=True)
    name: str
    kind: Literal["number", "category", "text", "date"]
    """`text` has too many different values to be a category; `date` holds ISO 8601 texts. Models read
    both through a recipe only."""
    missing: int
    distinct: int
    distinct_exact: bool = True
    """Whether `distinct` was counted; else it is an estimate, as it may be above 1,000."""
    integer: bool = False
    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    top: tuple[tuple[str, int], ...] = ()
    """Most frequent values of a category, text or date, with their counts: up to 10, none if too many to count."""


class Upload(BaseModel):
    """A file that somebody sent."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["upload"] = "upload"


class AppendedRows(BaseModel):
    """Rows that were added to another version."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["rows"] = "rows"
    parent: str | None
    """Version that they were added to; None for the first."""
    added: int


class TakenObject(BaseModel):
    """An object of an object store, as a source took it."""

    model_config = ConfigDict(frozen=True)
    key: str
    etag: str


class Pulled(BaseModel):
    """Rows that a source brought."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["source"] = "source"
    source: str
    parent: str | None = None
    """Version that they were added to; None where they are all there is."""
    objects: tuple[TakenObject, ...] = ()
    """What they stood in; none of a query. By these a source knows what it has taken, whatever happened since."""
    added: int | None = None
    """Rows, where they were added to others or begin a row of files."""
    content: str | None = None
    """sha256 of what came, where it is all there is: the same again makes no version."""


class Erasure(BaseModel):
    """Rows of a person that were taken out; who it was is written nowhere."""

    model_config = ConfigDict(frozen=True)
    certificate: str
    """Key of its certificate in the object store."""
    at: datetime
    rows: int


class Mended(BaseModel):
    """What was put right in the rows of another version, as a warning of its profile proposed."""

    model_config = ConfigDict(frozen=True)
    source: str
    """The version it was made of."""
    action: Mend
    rows: int
    """Rows that were left out."""
    cells: int
    """Cells that became something else; those that became empty, too."""


Origin = Annotated[Upload | AppendedRows | Pulled, Field(discriminator="kind")]


class DatasetManifest(BaseModel):
    """What one version of a data set is and where it came from."""

    model_config = ConfigDict(frozen=True)
    format: Literal[1, 2] = 2
    """1: of a time when all files were strict UTF-8 CSV; its `reading` is None."""
    name: str
    version: str
    rows: int
    columns: tuple[ColumnSummary, ...]
    filename: str
    bytes: int
    """Of the file, unpacked; by it a training knows whether the table fits into memory."""
    sha256: str
    """Of the content: the file as it was sent, or what a version was made of."""
    created: datetime
    origin: Origin = Upload()
    by: str | None = None
    reading: Reading | None = None
    options: Corrections = Corrections()
    """What was asked to be read otherwise."""
    decisions: tuple[Decision, ...] = ()
    """What was chosen where the file left room."""
    anonymised: Anonymised | None = None
    """What was done about personal data, if anything was."""
    erasures: tuple[Erasure, ...] = ()
    mended: tuple[Mended, ...] = ()


def version_of(sha256: str, reading: Reading | None, anonymised: Anonymised | None) -> str:
    """The version of a content that was read so, and of which that was taken out."""
    how = reading.model_dump_json() if reading else "csv/1"
    out = anonymised.fingerprint if anonymised else ""
    return hashlib.sha256(f"{how}\n{out}\n{sha256}".encode()).hexdigest()[:12]


def is_free_text(distinct: int, present: int) -> bool:
    """Whether texts with so many different ones among them are no category."""
    return distinct > MAX_LEVELS or (distinct > 50 and distinct > present / 2)


class Datasets:
    """The data sets in an object store."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def add(self, manifest: DatasetManifest, parquet: Path) -> tuple[DatasetManifest, bool]:
        """Store a version; returns its manifest and whether it is new.

        :raises InvalidRequest: the name is none.
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
        except AlreadyExists:  # the same file came in twice at once
            return self.manifest(manifest.name, manifest.version), False
        return manifest, True

    def remove(self, manifest: DatasetManifest) -> None:
        """Delete a version for good: first its manifest, without which it does not exist, then all beside it."""
        self._objects.delete(self._manifest_key(manifest.name, manifest.version))
        for key in self._objects.list(self._key(manifest.name, manifest.version, "")):
            self._objects.delete(key)

    def beside(self, manifest: DatasetManifest, file: str) -> bytes | None:
        """What was kept beside a version under a name; None if nothing was."""
        try:
            return self._objects.get(self._key(manifest.name, manifest.version, file))
        except NotFound:
            return None

    def keep_beside(self, manifest: DatasetManifest, file: str, data: bytes) -> None:
        """Keep something that was made of a version; it goes when the version does."""
        self._objects.put(self._key(manifest.name, manifest.version, file), data)

    def names(self) -> list[str]:
        return sorted({key.split("/")[1] for key in self._manifests("datasets/")})

    def versions(self, name: str) -> list[DatasetManifest]:
        """Newest first; raises `DatasetNotFound`."""
        keys = self._manifests(f"datasets/{checked_name(name)}/")
        if not keys:
            raise DatasetNotFound(f"there is no data set «{name}»")
        found = [DatasetManifest.model_validate_json(self._objects.get(key)) for key in keys]
        return sorted(found, key=lambda manifest: manifest.created, reverse=True)

    def manifest(self, name: str, version: str | None = None) -> DatasetManifest:
        """One version, the newest for None or "latest"; raises `DatasetNotFound`."""
        if version in (None, "latest"):
            return self.versions(name)[0]
        try:
            data = self._objects.get(self._manifest_key(checked_name(name), str(version)))
        except (NotFound, InvalidRequest):
            raise DatasetNotFound(f"there is no version «{version}» of the data set «{name}»") from None
        return DatasetManifest.model_validate_json(data)

    def frame(self, manifest: DatasetManifest, *, limit: int | None = None) -> pl.DataFrame:
        """The rows of a version: numbers as float64, everything else as text, missing values null."""
        with tempfile.TemporaryDirectory() as folder:
            return pl.read_parquet(self.fetch(manifest, Path(folder)), n_rows=limit, memory_map=False)

    def fetch(self, manifest: DatasetManifest, folder: Path) -> Path:
        """The same as a Parquet file in a folder, for `batches`."""
        parquet = folder / "data.parquet"
        self._objects.get_file(self._key(manifest.name, manifest.version, "data.parquet"), parquet)
        return parquet

    def _manifests(self, prefix: str) -> list[str]:
        return [key for key in self._objects.list(prefix) if key.endswith("/manifest.json")]

    def _key(self, name: str, version: str, file: str) -> str:
        return f"datasets/{name}/{version}/{file}"

    def _manifest_key(self, name: str, version: str) -> str:
        return self._key(name, version, "manifest.json")


def batch_rows(width: int) -> int:
    """Rows that are read at once of a table with so many columns."""
    return max(BATCH_CELLS // max(width, 1), 1000)


def batches(parquet: Path, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
    """The rows of a Parquet file in their order, in frames of at most `batch_rows`; memory does not grow with the file.

    :param columns: only these, in this order.
    """
    with pq.ParquetFile(parquet, pre_buffer=False) as file:
        width = file.metadata.num_columns if columns is None else len(columns)
        for batch in file.iter_batches(batch_rows(width), columns=columns):
            frame = pl.DataFrame(pa.Table.from_batches([batch]))
            yield frame if columns is None else frame.select(columns)


_NAME: TypeAdapter[str] = TypeAdapter(Name)


def checked_name(name: str) -> str:
    """The name itself; raises `InvalidRequest` if it cannot name a data set or model."""
    try:
        return _NAME.validate_python(name)
    except ValidationError:
        raise InvalidRequest(
            f"«{name}» cannot be a name: lower-case letters, digits, - and _ only, 63 at most, no - or _ at the ends"
        ) from None
