"""A request to end a run, which also reaches a run that waits for a database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopped(Exception):
    """The run was cancelled on request; it is not an error."""


class Stop:
    """A request to stop: made by one thread, checked by another."""

    def __init__(self) -> None:
        self._asked, self._lock = threading.Event(), threading.Lock()
        self._call: Callable[[], None] | None = None

    def ask(self) -> None:
        with self._lock:
            self._asked.set()
            if self._call is not None:
                self._call()

    @property
    def asked(self) -> bool:
        return self._asked.is_set()

    def check(self) -> None:
        """:raises Stopped: the stop was requested."""
        if self._asked.is_set():
            raise Stopped

    @contextmanager
    def calling(self, call: Callable[[], None]) -> Iterator[None]:
        """While the block lasts, a request also calls this function, which ends what the other thread waits for."""
        with self._lock:
            self.check()
            self._call = call
        try:
            yield
        finally:
            with self._lock:
                self._call = None
