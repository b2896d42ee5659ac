"""Trainings and scorings, and the H2O cluster of trainings."""

from __future__ import annotations

from enum import StrEnum

from tablee.http.schemas.answer import Answer
from tablee.jobs.scoring import ScoringState
from tablee.jobs.training import TrainingState


class TrainingList(Answer):
    """Newest first."""

    trainings: list[TrainingState]


class ScoringList(Answer):
    """Newest first."""

    scorings: list[ScoringState]


class H2oState(StrEnum):
    """Whether a training may use the H2O cluster."""

    READY = "ready"
    WAKING = "waking"
    """Its nodes are starting."""
    RECYCLING = "recycling"
    """All its nodes are stopped, and then started as a new cluster."""
    TAKEN = "taken"
    """Another training, which started earlier, uses it."""


class H2oAnswer(Answer):
    """The state of the H2O cluster for one training. Unless it is `ready`, the training asks again in a few seconds."""

    state: H2oState
    nodes: int
    """Number of nodes of a complete cluster."""
    ready: int
    """Number of nodes that are ready."""
    holder: str | None = None
    """Id of the training that uses the cluster; None also if this training has not stored its state yet."""
    message: str = ""
    """The state as one sentence."""
