"""Recipes kept with a data set: the same steps are one version, and a broken object hides no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tablee.errors import NotFound
from tablee.recipes import Recipe
from tablee.recipes.store import Recipes
from tablee.storage.object_store import DirectoryStore


def test_a_recipe_is_kept_once_and_found_by_its_version(tmp_path: Path) -> None:
    recipes = Recipes(DirectoryStore(tmp_path))
    saved, is_new = recipes.save("people", Recipe(steps=()), "empty")
    again, is_again_new = recipes.save("people", Recipe(steps=()), "another note")
    assert (is_new, is_again_new, again) == (True, False, saved)
    assert recipes.get("people", saved.version) == saved
    for version in ("0" * 12, "../x", ""):
        with pytest.raises(NotFound):
            recipes.get("people", version)


def test_a_broken_object_hides_no_recipe(tmp_path: Path) -> None:
    objects = DirectoryStore(tmp_path)
    recipes = Recipes(objects)
    saved, _ = recipes.save("people", Recipe(steps=()))
    objects.put("datasets/people/recipes/broken.json", b"{")
    assert recipes.list("people") == [saved]
