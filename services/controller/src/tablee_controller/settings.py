"""What the controller can be told."""

from __future__ import annotations

from pathlib import Path

from pydantic import ConfigDict, Field, SecretStr

from tablee.jobs.scoring import MAX_PARALLEL
from tablee.settings import Section, Settings

Environment = dict[str, str]


class Child(Section):
    """A kind of process that the controller starts; what is not named in its class is passed on to it."""

    model_config = ConfigDict(extra="allow")

    @property
    def passed_on(self) -> dict[str, object]:
        return dict(self.__pydantic_extra__ or {})


class ApiProcess(Child):
    """The API process; any further `TABLEE_API__NAME` reaches it as `TABLEE_NAME`."""

    host: str = "127.0.0.1"
    """Address that the API listens on. Any further `TABLEE_API__NAME` reaches the API process as `TABLEE_NAME`."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Port that the API listens on; 0 takes a free one."""
    url: str | None = None
    """Address of the API for people, when it differs from host and port."""
    ready_seconds: float = Field(default=120, gt=0)
    """A new API process that is not ready by then has failed, and its roll-out with it."""
    stop_seconds: float = Field(default=35, gt=0)
    """A replaced API process that still answers requests after this time is killed."""


class TrainingProcess(Child):
    """The training processes; any further `TABLEE_TRAINING__NAME` reaches them as `TABLEE_NAME`."""

    slots: int = Field(default=1, ge=1)
    """Trainings that run at once; further ones wait in the order they were asked for. Any further
    `TABLEE_TRAINING__NAME` reaches trainings as `TABLEE_NAME`."""
    stop_seconds: float = Field(default=60, gt=0)
    """A cancelled training that has not ended by then is killed."""


class ScoringProcess(Child):
    """The workers of scorings; any further `TABLEE_SCORING__NAME` reaches them as `TABLEE_NAME`."""

    slots: int = Field(default=1, ge=1)
    """Scorings that run at once; further ones wait in the order they were asked for. Any further
    `TABLEE_SCORING__NAME` reaches their workers as `TABLEE_NAME`."""
    prediction_slots: int = Field(default=2, ge=1)
    """Predictions of uploaded files that run at once, besides the scorings; further ones wait in the order they were
    asked for."""
    max_parallel: int = Field(default=64, ge=1, le=MAX_PARALLEL)
    """Most workers that one scoring may ask for."""
    stop_seconds: float = Field(default=30, gt=0)
    """A worker that is asked to end and has not by then is killed."""


class H2oSettings(Child):
    """The H2O cluster, for trainings."""

    url: str = "http://127.0.0.1:54321"
    """Where H2O is. This and any further `TABLEE_H2O__NAME` reaches trainings unchanged."""


class KubernetesSettings(Section):
    """The objects of a release that the controller works on. With any of these set, the platform runs on Kubernetes:
    the controller then starts no process itself."""

    namespace: str
    """Namespace of all of them."""
    api_deployment: str
    """Deployment of the API, whose pod template carries the pinned versions."""
    train_cronjob: str
    """CronJob that every training is a Job of."""
    score_cronjob: str
    """CronJob that every scoring is a Job of."""
    h2o_statefulset: str | None = None
    """StatefulSet of the H2O nodes; none when H2O runs elsewhere, it is then always taken to be ready."""
    h2o_nodes: int = Field(default=1, ge=1)
    """How many nodes make a whole H2O cluster."""
    h2o_always_on: bool = False
    """Keep H2O up between trainings."""
    h2o_idle_seconds: float = Field(default=600, ge=0)
    """H2O is put to sleep when no training ran for this long."""
    ready_seconds: float = Field(default=300, gt=0)
    """Pods of a roll-out that is tried again get this long; a first try has the Deployment's own deadline."""


class PrivacySettings(Section):
    """What protects personal data."""

    key: SecretStr | None = None
    """Key of pseudonyms and of certificates of erasure, 16 characters or more; another key gives other pseudonyms.
    Without one, one is made below `TABLEE_HOME` (`privacy.key`); not on Kubernetes, where it would not last."""


class ControllerSettings(Settings):
    """The control plane's settings."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = Field(default=8080, ge=0, le=65535)
    """Port to listen on."""
    home: Path = Path(".tablee")
    """Directory of child processes: notes on them (`run/`), their logs (`logs/`), the API's bundles (`cache/`)."""
    ui_url: str | None = None
    """Address of the UI for people."""
    mlflow_public_url: str | None = None
    """Address of MLflow for people, when it differs from `TABLEE_MLFLOW__URL`."""
    api: ApiProcess = ApiProcess()
    training: TrainingProcess = TrainingProcess()
    scoring: ScoringProcess = ScoringProcess()
    h2o: H2oSettings = H2oSettings()
    privacy: PrivacySettings = PrivacySettings()
    kubernetes: KubernetesSettings | None = None
    """The objects of a release on Kubernetes."""
    connections: Path | None = None
    """Directory with a file for each connection that sources may use; `connections` below `TABLEE_HOME` when empty."""
    max_upload_bytes: int = Field(default=1 << 30, ge=1)
    """Largest file of a data set."""
    max_source_bytes: int = Field(default=4 << 30, ge=1)
    """Most that a run of a source may bring at once: the rows of a query as JSON, a file, the files of one version."""
    upload_hours: float = Field(default=24, gt=0)
    """A file that is sent in parts is thrown away when it is not complete, or not made a data set, after so long."""
    max_body_bytes: int = Field(default=1 << 20, ge=1)
    """Largest body of every other request."""
    reconcile_seconds: float = Field(default=2, gt=0)
    """How often registry and API are compared, and trainings are looked after."""
