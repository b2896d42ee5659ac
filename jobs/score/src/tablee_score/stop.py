"""Being told to stop: a flag that a signal sets, or a cancel in the object store, and that everything long looks at."""

from __future__ import annotations

import signal

from tablee.errors import ScoringCancelled


class Stop:
    """Set once, never unset; `reason` is a sentence for the log."""

    def __init__(self) -> None:
        self.reason = ""

    def listen(self) -> None:
        """Take SIGTERM and SIGINT as the wish to stop; call from the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.request("the worker was interrupted"))

    def request(self, reason: str) -> None:
        self.reason = self.reason or reason

    def requested(self) -> bool:
        return self.reason != ""

    def check(self) -> None:
        """:raises ScoringCancelled: if a stop was asked for."""
        if self.reason:
            raise ScoringCancelled(self.reason)
