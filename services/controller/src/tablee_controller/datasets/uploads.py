"""Files that are uploaded in parts. An upload can be resumed, also by another process of the controller.

uploads/{id}/upload.json       size and name of the file, and when the upload expires
uploads/{id}/parts/{offset}    the bytes of the file from an offset on
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from tablee.errors import BodyTooLarge, InvalidRequest, NotFound, ObjectStoreUnavailable, UploadNotFound, UploadOffset
from tablee.errors.causes import system_cause
from tablee.http.schemas.datasets import Upload
from tablee.storage.documents import Documents
from tablee.storage.object_store import ObjectStore
from tablee.telemetry import logger
from tablee_controller.datasets.assembled_files import Assembled

SWEEP_SECONDS = 600.0
"""Seconds between two searches for uploads that have expired."""

log = logger(__name__)


class Uploads:
    """The uploads in an object store."""

    def __init__(
        self,
        objects: ObjectStore,
        folder: Path,
        *,
        hours: float,
        max_bytes: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        :param folder: directory on this machine for whole files while they are read.
        :param hours: how long an upload is kept.
        :param max_bytes: most bytes of one file, and of all whole files together that are kept on this machine.
        """
        self._objects, self._folder, self._hours, self.max_bytes = objects, folder, hours, max_bytes
        self._documents = Documents(objects, "uploads/", Upload, suffix="/upload.json")
        self._assembled = Assembled(folder, max_bytes=max_bytes, clock=clock)
        self._clock, self._swept = clock, float("-inf")
        self._writing = threading.Lock()

    def begin(self, filename: str, size: int, metadata: str = "") -> Upload:
        """Begin an upload.

        :param size: bytes of the whole file.
        :param metadata: stored with the upload unchanged.
        :raises BodyTooLarge: the file has more than `max_bytes`.
        """
        if size > self.max_bytes:
            raise BodyTooLarge("file", size=size, limit=self.max_bytes)
        now = datetime.now(UTC)
        upload = Upload(
            id=f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(8)}",
            filename=filename,
            bytes=size,
            begun=now,
            expires=now + timedelta(hours=self._hours),
            metadata=metadata,
        )
        self._documents.create(upload.id, upload)
        return upload

    def find(self, upload_id: str) -> Upload:
        """An upload, with the number of bytes that have arrived.

        :raises UploadNotFound: there is none.
        """
        try:
            upload = self._documents.get(_checked(upload_id))
        except NotFound:
            # Another process of the controller has perhaps made a version of the file, and deleted the upload.
            self._assembled.forget(upload_id)
            raise UploadNotFound("unknown", upload=upload_id) from None
        return upload.model_copy(update={"offset": sum(size for _, size in self._parts(upload_id))})

    def add(self, upload_id: str, offset: int, part: Path) -> Upload:
        """Store the next part.

        :param offset: where in the file the part begins.
        :raises UploadNotFound: there is no such upload.
        :raises UploadOffset: the part does not begin where the bytes that have arrived end.
        :raises BodyTooLarge: the part ends beyond the end of the file.
        """
        with self._writing:
            upload = self.find(upload_id)
            size = part.stat().st_size
            if offset != upload.offset:
                raise UploadOffset("part", offset=offset, arrived=upload.offset)
            if offset + size > upload.bytes:
                raise BodyTooLarge("part", end=offset + size, size=upload.bytes)
            if size:
                self._objects.put_file(_key(upload_id, f"parts/{offset:016d}"), part)
            return upload.model_copy(update={"offset": offset + size})

    @contextmanager
    def whole(self, upload_id: str) -> Iterator[tuple[Upload, Path]]:
        """The whole file on the local disk. It is not deleted while the block runs.

        It is assembled at the first use. It is deleted with the upload, or when it was not used for some time.

        :raises UploadNotFound: there is no such upload.
        :raises UploadOffset: parts are missing.
        """
        upload = self.find(upload_id)
        if upload.offset != upload.bytes:
            raise UploadOffset("incomplete", arrived=upload.offset, size=upload.bytes)
        with self._assembled.file(upload_id, upload.bytes, lambda file: self._assemble(upload_id, file)) as path:
            yield upload, path

    def _assemble(self, upload_id: str, file: IO[bytes]) -> None:
        try:
            with tempfile.TemporaryDirectory(dir=self._folder, prefix="upload-") as folder:
                for offset, _ in self._parts(upload_id):
                    part = Path(folder) / "part"
                    self._objects.get_file(_key(upload_id, f"parts/{offset:016d}"), part)
                    with part.open("rb") as opened:
                        shutil.copyfileobj(opened, file, 1 << 20)
            file.flush()
        except OSError as error:
            raise ObjectStoreUnavailable("upload_assembly", error=system_cause(error)) from error

    def remove(self, upload_id: str) -> None:
        """Delete an upload. Does nothing if there is none."""
        self._assembled.forget(upload_id)
        for key in self._objects.list(_key(upload_id, "")):
            self._objects.delete(key)

    @property
    def busy(self) -> bool:
        return False

    def tick(self) -> bool:
        """Delete uploads that have expired, once every `SWEEP_SECONDS`."""
        self._assembled.forget_unused()
        if self._clock() - self._swept < SWEEP_SECONDS:
            return False
        self._swept = self._clock()
        now, removed = datetime.now(UTC), 0
        for upload_id in self._documents.names():
            try:
                expired = self.find(upload_id).expires <= now
            except UploadNotFound:  # an earlier deletion was interrupted: delete the remaining parts
                expired = True
            if expired:
                self.remove(upload_id)
                removed += 1
        if removed:
            log.info("uploads_expired", uploads=removed)
        return False

    def _parts(self, upload_id: str) -> list[tuple[int, int]]:
        """Offset and size of each part, as far as the parts are consecutive from the beginning of the file."""
        prefix = _key(upload_id, "parts/")
        found = sorted((int(each.key.removeprefix(prefix)), each.bytes) for each in self._objects.found(prefix))
        parts, end = [], 0
        for offset, size in found:
            if offset != end:
                break
            parts.append((offset, size))
            end += size
        return parts


def _key(upload_id: str, name: str) -> str:
    return f"uploads/{_checked(upload_id)}/{name}"


def _checked(upload_id: str) -> str:
    """:raises InvalidRequest: it is no id of an upload."""
    if not upload_id or not upload_id.replace("-", "").isalnum():
        raise InvalidRequest("upload_id", upload=upload_id)
    return upload_id
