"""The object store: one port, two adapters (a directory, S3).

Keys are slash-separated paths without leading slash, empty parts or dots-only parts. `put` is atomic: a reader sees the
old bytes or the new ones. With `if_absent` the first writer wins, which is what every append-only log here rests on.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from tablee.errors import AlreadyExists, InvalidRequest, InvalidSettings, NotFound, ObjectStoreUnavailable
from tablee.errors.causes import quoted
from tablee.settings import ObjectStoreSettings, S3Settings

PAUSES = (0.05, 0.1, 0.2)
"""Seconds between the attempts to write an object that the store refuses."""
NOT_FOUND = ("NoSuchKey", "404")
"""Codes of the store for an object that is not there."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An object without its bytes."""

    key: str
    bytes: int
    etag: str
    """Another one when the bytes are written anew."""
    modified: datetime = field(compare=False)
    """When they were written, in UTC; stores tell it to the second or finer, from call to call."""


class ObjectStore(Protocol):
    """Bytes by key. Every call raises `ObjectStoreUnavailable` when the store cannot be reached."""

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        """Write bytes; with `if_absent`, raise `AlreadyExists` when the key is there."""

    def put_file(self, key: str, path: Path) -> None:
        """Write a file's bytes, streamed."""

    def get(self, key: str) -> bytes:
        """Read bytes; raises `NotFound`."""

    def get_file(self, key: str, path: Path) -> None:
        """Read into a file, streamed; raises `NotFound`."""

    def exists(self, key: str) -> bool: ...

    def stat(self, key: str) -> Stored:
        """What is known of an object; raises `NotFound`."""

    def list(self, prefix: str) -> list[str]:
        """All keys that start with the prefix, sorted."""

    def found(self, prefix: str) -> Iterator[Stored]:
        """All objects whose keys start with the prefix, in no order."""

    def folders(self, prefix: str) -> tuple[str, ...]:
        """The names between a prefix that ends with a slash and the next slash of the keys below it, sorted."""

    def delete(self, key: str) -> None:
        """Remove; silent when there is none."""

    def address(self, key: str) -> str:
        """Where another program that can reach the store finds an object: a path, or an `s3://` URL."""


def open_store(settings: ObjectStoreSettings) -> ObjectStore:
    """The store the settings name; exactly one of directory and s3."""
    if settings.directory is not None and settings.s3 is None:
        return DirectoryStore(settings.directory)
    if settings.s3 is not None and settings.directory is None:
        return S3Store(settings.s3)
    raise InvalidSettings("one_object_store")


def _checked(key: str) -> str:
    if any(part in ("", ".", "..") for part in key.split("/")) or "\\" in key or "\0" in key:
        raise InvalidRequest("no_object_key", object=key)
    return key


