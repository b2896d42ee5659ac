"""Limits the disk space of responses to streams, which are kept until all rows are scored."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tablee.errors import DiskFull

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DiskBudget:
    """Limits the bytes of all responses together, so that they never fill the volume of the process."""

    def __init__(self, bytes_held: int) -> None:
        self._most, self._left = bytes_held, bytes_held
        self._lock = threading.Lock()

    @contextmanager
    def reserve(self) -> Iterator[DiskReservation]:
        """Reserves space for one response, at first 0 bytes, until the end of the `with` block.

        :raises DiskFull: also within the block: there is not enough space.
        """
        reservation = DiskReservation(self)
        try:
            yield reservation
        except OSError as error:
            if error.errno not in _FULL:
                raise
            raise DiskFull("no_space") from error
        finally:
            self.hold(-reservation.size)

    def hold(self, size: int) -> None:
        with self._lock:
            if size > self._left:
                raise DiskFull("answers_of_streams", limit=self._most)
            self._left -= size


class DiskReservation:
    """The space of one response, which grows."""

    def __init__(self, disk: DiskBudget) -> None:
        self._disk = disk
        self.size = 0

    def grow(self, size: int) -> None:
        """Set the size of the response in bytes.

        :raises DiskFull: all responses together are too large.
        """
        self._disk.hold(size - self.size)
        self.size = size
