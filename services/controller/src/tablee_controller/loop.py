"""The controller's one background thread: round after round, until it is told to stop."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextvars import copy_context
from typing import Protocol

from tablee.errors import TableeError
from tablee.telemetry import logger

BRISK_SECONDS = 0.5
"""Between rounds while something is under way."""

FIRST_LOOK = "the first look is still to come"

log = logger(__name__)


class Task(Protocol):
    """What a round consists of."""

    @property
    def busy(self) -> bool:
        """Something is under way: look again soon."""

    def tick(self) -> bool:
        """One look; whether something was done, so that looking again at once is worth while."""


class ControlLoop:
    """Runs its parts in order, again after `seconds`; a part that fails is reported and tried again next round."""

    def __init__(self, parts: Mapping[str, Task], *, seconds: float) -> None:
        self._parts, self._seconds = dict(parts), seconds
        self.failures: dict[str, str] = dict.fromkeys(parts, FIRST_LOOK)
        context = copy_context()  # what is bound to the log of this thread is bound to that of the other
        self._thread = threading.Thread(target=context.run, args=(self._run,), name="loop", daemon=True)
        self._stopping = False
        self._change = threading.Condition()
        self._asked = self._begun = self._finished = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Let the round under way finish, then end."""
        with self._change:
            self._stopping = True
            self._change.notify_all()
        if self._thread.ident is not None:
            self._thread.join()

    def wake(self) -> None:
        """Ask for a round now."""
        with self._change:
            self._asked = self._begun + 1
            self._change.notify_all()

    def run_round(self, *, timeout: float = 5.0) -> bool:
        """Ask for a round now and wait until one that began after this call has ended; False if that took too long."""
        with self._change:
            self._asked = wanted = self._begun + 1
            self._change.notify_all()
            return self._change.wait_for(lambda: self._finished >= wanted or self._stopping, timeout)

    def _run(self) -> None:
        while True:
            with self._change:
                if self._stopping:
                    return
                self._begun += 1
            acted = self._round()
            with self._change:
                self._finished = self._begun
                self._change.notify_all()
                pause = 0.0 if acted else BRISK_SECONDS if self._busy() else self._seconds
                self._change.wait_for(lambda: self._stopping or self._asked > self._begun, min(pause, self._seconds))

    def _busy(self) -> bool:
        return any(part.busy for part in self._parts.values())

    def _round(self) -> bool:
        acted = False
        for name, part in self._parts.items():
            try:
                acted |= part.tick()
                if self.failures.pop(name, FIRST_LOOK) != FIRST_LOOK:
                    log.info("loop_recovered", part=name)
            except Exception as error:
                self._report(name, error)
        return acted

    def _report(self, name: str, error: Exception) -> None:
        known = isinstance(error, TableeError)
        text = error.detail if isinstance(error, TableeError) else "something went wrong inside the controller"
        if self.failures.get(name) != text:
            log.error("loop_failed", part=name, detail=text, exc_info=None if known else error)
        self.failures[name] = text
