"""Values of the trainings."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from chart_values.blocks import Block, Component, Image, Resources, ServiceAccount, resources


class Request(Block):
    """What a training is asked for that nobody described: by the schedule, or by `kubectl create job`."""

    dataset: str = ""
    """Data set, its newest version; when empty, the last training that succeeded is repeated on its newest data."""
    target: str = ""
    """Column to predict."""
    model: str = ""
    """Model to register under; the data set's name when empty."""
    problem_type: Literal["auto", "binary", "multiclass", "regression"] = "auto"
    """What kind of answer."""
    max_seconds: int | None = Field(default=None, ge=5, le=604_800)
    """Budget of the search in seconds; 300 with neither budget."""
    max_models: int | None = Field(default=None, ge=1, le=1000)
    """Budget of the search in models."""
    metric: Literal["auto", "auc", "aucpr", "logloss", "mean_per_class_error", "rmse", "mae", "r2"] = "auto"
    """Ranks the leaderboard and decides at the gate."""
    include_algorithms: list[str] = Field(default=[])
    """Only these; all when empty."""
    exclude_algorithms: list[str] = Field(default=[])
    """All but these."""
    ignored_columns: list[str] = Field(default=[])
    """Columns the model must not read."""
    folds: int = Field(default=5, ge=2, le=20)
    """Cross-validation folds."""
    seed: int | None = Field(default=None, ge=0)
    """Seed of the search; drawn when left out."""


class Train(Component):
    """The CronJob that every training's Job is made from: the schedule's, the UI's, `kubectl create job`'s."""

    image: Image = Image(repository="tablee/train")
    """Image."""
    schedule: str = ""
    """When to train by itself, as cron writes it (`0 3 * * 0`); never when empty."""
    time_zone: str = Field(default="", pattern=r"^([A-Za-z]+([/_+-][A-Za-z0-9_+-]+)*)?$")
    """Time zone of the schedule (`Europe/Paris`)."""
    request: Request = Request()
    """What is trained without further words."""
    promotion: Literal["auto", "approve"] = "auto"
    """`auto`: what passes the gate becomes champion; `approve`: it waits for a person."""
    holdout: float = Field(default=0.2, ge=0.05, le=0.5)
    """Share of the rows that no model sees in training."""
    slots: int = Field(default=1, ge=1, le=10)
    """Trainings at once of those asked for at the controller; further ones wait in line."""
    retries: int = Field(default=2, ge=0, le=10)
    """How often a training that lost H2O or its store begins again."""
    deadline_seconds: int = Field(default=21_600, ge=60)
    """A training with all its retries ends by then."""
    keep_seconds: int = Field(default=86_400, ge=60)
    """How long an ended Job stays to be looked at."""
    service_account: ServiceAccount = ServiceAccount()
    """The identity of the pods."""
    resources: Resources = resources("100m", "512Mi", "1Gi")
    """What the container asks for and may use."""
