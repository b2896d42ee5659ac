"""Recipes: propose, preview, store, list."""

from __future__ import annotations

import builtins

import httpx

from tablee.http.schemas.recipes import RecipeList, RecipePreview, RecipeProposal
from tablee.recipes import Recipe
from tablee.recipes.store import SavedRecipe
from tablee_client.http import Service, parsed, segment


class Recipes:
    """Recipes of data sets, below `/datasets/{name}`."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def propose(self, dataset: str, version: str, target: str | None) -> RecipeProposal:
        """The recipe that a training on the version would use if none is given.

        :param target: the column to predict; no step reads it.
        """
        path = f"/datasets/{segment(dataset)}/versions/{segment(version)}/recipe"
        return self._service.get(path, RecipeProposal, target=target)

    def preview(self, dataset: str, version: str, recipe: Recipe, target: str | None, rows: int) -> RecipePreview:
        """The first rows of a version after the steps of a recipe.

        :param rows: how many rows to show.
        """
        body = {"recipe": recipe.model_dump(mode="json"), "target": target, "rows": rows}
        path = f"/datasets/{segment(dataset)}/versions/{segment(version)}/recipe/preview"
        return self._service.post(path, RecipePreview, body, repeatable=True)

    def save(self, dataset: str, recipe: Recipe, note: str) -> tuple[SavedRecipe, bool]:
        """Store a recipe with a data set. Returns the recipe with its version, and whether the version is new.

        :raises InvalidRecipe: the recipe does not fit the newest version of the data set.
        """
        body = {"recipe": recipe.model_dump(mode="json"), "note": note}
        answer = self._service.request("POST", f"/datasets/{segment(dataset)}/recipes", json=body, repeatable=True)
        return parsed(answer, SavedRecipe), answer.status_code == httpx.codes.CREATED

    def list(self, dataset: str) -> builtins.list[SavedRecipe]:
        """The recipes stored with a data set, newest first."""
        return self._service.get(f"/datasets/{segment(dataset)}/recipes", RecipeList).recipes

    def get(self, dataset: str, version: str) -> SavedRecipe:
        return self._service.get(f"/datasets/{segment(dataset)}/recipes/{segment(version)}", SavedRecipe)
