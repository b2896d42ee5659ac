"""Fixtures of the tests of roll-outs."""

from __future__ import annotations

from typing import Any

import pytest
from controller.rollout.scenario import Clock, Stage

from tablee.models.promotion import Promotions
from tablee_controller.rollout.pause import RolloutPause
from tablee_controller.rollout.reconciler import Reconciler


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stage(sqlite_registry: Any, store: Any, promotions: Promotions, runtime: Any, clock: Clock) -> Stage:
    pause = RolloutPause(store)
    reconciler = Reconciler(sqlite_registry.registry, promotions, runtime, pause, clock=clock)
    return Stage(sqlite_registry, promotions, runtime, reconciler, pause)
