"""The values of the platform as a whole, component after component."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from chart_values.access import Access
from chart_values.api import Api
from chart_values.blocks import Block, PullPolicy
from chart_values.controller import Controller
from chart_values.h2o import H2o
from chart_values.minio import Minio
from chart_values.mlflow import Mlflow
from chart_values.network import NetworkPolicy
from chart_values.observability import Observability
from chart_values.postgres import Postgres
from chart_values.score import Score
from chart_values.train import Train
from chart_values.ui import Ui


class Images(Block):
    """All images."""

    registry: str = ""
    """Registry that is prefixed to every image's name, for a mirror."""
    pull_policy: PullPolicy = "IfNotPresent"
    """When a node pulls an image: Kubernetes' pull policy."""
    pull_secrets: list[str] = Field(default=[])
    """Names of Secrets that hold registry logins."""


class Log(Block):
    """Logging of our processes."""

    format: Literal["console", "json"] = "json"
    """`json` for log collectors, `console` for terminals."""
    level: Literal["debug", "info", "warning", "error"] = "info"
    """Lowest level that is written."""


class Key(Block):
    """The platform's access key; every caller of API and controller needs it."""

    existing_secret: str = ""
    """Secret with an entry `key`; one is generated and kept when empty."""


class Privacy(Block):
    """Personal data: the key of pseudonyms. It is kept when the release is removed: another key gives others."""

    existing_secret: str = ""
    """Secret with an entry `key` of 16 characters or more; one is generated and kept when empty."""


class Connections(Block):
    """Databases and object stores that sources may reach."""

    existing_secret: str = ""
    """Secret with an entry for each connection, as docs/sources.md describes; none when empty."""


class Upload(Block):
    """Uploaded files."""

    max_mib: int = Field(default=100, ge=1, le=10_000)
    """Largest file in MiB, for the UI, the controller, the API and the proxy in front of them."""


class Values(Block):
    """All values of the chart."""

    global_: dict[str, Any] = Field(default={}, alias="global")
    """Set by Helm when this chart is part of another; not used."""
    images: Images = Images()
    """All images."""
    cluster_domain: str = Field(default="cluster.local", pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")
    """Domain of the cluster's services."""
    log: Log = Log()
    """Logging of our processes."""
    key: Key = Key()
    """The platform's access key."""
    privacy: Privacy = Privacy()
    """Personal data."""
    connections: Connections = Connections()
    """Databases and object stores that sources may reach."""
    upload: Upload = Upload()
    """Uploaded files."""
    access: Access = Access()
    """How people reach the platform from outside the cluster."""
    network_policy: NetworkPolicy = NetworkPolicy()
    """Which pods and services may connect to each other."""
    api: Api = Api()
    """Predicts and explains."""
    controller: Controller = Controller()
    """Data sets, trainings, promotions, roll-outs."""
    ui: Ui = Ui()
    """The pages."""
    h2o: H2o = Field(default=H2o(), alias="h2o")
    """The H2O cluster of the trainings."""
    train: Train = Train()
    """The template of all trainings, and their schedule."""
    score: Score = Score()
    """The template of all scorings."""
    mlflow: Mlflow = Mlflow()
    """Runs, versions, the champion alias."""
    postgres: Postgres = Postgres()
    """MLflow's database."""
    minio: Minio = Minio()
    """The object store."""
    observability: Observability = Observability()
    """Metrics, alerts and dashboards."""
