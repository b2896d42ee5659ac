"""The next step for each state of the registry and the runtime."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablee.models.registry import ROLLOUT, VersionInfo
from tablee_controller.rollout.decision import Fail, Pin, Restore, Settle, State, Step, Wait, decide, wanted_pins
from tablee_controller.runtimes.runtime import Phase, Pins, Rollout


def version(model: str, number: int, rollout: str = "live") -> VersionInfo:
    return VersionInfo(model, number, "run", datetime(2026, 1, 1, tzinfo=UTC), {ROLLOUT: rollout})


def done(**pins: int) -> Rollout:
    return Rollout(Phase.DONE, pins, pins)


def rolling(pinned: Pins, serving: Pins) -> Rollout:
    return Rollout(Phase.ROLLING, pinned, serving)


def failed(pinned: Pins, serving: Pins) -> Rollout:
    return Rollout(Phase.FAILED, pinned, serving, "corrupt")


A1, A2, A3 = version("a", 1), version("a", 2, ""), version("a", 3, "")
B1, B2 = version("b", 1), version("b", 2, "")
C1 = version("c", 1)
B2_FAILED = version("b", 2, "failed: corrupt")
A2_FAILED = version("a", 2, "failed: corrupt")

CASES: dict[str, tuple[list[VersionInfo], Rollout, Step]] = {
    "nothing was started yet": ([], Rollout(), Pin({})),
    "first start with a champion": ([A1], Rollout(), Pin({"a": 1})),
    "nothing to serve": ([], done(), Wait(State.IN_SYNC)),
    "everything is in sync": ([A1, B1], done(a=1, b=1), Wait(State.IN_SYNC)),
    "the first champion": ([A2], done(), Pin({"a": 2})),
    "the first champion, while the empty API still starts": ([A2], rolling({}, {}), Pin({"a": 2})),
    "the alias moved": ([A2, B1], done(a=1, b=1), Pin({"a": 2, "b": 1})),
    "the order is that of registration": ([B1, A1], done(a=1), Pin({"b": 1, "a": 1})),
    "an alias was removed": ([B1], done(a=1, b=1), Pin({"b": 1})),
    "the roll-out is under way": ([A2], rolling({"a": 2}, {"a": 1}), Wait(State.ROLLING)),
    "the alias moved to a third version during the roll-out": ([A3], rolling({"a": 2}, {"a": 1}), Pin({"a": 3})),
    "the alias moved back during the roll-out": ([A1], rolling({"a": 2}, {"a": 1}), Pin({"a": 1})),
    "one of two changes is under way": ([A2, B2], rolling({"a": 2, "b": 1}, {"a": 1, "b": 1}), Wait(State.ROLLING)),
    "the API died and is restarted": ([A1], rolling({"a": 1}, {}), Wait(State.ROLLING)),
    "the roll-out is completed": ([A2, B1], done(a=2, b=1), Settle((A2,))),
    "the new version fails": ([A2], failed({"a": 2}, {"a": 1}), Fail(A2, "corrupt")),
    "the first version ever fails": ([A2], failed({"a": 2}, {}), Fail(A2, "corrupt")),
    "tagged as failed": ([A2_FAILED], failed({"a": 2}, {"a": 1}), Restore(A2_FAILED, 1)),
    "tagged as failed, then the controller restarted": ([A2_FAILED], done(a=1), Restore(A2_FAILED, 1)),
    "tagged as failed, and nothing serves": ([A2_FAILED], Rollout(), Restore(A2_FAILED, None)),
    "the alias was restored": ([A1], failed({"a": 2}, {"a": 1}), Pin({"a": 1})),
    "the alias moved to a third version after a failure": ([A3], failed({"a": 2}, {"a": 1}), Pin({"a": 3})),
    "a roll-out of two changes fails": ([A2, B2], failed({"a": 2, "b": 2}, {"a": 1, "b": 1}), Pin({"a": 2, "b": 1})),
    "a new model beside a changed one": ([A2, B2], failed({"a": 2, "b": 2}, {"a": 1}), Pin({"a": 2})),
    "a version that served earlier cannot start any more": ([A1], failed({"a": 1}, {}), Pin({"a": 1})),
    "a version that served earlier cannot start, and the next model is tried": (
        [A1, B1],
        failed({"a": 1}, {}),
        Pin({"b": 1}),
    ),
    "a version that served earlier fails while another model serves": (
        [A1, B1],
        failed({"a": 1, "b": 1}, {"b": 1}),
        Fail(A1, "corrupt"),
    ),
    "the champion that serves is tagged as failed": ([A2_FAILED], done(a=2), Restore(A2_FAILED, None)),
    "the second champion is tagged as failed": ([A1, B2_FAILED], done(a=1, b=1), Restore(B2_FAILED, 1)),
    "the last of three cannot start any more, and the first model is tried": (
        [A1, B1, C1],
        failed({"c": 1}, {}),
        Pin({"a": 1}),
    ),
    "pins that are not wanted any more fail": ([A2], failed({"a": 3}, {"a": 1}), Pin({"a": 2})),
    "only one of two that changed is still wanted": (
        [A2, B1],
        failed({"a": 2, "b": 2}, {"a": 1, "b": 1}),
        Pin({"a": 2, "b": 1}),
    ),
    "two changes failed, and one alias moved to a third version since": (
        [A3, B2],
        failed({"a": 2, "b": 2}, {"a": 1, "b": 1}),
        Pin({"a": 3, "b": 2}),
    ),
    "a roll-out of an unwanted version is under way": (
        [A1, B2],
        rolling({"a": 2, "b": 1}, {"a": 1, "b": 1}),
        Pin({"a": 1, "b": 2}),
    ),
    "two changes are under way, and one alias moved to a third version": (
        [A3, B2],
        rolling({"a": 2, "b": 2}, {"a": 1, "b": 1}),
        Pin({"a": 3, "b": 2}),
    ),
    "a removal under way": ([B1], rolling({"b": 1}, {"a": 1, "b": 1}), Wait(State.ROLLING)),
    "a wanted removal that is not under way": ([B1], rolling({"a": 1, "b": 1}, {"a": 1, "b": 1}), Pin({"b": 1})),
    "one of two serving versions is new": ([A1, B2], done(a=1, b=2), Settle((B2,))),
    "a removal fails": ([A1], failed({"a": 1}, {"a": 1, "b": 1}), Pin({"a": 1})),
    "the empty API fails": ([], failed({}, {}), Pin({})),
}


@pytest.mark.parametrize("name", CASES)
def test_the_next_step(name: str) -> None:
    champions, rollout, step = CASES[name]
    assert decide(champions, rollout) == step


def test_pins_keep_the_order_of_registration() -> None:
    step = decide([B1, A1], done(a=1))
    assert isinstance(step, Pin)
    assert list(step.pins) == ["b", "a"]


class SimulatedPlatform:
    """A registry and a runtime as dictionaries. The roll-out of a bad version fails, all others succeed."""

    def __init__(self, bad: set[tuple[str, int]]) -> None:
        self.bad = bad
        self.aliases: dict[str, int] = {}
        self.tags: dict[tuple[str, int], str] = {}
        self.history: dict[str, list[int]] = {}
        self.rollout = Rollout()

    def promote(self, model: str, number: int) -> None:
        self.tags.pop((model, number), None)
        self.aliases[model] = number
        self.history.setdefault(model, []).append(number)

    def champions(self) -> list[VersionInfo]:
        return [version(model, number, self.tags.get((model, number), "")) for model, number in self.aliases.items()]

    def tick(self) -> Step:
        step = decide(self.champions(), self.rollout)
        match step:
            case Pin(pins):
                now = self.rollout.serving
                self.rollout = Rollout(Phase.DONE if pins == now and pins else Phase.ROLLING, pins, now)
            case Fail(info, reason):
                self.tags[info.model, info.version] = f"failed: {reason}"
            case Restore(info, serving):
                self.restore(info, serving)
            case Settle(versions):
                for info in versions:
                    self.tags[info.model, info.version] = "live"
        return step

    def restore(self, info: VersionInfo, serving: int | None) -> None:
        earlier = [n for n in self.history[info.model] if not self.tags.get((info.model, n), "").startswith("failed")]
        if serving or earlier:
            self.aliases[info.model] = serving or earlier[-1]
        else:
            del self.aliases[info.model]

    def advance(self) -> None:
        """End a roll-out under way. It succeeds if all its versions are good."""
        if self.rollout.phase is Phase.ROLLING:
            pinned = self.rollout.pinned or {}
            good = self.bad.isdisjoint(pinned.items())
            phase, serving = (Phase.DONE, pinned) if good else (Phase.FAILED, self.rollout.serving)
            self.rollout = Rollout(phase, pinned, serving, "" if good else "bad")

    def die(self) -> None:
        """The API process dies, and is restarted with the same pins unless a roll-out is under way."""
        if self.rollout.phase is Phase.DONE and self.rollout.serving:
            self.rollout = Rollout(Phase.ROLLING, self.rollout.pinned, {})
        else:
            self.rollout = replace(self.rollout, serving={})


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("promote"), st.sampled_from("abc"), st.integers(1, 4)),
        st.just(("tick",)),
        st.just(("advance",)),
        st.just(("controller restarts",)),
        st.just(("api dies",)),
    ),
    max_size=40,
)
BAD = st.sets(st.tuples(st.sampled_from("abc"), st.integers(2, 4)))


@given(bad=BAD, events=EVENTS)
def test_bad_versions_never_serve_and_the_state_becomes_in_sync(bad: set[Any], events: list[Any]) -> None:
    platform = SimulatedPlatform(bad)
    for event in events:
        served = dict(platform.rollout.serving)
        match event:
            case ("promote", model, number):
                platform.promote(model, number)
            case ("tick",):
                platform.tick()
            case ("advance",):
                platform.advance()
            case ("api dies",):
                served = {}
                platform.die()
            case _:  # the controller restarts: only the serving versions are known
                now = platform.rollout.serving
                platform.rollout = Rollout(Phase.DONE, now, now) if now else Rollout()
        assert bad.isdisjoint(platform.rollout.serving.items())
        assert set(served) <= set(platform.rollout.serving)  # a model that serves goes on serving
    for _ in range(200):
        if platform.tick() == Wait(State.IN_SYNC):
            break
        platform.advance()
    assert platform.rollout.serving == wanted_pins(platform.champions())
    good = {model for model, history in platform.history.items() if any((model, n) not in bad for n in history)}
    assert good <= set(platform.rollout.serving)


@given(bad=BAD, promoted=st.dictionaries(st.sampled_from("abc"), st.integers(1, 4)))
def test_only_bad_versions_are_tagged_as_failed(bad: set[Any], promoted: dict[str, int]) -> None:
    platform = SimulatedPlatform(bad)
    platform.promote("z", 1)
    while platform.tick() != Wait(State.IN_SYNC):
        platform.advance()
    for model, number in promoted.items():
        platform.promote(model, number)
    for _ in range(100):
        platform.tick()
        platform.advance()
    failed_versions = {key for key, tag in platform.tags.items() if tag.startswith("failed")}
    assert failed_versions == bad & set(promoted.items())


def test_a_wait_has_the_reason_of_the_rollout() -> None:
    assert decide([A2], replace(rolling({"a": 2}, {"a": 1}), reason="loading")) == Wait(State.ROLLING, "loading")
