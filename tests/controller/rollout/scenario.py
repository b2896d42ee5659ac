"""A reconciler with its registry, runtime and clock, for the tests of roll-outs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tablee.models.promotion import Promotions
from tablee_controller.rollout.pause import RolloutPause
from tablee_controller.rollout.reconciler import Reconciler


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def settle(reconciler: Reconciler, rounds: int = 10) -> None:
    """Call `tick` until it changes nothing."""
    for _ in range(rounds):
        if not reconciler.tick():
            return
    raise AssertionError(f"the reconciler still changes something after {rounds} rounds")


@dataclass
class Stage:
    """The reconciler and the parts that it works with."""

    sqlite_registry: Any
    promotions: Promotions
    runtime: Any
    reconciler: Reconciler
    pause: RolloutPause

    def settle(self) -> None:
        settle(self.reconciler)

    def serve(self) -> None:
        """Start a roll-out, and let it succeed."""
        self.settle()
        self.runtime.succeed()
        self.settle()
