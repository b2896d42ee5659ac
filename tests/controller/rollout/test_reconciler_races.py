"""The reconciler when it is killed between two steps, or when somebody else promotes meanwhile."""

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


class Fragile:
    """A collaborator that dies after its n-th change of the world."""

    def __init__(self, inner: Any, changes: tuple[str, ...], fuse: Callable[[], None]) -> None:
        self._inner, self._changes, self._fuse = inner, changes, fuse

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name not in self._changes:
            return method

        def burning(*arguments: Any, **named: Any) -> Any:
            answer = method(*arguments, **named)
            self._fuse()
            return answer

        return burning


@pytest.mark.parametrize("step", range(1, 9))
def test_a_controller_killed_after_any_step_is_followed_by_one_that_finishes(
    sqlite_registry: Any, store: Any, runtime: Any, step: int
) -> None:
    """v1 serves, v2 is promoted and fails: whichever change of the world was the last before the death."""
    left = step

    def fuse() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Crash

    sqlite_registry.register("m", champion=True)
    fragile_registry = Fragile(sqlite_registry.registry, ("tag", "set_alias", "remove_alias"), fuse)
    fragile_store = Fragile(store, ("put",), fuse)

    def reconciler(*, fragile: bool) -> Reconciler:
        registry, objects = (fragile_registry, fragile_store) if fragile else (sqlite_registry.registry, store)
        carrier = Fragile(runtime, ("pin",), fuse) if fragile else runtime
        return Reconciler(registry, Promotions(registry, objects), carrier, RolloutPause(store))

    def story(acting: Reconciler) -> None:
        settle(acting)
        if runtime.pinned == {"m": 1}:
            runtime.succeed()
        settle(acting)
        if len(sqlite_registry.registry.versions("m")) == 1:
            Promotions(sqlite_registry.registry, store).promote("m", sqlite_registry.register("m"), by="ana", reason="")
        settle(acting)
        if runtime.pinned == {"m": 2}:
            runtime.fail("corrupt")
        settle(acting)

    try:
        story(reconciler(fragile=True))
    except Crash:
        story(reconciler(fragile=False))
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
def test_a_promotion_that_has_not_moved_the_alias_yet_is_not_taken_for_another_one(
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
    """Somebody promotes a version when the pause is read next, which happens after the champions were read."""

    def __init__(self, store: DirectoryStore) -> None:
        super().__init__(store)
        self.promote: Callable[[], object] | None = None

    def current(self) -> Paused | None:
        promote, self.promote = self.promote, None
        if promote is not None:
            promote()
        return super().current()


def test_who_promotes_while_a_failed_version_is_taken_back_is_not_overwritten(
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
    stage.reconciler.tick()  # writes down that version 2 failed
    assert sqlite_registry.registry.version("m", 2).failed
    pause.promote = lambda: promotions.promote("m", 3, by="ben", reason="at the same moment")
    stage.reconciler.tick()  # saw version 2 as the champion, and wants version 1 back
    assert sqlite_registry.champion("m") == 3
    assert [record.version for record in promotions.history("m")] == [3, 2, 1]
    stage.serve()
    assert (runtime.serving, stage.reconciler.status.state) == ({"m": 3}, State.IN_SYNC)


def test_the_version_that_serves_comes_back_and_not_one_that_never_did(stage: Stage) -> None:
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


def test_where_nothing_serves_the_version_before_comes_back(stage: Stage) -> None:
    for _ in range(2):
        stage.promotions.promote("m", stage.sqlite_registry.register("m"), by="ana", reason="")
    stage.settle()
    assert stage.runtime.pins == [{"m": 2}]
    stage.runtime.fail()
    stage.settle()
    assert stage.sqlite_registry.champion("m") == 1
    assert stage.runtime.pinned == {"m": 1}
