"""The queue of scorings. Their workers are started again when they are lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tablee import metrics
from tablee.errors import ScoringCancelled, ScoringEnded, ScoringFailed, TableeError
from tablee.errors.causes import cause, ending
from tablee.i18n.message import Message, joined
from tablee.jobs.scoring import MAX_NAMED, Plan, ScoringPhase, ScoringRequest, Scorings, ScoringState
from tablee.telemetry import logger
from tablee_controller.jobs.queue import JobQueue
from tablee_controller.runtimes.runtime import HOPELESS, Execution, Executions, Reason, ScoringJobs

ATTEMPTS = 4
"""A scoring has failed if its workers were started this many times in a row without a completed part."""
PAUSES = (timedelta(seconds=2), timedelta(seconds=15), timedelta(seconds=60))
"""Pauses before the second start and each further one."""
LOOK_SECONDS = 10.0
"""Seconds between two reads of the workers' states for the metrics."""
NAMED = 5
"""Most failed parts that a message names."""

log = logger(__name__)


class ScoringQueue(JobQueue[ScoringState]):
    """Starts scorings, and writes all their states. `submit` and `cancel` are called by threads of requests."""

    def __init__(
        self, scorings: Scorings, jobs: ScoringJobs, *, slots: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(slots)
        self._scorings, self._jobs, self._clock = scorings, jobs, clock
        self._seen: dict[str, ScoringState] = {}
        self._looked: dict[str, float] = {}
        for phase in ScoringPhase:
            if phase.ended:  # 0 from the start, so that Prometheus sees the first one as an increase
                metrics.SCORING_RUNS.labels(phase.value)

    def submit(self, request: ScoringRequest, plan: Plan) -> ScoringState:
        return self._scorings.create(request, plan)

    def cancel(self, scoring_id: str) -> ScoringState:
        """End a queued scoring at once; ask the workers of a running one to stop.

        :raises ScoringNotFound: there is no such scoring.
        :raises ScoringEnded: it has ended already.
        """
        with self.lock:
            state = self._scorings.get(scoring_id)
            if state.phase.ended:
                raise ScoringEnded("scoring", id=scoring_id, phase=Message(f"job_phase.{state.phase}"))
            self._scorings.ask_to_cancel(scoring_id)
            execution = self._jobs.executions([scoring_id]).found.get(scoring_id)
            if execution is not None and execution.running:
                self._jobs.stop(scoring_id)
                state.say(Message("job.scoring_stopping"))  # only in the response: it has not ended yet
            else:
                self._end(state, self._cancelled(state))
        log.info("scoring_cancelled", scoring=scoring_id, phase=state.phase)
        return state

    def states(self, done: Collection[str]) -> Sequence[ScoringState]:
        return list(self._scorings.all(each for each in self._scorings.ids() if each not in done))

    def find_executions(self, ids: Sequence[str]) -> Executions:
        return self._jobs.executions(ids)

    def is_waiting(self, state: ScoringState, execution: Execution | None) -> bool:
        return state.phase is ScoringPhase.QUEUED

    def may_start(self, state: ScoringState) -> bool:
        return state.again is None or datetime.now(UTC) >= state.again

    def start(self, own_id: str) -> None:
        with self.lock:
            state = self._scorings.stored(own_id)
            if state.phase.ended:  # it was cancelled after the state was read
                return
            try:
                self._jobs.start(own_id, state.request.parallel)
            except OSError as error:
                self._end(state, ScoringFailed("not_started", why=cause(error, "Kubernetes")))
                return
            self._set_running(state)
            log.info("scoring_started", scoring=own_id, model=state.request.model, attempt=state.attempt)

    def _set_running(self, state: ScoringState) -> None:
        state.phase, state.again = ScoringPhase.RUNNING, None
        state.say("")
        state.started = state.started or datetime.now(UTC)
        self._scorings.save(state)
        self._seen.setdefault(state.id, state)

    def watch(self, state: ScoringState) -> None:
        if state.phase is ScoringPhase.QUEUED:  # a previous controller started it and died before it saved the state
            with self.lock:
                self._set_running(self._scorings.stored(state.id))
        if self._clock() - self._looked.get(state.id, -LOOK_SECONDS) >= LOOK_SECONDS:
            self._looked[state.id] = self._clock()
            self._measure(self._scorings.get(state.id))

    def stop(self, own_id: str) -> None:
        self._jobs.stop(own_id)

    def end_lost(self, own_id: str, execution: Execution | None) -> None:
        """All its workers have ended: the scoring is done, has failed, was cancelled, or is queued again."""
        with self.lock:
            before = self._scorings.stored(own_id)
            if before.phase.ended:
                return
            state = self._with_progress(before)
            self._measure(state)
            code, reason = (execution.exit_code, execution.reason) if execution else (None, "")
            if state.parts_done == state.parts:
                state.phase = ScoringPhase.DONE
                state.say(Message("job.scored", {"parts": state.parts, "rows": state.rows}))
                self._close(state)
            elif self._scorings.cancel_asked(own_id):
                self._end(state, self._cancelled(state))
            elif state.failed_parts and state.parts_done + state.failed_parts == state.parts:
                self._end(state, self._failure(state))
            elif code in HOPELESS and not state.failed_parts:
                self._end(state, _worker_failed("worker", code, reason))
            else:
                interrupted = execution is not None and execution.stopped
                self._queue_again(before, state, interrupted, _worker_failed("worker_lost", code, reason))

    def _with_progress(self, state: ScoringState) -> ScoringState:
        """The state with the sums over its workers. If a worker was lost before it saved its state, the sums are those
        over the markers of completed parts."""
        summed = state.added_up(self._scorings.workers(state.id, state.request.parallel))
        done = self._scorings.done(state.id)
        if len(done) != summed.parts_done:
            markers = [self._scorings.marker(state.id, number) for number in done]
            summed.parts_done, summed.rows = len(done), sum(marker.rows for marker in markers)
            summed.warnings = sum(marker.warnings for marker in markers)
            summed.left_out = list(dict.fromkeys(name for marker in markers for name in marker.left_out))[:MAX_NAMED]
        return summed

    def _queue_again(self, before: ScoringState, state: ScoringState, interrupted: bool, lost: ScoringFailed) -> None:
        """Queue a scoring again, after a pause. The attempts are counted from 1 again if the workers were stopped, or
        if a part was completed."""
        if interrupted or state.parts_done > before.parts_done:
            state.attempt = 1
        else:
            state.attempt += 1
        if state.attempt > ATTEMPTS:
            error = ScoringFailed("attempts", hint="worker_logs", lost=lost, attempts=ATTEMPTS)
            self._end(state, self._failure(state) if state.failed_parts else error)
            return
        state.again = datetime.now(UTC) + PAUSES[min(state.attempt, len(PAUSES)) - 1]
        state.phase = ScoringPhase.QUEUED
        state.say(Message("job.started_again", {"why": lost}))
        self._jobs.forget(state.id)
        self._scorings.save(state)
        log.warning("scoring_to_be_retried", scoring=state.id, attempt=state.attempt, reason=lost.detail)

    def _end(self, state: ScoringState, error: TableeError) -> None:
        cancelled = isinstance(error, ScoringCancelled)
        state.phase = ScoringPhase.CANCELLED if cancelled else ScoringPhase.FAILED
        state.error = None if cancelled else error.problem()
        state.say(error)
        self._close(state)

    def _close(self, state: ScoringState) -> None:
        """Save the final state. The states of the workers are not read any more."""
        state.expected_end = state.again = None
        if state.started is not None:
            seconds = (datetime.now(UTC) - state.started).total_seconds()
            state.rows_per_second = round(state.rows / max(seconds, 1e-3), 1)
        self._scorings.save(state)
        log.info("scoring_ended", scoring=state.id, phase=state.phase, rows=state.rows, parts=state.parts_done)

    def _cancelled(self, state: ScoringState) -> ScoringCancelled:
        if state.started is None:
            return ScoringCancelled("before_start")
        return ScoringCancelled("after_parts", done=state.parts_done, parts=state.parts)

    def _failure(self, state: ScoringState) -> TableeError:
        """The error of a scoring with failed parts."""
        parts = [Message("scoring.part", {"name": part.name, "why": part.why}) for part in state.failed[:NAMED]]
        named = joined(parts, "part.semicolon")
        if state.failed_parts > NAMED:
            named = Message("scoring.named_parts_and_more", {"named": named, "more": state.failed_parts - NAMED})
        facts: dict[str, Any] = {"failed": state.failed_parts, "parts": state.parts, "named": named}
        if left := state.parts - state.parts_done - state.failed_parts:
            return ScoringFailed("parts_left", **facts, left=left)
        return ScoringFailed("parts", **facts)

    def _forget(self, state: ScoringState) -> None:
        self._jobs.forget(state.id)
        self._seen.pop(state.id, None)
        self._looked.pop(state.id, None)

    def ended(self, state: ScoringState) -> None:
        self._forget(state)
        if not self.first_round:
            metrics.SCORING_RUNS.labels(state.phase.value).inc()

    def _measure(self, state: ScoringState) -> None:
        """Count the rows that were scored since the last call."""
        before = self._seen.get(state.id)
        if before is not None and state.rows > before.rows:
            metrics.SCORING_ROWS.labels(state.request.model).inc(state.rows - before.rows)
        self._seen[state.id] = state

    def publish(self, running: int, queued: int) -> None:
        metrics.SCORINGS.labels("running").set(running)
        metrics.SCORINGS.labels("queued").set(queued)
        done = sum(state.parts_done for state in self._seen.values())
        failed = sum(state.failed_parts for state in self._seen.values())
        metrics.SCORING_PARTS.labels("done").set(done)
        metrics.SCORING_PARTS.labels("failed").set(failed)
        metrics.SCORING_PARTS.labels("left").set(sum(each.parts for each in self._seen.values()) - done - failed)


def _worker_failed(kind: str, code: int | None, reason: Reason) -> ScoringFailed:
    """
    :param kind: the code of the message; `{kind}_because` if the runtime knows why the worker ended.
    :param code: exit code of the worker.
    :param reason: why the worker ended; empty if it is unknown.
    """
    hint = "worker_logs" if kind == "worker" else None
    if not reason:
        return ScoringFailed(kind, hint=hint, ending=ending(code))
    return ScoringFailed(f"{kind}_because", hint=hint, ending=ending(code), why=reason)
