"""The control loop: a background thread that runs all tasks in rounds until it is stopped."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextvars import copy_context
from typing import Protocol

from tablee.errors import TableeError
from tablee.errors.panics import panics_as_errors
from tablee.i18n.message import Message
from tablee.telemetry import logger

BRISK_SECONDS = 0.5
"""Seconds between rounds while a task is busy."""

FIRST_LOOK = Message("rolled_out.first_look")

log = logger(__name__)


class Task(Protocol):
    """A part of each round."""

    @property
    def busy(self) -> bool:
        """Whether something is under way. The next round then begins after at most `BRISK_SECONDS`."""

    def tick(self) -> bool:
        """Run the task once. Returns whether it has changed something; the next round then begins at once."""


class ControlLoop:
    """Runs its tasks in order, every `seconds` seconds. An error of a task is logged; the next round runs it again.

    :param tasks: the tasks by name.
    """

    def __init__(self, tasks: Mapping[str, Task], *, seconds: float) -> None:
        self._tasks, self._seconds = dict(tasks), seconds
        self.failures: dict[str, TableeError | Message] = dict.fromkeys(tasks, FIRST_LOOK)
        context = copy_context()  # the new thread logs with the same bound values
        self._thread = threading.Thread(target=context.run, args=(self._run,), name="loop", daemon=True)
        self._stopping = False
        self._change = threading.Condition()
        self._requested = self._started = self._finished = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Wait for the end of the current round, and end the thread."""
        with self._change:
            self._stopping = True
            self._change.notify_all()
        if self._thread.ident is not None:
            self._thread.join()

    def wake(self) -> None:
        """Begin the next round now, without waiting for it."""
        with self._change:
            self._requested = self._started + 1
            self._change.notify_all()

    def run_round(self, *, timeout: float = 5.0) -> bool:
        """Begin the next round now, and wait for the end of a round that began after this call.

        :param timeout: longest time to wait, in seconds.
        :returns: False if the round did not end in time.
        """
        with self._change:
            self._requested = wanted = self._started + 1
            self._change.notify_all()
            return self._change.wait_for(lambda: self._finished >= wanted or self._stopping, timeout)

    def _run(self) -> None:
        while True:
            with self._change:
                if self._stopping:
                    return
                self._started += 1
            changed = self._round()
            with self._change:
                self._finished = self._started
                self._change.notify_all()
                pause = 0.0 if changed else BRISK_SECONDS if self._busy() else self._seconds
                self._change.wait_for(
                    lambda: self._stopping or self._requested > self._started, min(pause, self._seconds)
                )

    def _busy(self) -> bool:
        return any(task.busy for task in self._tasks.values())

    def _round(self) -> bool:
        changed = False
        for name, task in self._tasks.items():
            try:
                with panics_as_errors():
                    changed |= task.tick()
                if self.failures.pop(name, FIRST_LOOK) != FIRST_LOOK:
                    log.info("loop_recovered", part=name)
            except Exception as error:
                self._report(name, error)
        return changed

    def _report(self, name: str, error: Exception) -> None:
        known = isinstance(error, TableeError)
        reason = error if isinstance(error, TableeError) else Message("readiness.controller")
        if str(self.failures.get(name)) != str(reason):
            log.error("loop_failed", part=name, detail=str(reason), exc_info=None if known else error)
        self.failures[name] = reason
