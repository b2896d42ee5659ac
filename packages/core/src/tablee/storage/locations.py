"""Where files to score are and their outputs go: folders of the platform's own object store, or of other buckets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tablee.errors import InvalidRequest
from tablee.settings import ObjectStoreSettings, S3Settings
from tablee.storage.object_store import DirectoryStore, ObjectStore, S3Store

S3 = "s3://"
FORMS = "Write s3://bucket/folder/, or a folder of the platform's own object store such as inbox/."


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


class Locations:
    """Finds places by their addresses, all with the credentials and the endpoint of the platform's own store."""

    def __init__(self, settings: ObjectStoreSettings, objects: ObjectStore) -> None:
        self._settings, self._objects = settings.s3, objects
        self._buckets: dict[str, ObjectStore] = {}

    def find(self, address: str) -> Location:
        """The place of `s3://bucket/prefix`, or of a path in the platform's own store. Nothing is asked of it yet.

        :raises InvalidRequest: it is no such address, or leads out of the store.
        """
        if address.startswith(S3):
            bucket, _, prefix = address.removeprefix(S3).partition("/")
            if not bucket:
                raise InvalidRequest(f"«{address}» names no bucket", hint=FORMS)
            if self._settings is not None and bucket == self._settings.bucket:
                return Location(self._objects, _sound(prefix, address), None)
            return Location(self._bucket(bucket), _sound(prefix, address), bucket)
        if "://" in address and not address.startswith("file://"):
            raise InvalidRequest(f"«{address}» is neither on S3 nor in the platform's own object store", hint=FORMS)
        return Location(self._objects, _sound(self._own(address.removeprefix("file://")), address), None)

    def _own(self, path: str) -> str:
        if not path.startswith("/"):
            return path
        if not isinstance(self._objects, DirectoryStore):
            raise InvalidRequest(f"«{path}» begins with a slash, and the platform keeps its objects on S3", hint=FORMS)
        root = self._objects.root.resolve()
        inside = Path(path).resolve()
        if not inside.is_relative_to(root):
            raise InvalidRequest(
                f"«{path}» is not below the platform's object store, {root}",
                hint="Copy or link the files to a folder below it, or name a folder on S3.",
            )
        return "" if inside == root else inside.relative_to(root).as_posix()

    def _bucket(self, name: str) -> ObjectStore:
        if name not in self._buckets:
            settings = self._settings or S3Settings()  # with a directory as store, AWS's own variables say the rest
            self._buckets[name] = S3Store(settings.model_copy(update={"bucket": name}))
        return self._buckets[name]


def _sound(prefix: str, address: str) -> str:
    """The prefix, which may end with a slash; parts of it are names."""
    if any(part in ("", ".", "..") for part in prefix.rstrip("/").split("/")) and prefix.strip("/"):
        raise InvalidRequest(f"«{address}» is no folder: its parts must be names", hint=FORMS)
    if prefix.startswith("/"):
        raise InvalidRequest(f"«{address}» is no folder: its parts must be names", hint=FORMS)
    return prefix
