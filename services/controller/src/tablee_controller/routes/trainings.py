"""Trainings: ask for, list, show, cancel, read the log of."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from tablee.datasets import Datasets
from tablee.training import TrainingRequest, Trainings, TrainingState
from tablee_controller.admission import admit
from tablee_controller.loop import Loop
from tablee_controller.queue import TrainingQueue
from tablee_controller.routes.address import Id
from tablee_controller.runtime import Runtime


class TrainingList(BaseModel):
    """Newest first."""

    trainings: list[TrainingState]


def router(trainings: Trainings, datasets: Datasets, queue: TrainingQueue, runtime: Runtime, loop: Loop) -> APIRouter:
    routes = APIRouter(prefix="/trainings", tags=["trainings"])

    @routes.post("", status_code=202)
    def ask(request: TrainingRequest) -> TrainingState:
        """Put a training in line; its data set version is the newest one unless it names another."""
        state = queue.submit(admit(request, datasets))
        loop.nudge()
        return state

    @routes.get("")
    def list_all(limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> TrainingList:
        """Newest first, leaderboards included."""
        return TrainingList(trainings=trainings.list(limit))

    @routes.get("/{training_id}")
    def show(training_id: Id) -> TrainingState:
        """Phase, progress, leaderboard so far; in the end version, verdict and hold-out metrics, or the error."""
        return trainings.get(training_id)

    @routes.post("/{training_id}/cancel", status_code=202)
    def cancel(training_id: Id) -> TrainingState:
        """Take it out of the line, or ask its process to end."""
        return queue.cancel(training_id)

    @routes.get("/{training_id}/log", response_class=PlainTextResponse)
    def log(training_id: Id, tail: Annotated[int, Query(ge=1, le=10_000)] = 200) -> str:
        """The last lines of its log."""
        trainings.get(training_id)
        return runtime.training_log(training_id, tail)

    return routes
