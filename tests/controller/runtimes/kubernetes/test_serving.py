"""Pins of a Deployment: the patches, when a roll-out is given up, and the reported reasons."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tablee.errors import KubernetesUnavailable
from tablee_controller.runtimes.kubernetes.objects import PINS, SERVING, Pod
from tablee_controller.runtimes.kubernetes.serving import HOPELESS_SECONDS, Serving
from tablee_controller.runtimes.runtime import Phase

ONE, TWO = {"m": 1}, {"m": 2}


class Said:
    """The status and reason that every pod reports."""

    words = "starting", "loading"

    def __call__(self, _: Pod) -> tuple[str, str]:
        return self.words


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def serving(namespace: Any, clock: Any, said: Said) -> Serving:
    return Serving(namespace, "api", again_seconds=60, ask=said, clock=clock)


def served(namespace: Any, serving: Serving) -> None:
    serving.pin(ONE)
    namespace.roll()
    assert serving.rollout().phase is Phase.DONE
    namespace.patches.clear()
    namespace.events.clear()


def test_a_rollout_needs_two_patches(namespace: Any, serving: Serving) -> None:
    assert serving.rollout().phase is Phase.DONE
    assert namespace.patches == []
    serving.pin({"m": 1, "a": 2})
    assert serving.rollout().phase is Phase.ROLLING
    namespace.roll()
    for _ in range(3):
        assert serving.rollout().phase is Phase.DONE
    pinning, completing = namespace.patches
    assert pinning == {
        "metadata": {"annotations": {"kubernetes.io/change-cause": "tablee: m version 1, a version 2"}},
        "spec": {"template": {"metadata": {"annotations": {PINS: '{"m":1,"a":2}'}}}},
    }
    assert completing == {"metadata": {"annotations": {SERVING: '{"m":1,"a":2}'}}}
    assert namespace.events == ["RolloutStarted", "RolloutFinished"]


def test_the_end_is_written_by_the_next_controller(namespace: Any, serving: Serving, said: Said, clock: Any) -> None:
    serving.pin(ONE)
    namespace.roll()
    later = Serving(namespace, "api", again_seconds=60, ask=said, clock=clock)
    assert later.rollout().serving == ONE
    assert json.loads(namespace.api["metadata"]["annotations"][SERVING]) == ONE


def test_a_rollout_whose_pods_all_report_failed_is_given_up_early(
    namespace: Any, serving: Serving, said: Said, clock: Any
) -> None:
    served(namespace, serving)
    serving.pin(TWO)
    namespace.roll(pods=3, new=1)
    namespace.new_pod()
    seen = serving.rollout()
    assert (seen.phase, seen.reason) == (Phase.ROLLING, "loading (1 of 2 pods are new, 2 available)")
    said.words = "failed", "corrupt"
    assert serving.rollout().phase is Phase.ROLLING
    clock.now += HOPELESS_SECONDS / 2
    said.words = "starting", "once more"  # another status in between starts the time anew
    serving.rollout()
    said.words = "failed", "corrupt"
    assert serving.rollout().phase is Phase.ROLLING
    clock.now += HOPELESS_SECONDS - 0.1
    assert serving.rollout().phase is Phase.ROLLING
    clock.now += 0.2
    seen = serving.rollout()
    assert (seen.phase, seen.pinned, seen.serving, seen.reason) == (Phase.FAILED, TWO, ONE, "corrupt")
    serving.rollout()
    assert namespace.events == ["RolloutStarted", "RolloutFailed"]
    serving.pin(ONE)
    assert namespace.events[-1] == "RolloutRestored"


def test_a_rollout_with_one_healthy_pod_is_not_given_up(
    namespace: Any, serving: Serving, said: Said, clock: Any
) -> None:
    served(namespace, serving)
    serving.pin(TWO)
    namespace.roll(pods=3, new=2)
    namespace.new_pod()
    namespace.new_pod(ready=True)
    said.words = "failed", "corrupt"
    serving.rollout()
    clock.now += 60
    assert serving.rollout().phase is Phase.ROLLING


def test_what_failed_gets_its_time_again_when_it_is_asked_for_again(
    namespace: Any, serving: Serving, clock: Any
) -> None:
    served(namespace, serving)
    serving.pin(TWO)
    namespace.roll(pods=3, new=1, late=True)
    assert serving.rollout().phase is Phase.FAILED
    serving.pin(TWO)
    assert len(namespace.patches) == 1
    assert serving.rollout().phase is Phase.ROLLING
    clock.now += 61
    assert serving.rollout().phase is Phase.FAILED
    serving.pin(TWO)
    namespace.roll()
    assert serving.rollout().serving == TWO


def test_a_lost_annotation_is_written_again(namespace: Any, serving: Serving) -> None:
    served(namespace, serving)
    namespace.api["spec"]["template"]["metadata"]["annotations"] = None
    namespace.roll(pods=3, new=1)
    assert serving.rollout().pinned == {}
    namespace.api["spec"]["template"]["metadata"]["annotations"] = {}
    serving.pin(ONE)
    assert len(namespace.patches) == 1
    namespace.roll()
    assert serving.rollout().serving == ONE


def test_empty_pins_are_written_when_requested(namespace: Any, serving: Serving) -> None:
    serving.pin({})
    assert namespace.api["spec"]["template"]["metadata"]["annotations"] == {PINS: "{}"}


def test_a_refused_event_does_not_stop_the_rollout(namespace: Any, serving: Serving) -> None:
    namespace.mute = True
    served(namespace, serving)


def test_a_refused_patch_is_reported(namespace: Any, serving: Serving) -> None:
    namespace.refuses = True
    with pytest.raises(KubernetesUnavailable, match="«api» cannot be changed: an admission rule says no"):
        serving.pin(ONE)