class DirectoryStore:
    """Objects as files below one directory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def _path(self, key: str) -> Path:
        return self.root / _checked(key)

    @contextmanager
    def _writing(self, key: str, *, if_absent: bool) -> Iterator[Path]:
        """A temporary file beside the target that becomes it at the end."""
        target = self._path(key)
        temporary = self._temporary(target.parent)
        try:
            yield temporary
            with temporary.open("rb") as written:
                os.fsync(written.fileno())
            if if_absent:
                os.link(temporary, target)
            else:
                temporary.replace(target)
        except FileExistsError:
            raise AlreadyExists("object", object=key) from None
        finally:
            temporary.unlink(missing_ok=True)

    def _temporary(self, folder: Path) -> Path:
        """A new file in the folder, which is made; `delete` may remove an empty folder at the same moment."""
        while True:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                handle, name = tempfile.mkstemp(dir=folder, prefix=".tmp-")
            except FileNotFoundError:
                continue
            except FileExistsError:  # `mkdir` found the folder, and then did not
                if folder.exists():
                    raise
                continue
            os.close(handle)
            return Path(name)

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        with self._writing(key, if_absent=if_absent) as path:
            path.write_bytes(data)

    def put_file(self, key: str, path: Path) -> None:
        with self._writing(key, if_absent=False) as temporary:
            shutil.copyfile(path, temporary)

    def get(self, key: str) -> bytes:
        try:
            return self._path(key).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise NotFound("object", object=key) from None

    def get_file(self, key: str, path: Path) -> None:
        try:
            shutil.copyfile(self._path(key), path)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise NotFound("object", object=key) from None

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def stat(self, key: str) -> Stored:
        try:
            if (path := self._path(key)).is_file():
                return _stored(key, path.stat())
        except (FileNotFoundError, NotADirectoryError):
            pass
        raise NotFound("object", object=key)

    def list(self, prefix: str) -> list[str]:
        return sorted(key for key, _ in self._files(prefix))

    def found(self, prefix: str) -> Iterator[Stored]:
        for key, path in self._files(prefix):
            yield _stored(key, path.stat())

    def folders(self, prefix: str) -> tuple[str, ...]:
        base = self.root / prefix
        return tuple(sorted(path.name for path in base.iterdir() if path.is_dir())) if base.is_dir() else ()

    def _files(self, prefix: str) -> Iterator[tuple[str, Path]]:
        base = self.root / prefix.rpartition("/")[0]
        for path in base.rglob("*"):
            if path.is_file() and not path.name.startswith(".tmp-"):
                key = path.relative_to(self.root).as_posix()
                if key.startswith(prefix):
                    yield key, path

    def delete(self, key: str) -> None:
        path = self._path(key)
        path.unlink(missing_ok=True)
        for folder in path.parents:  # as in a bucket, there are no empty folders
            if folder == self.root:
                return
            try:
                folder.rmdir()
            except FileNotFoundError:
                continue
            except OSError:  # something is in it
                return

    def address(self, key: str) -> str:
        return str(self._path(key).resolve())


class S3Store:
    """Objects in a bucket of any S3-compatible store that honours `If-None-Match`."""

    def __init__(self, settings: S3Settings) -> None:
        import boto3  # a second of start-up that directory users need not pay
        from botocore.config import Config

        secret = {
            "aws_access_key_id": settings.access_key and settings.access_key.get_secret_value(),
            "aws_secret_access_key": settings.secret_key and settings.secret_key.get_secret_value(),
        }
        self.bucket = settings.bucket
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=settings.endpoint,
            region_name=settings.region or _region(),
            config=Config(
                connect_timeout=min(3.0, settings.timeout_seconds),
                read_timeout=settings.timeout_seconds,
                retries={"mode": "standard", "total_max_attempts": 2},
                s3={"addressing_style": "path"},
                # Checksums of AWS's own that not every store knows
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
            **secret,
        )

    @contextmanager
    def _calling(self, key: str) -> Iterator[None]:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            code = _code(error)
            if code in NOT_FOUND:
                raise NotFound("object", object=key) from None
            if code in ("PreconditionFailed", "ConditionalRequestConflict", "412"):
                raise AlreadyExists("object", object=key) from None
            raise ObjectStoreUnavailable("refused", object=key, why=quoted("S3", error)) from error
        except (BotoCoreError, Boto3Error) as error:
            raise ObjectStoreUnavailable("unreachable", why=quoted("S3", error)) from error

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        condition = {"IfNoneMatch": "*"} if if_absent else {}
        with self._calling(key):
            retry_refused(
                lambda: self._client.put_object(Bucket=self.bucket, Key=_checked(key), Body=data, **condition)
            )

    def put_file(self, key: str, path: Path) -> None:
        with self._calling(key):
            retry_refused(lambda: self._client.upload_file(str(path), self.bucket, _checked(key)))

    def get(self, key: str) -> bytes:
        with self._calling(key):
            body: bytes = self._client.get_object(Bucket=self.bucket, Key=_checked(key))["Body"].read()
            return body

    def get_file(self, key: str, path: Path) -> None:
        with self._calling(key):
            self._client.download_file(self.bucket, _checked(key), str(path))

    def exists(self, key: str) -> bool:
        try:
            with self._calling(key):
                self._client.head_object(Bucket=self.bucket, Key=_checked(key))
        except NotFound:
            return False
        return True

    def stat(self, key: str) -> Stored:
        with self._calling(key):
            head = self._client.head_object(Bucket=self.bucket, Key=_checked(key))
        return Stored(key, head["ContentLength"], head["ETag"].strip('"'), head["LastModified"])

    def list(self, prefix: str) -> list[str]:
        return sorted(stored.key for stored in self.found(prefix))

    def found(self, prefix: str) -> Iterator[Stored]:
        for page in self._pages(prefix):
            for item in page.get("Contents", ()):
                yield Stored(item["Key"], item["Size"], item["ETag"].strip('"'), item["LastModified"])

    def folders(self, prefix: str) -> tuple[str, ...]:
        pages = self._pages(prefix, Delimiter="/")
        found = (item["Prefix"] for page in pages for item in page.get("CommonPrefixes", ()))
        return tuple(sorted(each.removeprefix(prefix).rstrip("/") for each in found))

    def _pages(self, prefix: str, **options: str) -> Iterator[dict[str, Any]]:
        with self._calling(prefix):
            yield from self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=prefix, **options
            )

    def delete(self, key: str) -> None:
        with self._calling(key):
            self._client.delete_object(Bucket=self.bucket, Key=_checked(key))

    def address(self, key: str) -> str:
        return f"s3://{self.bucket}/{_checked(key)}"


def retry_refused(put: Callable[[], object]) -> None:
    """Write an object; if that is refused, try again. MinIO removes the folder of a deleted object when it is empty,
    and a write into this folder at that moment fails: with “access denied”, or as if the new object were not found
    (minio/minio#12914, #15157).

    :raises ClientError, Boto3Error: it is refused each time.
    """
    for pause in (*PAUSES, None):
        try:
            put()
            return
        except Exception as error:
            if pause is None or _code(error) not in ("AccessDenied", *NOT_FOUND):
                raise
        time.sleep(pause)


def _code(error: BaseException) -> str:
    """The code of an error that the store answered; empty for other errors. `upload_file` raises an error of its own
    while it handles that one."""
    answered = error if hasattr(error, "response") else error.__context__
    return str(getattr(answered, "response", {}).get("Error", {}).get("Code", ""))


def _stored(key: str, status: os.stat_result) -> Stored:
    etag = f"{status.st_mtime_ns:x}-{status.st_ino:x}-{status.st_size:x}"
    return Stored(key, status.st_size, etag, datetime.fromtimestamp(status.st_mtime, UTC))


def _region() -> str:
    """The SDK for Python reads only the second of the two variables that AWS's SDKs know."""
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
