"""Recipes of data sets: propose, preview, save."""

from __future__ import annotations

from typing import Annotated

import polars as pl
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.store import Datasets
from tablee.errors import InvalidRequest
from tablee.http.schemas.datasets import Rows
from tablee.http.schemas.recipes import RecipeList, RecipePreview, RecipeProposal
from tablee.recipes import Recipe
from tablee.recipes.left_out import LeftOut
from tablee.recipes.store import Recipes, SavedRecipe
from tablee.tables.column_names import near
from tablee_controller.routes.path_parameters import Id
from tablee_data.inference.habits import Habits
from tablee_data.recipes.preview import preview
from tablee_data.recipes.proposal import propose

ROWS = 20_000
"""Number of first rows of a version that proposals and previews use; a training uses its own training rows."""


class PreviewRequest(BaseModel):
    """What to preview."""

    model_config = ConfigDict(extra="forbid")
    recipe: Recipe
    target: str | None = None
    """The column to predict: no step sees it."""
    rows: Annotated[int, Field(ge=1, le=200)] = 20
    """Number of rows to show."""


class NewRecipe(BaseModel):
    """A recipe to save."""

    model_config = ConfigDict(extra="forbid")
    recipe: Recipe
    note: Annotated[str, Field(max_length=1000)] = ""


def router(datasets: Datasets, recipes: Recipes) -> APIRouter:
    routes = APIRouter(prefix="/datasets", tags=["recipes"])

    def first_rows(manifest: DatasetManifest, target: str | None) -> pl.DataFrame:
        frame = datasets.frame(manifest, limit=ROWS)
        if target is not None and target not in frame.columns:
            raise InvalidRequest("no_target", dataset=manifest.name, column=target, **near(target, frame.columns))
        return frame.select(name for name in frame.columns if name != target and name not in manifest.unlearnable)

    @routes.get("/{name}/versions/{version}/recipe")
    def proposal(name: str, version: Id, target: Annotated[str | None, Query(max_length=300)] = None) -> RecipeProposal:
        """The steps that a training on this version would propose by itself; `latest` is a version, too."""
        manifest = datasets.manifest(name, version)
        frame = first_rows(manifest, target)
        return propose(frame, Habits.of(manifest.reading))

    @routes.post("/{name}/versions/{version}/recipe/preview")
    def previewed(name: str, version: Id, wanted: PreviewRequest) -> RecipePreview:
        """What a recipe makes of the first rows, without the steps that do not fit."""
        manifest = datasets.manifest(name, version)
        frame, hidden = first_rows(manifest, wanted.target), LeftOut.by_actions(manifest, wanted.target)
        made = preview(wanted.recipe, frame, wanted.rows, hidden)
        return RecipePreview(
            before=_shown(made.before),
            after=_shown(made.after),
            features=list(made.fitted.features) if made.fitted else [],
            left_out=(made.fitted.left_out if made.fitted else {})
            | {name: str(why.message) for name, why in hidden.items()},
            left_out_reasons={**made.left_out, **hidden},
            learnt=made.learnt,
            faults=made.faults,
            rows=frame.height,
        )

    @routes.post(
        "/{name}/recipes",
        status_code=201,
        responses={200: {"model": SavedRecipe, "description": "The same steps are there already"}},
    )
    def keep(name: str, new_recipe: NewRecipe, response: Response) -> SavedRecipe:
        """Save a recipe with a data set; it is checked against the newest version."""
        manifest = datasets.manifest(name)
        kinds = {column.name: "number" if column.kind == "number" else "text" for column in manifest.columns}
        new_recipe.recipe.without_hidden(manifest.unlearnable).check(kinds)  # type: ignore[arg-type]  # mypy takes the two words for any text
        saved, new = recipes.save(name, new_recipe.recipe, new_recipe.note)
        response.status_code = 201 if new else 200
        return saved

    @routes.get("/{name}/recipes")
    def kept(name: str) -> RecipeList:
        """The recipes that were saved with a data set."""
        datasets.versions(name)
        return RecipeList(recipes=recipes.list(name))

    @routes.get("/{name}/recipes/{version}")
    def one(name: str, version: Id) -> SavedRecipe:
        """One saved recipe."""
        return recipes.get(name, version)

    return routes


def _shown(frame: pl.DataFrame) -> Rows:
    return Rows(columns=frame.columns, rows=frame.to_dicts())
