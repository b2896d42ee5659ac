"""The port to whatever runs things: processes of this machine, or Kubernetes.

A runtime serves one set of pinned versions and runs trainings. It knows neither aliases nor gates: it is told what to
pin and tells how that goes. After a failed roll-out the former pins go on serving.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

Pins = dict[str, int]
"""Version by model name; the first is the default model."""


class Phase(StrEnum):
    """How the last `pin` is going."""

    IDLE = "idle"
    """Nothing was ever pinned."""
    ROLLING = "rolling"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Rollout:
    """Where the change to the pinned versions stands."""

    phase: Phase = Phase.IDLE
    pinned: Pins | None = None
    """What was asked for last."""
    serving: Pins = field(default_factory=dict)
    """What answers requests at this moment; empty too while nothing answers."""
    reason: str = ""
    """Why it failed, or what it waits for."""


@dataclass(frozen=True, slots=True)
class Execution:
    """The process of a training, as far as it is known."""

    running: bool
    exit_code: int | None = None
    """Of an ended process; minus the signal's number if one ended it; None if nobody saw it end."""
    stopped: bool = False
    """We asked it to stop."""


class Runtime(Protocol):
    """What the controller needs of the place it runs in."""

    def rollout(self) -> Rollout:
        """Look how the last pin is going. Never blocks for long."""

    def pin(self, pins: Pins) -> None:
        """Serve these versions from now on, as soon as they are proven ready; replaces a roll-out under way."""

    def start_training(self, training_id: str) -> None:
        """Run a training that is written down in the object store. Raises `OSError` if nothing could be started."""

    def stop_training(self, training_id: str) -> None:
        """Ask it to end; it is killed if it does not within its grace. Silent if it does not run."""

    def training(self, training_id: str) -> Execution | None:
        """Its process; None if none was ever started here (or it was forgotten)."""

    def forget_training(self, training_id: str) -> None:
        """Nobody will ask for it any more; its log stays."""

    def training_log(self, training_id: str, lines: int) -> str:
        """The last lines of its log; empty if there is none."""

    def shutdown(self) -> None:
        """Stop whatever would not outlive the controller in this place, trainings first, the API last."""
