"""What a training tells of itself while it runs: its state, kept up to date in the object store."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tablee.errors import ObjectStoreUnavailable, TableeError
from tablee.jobs.training import Phase, Trainings, TrainingState
from tablee.recipes.fitted import FittedRecipe
from tablee.telemetry import logger

SHARES: dict[Phase, tuple[float, float]] = {
    Phase.QUEUED: (0.0, 0.0),
    Phase.STARTING: (0.0, 0.0),
    Phase.PREPARING: (0.0, 0.04),
    Phase.WAITING: (0.04, 0.05),
    Phase.TRAINING: (0.05, 0.85),
    Phase.TRACKING: (0.85, 0.95),
    Phase.GATING: (0.95, 1.0),
}
"""From where to where each phase moves the progress."""

INTERVAL = 1.0
"""Seconds between two writes while nothing but numbers change."""

log = logger(__name__)


class Progress:
    """Owns the state of one training and writes it: at once for a new phase, about once a second otherwise."""

    def __init__(
        self,
        trainings: Trainings,
        state: TrainingState,
        *,
        attempts: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.state, self.attempts = state, attempts
        self._trainings, self._clock = trainings, clock
        self._saved = -INTERVAL

    def cancelled(self) -> bool:
        """Whether a stop means the end: a person wants it, or nobody would start another attempt."""
        if self.attempts == 1:
            return True
        try:
            return self._trainings.cancel_asked(self.state.id)
        except ObjectStoreUnavailable as error:
            log.warning("cancel_unknown", reason=error.detail)
            return False

    def enter(self, phase: Phase, message: str) -> None:
        """Begin a phase."""
        self.state.phase = phase
        log.info("phase_entered", phase=phase.value, detail=message)
        self.move(0.0, message, now=True)

    def move(self, share: float, message: str | None = None, *, now: bool = False, **changes: Any) -> None:
        """Set how much of the phase is done (0 to 1, never less than before) and any other fields of the state."""
        low, high = SHARES[self.state.phase]
        self.state.progress = max(self.state.progress, low + (high - low) * min(max(share, 0.0), 1.0))
        if message is not None:
            self.state.message = message
        for name, value in changes.items():
            setattr(self.state, name, value)
        if now or self._clock() - self._saved >= INTERVAL:
            self._save()

    def keep_recipe(self, recipe: FittedRecipe | None) -> None:
        """Write down how the columns are prepared."""
        self._trainings.keep_recipe(self.state.id, recipe)

    def begin_again(self, message: str, *, failed: bool) -> None:
        """Leave the training to another attempt. One that failed is counted, one that was only interrupted is not."""
        self.state = self.state.anew(attempt=self.state.attempt + failed, message=message)
        self._save()

    def end(self, phase: Phase, message: str, error: TableeError | None = None) -> None:
        """Write the last state."""
        self.state.phase, self.state.message = phase, message
        if phase is Phase.SUCCEEDED:
            self.state.progress = 1.0
        if error is not None:
            self.state.error = error.problem()
        self._save()

    def _save(self) -> None:
        self._trainings.save(self.state)
        self._saved = self._clock()
