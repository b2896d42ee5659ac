"""Being told to stop: a flag that a signal sets and that everything long looks at."""

from __future__ import annotations

import signal
import time

from tablee.errors import TrainingCancelled

_SLICE = 0.1


class Stop:
    """Set once by a signal (or by anyone), never unset.

    The handler only sets a flag, so nothing is torn in the middle: every wait ends within a tenth of a second, every
    call to a service at its own time limit.
    """

    def __init__(self) -> None:
        self.requested = False

    def listen(self) -> None:
        """Take SIGTERM and SIGINT as the wish to stop; call from the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.request())

    def request(self) -> None:
        self.requested = True

    def check(self) -> None:
        """:raises TrainingCancelled: if a stop was asked for."""
        if self.requested:
            raise TrainingCancelled("the training was cancelled")

    def wait(self, seconds: float) -> None:
        """Sleep.

        :raises TrainingCancelled: as soon as a stop is asked for.
        """
        end = time.monotonic() + seconds
        self.check()
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _SLICE))
            self.check()
