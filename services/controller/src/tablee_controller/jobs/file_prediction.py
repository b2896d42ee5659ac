"""The queue of predictions of uploaded files. It works like that of scorings, and deletes expired predictions."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tablee import metrics
from tablee.errors import (
    Conflict,
    ScoringCancelled,
    ScoringEnded,
    ScoringFailed,
    TableeError,
)
from tablee.i18n.message import Message, joined
from tablee.jobs.file_prediction import FilePrediction, FilePredictions
from tablee.jobs.scoring import ScoringState
from tablee.telemetry import logger
from tablee_controller.jobs.scoring import ScoringQueue
from tablee_controller.runtimes.runtime import ScoringJobs

SWEEP_SECONDS = 600.0
"""Seconds between two searches for expired predictions."""

log = logger(__name__)


class FilePredictionQueue(ScoringQueue):
    """Starts predictions, and writes all their states."""

    kind = "prediction"

    def __init__(
        self,
        predictions: FilePredictions,
        jobs: ScoringJobs,
        *,
        slots: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(predictions.scorings, jobs, slots=slots, clock=clock)
        self._predictions = predictions
        self._swept = -SWEEP_SECONDS

    def tick(self) -> bool:
        acted = super().tick()
        if self._clock() - self._swept >= SWEEP_SECONDS:
            self._swept = self._clock()
            self.sweep()
        return acted

    def cancel_prediction(self, own_id: str) -> FilePrediction:
        """End a queued prediction at once; ask the worker of a running one to end.

        :raises NotFound: there is no such prediction.
        :raises ScoringEnded: it has ended already.
        """
        prediction = self._predictions.get(own_id)
        if prediction.phase.ended:
            raise ScoringEnded("prediction", id=own_id, phase=Message(f"job_phase.{prediction.phase}"))
        state = self.cancel(own_id)
        return self._predictions.get(own_id).model_copy(update={"message": state.message})

    def delete(self, own_id: str) -> None:
        """Delete a prediction that has ended, with its result.

        :raises NotFound: there is no such prediction.
        :raises Conflict: it has not ended.
        """
        with self.lock:
            if not self._predictions.get(own_id).phase.ended:
                raise Conflict("prediction_running", hint="prediction_running", id=own_id)
            self._predictions.delete(own_id)

    def sweep(self) -> None:
        """Delete every prediction that has expired, unless it still runs."""
        for own_id in self._predictions.expired():
            with self.lock:
                state = next(self._scorings.all([own_id]), None)  # None: there is no state, or it cannot be read
                if state is None or state.phase.ended:
                    self._predictions.delete(own_id)
                    log.info("prediction_expired", prediction=own_id)

    def _close(self, state: ScoringState) -> None:
        super()._close(state)
        self._predictions.delete_input(state.id)

    def _cancelled(self, state: ScoringState) -> ScoringCancelled:
        return ScoringCancelled("prediction")

    def _failure(self, state: ScoringState) -> TableeError:
        """The problem that the worker has found in the file, unchanged; if it found none, why the prediction failed."""
        problem: dict[str, Any] | None = self._predictions.problem(state.id)
        if problem is not None:
            return TableeError.from_problem(problem)
        return ScoringFailed("prediction", why=joined([part.why for part in state.failed], "part.semicolon"))

    def ended(self, state: ScoringState) -> None:
        self._forget(state)
        if not self.first_round:
            metrics.FILE_PREDICTION_RUNS.labels(state.phase.value).inc()

    def publish(self, running: int, queued: int) -> None:
        metrics.FILE_PREDICTIONS.labels("running").set(running)
        metrics.FILE_PREDICTIONS.labels("queued").set(queued)
