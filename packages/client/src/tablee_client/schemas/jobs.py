"""Trainings and scorings."""

from __future__ import annotations

from tablee.jobs.scoring import ScoringState
from tablee.jobs.training import TrainingState
from tablee_client.schemas.answer import Answer


class TrainingList(Answer):
    """Newest first."""

    trainings: list[TrainingState]


class ScoringList(Answer):
    """Newest first."""

    scorings: list[ScoringState]
