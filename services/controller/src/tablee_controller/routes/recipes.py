"""Recipes: propose, preview, keep."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.store import Datasets
from tablee.errors import InvalidRequest
from tablee.recipes import Recipe
from tablee.recipes.fitted import Feature
from tablee.recipes.fitting import LeftOut
from tablee.recipes.store import Recipes, SavedRecipe
from tablee_controller.routes.path_parameters import Id
from tablee_data.recipes.preview import preview
from tablee_data.recipes.proposal import propose

ROWS = 20_000
"""First rows of a version that proposals and previews look at; a training looks at its own training rows."""


class Why(BaseModel):
    """Why steps are proposed for a column."""

    column: str
    reason: str
    """`date_as_text`, `number_as_text`, `spellings`, `rare_levels` or `elapsed`."""
    texts: int
    """So many different texts speak for it..."""
    of: int
    """...out of so many."""
    examples: list[str]


class Proposed(BaseModel):
    """A recipe for a version, and why; without steps where the columns are in good order."""

    recipe: Recipe
    reasons: list[Why]
    rows: int
    """How many were looked at."""


class Wish(BaseModel):
    """What to preview."""

    model_config = ConfigDict(extra="forbid")
    recipe: Recipe
    target: str | None = None
    """What will be predicted: no step sees it."""
    rows: Annotated[int, Field(ge=1, le=200)] = 20
    """Rows to show."""


class Shown(BaseModel):
    """Rows; a missing value is null."""

    columns: list[str]
    rows: list[dict[str, Any]]


class StepFault(BaseModel):
    """A step that does not fit the columns it finds; the preview is made without it."""

    step: int | None
    column: str | None
    detail: str


class Previewed(BaseModel):
    """What the recipe would do."""

    before: Shown
    after: Shown
    features: list[Feature]
    """What a model would read, with the columns that each comes from."""
    left_out: dict[str, str]
    """What it would not read, and why."""
    left_out_reasons: dict[str, LeftOut]
    """The same reasons as codes, also where nothing would be left to read."""
    learnt: dict[int, dict[str, Any]]
    """What each step learns from the rows looked at, by its number (from 1)."""
    faults: list[StepFault]
    rows: int
    """How many were looked at."""


class Keeping(BaseModel):
    """A recipe to keep."""

    model_config = ConfigDict(extra="forbid")
    recipe: Recipe
    note: Annotated[str, Field(max_length=1000)] = ""


class RecipeList(BaseModel):
    """Newest first."""

    recipes: list[SavedRecipe]


def router(datasets: Datasets, recipes: Recipes) -> APIRouter:
    routes = APIRouter(prefix="/datasets", tags=["recipes"])

    def looked_at(manifest: DatasetManifest, target: str | None) -> pl.DataFrame:
        frame = datasets.frame(manifest, limit=ROWS)
        if target is None:
            return frame
        if target not in frame.columns:
            raise InvalidRequest("no_target", dataset=manifest.name, column=target)
        return frame.drop(target)

    @routes.get("/{name}/versions/{version}/recipe")
    def proposal(name: str, version: Id, target: Annotated[str | None, Query(max_length=300)] = None) -> Proposed:
        """The steps that a training on this version would take by itself; `latest` is a version, too."""
        manifest = datasets.manifest(name, version)
        frame = looked_at(manifest, target)
        proposed = propose(frame, manifest.reading.dates if manifest.reading else None)
        reasons = [Why.model_validate(asdict(reason)) for reason in proposed.reasons]
        return Proposed(recipe=proposed.recipe, reasons=reasons, rows=frame.height)

    @routes.post("/{name}/versions/{version}/recipe/preview")
    def previewed(name: str, version: Id, wish: Wish) -> Previewed:
        """What a recipe would make of the first rows, step by step as far as the steps fit."""
        frame = looked_at(datasets.manifest(name, version), wish.target)
        made = preview(wish.recipe, frame, wish.rows)
        return Previewed(
            before=_shown(made.before),
            after=_shown(made.after),
            features=list(made.fitted.features) if made.fitted else [],
            left_out=made.fitted.left_out if made.fitted else {},
            left_out_reasons=made.left_out,
            learnt=made.learnt,
            faults=[StepFault.model_validate(asdict(fault)) for fault in made.faults],
            rows=frame.height,
        )

    @routes.post(
        "/{name}/recipes",
        status_code=201,
        responses={200: {"model": SavedRecipe, "description": "The same steps are there already"}},
    )
    def keep(name: str, keeping: Keeping, response: Response) -> SavedRecipe:
        """Keep a recipe with a data set; it is checked against the newest version."""
        manifest = datasets.manifest(name)
        kinds = {column.name: "number" if column.kind == "number" else "text" for column in manifest.columns}
        keeping.recipe.check(kinds)  # type: ignore[arg-type]  # mypy takes the two words for any text
        saved, new = recipes.save(name, keeping.recipe, keeping.note)
        response.status_code = 201 if new else 200
        return saved

    @routes.get("/{name}/recipes")
    def kept(name: str) -> RecipeList:
        """The recipes kept with a data set."""
        datasets.versions(name)
        return RecipeList(recipes=recipes.list(name))

    @routes.get("/{name}/recipes/{version}")
    def one(name: str, version: Id) -> SavedRecipe:
        """One of them."""
        return recipes.get(name, version)

    return routes


def _shown(frame: pl.DataFrame) -> Shown:
    return Shown(columns=frame.columns, rows=frame.to_dicts())
