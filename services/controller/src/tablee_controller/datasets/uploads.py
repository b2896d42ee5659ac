"""Files that come in parts and may be resumed, by another process of the controller too.

uploads/{id}/upload.json       what is expected
uploads/{id}/parts/{offset}    the bytes from there on
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

from pydantic import BaseModel, ConfigDict

from tablee.errors import BodyTooLarge, InvalidRequest, NotFound, ObjectStoreUnavailable, UploadNotFound, UploadOffset
from tablee.storage.object_store import ObjectStore
from tablee.telemetry import logger
from tablee_controller.datasets.assembled_files import Assembled

SWEEP_SECONDS = 600.0
"""Between looks for uploads that nobody goes on with."""

log = logger(__name__)


class Upload(BaseModel):
    """A file that comes in parts."""

    model_config = ConfigDict(frozen=True)
    id: str
    filename: str
    bytes: int
    """Of the whole file."""
    begun: datetime
    expires: datetime
    """When what came is thrown away."""
    offset: int = 0
    """Bytes that are there."""


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
        :param folder: of this machine, for whole files while they are read.
        :param hours: an upload is kept for so long.
        :param max_bytes: of one file, and of all whole files together that are kept on this machine.
        """
        self._objects, self._folder, self._hours, self._max_bytes = objects, folder, hours, max_bytes
        self._assembled = Assembled(folder, max_bytes=max_bytes, clock=clock)
        self._clock, self._swept = clock, float("-inf")
        self._writing = threading.Lock()

    def begin(self, filename: str, size: int) -> Upload:
        """
        :raises BodyTooLarge: the whole file is.
        """
        if size > self._max_bytes:
            raise BodyTooLarge(f"the file has {size:,} bytes, more than {self._max_bytes:,}")
        now = datetime.now(UTC)
        upload = Upload(
            id=f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(8)}",
            filename=filename,
            bytes=size,
            begun=now,
            expires=now + timedelta(hours=self._hours),
        )
        self._objects.put(_key(upload.id, "upload.json"), upload.model_dump_json().encode(), if_absent=True)
        return upload

    def find(self, upload_id: str) -> Upload:
        """
        :raises UploadNotFound: there is none.
        """
        try:
            upload = Upload.model_validate_json(self._objects.get(_key(upload_id, "upload.json")))
        except NotFound:
            self._assembled.forget(upload_id)  # another controller made a version of it
            raise UploadNotFound(f"there is no upload «{upload_id}»") from None
        return upload.model_copy(update={"offset": sum(size for _, size in self._parts(upload_id))})

    def add(self, upload_id: str, offset: int, part: Path) -> Upload:
        """Keep the next part.

        :raises UploadNotFound: there is no such upload.
        :raises UploadOffset: it is not the next one.
        :raises BodyTooLarge: it goes beyond the size of the file.
        """
        with self._writing:
            upload = self.find(upload_id)
            size = part.stat().st_size
            if offset != upload.offset:
                raise UploadOffset(f"a part that begins at {offset:,} where {upload.offset:,} bytes are there")
            if offset + size > upload.bytes:
                raise BodyTooLarge(f"the part goes to {offset + size:,} of {upload.bytes:,} bytes")
            if size:
                self._objects.put_file(_key(upload_id, f"parts/{offset:016d}"), part)
            return upload.model_copy(update={"offset": offset + size})

    @contextmanager
    def whole(self, upload_id: str) -> Iterator[tuple[Upload, Path]]:
        """The file, while the block lasts. It is put together once, and kept until the upload ends or nobody needs it.

        :raises UploadNotFound: there is no such upload.
        :raises UploadOffset: parts are still to come.
        """
        upload = self.find(upload_id)
        if upload.offset != upload.bytes:
            raise UploadOffset(f"{upload.offset:,} of {upload.bytes:,} bytes are there")
        with self._assembled.file(upload_id, upload.bytes, lambda file: self._put_together(upload_id, file)) as path:
            yield upload, path

    def _put_together(self, upload_id: str, file: IO[bytes]) -> None:
        try:
            with tempfile.TemporaryDirectory(dir=self._folder, prefix="upload-") as folder:
                for offset, _ in self._parts(upload_id):
                    part = Path(folder) / "part"
                    self._objects.get_file(_key(upload_id, f"parts/{offset:016d}"), part)
                    with part.open("rb") as opened:
                        shutil.copyfileobj(opened, file, 1 << 20)
            file.flush()
        except OSError as error:
            raise ObjectStoreUnavailable(f"the upload cannot be put together: {error.strerror}") from error

    def remove(self, upload_id: str) -> None:
        """Silent when there is none."""
        self._assembled.forget(upload_id)
        for key in self._objects.list(f"{_key(upload_id, '')}"):
            self._objects.delete(key)

    @property
    def busy(self) -> bool:
        return False

    def tick(self) -> bool:
        """Throw away what has expired; every few minutes."""
        self._assembled.forget_unused()
        if self._clock() - self._swept < SWEEP_SECONDS:
            return False
        self._swept = self._clock()
        now, removed = datetime.now(UTC), 0
        for upload_id in self._objects.folders("uploads/"):
            try:
                expired = self.find(upload_id).expires <= now
            except UploadNotFound:  # what a removal that was interrupted left
                expired = True
            if expired:
                self.remove(upload_id)
                removed += 1
        if removed:
            log.info("uploads_expired", uploads=removed)
        return False

    def _parts(self, upload_id: str) -> list[tuple[int, int]]:
        """Offset and size of the parts that follow each other from the beginning."""
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
    if not upload_id or not upload_id.replace("-", "").isalnum():
        raise InvalidRequest(f"«{upload_id}» is no upload's id")
    return f"uploads/{upload_id}/{name}"
