"""How a job that is a process of its own is asked to stop; the training and the scoring worker share it."""

from __future__ import annotations

import signal
import time

from tablee.errors import TableeError

_SLICE_SECONDS = 0.1


class StopRequest:
    """Set once, by a signal or by a call from any thread; never unset.

    The signal handler only sets a flag, so no operation is interrupted halfway: code that takes long calls `check` or
    `wait`, and a call to a service ends at its own time limit.

    :param on_signal: the error that `check` raises after a signal.
    """

    def __init__(self, on_signal: TableeError) -> None:
        self._on_signal = on_signal
        self.error: TableeError | None = None
        """What `check` raises; None until a stop is asked for."""

    def listen(self) -> None:
        """Take SIGTERM and SIGINT as requests to stop. Call it from the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.request())

    def request(self, error: TableeError | None = None) -> None:
        """Ask for the stop. Of several requests the first one counts.

        :param error: what `check` raises from now on; that of a signal if None.
        """
        self.error = self.error or error or self._on_signal

    def requested(self) -> bool:
        """Whether a stop was asked for."""
        return self.error is not None

    def check(self) -> None:
        """Raise the error of the request if a stop was asked for."""
        if self.error is not None:
            raise self.error

    def wait(self, seconds: float) -> None:
        """Sleep; raise the error of the request within a tenth of a second after a stop was asked for."""
        end = time.monotonic() + seconds
        self.check()
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _SLICE_SECONDS))
            self.check()
