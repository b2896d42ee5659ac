"""Roll-outs on Kubernetes: deadlines, lost annotations, no replicas, missing permissions."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from contracts.runtime import FAILED, GONE, NEVER, arrive, ended, wait
from kube.tools import kubectl

from tablee.errors import KubernetesUnavailable
from tablee.models.registry import ROLLOUT, VersionInfo
from tablee_controller.rollout.decision import Pin, decide
from tablee_controller.runtimes.kubernetes import KubernetesRuntime
from tablee_controller.runtimes.kubernetes.objects import PINS, SERVING
from tablee_controller.runtimes.runtime import Phase


def test_without_a_model_nothing_is_rolled_out(place: Any) -> None:
    runtime = place.open()
    rollout = runtime.rollout()
    assert (rollout.phase, rollout.pinned, rollout.serving) == (Phase.DONE, {}, {})
    found = place.get("deployment", "api")
    assert PINS not in found["spec"]["template"]["metadata"].get("annotations", {})
    assert SERVING not in found["metadata"]["annotations"]


def test_a_rollout_writes_annotations_and_events(place: Any) -> None:
    arrive(place, place.open(), {"m": 1, "a": 7})
    found = place.get("deployment", "api")
    annotations = found["metadata"]["annotations"]
    assert json.loads(annotations[SERVING]) == {"m": 1, "a": 7}
    assert list(json.loads(annotations[SERVING])) == ["m", "a"]
    assert annotations["kubernetes.io/change-cause"] == "tablee: m version 1, a version 7"
    assert "m version 1" in place.kubectl("rollout", "history", f"deployment/{place.name}-api")
    assert [reason for reason, _ in place.events()] == ["RolloutStarted", "RolloutFinished"]


@pytest.mark.parametrize(
    ("version", "reason"), [(NEVER, "still loading (ReplicaSet"), (GONE, "it ended with exit code 3 (Error)")]
)
def test_pods_that_are_not_ready_in_time_fail_the_rollout(
    place: Any, reachable: Any, version: int, reason: str
) -> None:
    reachable(place)
    runtime = place.open(ready_seconds=3)
    arrive(place, runtime, {"m": 1})
    shorten_deadline(place)
    runtime.pin({"m": version})
    rollout = ended(place, runtime)
    assert (rollout.phase, rollout.serving) == (Phase.FAILED, {"m": 1})
    assert reason in rollout.reason
    assert "timed out progressing" in rollout.reason
    runtime.pin({"m": version})  # as the reconciler does if no version is tagged as failed
    assert runtime.rollout().phase is Phase.ROLLING
    assert ended(place, runtime).phase is Phase.FAILED
    assert place.answers() == {"m": 1}
    place.kubectl("patch", "deployment", f"{place.name}-api", "--patch", '{"spec": {"progressDeadlineSeconds": 120}}')
    arrive(place, runtime, {"m": 1})
    events = [event for event, _ in place.events()]
    assert events[:3] == ["RolloutStarted", "RolloutFinished", "RolloutStarted"]
    assert events[-1] == "RolloutRestored"
    assert "RolloutFailed" in events


def test_an_image_that_cannot_be_pulled_is_reported(place: Any) -> None:
    runtime = place.open()
    arrive(place, runtime, {"m": 1})
    shorten_deadline(place)
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "tablee.invalid/none:1"}]}}}}
    place.kubectl("patch", "deployment", f"{place.name}-api", "--patch", json.dumps(patch))
    rollout = ended_badly(place, runtime)
    assert "container main: " in rollout.reason
    assert any(word in rollout.reason for word in ("ImagePullBackOff", "ErrImagePull"))
    assert (rollout.pinned, rollout.serving) == ({"m": 1}, {"m": 1})
    assert place.answers() == {"m": 1}


def shorten_deadline(place: Any) -> None:
    """Set a deadline of 10 s, for which a test can wait."""
    place.kubectl("patch", "deployment", f"{place.name}-api", "--patch", '{"spec": {"progressDeadlineSeconds": 10}}')


def ended_badly(place: Any, runtime: KubernetesRuntime) -> Any:
    return wait(place, lambda: rollout if (rollout := runtime.rollout()).phase is Phase.FAILED else None)


def test_the_next_controller_finishes_a_rollout(place: Any, reachable: Any) -> None:
    """The controller dies after the patch; then after the roll-out, before it is recorded; then after the failure."""
    reachable(place)
    first = place.open()
    first.pin({"m": 1})
    place.abandon(first)
    place.kubectl("rollout", "status", f"deployment/{place.name}-api", "--timeout=120s")
    second = place.open()
    assert ended(place, second).serving == {"m": 1}
    second.pin({"m": FAILED})
    place.abandon(second)
    third = place.open()
    failed = ended(place, third)
    assert (failed.phase, failed.pinned, failed.serving) == (Phase.FAILED, {"m": FAILED}, {"m": 1})
    place.abandon(third)
    assert place.answers() == {"m": 1}
    arrive(place, place.open(), {"m": 1})


def test_scaling_is_no_rollout(place: Any) -> None:
    runtime = place.open()
    arrive(place, runtime, {"m": 1})
    scale(place, 4)
    wait(place, lambda: len(place.pods("api")) == 4)
    assert runtime.rollout().serving == {"m": 1}
    wait(place, lambda: len([pod for pod in place.pods("api") if pod.ready]) == 4)
    assert runtime.rollout().phase is Phase.DONE
    runtime.pin({"m": 2})
    scale(place, 1)
    rollout = ended(place, runtime)
    assert (rollout.phase, rollout.serving) == (Phase.DONE, {"m": 2})
    assert [reason for reason, _ in place.events()].count("RolloutFinished") == 2


def test_without_replicas_nothing_serves_and_no_rollout_is_completed(place: Any) -> None:
    runtime = place.open()
    arrive(place, runtime, {"m": 1})
    scale(place, 0)
    wait(place, lambda: runtime.rollout().phase is Phase.ROLLING)
    assert (runtime.rollout().serving, runtime.rollout().reason) == ({}, "the API is scaled to 0 replicas")
    runtime.pin({"m": 2})
    assert runtime.rollout().phase is Phase.ROLLING
    scale(place, 1)
    assert ended(place, runtime).serving == {"m": 2}


def test_a_replaced_deployment_is_pinned_again(place: Any) -> None:
    """`kubectl replace` and `helm upgrade --force` remove all annotations."""
    runtime = place.open()
    arrive(place, runtime, {"m": 1})
    found = place.get("deployment", "api")
    del found["spec"]["template"]["metadata"]["annotations"]
    for key in ("annotations", "resourceVersion", "managedFields"):
        found["metadata"].pop(key, None)
    place.kubectl("replace", "-f", "-", stdin=json.dumps(found))
    rollout = runtime.rollout()
    assert rollout.pinned == {}
    champions = [champion("m", 1)]
    step = decide(champions, rollout)
    assert step == Pin({"m": 1})
    arrive(place, runtime, {"m": 1})


def champion(model: str, version: int) -> Any:
    return VersionInfo(model, version, "run", datetime(2026, 1, 1, tzinfo=UTC), {ROLLOUT: "live"})


def scale(place: Any, replicas: int) -> None:
    place.kubectl("scale", "deployment", f"{place.name}-api", f"--replicas={replicas}")


def test_missing_permissions_are_reported(place: Any) -> None:
    runtime = place.open()
    place.kubectl("delete", "rolebinding", f"{place.name}-controller")
    for call in calls(runtime):
        with pytest.raises(KubernetesUnavailable, match=r"403: .* cannot"):
            wait(place, call)


def calls(runtime: KubernetesRuntime) -> list[Callable[[], Any]]:
    return [
        runtime.rollout,
        lambda: runtime.pin({"m": 1}),
        lambda: runtime.trainings.executions(["1"]),
        lambda: runtime.trainings.start("1"),
        lambda: runtime.trainings.log("1", 1),
        lambda: runtime.h2o("1", recycle=False),
    ]


def test_an_unreachable_kubernetes_api_is_reported_soon(place: Any) -> None:
    kubeconfig = json.loads(place.kubeconfig.read_text())
    kubeconfig["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    place.kubeconfig.write_text(json.dumps(kubeconfig))
    started = time.monotonic()
    for call in calls(place.open()):
        with pytest.raises(KubernetesUnavailable, match="does not answer"):
            call()
    assert time.monotonic() - started < 20


def test_the_controller_lacks_other_permissions(place: Any) -> None:
    """Some permissions that it must not have."""
    who = f"system:serviceaccount:test-runtime:{place.name}-controller"
    for verb, what in [
        ("get", "secrets"),
        ("create", "pods"),
        ("create", "pods/exec"),
        ("list", "deployments"),
        ("patch", "deployments/other"),
        ("patch", "jobs"),
        ("patch", f"statefulsets/{place.name}-h2o"),
    ]:
        with pytest.raises(Exception, match="no"):
            kubectl("auth", "can-i", verb, what, "--as", who, namespace="test-runtime")
