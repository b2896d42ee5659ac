"""The state of a running training, written to the object store while it works."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tablee.errors import ObjectStoreUnavailable, TableeError
from tablee.errors.base import Words
from tablee.i18n.message import Message
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
"""The progress at the beginning and at the end of each phase, 0 to 1."""

INTERVAL = 1.0
"""Seconds between two writes while the phase does not change."""

log = logger(__name__)


class Progress:
    """Changes the state of one training and writes it: at once for a new phase, about once a second otherwise.

    :param attempts: how often the scheduler starts the process at most.
    """

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
        """Whether a stop ends the training for good: a person cancelled it, or there will be no other attempt."""
        if self.attempts == 1:
            return True
        try:
            return self._trainings.cancel_asked(self.state.id)
        except ObjectStoreUnavailable as error:
            log.warning("cancel_unknown", reason=error.detail)
            return False

    def enter(self, phase: Phase, message: Message) -> None:
        """Begin a phase.

        :param message: a sentence that says what is going on.
        """
        self.state.phase = phase
        log.info("phase_entered", phase=phase.value, detail=str(message))
        self.move(0.0, message, now=True)

    def move(self, share: float, message: Message | None = None, *, now: bool = False, **changes: Any) -> None:
        """Set how much of the phase is done, and other fields of the state.

        :param share: 0 to 1; the progress of the training never falls.
        :param now: write the state at once.
        :param changes: values of fields of `TrainingState`, by name.
        """
        low, high = SHARES[self.state.phase]
        self.state.progress = max(self.state.progress, low + (high - low) * min(max(share, 0.0), 1.0))
        if message is not None:
            self.state.say(message)
        for name, value in changes.items():
            setattr(self.state, name, value)
        if now or self._clock() - self._saved >= INTERVAL:
            self._save()

    def save_recipe(self, recipe: FittedRecipe | None) -> None:
        """Write the fitted recipe to the object store."""
        self._trainings.keep_recipe(self.state.id, recipe)

    def leave_to_next_attempt(self, message: Message, english: str | None = None, *, failed: bool) -> None:
        """Reset the state for the next attempt.

        :param english: the message in English, if it has another form there.
        :param failed: whether this attempt counts; an interrupted one does not.
        """
        self.state = self.state.anew(attempt=self.state.attempt + failed)
        self.state.say(message, english)
        self._save()

    def end(
        self,
        phase: Phase,
        message: Words,
        error: TableeError | None = None,
        *,
        english: str | None = None,
    ) -> None:
        """Write the final state.

        :param english: the message in English, if it has another form there.
        """
        self.state.phase = phase
        self.state.say(message, english)
        if phase is Phase.SUCCEEDED:
            self.state.progress = 1.0
        if error is not None:
            self.state.error = error.problem()
        self._save()

    def _save(self) -> None:
        self._trainings.save(self.state)
        self._saved = self._clock()
