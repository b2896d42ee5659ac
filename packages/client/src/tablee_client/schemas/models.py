"""Registered models, their versions and promotions."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from tablee.jobs.training import Verdict
from tablee.models.promotion import PromotionRecord
from tablee_client.schemas.answer import Answer


class ModelSummary(Answer):
    """A registered model: its champion, and the version that is served."""

    name: str
    champion: int | None = None
    serving: int | None = None
    versions: int = 0
    updated: datetime | None = None


class ModelList(Answer):
    """The registered models, in the order of registration."""

    models: list[ModelSummary]


class ModelVersion(Answer):
    """A version of a model, as the registry describes it."""

    version: int
    created: datetime
    aliases: tuple[str, ...] = ()
    algorithm: str | None = None
    dataset: str | None = None
    training: str | None = None
    rollout: str | None = None
    verdict: Verdict | None = None
    holdout: dict[str, float] | None = None

    @property
    def failed(self) -> bool:
        """Whether its last roll-out failed."""
        return (self.rollout or "").startswith("failed")


class ModelHistory(Answer):
    """A model with its versions and promotions, newest first."""

    name: str
    champion: int | None = None
    serving: int | None = None
    versions: list[ModelVersion] = Field(default_factory=list)
    promotions: list[PromotionRecord] = Field(default_factory=list)

    def version(self, number: int | None) -> ModelVersion | None:
        return next((version for version in self.versions if version.version == number), None)
