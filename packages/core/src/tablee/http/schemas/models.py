"""Registered models, their versions and promotions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, field_serializer, field_validator

from tablee.http.schemas.answer import Answer
from tablee.jobs.training import Verdict
from tablee.models.promotion import PromotionRecord


class ModelSummary(Answer):
    """A registered model: its champion, and the version that is served."""

    name: str
    champion: int | None = None
    """The version that should be served."""
    serving: int | None = None
    """The version that is served."""
    versions: int = 0
    """Number of versions."""
    updated: datetime | None = None


class ModelList(Answer):
    """The registered models, in the order of registration."""

    models: list[ModelSummary]


class ModelVersion(Answer):
    """A version of a model, as the registry describes it."""

    model: str = ""
    version: int
    run_id: str = ""
    """The run in MLflow that made it."""
    created: Annotated[datetime, Field(json_schema_extra={"format": "date-time"})]
    aliases: tuple[str, ...] = ()
    digest: str | None = None
    """SHA-256 of its bundle. None: it was not registered by a training, and cannot be served."""
    rollout: str | None = None
    """How its last roll-out ended."""
    rollout_message: dict[str, Any] | None = None
    """Why it failed, as a key of the catalogue with its facts; left out where it is not known."""
    verdict: Verdict | None = None
    holdout: dict[str, float] | None = None
    """Metrics on the hold-out rows."""
    algorithm: str | None = None
    dataset: str | None = None
    dataset_version: str | None = None
    training: str | None = None
    """Id of the training that made it."""

    @field_validator("verdict", "holdout", "rollout_message", mode="wrap")
    @classmethod
    def _none_if_unknown(cls, found: Any, validate: ValidatorFunctionWrapHandler) -> Any:
        """They are tags of the registry, which may be edited by hand, or written by a newer release."""
        try:
            return validate(found)
        except ValidationError:
            return None

    @field_serializer("created", when_used="json")
    def _created(self, created: datetime) -> str:
        return created.isoformat()

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
