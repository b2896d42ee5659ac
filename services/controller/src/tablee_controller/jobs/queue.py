"""A line of things that run: started in the order they were asked for, watched, and given an end when they died.

The line is nothing but what the object store says is queued, so it outlives the controller.
"""

from __future__ import annotations

import signal
import threading
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeVar

from tablee.i18n.message import Message
from tablee_controller.runtimes.runtime import Execution, Executions

END_GRACE = timedelta(seconds=60)
"""What has written its end may take this long to be gone."""


class JobPhase(Protocol):
    """Where something is."""

    @property
    def ended(self) -> bool: ...


class JobState(Protocol):
    """What the line needs to know of a state."""

    @property
    def id(self) -> str: ...
    @property
    def phase(self) -> JobPhase: ...
    @property
    def ended(self) -> datetime | None: ...


S = TypeVar("S", bound=JobState)


class JobQueue(ABC, Generic[S]):
    """`tick` is called by the loop's thread; `lock` is for what requests do meanwhile.

    :param slots: how many run at once.
    """

    def __init__(self, slots: int) -> None:
        self.lock = threading.Lock()
        self.busy = False
        self.first_round = True
        self._slots = slots
        self._done: set[str] = set()

    def tick(self) -> bool:
        """Look at everything that has not ended, then start waiting ones into the free slots.

        States are read before processes are looked at: who has written a state has a process, or had one.
        """
        states = self.states(self._done)
        executions = self.find_executions([state.id for state in states])
        waiting: list[S] = []
        running = executions.others
        for state in states:
            execution = executions.found.get(state.id)
            if execution is not None and execution.running:
                running += 1
                self._watch_running(state, execution)
            elif state.phase.ended:
                self._done.add(state.id)
                self.ended(state)
            elif self.is_waiting(state, execution):
                waiting.append(state)
            else:
                self.end_lost(state.id, execution)
        self.first_round = False
        next_ones = [state for state in waiting if self.may_start(state)][: max(self._slots - running, 0)]
        self.publish(running, len(waiting))
        for state in next_ones:
            self.start(state.id)
        self.publish(running + len(next_ones), len(waiting) - len(next_ones))
        self.busy = bool(next_ones)
        return False

    def _watch_running(self, state: S, execution: Execution) -> None:
        """See that what has said its last word goes."""
        if state.ended is None:
            self.watch(state)
        elif not execution.stopped and datetime.now(UTC) - state.ended > END_GRACE:
            self.stop(state.id)

    def watch(self, state: S) -> None:
        """It runs; called at each look."""

    def may_start(self, state: S) -> bool:
        """Whether one that waits may start at this moment."""
        return True

    @abstractmethod
    def states(self, done: Collection[str]) -> Sequence[S]:
        """All that are written down, oldest first, but for these."""

    @abstractmethod
    def find_executions(self, ids: Sequence[str]) -> Executions: ...

    @abstractmethod
    def is_waiting(self, state: S, execution: Execution | None) -> bool:
        """Whether one that does not run waits for its start; else it has died."""

    @abstractmethod
    def start(self, own_id: str) -> None: ...

    @abstractmethod
    def stop(self, own_id: str) -> None: ...

    @abstractmethod
    def end_lost(self, own_id: str, execution: Execution | None) -> None:
        """Give one whose process is gone its end."""

    @abstractmethod
    def ended(self, state: S) -> None:
        """It has ended and nothing of it runs; called once."""

    @abstractmethod
    def publish(self, running: int, queued: int) -> None:
        """For the metrics."""


def ending(code: int | None) -> Message:
    """How a process ended, as the end of a sentence.

    :param code: its exit code; minus the number of the signal that ended it; None if nobody saw it end.
    """
    if code is None:
        return Message("ending.gone")
    if code < 0:
        return Message("ending.killed", {"signal": signal.Signals(-code).name})
    return Message("ending.exited", {"code": code})
