"""Values of the trainings."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from chart_values.blocks import Block, Component, Image, Resources, ServiceAccount, resources


class Request(Block):
    """The request of a training that has none of its own: by the schedule, or by `kubectl create job`."""

    dataset: str = ""
    """Data set, its newest version; when empty, the last training that succeeded is repeated on its newest data."""
    target: str = ""
    """Column to predict."""
    model: str = ""
    """Model to register under; the data set's name when empty."""
    problem_type: Literal["auto", "binary", "multiclass", "regression"] = "auto"
    """Problem type."""
    max_seconds: int | None = Field(default=None, ge=5, le=604_800)
    """Budget of the search in seconds; 300 if there is neither budget."""
    max_models: int | None = Field(default=None, ge=1, le=1000)
    """Budget of the search in models."""
    metric: Literal["auto", "auc", "aucpr", "logloss", "mean_per_class_error", "rmse", "mae", "r2"] = "auto"
    """The metric that ranks the leaderboard and decides at the gate."""
    include_algorithms: list[str] = Field(default=[])
    """Only these algorithms; all when empty."""
    exclude_algorithms: list[str] = Field(default=[])
    """All algorithms but these."""
    ignored_columns: list[str] = Field(default=[])
    """Columns that the model must not read."""
    folds: int = Field(default=5, ge=2, le=20)
    """Cross-validation folds."""
    seed: int | None = Field(default=None, ge=0)
    """Seed of the search; random when left out."""


class Train(Component):
    """The CronJob that every training's Job is made from: the schedule's, the UI's, `kubectl create job`'s."""

    image: Image = Image(repository="tablee/train")
    """Image."""
    schedule: str = ""
    """Schedule of trainings in cron's form (`0 3 * * 0`); none when empty."""
    time_zone: str = Field(default="", pattern=r"^([A-Za-z]+([/_+-][A-Za-z0-9_+-]+)*)?$")
    """Time zone of the schedule (`Europe/Paris`)."""
    request: Request = Request()
    """The default request."""
    promotion: Literal["auto", "approve"] = "auto"
    """`auto`: a model that passes the gate becomes champion; `approve`: it waits for approval."""
    holdout: float = Field(default=0.2, ge=0.05, le=0.5)
    """Share of the rows that no model sees in training."""
    slots: int = Field(default=1, ge=1, le=10)
    """Trainings of the controller that run at the same time; others wait in the queue."""
    retries: int = Field(default=2, ge=0, le=10)
    """Retries of a training that lost H2O or the object store."""
    deadline_seconds: int = Field(default=21_600, ge=60)
    """Longest time of a training, all retries included."""
    keep_seconds: int = Field(default=86_400, ge=60)
    """How long a finished Job is kept."""
    service_account: ServiceAccount = ServiceAccount()
    """The identity of the pods."""
    resources: Resources = resources("100m", "512Mi", "1Gi")
    """What the container asks for and may use."""
