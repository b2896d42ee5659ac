"""Trainings in line: started in the order they were asked for, watched, cancelled, and given an end when they died.

The line is nothing but the trainings that the object store says are queued, so it outlives the controller.
"""

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime, timedelta

from tablee import metrics
from tablee.errors import TableeError, TrainingCancelled, TrainingEnded, TrainingFailed
from tablee.telemetry import logger
from tablee.training import Phase, TrainingRequest, Trainings, TrainingState
from tablee_controller.runtime import Execution, Runtime

LINGER = timedelta(seconds=60)
"""A training that has written its end may take this long to be gone."""

log = logger(__name__)


class TrainingQueue:
    """`tick` is called by the loop's thread, `submit` and `cancel` by those of requests."""

    def __init__(self, trainings: Trainings, runtime: Runtime, *, slots: int) -> None:
        self._trainings, self._runtime, self._slots = trainings, runtime, slots
        self._lock = threading.Lock()
        self._done: set[str] = set()
        self._first_look = True
        for phase in Phase:
            if phase.ended:  # from the start at 0, so that the first one is seen as a change
                metrics.TRAINING_RUNS.labels(phase.value)
        self.busy = False

    def submit(self, request: TrainingRequest) -> TrainingState:
        return self._trainings.create(request)

    def cancel(self, training_id: str) -> TrainingState:
        """A queued one ends at once, a running one is asked to.

        :raises TrainingNotFound: there is none of that id.
        :raises TrainingEnded: too late.
        """
        with self._lock:
            state = self._trainings.get(training_id)
            if state.phase.ended:
                raise TrainingEnded(f"the training «{training_id}» has ended already: {state.phase}")
            started = training_id in self._runtime.executions([training_id]).found
            if state.phase is Phase.QUEUED and not started:
                self._end(state, TrainingCancelled("the training was cancelled before it started"))
            else:
                self._trainings.ask_to_cancel(training_id)  # first: it must find this when it is asked to end
                self._runtime.stop_training(training_id)
                state.message = "the training is being stopped"  # told, not stored: its state is its own to write
        log.info("training_cancelled", training=training_id, phase=state.phase)
        return state

    def tick(self) -> bool:
        """Look at every training that has not ended, then start waiting ones into the free slots.

        States are read before processes are looked at: who has written a state has a process, or had one.
        """
        states = [self._trainings.get(each) for each in self._trainings.ids() if each not in self._done]
        executions = self._runtime.executions([state.id for state in states])
        waiting: list[TrainingState] = []
        running = executions.others
        for state in states:
            execution = executions.found.get(state.id)
            if execution is not None and execution.running:
                running += 1
                self._usher(state, execution)
            elif state.phase.ended:
                self._count(state)
            elif execution is None and state.phase is Phase.QUEUED:
                waiting.append(state)
            else:
                self._bury(state.id, execution)
        self._first_look = False
        next_ones = waiting[: max(self._slots - running, 0)]
        self._publish(running, len(waiting))
        for state in next_ones:
            self._start(state.id)
        self._publish(running + len(next_ones), len(waiting) - len(next_ones))
        self.busy = bool(next_ones)
        return False

    @staticmethod
    def _publish(running: int, queued: int) -> None:
        metrics.TRAININGS.labels("running").set(running)
        metrics.TRAININGS.labels("queued").set(queued)

    def _start(self, training_id: str) -> None:
        with self._lock:
            state = self._trainings.get(training_id)
            if state.phase.ended:  # cancelled since we looked
                return
            try:
                self._runtime.start_training(training_id)
                log.info("training_started", training=training_id, model=state.request.model_name)
            except OSError as error:
                self._end(state, TrainingFailed(f"the training process could not be started: {error}"))

    def _usher(self, state: TrainingState, execution: Execution) -> None:
        """See that a process that has said its last word goes."""
        if state.ended is not None and not execution.stopped and datetime.now(UTC) - state.ended > LINGER:
            self._runtime.stop_training(state.id)

    def _bury(self, training_id: str, execution: Execution | None) -> None:
        """Give a training whose process is gone the end that it could not write."""
        state = self._trainings.get(training_id)  # read again: its last word may be newer than our first look
        if state.phase.ended:
            return
        code, reason = (execution.exit_code, execution.reason) if execution else (None, "")
        if (execution is not None and execution.stopped) or self._trainings.cancel_asked(training_id):
            self._end(state, TrainingCancelled("the training was cancelled"))
        else:
            why = f": {reason}" if reason else ""
            self._end(state, TrainingFailed(f"the training process {_ending(code)} without a last word{why}"))
        log.error("training_died", training=training_id, exit_code=code)

    def _end(self, state: TrainingState, error: TableeError) -> None:
        state.phase = Phase.CANCELLED if isinstance(error, TrainingCancelled) else Phase.FAILED
        state.message, state.error = error.detail, error.problem()
        self._trainings.save(state)

    def _count(self, state: TrainingState) -> None:
        self._done.add(state.id)
        self._runtime.forget_training(state.id)
        if not self._first_look:
            metrics.TRAINING_RUNS.labels(state.phase.value).inc()
        if state.phase is Phase.SUCCEEDED and state.ended is not None:
            metrics.TRAINING_LAST_SUCCESS.labels(state.request.model_name).set(state.ended.timestamp())


def _ending(code: int | None) -> str:
    if code is None:
        return "is gone (was the machine restarted, or its Job deleted?)"
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
