"""Pins of a Deployment: the patches, when a roll-out is given up, and the reported reasons."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tablee.errors import KubernetesUnavailable
from tablee_controller.runtimes.kubernetes.objects import PINS, SERVING, Pod
from tablee_controller.runtimes.kubernetes.serving import GIVE_UP_SECONDS, Serving
from tablee_controller.runtimes.runtime import Phase

ONE, TWO = {"m": 1}, {"m": 2}


class Probe:
    """A probe for which all pods report the same status and reason."""

    report = "starting", "loading"

    def __call__(self, _: Pod) -> tuple[str, str]:
        return self.report


@pytest.fixture
def probe() -> Probe:
    return Probe()


@pytest.fixture
def serving(namespace: Any, clock: Any, probe: Probe) -> Serving:
    return Serving(namespace, "api", retry_seconds=60, probe=probe, clock=clock)


def serve_first_version(namespace: Any, serving: Serving) -> None:
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


def test_the_next_controller_records_a_completed_rollout(
    namespace: Any, serving: Serving, probe: Probe, clock: Any
) -> None:
    serving.pin(ONE)
    namespace.roll()
    later = Serving(namespace, "api", retry_seconds=60, probe=probe, clock=clock)
    assert later.rollout().serving == ONE
    assert json.loads(namespace.api["metadata"]["annotations"][SERVING]) == ONE


def test_a_rollout_whose_pods_all_report_failed_is_given_up_early(
    namespace: Any, serving: Serving, probe: Probe, clock: Any
) -> None:
    serve_first_version(namespace, serving)
    serving.pin(TWO)
    namespace.roll(pods=3, new=1)
    namespace.new_pod()
    rollout = serving.rollout()
    assert (rollout.phase, str(rollout.reason)) == (Phase.ROLLING, "loading (1 of 2 pods are new, 2 available)")
    probe.report = "failed", "corrupt"
    assert serving.rollout().phase is Phase.ROLLING
    clock.now += GIVE_UP_SECONDS / 2
    probe.report = "starting", "once more"  # another status resets the time
    serving.rollout()
    probe.report = "failed", "corrupt"
    assert serving.rollout().phase is Phase.ROLLING
    clock.now += GIVE_UP_SECONDS - 0.1
    assert serving.rollout().phase is Phase.ROLLING
    clock.now += 0.2
    rollout = serving.rollout()
    assert (rollout.phase, rollout.pinned, rollout.serving, str(rollout.reason)) == (Phase.FAILED, TWO, ONE, "corrupt")
    serving.rollout()
    assert namespace.events == ["RolloutStarted", "RolloutFailed"]
    serving.pin(ONE)
    assert namespace.events[-1] == "RolloutRestored"


def test_a_rollout_with_one_healthy_pod_is_not_given_up(
    namespace: Any, serving: Serving, probe: Probe, clock: Any
) -> None:
    serve_first_version(namespace, serving)
    serving.pin(TWO)
    namespace.roll(pods=3, new=2)
    namespace.new_pod()
    namespace.new_pod(ready=True)
    probe.report = "failed", "corrupt"
    serving.rollout()
    clock.now += 60
    assert serving.rollout().phase is Phase.ROLLING


def test_failed_pins_that_are_pinned_again_have_the_retry_time(namespace: Any, serving: Serving, clock: Any) -> None:
    serve_first_version(namespace, serving)
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
    serve_first_version(namespace, serving)
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
    namespace.refuses_events = True
    serve_first_version(namespace, serving)


def test_a_refused_patch_is_reported(namespace: Any, serving: Serving) -> None:
    namespace.refuses = True
    with pytest.raises(KubernetesUnavailable, match="“api” cannot be changed: Kubernetes says: an admission"):
        serving.pin(ONE)
