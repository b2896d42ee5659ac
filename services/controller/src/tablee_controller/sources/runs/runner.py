"""Runs the sources that are due, one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from datetime import datetime

from tablee import metrics
from tablee.errors import TableeError
from tablee.jobs.source import Outcome, Source, SourceRun, SourceState
from tablee.telemetry import logger
from tablee_controller.sources.cancellation import Stop
from tablee_controller.sources.pull import Puller
from tablee_controller.sources.runs.run import carry_out
from tablee_controller.sources.runs.schedule import due
from tablee_controller.sources.runs.states import SourceStates
from tablee_controller.sources.taken_files import TakenFiles

log = logger(__name__)


class SourceRunner:
    """Runs sources. The control loop calls `tick`; a run has a thread of its own."""

    def __init__(
        self, states: SourceStates, taken_files: TakenFiles, puller: Puller, *, now: Callable[[], datetime]
    ) -> None:
        self._states, self._taken_files, self._puller, self._now = states, taken_files, puller, now
        self._thread: threading.Thread | None = None
        self._stop, self._ending = Stop(), False
        for outcome in Outcome:  # starts each counter at 0, so that its first increase is visible
            metrics.SOURCE_RUNS.labels(outcome.value)

    @property
    def busy(self) -> bool:
        return bool(self._states.running)

    def tick(self) -> bool:
        """Start the run that has been due for longest, unless another one is under way."""
        with self._states.lock:
            if self.busy or self._ending:
                return False
            now = self._now()
            times = {name: time for name, each in self._states.all().items() if (time := due(*each)) is not None}
            ready = sorted((time, name) for name, time in times.items() if time <= now)
            if not ready:
                return False
            source, state = self._states.one(ready[0][1])
            run = SourceRun(started=now, by=state.asked.by if state.asked else None)
            state.asked, state.run = None, run
            self._states.update(source, state)
            self._states.running, self._stop = source.name, Stop()
            context = copy_context()
            work = (self._work, source, state, run)
            self._thread = threading.Thread(target=context.run, args=work, name=f"source {source.name}", daemon=True)
            self._thread.start()
            return True

    def cancel(self) -> None:
        """End the run under way; versions that were made stay."""
        self._stop.ask()

    def shutdown(self, seconds: float = 10.0) -> None:
        """End the run, waiting at most `seconds`; the next controller starts it again."""
        with self._states.lock:
            self._ending, thread = True, self._thread
            self.cancel()
        if thread is not None:
            thread.join(seconds)

    def _work(self, source: Source, state: SourceState, run: SourceRun) -> None:
        progress = carry_out(source, run, self._puller, self._stop, ending=lambda: self._ending)
        run.ended = self._now()
        with self._states.lock:
            if run.error is not None:
                state.failures += 1
            elif run.outcome in (Outcome.ADDED, Outcome.UNCHANGED):
                state.failures, state.last_success = 0, run.ended
            metrics.SOURCE_RUNS.labels(str(run.outcome)).inc()
            try:
                state.refused = self._taken_files.still_refused(source.name, state.refused, progress.refused)
                self._states.update(self._states.one(source.name)[0], state)
            except TableeError as error:  # the stored state says that it runs, so the next controller runs it again
                log.error("source_end_not_kept", source=source.name, detail=error.detail)
            self._states.running, self._thread = "", None
        told = {"outcome": str(run.outcome), "version": run.version, "rows": run.rows, "detail": run.message}
        log.info("source_ended", source=source.name, **told)
