"""Trainings: start, follow, cancel."""

from __future__ import annotations

import builtins

from tablee.http.schemas.jobs import TrainingList
from tablee.jobs.training import TrainingRequest, TrainingState
from tablee.recipes import Recipe
from tablee.recipes.fitted import FittedRecipe
from tablee_client.http import Service, segment


class Trainings:
    """`/trainings` of the controller."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def start(self, request: TrainingRequest) -> TrainingState:
        body = request.model_dump(mode="json", exclude_unset=True)
        if isinstance(request.recipe, Recipe):
            # the kinds of the steps are defaults, which `exclude_unset` would leave out
            body["recipe"] = request.recipe.model_dump(mode="json")
        return self._service.post("/trainings", TrainingState, body)

    def list(self, limit: int | None = None) -> builtins.list[TrainingState]:
        """The trainings, newest first.

        :param limit: how many; None: as many as the controller gives.
        """
        return self._service.get("/trainings", TrainingList, limit=limit).trainings

    def get(self, training_id: str) -> TrainingState:
        return self._service.get(f"/trainings/{segment(training_id)}", TrainingState)

    def cancel(self, training_id: str) -> TrainingState:
        """Ask a training to end.

        :raises TrainingEnded: it has ended already.
        """
        return self._service.post(f"/trainings/{segment(training_id)}/cancel", TrainingState)

    def log(self, training_id: str, tail: int | None = None) -> str:
        """The last lines of the log of a training.

        :param tail: how many lines; None: as many as the controller gives.
        """
        return self._service.request("GET", f"/trainings/{segment(training_id)}/log", params={"tail": tail}).text

    def recipe(self, training_id: str) -> FittedRecipe | None:
        """The fitted recipe of a training's model. None: the model reads the columns as they are."""
        answer = self._service.request("GET", f"/trainings/{segment(training_id)}/recipe")
        return None if answer.json() is None else FittedRecipe.model_validate_json(answer.content)
