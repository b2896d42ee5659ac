"""Locations of files, in the platform's own object store or in other buckets; and the platform's own folders."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from tablee.errors import InvalidRequest
from tablee.settings import ObjectStoreSettings, S3Settings
from tablee.storage.object_store import DirectoryStore, ObjectStore, S3Store

S3: Final = "s3://"


class PlatformFolder(StrEnum):
    """The folders of the object store that the platform itself writes, and no one else: scorings put no output there,
    sources take no file from there, and what expires there is deleted."""

    DATASETS = "datasets"
    UPLOADS = "uploads"
    ERASURES = "erasures"
    SOURCES = "sources"
    TRAININGS = "trainings"
    SCORINGS = "scorings"
    PREDICTIONS = "predictions"
    PROMOTIONS = "promotions"
    ROLLOUT = "rollout"
    MLFLOW = "mlflow"
    """MLflow's artefacts, where they share the bucket."""
    ARTIFACTS = "artifacts"
    """MLflow's artefacts on one machine."""

    @property
    def prefix(self) -> str:
        """What all keys in the folder start with."""
        return f"{self.value}/"


@dataclass(frozen=True, slots=True)
class Location:
    """A store and a prefix in it.

    `prefix` is empty for the whole store, and names a folder or one object otherwise. `bucket` is None in the
    platform's own store.
    """

    store: ObjectStore
    prefix: str
    bucket: str | None

    def __str__(self) -> str:
        return self.prefix if self.bucket is None else f"{S3}{self.bucket}/{self.prefix}"

    @property
    def folder(self) -> str:
        """The prefix of everything below it."""
        return f"{self.prefix.rstrip('/')}/" if self.prefix.strip("/") else ""

    @property
    def is_platform_folder(self) -> bool:
        """Whether it is, holds or lies in one of the platform's own folders."""
        return self.bucket is None and (not self.folder or self.folder.split("/")[0] in set(PlatformFolder))


class Locations:
    """Finds locations by their addresses, with the credentials and the endpoint of the platform's own store."""

    def __init__(self, settings: ObjectStoreSettings, objects: ObjectStore) -> None:
        self._settings, self._objects = settings.s3, objects
        self._buckets: dict[str, ObjectStore] = {}

    def find(self, address: str) -> Location:
        """The location of `s3://bucket/prefix`, or of a path in the platform's own store. The store is not called.

        :raises InvalidRequest: the address is none of these, or leads out of the store.
        """
        if address.startswith(S3):
            bucket, _, prefix = address.removeprefix(S3).partition("/")
            if not bucket:
                raise InvalidRequest("no_bucket", hint="address_forms", address=address)
            if self._settings is not None and bucket == self._settings.bucket:
                return Location(self._objects, _checked(prefix, address), None)
            return Location(self._bucket(bucket), _checked(prefix, address), bucket)
        if "://" in address and not address.startswith("file://"):
            raise InvalidRequest("unknown_store", hint="address_forms", address=address)
        return Location(self._objects, _checked(self._own(address.removeprefix("file://")), address), None)

    def _own(self, path: str) -> str:
        """A path of the platform's own store as a key; a full path must lead into its directory."""
        if not path.startswith("/"):
            return path
        if not isinstance(self._objects, DirectoryStore):
            raise InvalidRequest("full_path_on_s3", hint="address_forms", path=path)
        root = self._objects.root.resolve()
        inside = Path(path).resolve()
        if not inside.is_relative_to(root):
            raise InvalidRequest("outside_store", hint="copy_below_store", path=path, root=str(root))
        return "" if inside == root else inside.relative_to(root).as_posix()

    def _bucket(self, name: str) -> ObjectStore:
        if name not in self._buckets:
            settings = self._settings or S3Settings()  # with a directory as store, AWS's own variables say the rest
            self._buckets[name] = S3Store(settings.model_copy(update={"bucket": name}))
        return self._buckets[name]


def _checked(prefix: str, address: str) -> str:
    """The prefix, which may end with a slash; its parts must be names."""
    parts = prefix.rstrip("/").split("/")
    if prefix.startswith("/") or (prefix.strip("/") and any(part in ("", ".", "..") for part in parts)):
        raise InvalidRequest("no_folder", hint="address_forms", address=address)
    return prefix
