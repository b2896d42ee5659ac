"""A child run in MLflow for each model of the leaderboard."""

from __future__ import annotations

from tablee.errors import Unavailable
from tablee.jobs.process import StopRequest
from tablee.jobs.training import LeaderboardRow
from tablee.telemetry import logger
from tablee_train.engine.base import Engine
from tablee_train.tracking.mlflow_run import MAX_CHILDREN, Tracker

log = logger(__name__)


class ChildRuns:
    """Logs each model once."""

    def __init__(self, engine: Engine, tracker: Tracker, stop: StopRequest) -> None:
        self._engine, self._tracker, self._stop = engine, tracker, stop
        self._logged: set[str] = set()

    def log_next(self, board: list[LeaderboardRow]) -> None:
        """Log one model that has no run yet. Called while the search runs, so that little is left to do after it; if a
        service does not answer, a later call tries again."""
        for row in self._missing(board)[:1]:
            try:
                self._log(row)
            except Unavailable as error:
                log.warning("model_not_traced_yet", model_id=row.model_id, reason=error.detail)

    def log_all(self, board: list[LeaderboardRow]) -> None:
        """Log all models that have no run yet.

        :raises Unavailable: H2O or MLflow does not answer.
        """
        for row in self._missing(board):
            self._log(row)

    def _missing(self, board: list[LeaderboardRow]) -> list[LeaderboardRow]:
        return [row for row in board[:MAX_CHILDREN] if row.model_id not in self._logged]

    def _log(self, row: LeaderboardRow) -> None:
        self._stop.check()
        self._tracker.child(row, self._engine.parameters(row.model_id))
        self._logged.add(row.model_id)
