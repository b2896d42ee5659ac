"""A queue of jobs. They are started in the order of their requests, watched, and ended when their process is lost.

The queue consists only of the states in the object store, so it is kept when the controller restarts.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeVar

from tablee_controller.runtimes.runtime import Execution, Executions

END_GRACE = timedelta(seconds=60)
"""Time after the final state of a job during which its process may still run; then it is stopped."""


class JobPhase(Protocol):
    """The phase of a job."""

    @property
    def ended(self) -> bool: ...


class JobState(Protocol):
    """What the queue reads of the state of a job."""

    @property
    def id(self) -> str: ...
    @property
    def created(self) -> datetime: ...
    @property
    def phase(self) -> JobPhase: ...
    @property
    def ended(self) -> datetime | None: ...


S = TypeVar("S", bound=JobState)


class JobQueue(ABC, Generic[S]):
    """Starts and ends jobs. The control loop calls `tick`; threads of requests hold `lock` while they change a state.

    :param slots: most jobs that run at once.
    """

    def __init__(self, slots: int) -> None:
        self.lock = threading.Lock()
        self.busy = False
        self.first_round = True
        self._slots = slots
        self._done: set[str] = set()

    def tick(self) -> bool:
        """Check every job that has not ended, then start waiting jobs in the free slots.

        The states are read before the executions. A process writes the state of its job while it runs, so the process
        of a job that has not ended and has no running execution is lost.

        :return: False: the loop need not repeat this at once.
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
        waiting.sort(key=lambda state: state.created)  # the order of ids of the same second is random
        next_ones = [state for state in waiting if self.may_start(state)][: max(self._slots - running, 0)]
        self.publish(running, len(waiting))
        for state in next_ones:
            self.start(state.id)
        self.publish(running + len(next_ones), len(waiting) - len(next_ones))
        self.busy = bool(next_ones)
        return False

    def _watch_running(self, state: S, execution: Execution) -> None:
        """Watch a running job. Stop its process if it runs for longer than `END_GRACE` after the final state."""
        if state.ended is None:
            self.watch(state)
        elif not execution.stopped and datetime.now(UTC) - state.ended > END_GRACE:
            self.stop(state.id)

    def watch(self, state: S) -> None:
        """Called in each round for a job that runs."""

    def may_start(self, state: S) -> bool:
        """Whether a waiting job may start now."""
        return True

    @abstractmethod
    def states(self, done: Collection[str]) -> Sequence[S]:
        """The states of all jobs, in any order, without these ids."""

    @abstractmethod
    def find_executions(self, ids: Sequence[str]) -> Executions:
        """The executions of these jobs, and the number of other running jobs."""

    @abstractmethod
    def is_waiting(self, state: S, execution: Execution | None) -> bool:
        """Whether a job that does not run waits to be started; otherwise its process is lost."""

    @abstractmethod
    def start(self, own_id: str) -> None: ...

    @abstractmethod
    def stop(self, own_id: str) -> None: ...

    @abstractmethod
    def end_lost(self, own_id: str, execution: Execution | None) -> None:
        """Write the final state of a job whose process is lost."""

    @abstractmethod
    def ended(self, state: S) -> None:
        """Called once, when a job has ended and its process is gone."""

    @abstractmethod
    def publish(self, running: int, queued: int) -> None:
        """Set the metrics of the queue."""
