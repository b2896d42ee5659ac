"""Models: list, show, promote, roll back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from tablee.errors import Conflict
from tablee.http.schemas.models import ModelHistory, ModelList, ModelSummary, ModelVersion
from tablee.models.promotion import PromotionRecord
from tablee_controller.loop import ControlLoop
from tablee_controller.routes.path_parameters import ModelName
from tablee_controller.services import ModelServices


class Decision(BaseModel):
    """Who wants it, and why."""

    model_config = ConfigDict(extra="forbid")
    by: Annotated[str, Field(max_length=100)] = ""
    reason: Annotated[str, Field(max_length=1000)] = ""


class Promotion(Decision):
    """Which version is to be the champion."""

    version: Annotated[int, Field(ge=1, strict=True)]


def router(services: ModelServices, loop: ControlLoop) -> APIRouter:
    registry, promotions, reconciler = services.registry, services.promotions, services.reconciler
    routes = APIRouter(prefix="/models", tags=["models"])

    @routes.get("")
    def list_all() -> ModelList:
        """Every registered model."""
        serving = reconciler.status.serving
        return ModelList(
            models=[
                ModelSummary(
                    name=model.name,
                    champion=model.champion,
                    serving=serving.get(model.name),
                    versions=len(registry.versions(model.name)),
                    updated=model.updated,
                )
                for model in registry.models()
            ]
        )

    @routes.get("/{name}")
    def show(name: ModelName) -> ModelHistory:
        """Its versions with verdicts and metrics, and who made which one the champion, when and why."""
        versions = registry.versions(name)
        champion = registry.champion(name)
        return ModelHistory(
            name=name,
            champion=champion.version if champion else None,
            serving=reconciler.status.serving.get(name),
            versions=[ModelVersion.model_validate(version.to_dict()) for version in versions],
            promotions=promotions.history(name),
        )

    @routes.post("/{name}/promote")
    def promote(name: ModelName, decision: Promotion) -> PromotionRecord:
        """Make a version the champion; the roll-out follows by itself."""
        if registry.version(name, decision.version).digest is None:
            raise Conflict("without_digest", hint="promote_trained_version", version=decision.version, model=name)
        record = promotions.promote(name, decision.version, by=decision.by, reason=decision.reason)
        loop.run_round()
        return record

    @routes.post("/{name}/rollback")
    def roll_back(name: ModelName, decision: Decision) -> PromotionRecord:
        """Make the version that served before the champion again."""
        registry.versions(name)
        record = promotions.roll_back(name, by=decision.by, reason=decision.reason)
        loop.run_round()
        return record

    return routes
