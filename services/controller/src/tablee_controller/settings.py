"""Settings of the controller."""

from __future__ import annotations

from pathlib import Path

from pydantic import ConfigDict, Field, SecretStr

from tablee.jobs.scoring import MAX_PARALLEL
from tablee.settings import Section, Settings

Environment = dict[str, str]


class Child(Section):
    """Settings of processes that the controller starts. Settings that the class does not declare are passed on to
    them."""

    model_config = ConfigDict(extra="allow")

    @property
    def passed_on(self) -> dict[str, object]:
        return dict(self.__pydantic_extra__ or {})


class ApiProcess(Child):
    """Settings of the API process. Any further `TABLEE_API__NAME` is passed on to it as `TABLEE_NAME`."""

    host: str = "127.0.0.1"
    """Address that the API listens on. Any further `TABLEE_API__NAME` is passed on to the API process as
    `TABLEE_NAME`."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Port that the API listens on; 0: a free port."""
    url: str | None = None
    """URL of the API for users, if it differs from host and port."""
    ready_seconds: float = Field(default=120, gt=0)
    """Seconds in which a new API process must become ready; otherwise the roll-out has failed."""
    stop_seconds: float = Field(default=35, gt=0)
    """Seconds in which a replaced API process must end; otherwise it is killed."""


class TrainingProcess(Child):
    """Settings of training processes. Any further `TABLEE_TRAINING__NAME` is passed on to them as `TABLEE_NAME`."""

    slots: int = Field(default=1, ge=1)
    """Most trainings that run at once. Further ones wait in the order of their requests. Any further
    `TABLEE_TRAINING__NAME` is passed on to trainings as `TABLEE_NAME`."""
    stop_seconds: float = Field(default=60, gt=0)
    """Seconds in which a cancelled training must end; otherwise it is killed."""


class ScoringProcess(Child):
    """Settings of workers of scorings. Any further `TABLEE_SCORING__NAME` is passed on to them as `TABLEE_NAME`."""

    slots: int = Field(default=1, ge=1)
    """Most scorings that run at once. Further ones wait in the order of their requests. Any further
    `TABLEE_SCORING__NAME` is passed on to their workers as `TABLEE_NAME`."""
    prediction_slots: int = Field(default=2, ge=1)
    """Most predictions of uploaded files that run at once, in addition to scorings. Further ones wait in the order of
    their requests."""
    max_parallel: int = Field(default=64, ge=1, le=MAX_PARALLEL)
    """Most workers that one scoring may request."""
    stop_seconds: float = Field(default=30, gt=0)
    """Seconds in which a worker must end when its scoring is cancelled; otherwise it is killed."""


class H2oSettings(Child):
    """The H2O cluster of trainings."""

    url: str = "http://127.0.0.1:54321"
    """URL of H2O. This setting and any further `TABLEE_H2O__NAME` are passed on to trainings unchanged."""


class KubernetesSettings(Section):
    """The Kubernetes objects of a release. If one of these settings is set, the platform runs on Kubernetes, and the
    controller does not start processes itself."""

    namespace: str
    """Namespace of the release."""
    api_deployment: str
    """Name of the Deployment of the API. The controller writes the pinned versions into its pod template."""
    train_cronjob: str
    """Name of the CronJob from which the Job of each training is made."""
    score_cronjob: str
    """Name of the CronJob from which the Job of each scoring is made."""
    h2o_statefulset: str | None = None
    """Name of the StatefulSet of H2O nodes. Empty: H2O runs outside of the release, and is assumed to be ready."""
    h2o_nodes: int = Field(default=1, ge=1)
    """Number of nodes of a complete H2O cluster."""
    h2o_always_on: bool = False
    """Whether H2O runs also between trainings."""
    h2o_idle_seconds: float = Field(default=600, ge=0)
    """Seconds without a training after which H2O is scaled to 0 nodes."""
    ready_seconds: float = Field(default=300, gt=0)
    """Seconds in which pods must become ready if a failed roll-out is tried again. The first try has the deadline of
    the Deployment."""


class PrivacySettings(Section):
    """Protection of personal data."""

    key: SecretStr | None = None
    """Key of pseudonyms and of certificates of erasure, at least 16 characters. Another key gives other pseudonyms.
    Without this setting, a key is created in `privacy.key` below `TABLEE_HOME`; on Kubernetes none is created, because
    the file would be lost."""


class ControllerSettings(Settings):
    """All settings of the controller."""

    host: str = "127.0.0.1"
    """Address that the controller listens on."""
    port: int = Field(default=8080, ge=0, le=65535)
    """Port that the controller listens on; 0: a free port."""
    home: Path = Path(".tablee")
    """Directory for child processes: their records (`run/`), their logs (`logs/`), bundles of the API (`cache/`)."""
    ui_url: str | None = None
    """URL of the UI for users."""
    mlflow_public_url: str | None = None
    """URL of MLflow for users, if it differs from `TABLEE_MLFLOW__URL`."""
    api: ApiProcess = ApiProcess()
    training: TrainingProcess = TrainingProcess()
    scoring: ScoringProcess = ScoringProcess()
    h2o: H2oSettings = H2oSettings()
    privacy: PrivacySettings = PrivacySettings()
    kubernetes: KubernetesSettings | None = None
    """The Kubernetes objects of the release."""
    connections: Path | None = None
    """Directory with one file for each connection of sources. If empty, `connections` below `TABLEE_HOME`."""
    max_upload_bytes: int = Field(default=1 << 30, ge=1)
    """Largest size of a file of a data set, in bytes."""
    max_source_bytes: int = Field(default=4 << 30, ge=1)
    """Most bytes in one run of a source: of the rows of a query as JSON, of a file, of all files of one version."""
    upload_hours: float = Field(default=24, gt=0)
    """Hours after which a file that was sent in parts is deleted, if no data set was made of it."""
    max_body_bytes: int = Field(default=1 << 20, ge=1)
    """Largest body of all other requests, in bytes."""
    reconcile_seconds: float = Field(default=2, gt=0)
    """Seconds between two rounds of the control loop, which compares registry and API and updates jobs."""
