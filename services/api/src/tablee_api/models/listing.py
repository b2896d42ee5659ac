"""`GET /models`: the served models and their contracts."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from tablee.models.contract import Contract
from tablee.models.problem import ProblemType
from tablee.recipes.fitted import FittedRecipe
from tablee_api.models.repository import ModelRepository
from tablee_api.models.served_model import ServedModel


class Summary(BaseModel):
    """A served model in brief."""

    name: str
    version: int
    default: bool
    """Whether `POST /predict` uses it."""
    problem_type: ProblemType
    target: str
    columns: int
    digest: str


class Summaries(BaseModel):
    models: list[Summary]


class Detail(BaseModel):
    """A served model with its contract: columns, types, levels, ranges, target, example rows."""

    name: str
    version: int
    digest: str
    algorithm: str
    scorer: Literal["tablee", "h2o"]
    """The code that scores it: Tablée's, compared bit for bit with H2O's when the model was loaded, or H2O's."""
    contract: Contract
    recipe: FittedRecipe | None = None
    """How its features are made of the contract's columns; null if the model reads the columns themselves."""


def router(repository: ModelRepository) -> APIRouter:
    routes = APIRouter(tags=["models"])

    @routes.get("/models", summary="The models served")
    async def models() -> Summaries:
        return Summaries(models=[_summary(served, repository) for served in repository.served.values()])

    @routes.get("/models/{name}", summary="One model and its contract")
    async def model(name: str) -> Detail:
        served = repository.get(name)
        return Detail(
            name=served.name,
            version=served.version,
            digest=served.digest,
            algorithm=served.model.algorithm,
            scorer="tablee" if served.model.is_fast else "h2o",
            contract=served.contract,
            recipe=served.model.recipe,
        )

    return routes


def _summary(served: ServedModel, repository: ModelRepository) -> Summary:
    contract = served.contract
    return Summary(
        name=served.name,
        version=served.version,
        default=served.name == repository.default_name,
        problem_type=contract.target.problem_type,
        target=contract.target.name,
        columns=len(contract.columns),
        digest=served.digest,
    )
