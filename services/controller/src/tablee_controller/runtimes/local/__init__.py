"""The runtime for one machine. The API, trainings and the workers of scorings are child processes. A thread supervises
the API processes.
"""

from __future__ import annotations

import sys
import threading
from contextvars import copy_context
from pathlib import Path

from tablee.http.schemas.jobs import H2oAnswer, H2oState
from tablee.telemetry import logger
from tablee_controller.runtimes.local.environment import WORKER, Environments
from tablee_controller.runtimes.local.jobs import Jobs
from tablee_controller.runtimes.local.serving import Serving
from tablee_controller.runtimes.local.workers import Workers
from tablee_controller.runtimes.runtime import Pins, Rollout
from tablee_controller.settings import ApiProcess, ScoringProcess, TrainingProcess

STEP_SECONDS = 0.2
"""Seconds between two checks of the API processes."""

API_COMMAND = (sys.executable, "-m", "tablee_api")
TRAINING_COMMAND = (sys.executable, "-m", "tablee_train")
SCORING_COMMAND = (sys.executable, "-m", "tablee_score")

log = logger(__name__)


class ProcessRuntime:
    """A `Runtime` of child processes. `shutdown` stops them. If the controller is killed, they go on running, and the
    next controller finds them.

    :param home: directory of the process records (`run/`) and logs (`logs/`).
    :raises InvalidSettings: the API's port is in use.
    """

    def __init__(
        self,
        home: Path,
        environments: Environments,
        *,
        api: ApiProcess,
        training: TrainingProcess,
        scoring: ScoringProcess,
        api_command: tuple[str, ...] = API_COMMAND,
        training_command: tuple[str, ...] = TRAINING_COMMAND,
        scoring_command: tuple[str, ...] = SCORING_COMMAND,
    ) -> None:
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self.trainings = Jobs(
            "trainings",
            environments.training,
            "TABLEE_TRAINING_ID",
            home,
            command=training_command,
            stop_seconds=training.stop_seconds,
        )
        self.scorings, self.predictions = (
            Workers(Jobs(kind, environment, WORKER, home, command=scoring_command, stop_seconds=scoring.stop_seconds))
            for kind, environment in (("scorings", environments.scoring), ("predictions", environments.prediction))
        )
        self._serving = Serving(api, environments, home, command=api_command)
        context = copy_context()  # the other thread logs with the same context variables
        self._supervisor = threading.Thread(target=context.run, args=(self._supervise,), name="processes", daemon=True)
        self._supervisor.start()

    @property
    def api_port(self) -> int:
        return self._serving.port

    def rollout(self) -> Rollout:
        with self._lock:
            return self._serving.rollout()

    def pin(self, pins: Pins) -> None:
        with self._lock:
            self._serving.pin(pins)

    def h2o(self, training_id: str, *, recycle: bool) -> H2oAnswer:
        """Always ready: H2O is a separate process, which is started and stopped together with the controller."""
        return H2oAnswer(
            state=H2oState.READY, nodes=1, ready=1, holder=training_id, message="H2O runs beside the controller"
        )

    def shutdown(self) -> None:
        """Stop all child processes. Trainings and scorings are stopped first, because they may write to the registry
        while they end."""
        self._stop.set()
        self._supervisor.join()
        self.trainings.shutdown()
        self.scorings.shutdown()
        self.predictions.shutdown()
        with self._lock:
            self._serving.shutdown()

    def _supervise(self) -> None:
        while not self._stop.wait(STEP_SECONDS):
            try:
                with self._lock:
                    self._serving.step()
            except Exception:
                log.exception("processes_step_failed")
