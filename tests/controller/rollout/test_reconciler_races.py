"""The reconciler when it is killed between two steps, or when somebody promotes a version at the same time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from controller.rollout.scenario import Stage, settle

from tablee.models.promotion import Kind, PromotionRecord, Promotions
from tablee.models.registry import ROLLOUT
from tablee.storage.object_store import DirectoryStore
from tablee_controller.rollout.decision import State
from tablee_controller.rollout.pause import Paused, RolloutPause
from tablee_controller.rollout.reconciler import IN_FLIGHT, Reconciler


class Crash(BaseException):
    """The controller is killed."""


class Crashing:
    """Calls `after_change` after each call of a method that changes something."""

    def __init__(self, inner: Any, changes: tuple[str, ...], after_change: Callable[[], None]) -> None:
        self._inner, self._changes, self._after_change = inner, changes, after_change

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name not in self._changes:
            return method

        def call(*arguments: Any, **named: Any) -> Any:
            answer = method(*arguments, **named)
            self._after_change()
            return answer

        return call


@pytest.mark.parametrize("step", range(1, 9))
def test_the_next_controller_finishes_after_a_crash_at_any_step(
    sqlite_registry: Any, store: Any, runtime: Any, step: int
) -> None:
    """Version 1 serves, version 2 is promoted and fails. The controller dies after change number `step`."""
    left = step

    def crash_after_step() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Crash

    sqlite_registry.register("m", champion=True)
    crashing_registry = Crashing(sqlite_registry.registry, ("tag", "set_alias", "remove_alias"), crash_after_step)
    crashing_store = Crashing(store, ("put",), crash_after_step)

    def make_reconciler(*, crashing: bool) -> Reconciler:
        registry, objects = (crashing_registry, crashing_store) if crashing else (sqlite_registry.registry, store)
        used_runtime = Crashing(runtime, ("pin",), crash_after_step) if crashing else runtime
        return Reconciler(registry, Promotions(registry, objects), used_runtime, RolloutPause(store))

    def run(reconciler: Reconciler) -> None:
        settle(reconciler)
        if runtime.pinned == {"m": 1}:
            runtime.succeed()
        settle(reconciler)
        if len(sqlite_registry.registry.versions("m")) == 1:
            Promotions(sqlite_registry.registry, store).promote("m", sqlite_registry.register("m"), by="ana", reason="")
        settle(reconciler)
        if runtime.pinned == {"m": 2}:
            runtime.fail("corrupt")
        settle(reconciler)

    try:
        run(make_reconciler(crashing=True))
    except Crash:
        run(make_reconciler(crashing=False))
    assert sqlite_registry.champion("m") == 1
    assert runtime.serving == {"m": 1}
    assert sqlite_registry.registry.version("m", 2).failed == "corrupt"
    history = Promotions(sqlite_registry.registry, store).history("m")
    assert [record.epoch for record in history] == list(range(len(history), 0, -1))
    assert {record.kind for record in history} >= {Kind.PERSON}
    assert history[0].version == 1


@pytest.mark.parametrize(
    ("age", "kinds"), [(IN_FLIGHT / 2, [Kind.PERSON]), (IN_FLIGHT * 2, [Kind.OBSERVED, Kind.PERSON])]
)
def test_a_promotion_that_has_not_moved_the_alias_yet_is_not_recorded_twice(
    stage: Stage, store: DirectoryStore, age: timedelta, kinds: list[Kind]
) -> None:
    stage.sqlite_registry.register("m", champion=True)
    record = PromotionRecord(
        model="m",
        epoch=1,
        version=stage.sqlite_registry.register("m"),
        previous=1,
        kind=Kind.PERSON,
        by="ana",
        reason="the alias is to follow",
        at=datetime.now(UTC) - age,
    )
    stage.promotions.promote("m", 1, by="ana", reason="")
    (key,) = store.list("promotions/m/")
    store.put(key, record.model_dump_json().encode())
    stage.serve()
    assert [record.kind for record in stage.promotions.history("m")] == kinds


class PromotedMeanwhile(RolloutPause):
    """A pause that calls `promote` when it is read, which happens after the champions were read."""

    def __init__(self, store: DirectoryStore) -> None:
        super().__init__(store)
        self.promote: Callable[[], object] | None = None

    def current(self) -> Paused | None:
        promote, self.promote = self.promote, None
        if promote is not None:
            promote()
        return super().current()


def test_a_promotion_while_the_alias_of_a_failed_version_is_restored_is_kept(
    sqlite_registry: Any, store: DirectoryStore, promotions: Promotions, runtime: Any
) -> None:
    pause = PromotedMeanwhile(store)
    stage = Stage(
        sqlite_registry, promotions, runtime, Reconciler(sqlite_registry.registry, promotions, runtime, pause), pause
    )
    for _ in range(3):
        sqlite_registry.register("m")
    promotions.promote("m", 1, by="ana", reason="")
    stage.serve()
    promotions.promote("m", 2, by="ana", reason="")
    stage.settle()
    runtime.fail()
    stage.reconciler.tick()  # tags version 2 as failed
    assert sqlite_registry.registry.version("m", 2).failed
    pause.promote = lambda: promotions.promote("m", 3, by="ben", reason="at the same moment")
    stage.reconciler.tick()  # has read version 2 as the champion, and restores version 1
    assert sqlite_registry.champion("m") == 3
    assert [record.version for record in promotions.history("m")] == [3, 2, 1]
    stage.serve()
    assert (runtime.serving, stage.reconciler.status.state) == ({"m": 3}, State.IN_SYNC)


def test_the_version_that_serves_is_restored_and_not_one_that_never_served(stage: Stage) -> None:
    for _ in range(3):
        stage.sqlite_registry.register("m")
    stage.promotions.promote("m", 1, by="ana", reason="")
    stage.serve()
    stage.promotions.promote("m", 2, by="ana", reason="")
    stage.promotions.promote("m", 3, by="ana", reason="before version 2 was rolled out")
    stage.settle()
    assert stage.runtime.pins == [{"m": 1}, {"m": 3}]
    stage.runtime.fail()
    stage.settle()
    assert stage.sqlite_registry.champion("m") == 1
    tags = {info.version: info.tags.get(ROLLOUT) for info in stage.sqlite_registry.registry.versions("m")}
    assert tags == {1: "live", 2: None, 3: "failed: broken"}


def test_the_previous_version_is_restored_if_nothing_serves(stage: Stage) -> None:
    for _ in range(2):
        stage.promotions.promote("m", stage.sqlite_registry.register("m"), by="ana", reason="")
    stage.settle()
    assert stage.runtime.pins == [{"m": 2}]
    stage.runtime.fail()
    stage.settle()
    assert stage.sqlite_registry.champion("m") == 1
    assert stage.runtime.pinned == {"m": 1}
