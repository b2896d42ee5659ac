"""Uploads that are assembled to whole files on the local disk, as long as they are in use.

The files are a cache: each can be deleted at any time and assembled again from the parts in the object store.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

KEPT_SECONDS = 1800.0
"""Seconds after its last use when a file is deleted."""


@dataclass(slots=True)
class _File:
    path: Path
    bytes: int
    used: float
    """Time of its last use, in seconds of the clock."""
    users: int = 0
    forgotten: bool = False


class Assembled:
    """Assembled files by the id of their upload. May be used by several threads.

    :param folder: directory of the files.
    :param max_bytes: largest sum of their sizes. To make room, files that are not in use are deleted, the least
        recently used first.
    """

    def __init__(self, folder: Path, *, max_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._max_bytes, self._clock = folder, max_bytes, clock
        self._files: dict[str, _File] = {}
        self._lock, self._making = threading.Lock(), threading.Lock()

    @contextmanager
    def file(self, upload_id: str, size: int, write: Callable[[IO[bytes]], None]) -> Iterator[Path]:
        """The assembled file. It is not deleted while the block runs.

        :param size: size of the file in bytes.
        :param write: writes the file; called if it is not assembled yet.
        """
        with self._making:  # one at a time: another request for the same file waits, then finds it
            found = self._found(upload_id) or self._made(upload_id, size, write)
        try:
            yield found.path
        finally:
            with self._lock:
                found.users -= 1
                found.used = self._clock()
                if found.forgotten and not found.users:
                    found.path.unlink(missing_ok=True)

    def forget(self, upload_id: str) -> None:
        """Delete a file. A file in use is deleted when its last block ends. Does nothing if there is no such file."""
        with self._lock:
            self._forget(upload_id)

    def forget_unused(self) -> None:
        """Delete the files that were not used for `KEPT_SECONDS`."""
        with self._lock:
            for upload_id, file in list(self._files.items()):
                if not file.users and self._clock() - file.used > KEPT_SECONDS:
                    self._forget(upload_id)

    def _found(self, upload_id: str) -> _File | None:
        with self._lock:
            if (file := self._files.get(upload_id)) is not None:
                file.users += 1
            return file

    def _made(self, upload_id: str, size: int, write: Callable[[IO[bytes]], None]) -> _File:
        with self._lock:
            self._make_room(size)
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix="upload-", delete=False) as opened:
            path = Path(opened.name)
            try:
                write(opened)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
        file = _File(path, size, self._clock(), users=1)
        with self._lock:
            self._files[upload_id] = file
        return file

    def _make_room(self, size: int) -> None:
        unused = sorted((file.used, upload_id) for upload_id, file in self._files.items() if not file.users)
        for _, upload_id in unused:
            if sum(file.bytes for file in self._files.values()) + size <= self._max_bytes:
                return
            self._forget(upload_id)

    def _forget(self, upload_id: str) -> None:
        file = self._files.pop(upload_id, None)
        if file is None:
            return
        file.forgotten = True
        if not file.users:
            file.path.unlink(missing_ok=True)
