"""Trainings: start, follow, cancel."""

from __future__ import annotations

import builtins

from tablee.http.schemas.jobs import TrainingList
from tablee.jobs.training import TrainingRequest, TrainingState
from tablee.recipes import Recipe
from tablee.recipes.fitted import FittedRecipe
from tablee_client.controller.jobs import Jobs
from tablee_client.http import Service, parsed


class Trainings(Jobs[TrainingState]):
    """`/trainings` of the controller."""

    def __init__(self, service: Service) -> None:
        super().__init__(service, "/trainings", TrainingState)

    def start(self, request: TrainingRequest) -> TrainingState:
        body = request.model_dump(mode="json", exclude_unset=True)
        if isinstance(request.recipe, Recipe):
            # the kinds of the steps are defaults, which `exclude_unset` would leave out
            body["recipe"] = request.recipe.model_dump(mode="json")
        return self._service.post(self._path, TrainingState, body)

    def list(self, limit: int | None = None) -> builtins.list[TrainingState]:
        """The trainings, newest first.

        :param limit: how many; None: as many as the controller gives.
        """
        return self._service.get(self._path, TrainingList, limit=limit).trainings

    def recipe(self, training_id: str) -> FittedRecipe | None:
        """The fitted recipe of a training's model. None: the model reads the columns as they are."""
        answer = self._service.request("GET", f"{self._path_of(training_id)}/recipe")
        return None if answer.json() is None else parsed(answer, FittedRecipe)
