"""Trainings: ask for, list, show, cancel, read the log of."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict

from tablee.http.schemas.jobs import H2oAnswer, TrainingList
from tablee.jobs.training import TrainingRequest, TrainingState
from tablee.recipes.fitted import FittedRecipe
from tablee.recipes.left_out import remarks
from tablee_controller.jobs.admission import admit
from tablee_controller.loop import ControlLoop
from tablee_controller.routes.paging import Cursor, Limit, Tail, link_next
from tablee_controller.routes.path_parameters import Id
from tablee_controller.services import TrainingServices


class H2oRequest(BaseModel):
    """Asks for the H2O cluster."""

    model_config = ConfigDict(extra="forbid")
    recycle: bool = False
    """The cluster as it is cannot be used: end all its nodes first."""


def router(services: TrainingServices, loop: ControlLoop) -> APIRouter:
    trainings, queue, runtime = services.trainings, services.queue, services.runtime
    routes = APIRouter(prefix="/trainings", tags=["trainings"])

    @routes.post("", status_code=202)
    def ask(request: TrainingRequest) -> TrainingState:
        """Queue a training; its data set version is the newest one unless it names another."""
        admitted = admit(request, services.datasets)
        manifest = services.datasets.manifest(admitted.dataset, admitted.dataset_version)
        state = queue.submit(admitted, remarks(manifest, admitted.target))
        loop.wake()
        return state

    @routes.get("")
    def list_page(response: Response, limit: Limit = 100, cursor: Cursor = None) -> TrainingList:
        """Newest first, leaderboards included."""
        page = trainings.page(limit, cursor)
        link_next(response, page, limit)
        return TrainingList(trainings=page.documents)

    @routes.get("/{training_id}")
    def show(training_id: Id) -> TrainingState:
        """Phase, progress, leaderboard so far; in the end version, verdict and hold-out metrics, or the error."""
        return trainings.get(training_id)

    @routes.post("/{training_id}/cancel", status_code=202)
    def cancel(training_id: Id) -> TrainingState:
        """Take it out of the queue, or ask its process to end."""
        return queue.cancel(training_id)

    @routes.get("/{training_id}/log", response_class=PlainTextResponse)
    def log(training_id: Id, tail: Tail = 200) -> str:
        """The last lines of its log."""
        trainings.get(training_id)
        return runtime.trainings.log(training_id, tail)

    @routes.get("/{training_id}/recipe")
    def recipe(training_id: Id) -> FittedRecipe | None:
        """How its model prepares the columns, with what was learnt; null where it reads them as they are."""
        return trainings.recipe(training_id)

    @routes.post("/{training_id}/h2o")
    def h2o(training_id: Id, request: H2oRequest) -> H2oAnswer:
        """Ask for the H2O cluster on behalf of a training: it is woken if it sleeps. On one machine it always runs."""
        trainings.get(training_id)
        return runtime.h2o(training_id, recycle=request.recycle)

    return routes
