"""Recipes that people keep with a data set, as immutable versions.

    datasets/{name}/recipes/{version}.json

A version is the first 12 characters of a sha256 over the recipe: the same steps are the same version.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

from tablee.datasets.names import checked_name
from tablee.errors import AlreadyExists, InvalidRequest, NotFound
from tablee.recipes.recipe import Recipe
from tablee.storage.documents import Documents
from tablee.storage.object_store import ObjectStore


class SavedRecipe(BaseModel):
    """A recipe that is kept under its version."""

    model_config = ConfigDict(frozen=True)
    dataset: str
    version: str
    created: datetime
    note: str = ""
    """A person's note about it."""
    recipe: Recipe


class Recipes:
    """The recipes in an object store."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def save(self, dataset: str, recipe: Recipe, note: str = "") -> tuple[SavedRecipe, bool]:
        """Keep a recipe; returns it with its version, and whether that is new."""
        version = hashlib.sha256(recipe.model_dump_json().encode()).hexdigest()[:12]
        saved = SavedRecipe(dataset=dataset, version=version, created=datetime.now(UTC), note=note, recipe=recipe)
        try:
            self._documents(dataset).create(version, saved)
        except AlreadyExists:
            return self.get(dataset, version), False
        return saved, True

    def get(self, dataset: str, version: str) -> SavedRecipe:
        """One version.

        :raises NotFound: there is no such version.
        """
        try:
            return self._documents(dataset).get(version)
        except (NotFound, InvalidRequest):
            raise NotFound("saved_recipe", dataset=dataset, version=version) from None

    def list(self, dataset: str) -> list[SavedRecipe]:
        """The recipes of a data set, newest first. An object that is no recipe is left out and written to the log."""
        return sorted(self._documents(dataset).all(), key=lambda saved: saved.created, reverse=True)

    def _documents(self, dataset: str) -> Documents[SavedRecipe]:
        return Documents(self._objects, f"datasets/{checked_name(dataset)}/recipes/", SavedRecipe)
