"""Recipes in files."""

from __future__ import annotations

import pytest

from tablee.errors import InvalidRecipe
from tablee.recipes import Recipe
from tablee.recipes.steps import Bin, Drop, ParseNumber, RareLevels
from tablee_ui.pages.prepare import saved_recipes


def test_a_recipe_is_the_same_after_a_file() -> None:
    recipe = Recipe(
        steps=(
            ParseNumber(column="a", units={"€": 1.0}),
            RareLevels(column="b"),
            Bin(column="a"),
            Drop(columns=("age",)),
        )
    )
    assert saved_recipes.read(recipe.to_json()) == recipe


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[]", "expected"),
        (b"{", "JSON"),
        (b'{"steps": [{"kind": "magic"}]}', "magic"),
        (b'{"steps": [{"kind": "fill", "column": "a"}]}', "expected the “value”"),
    ],
)
def test_a_file_that_is_no_recipe_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(InvalidRecipe, match=message):
        saved_recipes.read(content)
