"""Room on the disk for answers that wait until the last row has been read."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tablee.errors import DiskFull

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DiskBudget:
    """Bounds the bytes of all answers together, so that no volume is filled whose limit ends the process."""

    def __init__(self, bytes_held: int) -> None:
        self._most, self._left = bytes_held, bytes_held
        self._lock = threading.Lock()

    @contextmanager
    def waiting(self) -> Iterator[DiskReservation]:
        """An answer, with nothing in it yet; its room is given back at the end of the block.

        :raises DiskFull: (within the block, too) there is no room.
        """
        answer = DiskReservation(self)
        try:
            yield answer
        except OSError as error:
            if error.errno not in _FULL:
                raise
            raise DiskFull("no_space") from error
        finally:
            self.hold(-answer.size)

    def hold(self, size: int) -> None:
        with self._lock:
            if size > self._left:
                raise DiskFull("answers_of_streams", limit=self._most)
            self._left -= size


class DiskReservation:
    """An answer that grows."""

    def __init__(self, disk: DiskBudget) -> None:
        self._disk = disk
        self.size = 0

    def grow(self, size: int) -> None:
        """It has so many bytes now.

        :raises DiskFull: with all others, that is too much.
        """
        self._disk.hold(size - self.size)
        self.size = size
