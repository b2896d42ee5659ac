"""How a training is asked to stop."""

from __future__ import annotations

from tablee.errors import TrainingCancelled
from tablee.jobs.process import StopRequest


def training_stop() -> StopRequest:
    """A request that raises `TrainingCancelled` once a signal, or a call, has set it."""
    return StopRequest(TrainingCancelled("cancelled"))
