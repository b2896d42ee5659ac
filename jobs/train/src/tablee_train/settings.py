"""The settings of a training process."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from tablee.errors.unfit import Unfit
from tablee.jobs.training import TrainingRequest
from tablee.settings import Section, Settings

NODE = "{node}"


class H2oSettings(Section):
    """The H2O cluster: its address, its size, and how long to wait for it."""

    url: str = "http://127.0.0.1:54321"
    """The H2O cluster's REST address, with its context path if it has one. `{node}` stands for the number of a node,
    counted from 0; of several nodes the leader is used."""
    username: str | None = None
    """Login, if H2O requires one."""
    password: SecretStr | None = None
    """Password of the login."""
    nodes: int = Field(default=1, ge=1)
    """Nodes the cluster must have before a training starts."""
    wait_seconds: float = Field(default=120.0, ge=0)
    """How long to wait for a whole and healthy cluster; with a controller, for each of its waking and its answering."""
    taken_seconds: float = Field(default=86_400.0, ge=0)
    """How long to wait while another training has the cluster."""
    lost_seconds: float = Field(default=60.0, gt=0, le=80)
    """A cluster that is silent for so long is lost."""
    quiet_seconds: float = Field(default=40.0, gt=0, le=60)
    """A cluster is lost when one of its nodes has sent nothing to the leader for so long."""
    unhealthy_seconds: float = Field(default=15.0, ge=0, le=20)
    """A cluster that calls itself unhealthy for so long is lost; H2O itself takes about 65 s to notice a dead node."""

    @property
    def addresses(self) -> list[str]:
        """The addresses of all nodes."""
        if NODE not in self.url:
            return [self.url]
        return [self.url.replace(NODE, str(number)) for number in range(self.nodes)]


class GateSettings(Section):
    """Limits that a candidate must keep, in addition to being better than the champion."""

    max_bundle_mib: float = Field(default=500.0, gt=0)
    """Largest bundle in MiB."""
    max_row_milliseconds: float = Field(default=50.0, gt=0)
    """Longest median time to score one row."""
    resamples: int = Field(default=1000, ge=50, le=10_000)
    """Bootstrap resamples behind the interval of the difference; fewer are drawn from very large hold-outs."""


class TrainSettings(Settings):
    """Settings of `python -m tablee_train`."""

    training_id: str | None = None
    """An existing training to run; else `TABLEE_REQUEST__*` describes a new one, and without both the newest training
    that succeeded is repeated on the newest version of its data set."""
    request: TrainingRequest | None = None
    """A new training, field by field (`TABLEE_REQUEST__DATASET=…`); lists as JSON."""
    job_uid: str | None = Field(default=None, pattern=r"^[0-9A-Fa-f-]{6,}$")
    """The scheduler's id of the job of which this process is an attempt. The id of a new training contains its first
    characters, by which the next attempt finds the training."""
    attempts: int = Field(default=1, ge=1)
    """How often the scheduler starts this process at most; an error that may pass fails only the last attempt."""
    controller_url: str | None = None
    """URL of the controller that starts the H2O cluster and leases it to one training at a time. What an earlier
    training left in the cluster is removed. Without a URL, the cluster is used as it is."""
    h2o: H2oSettings = H2oSettings()
    in_memory_mib: float = Field(default=256.0, ge=0)
    """A data set whose CSV file is larger is never in this process's memory as a whole: its training rows go to H2O as
    Parquet parts in the object store, which H2O's nodes must be able to read."""
    holdout: float = Field(default=0.2, ge=0.05, le=0.5)
    """Share of the rows that no model sees in training."""
    promotion: Literal["auto", "approve"] = "auto"
    """`auto`: what passes the gate becomes champion; `approve`: it becomes challenger and waits for a person."""
    gate: GateSettings = GateSettings()
    revision: str = ""
    """Source revision of this code, written on the run."""

    @model_validator(mode="after")
    def _one_training(self) -> Self:
        if self.training_id is not None and self.request is not None:
            raise Unfit("training_or_request")
        return self
