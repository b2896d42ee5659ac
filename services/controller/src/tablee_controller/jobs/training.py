"""The queue of trainings. A training whose process is lost has failed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tablee import metrics
from tablee.errors import TableeError, TrainingCancelled, TrainingEnded, TrainingFailed
from tablee.errors.causes import cause, ending
from tablee.i18n.message import Message
from tablee.jobs.training import Phase, TrainingRequest, Trainings, TrainingState
from tablee.telemetry import logger
from tablee_controller.jobs.queue import JobQueue
from tablee_controller.runtimes.runtime import Execution, Executions, TrainingJobs

log = logger(__name__)


class TrainingQueue(JobQueue[TrainingState]):
    """Starts trainings. `submit` and `cancel` are called by threads of requests."""

    def __init__(self, trainings: Trainings, jobs: TrainingJobs, *, slots: int) -> None:
        super().__init__(slots)
        self._trainings, self._jobs = trainings, jobs
        for phase in Phase:
            if phase.ended:  # 0 from the start, so that Prometheus sees the first one as an increase
                metrics.TRAINING_RUNS.labels(phase.value)

    def submit(self, request: TrainingRequest, remarks: Sequence[Message] = ()) -> TrainingState:
        """
        :param remarks: what to know about the columns.
        """
        return self._trainings.create(request, remarks=remarks)

    def cancel(self, training_id: str) -> TrainingState:
        """End a queued training at once; ask a running one to stop.

        :raises TrainingNotFound: there is no such training.
        :raises TrainingEnded: it has ended already.
        """
        with self.lock:
            state = self._trainings.get(training_id)
            if state.phase.ended:
                raise TrainingEnded("training", id=training_id, phase=Message(f"job_phase.{state.phase}"))
            started = training_id in self._jobs.executions([training_id]).found
            if state.phase is Phase.QUEUED and not started:
                self._end(state, TrainingCancelled("before_start"))
            else:
                self._trainings.ask_to_cancel(training_id)  # before SIGTERM, because the process reads this then
                self._jobs.stop(training_id)
                state.say(Message("job.training_stopping"))  # only in the response: the training saves its state
        log.info("training_cancelled", training=training_id, phase=state.phase)
        return state

    def states(self, done: Collection[str]) -> Sequence[TrainingState]:
        return list(self._trainings.all(each for each in self._trainings.ids() if each not in done))

    def find_executions(self, ids: Sequence[str]) -> Executions:
        return self._jobs.executions(ids)

    def is_waiting(self, state: TrainingState, execution: Execution | None) -> bool:
        return execution is None and state.phase is Phase.QUEUED

    def start(self, own_id: str) -> None:
        with self.lock:
            state = self._trainings.get(own_id)
            if state.phase.ended:  # it was cancelled after the state was read
                return
            try:
                self._jobs.start(own_id)
                log.info("training_started", training=own_id, model=state.request.model_name)
            except OSError as error:
                self._end(state, TrainingFailed("not_started", why=cause(error, "Kubernetes")))

    def stop(self, own_id: str) -> None:
        self._jobs.stop(own_id)

    def end_lost(self, own_id: str, execution: Execution | None) -> None:
        state = self._trainings.get(own_id)  # read again: its process may have saved the final state meanwhile
        if state.phase.ended:
            return
        code, reason = (execution.exit_code, execution.reason) if execution else (None, "")
        if (execution is not None and execution.stopped) or self._trainings.cancel_asked(own_id):
            self._end(state, TrainingCancelled("training"))
        elif reason:
            self._end(state, TrainingFailed("lost_because", ending=ending(code), why=reason))
        else:
            self._end(state, TrainingFailed("lost", ending=ending(code)))
        log.error("training_died", training=own_id, exit_code=code)

    def ended(self, state: TrainingState) -> None:
        self._jobs.forget(state.id)
        if not self.first_round:
            metrics.TRAINING_RUNS.labels(state.phase.value).inc()
        if state.phase is Phase.SUCCEEDED and state.ended is not None:
            metrics.TRAINING_LAST_SUCCESS.labels(state.request.model_name).set(state.ended.timestamp())

    def publish(self, running: int, queued: int) -> None:
        metrics.TRAININGS.labels("running").set(running)
        metrics.TRAININGS.labels("queued").set(queued)

    def _end(self, state: TrainingState, error: TableeError) -> None:
        state.phase = Phase.CANCELLED if isinstance(error, TrainingCancelled) else Phase.FAILED
        state.error = error.problem()
        state.say(error)
        self._trainings.save(state)
