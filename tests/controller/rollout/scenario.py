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
    for _ in range(rounds):
        if not reconciler.tick():
            return
    raise AssertionError("the reconciler never came to rest")


@dataclass
class Stage:
    sqlite_registry: Any
    promotions: Promotions
    runtime: Any
    reconciler: Reconciler
    pause: RolloutPause

    def settle(self) -> None:
        settle(self.reconciler)

    def serve(self) -> None:
        self.settle()
        self.runtime.succeed()
        self.settle()
