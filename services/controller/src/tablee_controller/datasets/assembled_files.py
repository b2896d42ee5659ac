"""Uploads put together: whole files on this machine's disk for as long as somebody works on them.

What is here may go at any time, and is put together again from the parts: the object store alone holds state.
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
"""A file is forgotten when nobody has used it for so long."""


@dataclass(slots=True)
class _File:
    path: Path
    bytes: int
    used: float
    """When it was used last, by the clock."""
    users: int = 0
    forgotten: bool = False


class Assembled:
    """Whole files by the id of their upload.

    :param folder: where they are.
    :param max_bytes: of all of them; to make room, those that nobody uses go, those used longest ago first.
    """

    def __init__(self, folder: Path, *, max_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._max_bytes, self._clock = folder, max_bytes, clock
        self._files: dict[str, _File] = {}
        self._lock, self._making = threading.Lock(), threading.Lock()

    @contextmanager
    def file(self, upload_id: str, size: int, write: Callable[[IO[bytes]], None]) -> Iterator[Path]:
        """The file, which stays where it is while the block lasts.

        :param size: its bytes.
        :param write: puts it together, if it is not there.
        """
        with self._making:  # one at a time: who asks for the same file meanwhile finds it
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
        """Silent when it is not there; a file in use goes at the end of that."""
        with self._lock:
            self._forget(upload_id)

    def forget_unused(self) -> None:
        """Forget what nobody has used for long."""
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
