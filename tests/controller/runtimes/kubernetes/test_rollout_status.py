"""The status of a roll-out from a Deployment: named cases, and properties of all Deployments."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from english_words import in_french
from hypothesis import given
from hypothesis import strategies as st

from tablee.models.registry import ROLLOUT, VersionInfo
from tablee_controller.rollout.decision import Pin, Settle, decide
from tablee_controller.runtimes.kubernetes.objects import PINS, SERVING, Deployment
from tablee_controller.runtimes.kubernetes.rollout_status import completed, rollout_status
from tablee_controller.runtimes.runtime import Phase, Pins

LATE = {
    "type": "Progressing",
    "status": "False",
    "reason": "ProgressDeadlineExceeded",
    "message": 'ReplicaSet "api-1" has timed out progressing.',
}


def deployment(
    pinned: Pins | str | None,
    served: Pins | None,
    *,
    wanted: int = 2,
    pods: tuple[int, int, int] = (2, 2, 2),
    late: bool = False,
    observed: bool = True,
) -> Deployment:
    """:param pods: numbers of all pods, of updated pods, and of available pods."""
    text = pinned if isinstance(pinned, str) else json.dumps(pinned)
    template = {} if pinned is None else {PINS: text}
    answer = {
        "metadata": {
            "name": "api",
            "generation": 5,
            "annotations": {} if served is None else {SERVING: json.dumps(served)},
        },
        "spec": {"replicas": wanted, "template": {"metadata": {"annotations": template}}},
        "status": {
            "observedGeneration": 5 if observed else 4,
            "replicas": pods[0],
            "updatedReplicas": pods[1],
            "availableReplicas": pods[2],
            "conditions": [LATE] if late else [],
        },
    }
    return Deployment.model_validate(answer)


ONE, TWO = {"m": 1}, {"m": 2}
TABLE: dict[str, tuple[Deployment, Phase, Pins | None, Pins, str]] = {
    "just installed": (deployment(None, None, pods=(2, 2, 0)), Phase.ROLLING, {}, {}, "no pod of the API is available"),
    "installed, no model": (deployment(None, None), Phase.DONE, {}, {}, ""),
    "serves": (deployment(ONE, ONE), Phase.DONE, ONE, ONE, ""),
    "pinned, not observed": (deployment(TWO, ONE, observed=False), Phase.ROLLING, TWO, ONE, "has not looked"),
    "a first new pod": (deployment(TWO, ONE, pods=(3, 1, 2)), Phase.ROLLING, TWO, ONE, "1 of 2 pods are new"),
    "old pods are terminating": (deployment(TWO, ONE, pods=(3, 2, 3)), Phase.ROLLING, TWO, ONE, "2 of 2 pods are new"),
    "completed": (deployment(TWO, ONE), Phase.DONE, TWO, TWO, ""),
    "late": (deployment(TWO, ONE, pods=(3, 1, 2), late=True), Phase.FAILED, TWO, ONE, "timed out"),
    "late, but completed": (deployment(TWO, ONE, late=True), Phase.DONE, TWO, TWO, ""),
    "late and nothing serves": (deployment(TWO, ONE, pods=(1, 1, 0), late=True), Phase.FAILED, TWO, {}, "timed out"),
    "back to what serves": (deployment(ONE, ONE, pods=(3, 2, 2)), Phase.ROLLING, ONE, ONE, ""),
    "scaled up": (deployment(ONE, ONE, wanted=4, pods=(4, 4, 2)), Phase.DONE, ONE, ONE, ""),
    "scaled up while rolling": (deployment(TWO, ONE, wanted=4, pods=(4, 1, 3)), Phase.ROLLING, TWO, ONE, "1 of 4"),
    "scaled up, not observed": (deployment(ONE, ONE, wanted=4, observed=False), Phase.ROLLING, ONE, ONE, ""),
    "a pod is replaced": (deployment(ONE, ONE, pods=(2, 2, 1)), Phase.DONE, ONE, ONE, ""),
    "all pods are replaced": (
        deployment(ONE, ONE, pods=(2, 2, 0)),
        Phase.ROLLING,
        ONE,
        {},
        "no pod of the API is available",
    ),
    "scaled to 0": (deployment(ONE, ONE, wanted=0, pods=(0, 0, 0)), Phase.ROLLING, ONE, {}, "0 replicas"),
    "pinned while scaled to 0": (deployment(TWO, ONE, wanted=0, pods=(0, 0, 0)), Phase.ROLLING, TWO, {}, "0 replicas"),
    "the template's annotation is lost": (deployment(None, ONE, pods=(3, 1, 2)), Phase.ROLLING, {}, ONE, ""),
    "both annotations are lost": (deployment(None, None, pods=(3, 1, 2)), Phase.ROLLING, {}, {}, ""),
    "invalid JSON is pinned": (deployment("{", ONE), Phase.ROLLING, None, ONE, "no JSON object"),
    "texts are pinned": (deployment('{"m": "1"}', ONE), Phase.ROLLING, None, ONE, "no JSON object"),
    "a new image, same pins": (deployment(ONE, ONE, pods=(3, 1, 2)), Phase.ROLLING, ONE, ONE, "1 of 2 pods are new"),
}


@pytest.mark.parametrize("name", TABLE)
def test_the_status_of_a_deployment(name: str) -> None:
    found, phase, pinned, serving, reason = TABLE[name]
    rollout = rollout_status(found)
    assert (rollout.phase, rollout.pinned, rollout.serving) == (phase, pinned, serving)
    assert reason in str(rollout.reason)
    in_french(rollout.reason)


def test_a_paused_deployment_is_reported() -> None:
    found = deployment(TWO, ONE, pods=(2, 0, 2)).model_dump(by_alias=True)
    found["status"]["conditions"] = [{"type": "Progressing", "status": "Unknown", "reason": "DeploymentPaused"}]
    reason = rollout_status(Deployment.model_validate(found)).reason
    assert "is paused" in str(reason)
    assert "en pause" in in_french(reason)


def test_missing_fields_of_a_deployment_are_zero() -> None:
    bare: dict[str, Any] = {
        "metadata": {"name": "api", "annotations": None},
        "spec": {},
        "status": {"conditions": None},
    }
    assert rollout_status(Deployment.model_validate(bare)).phase is Phase.ROLLING


SOME_PINS = st.dictionaries(st.sampled_from("ab"), st.integers(1, 3), max_size=2)
COUNT = st.integers(0, 4)
DEPLOYMENTS = st.builds(
    deployment,
    st.one_of(st.none(), SOME_PINS, st.just("invalid")),
    st.one_of(st.none(), SOME_PINS),
    wanted=COUNT,
    pods=st.tuples(COUNT, COUNT, COUNT),
    late=st.booleans(),
    observed=st.booleans(),
)


@given(DEPLOYMENTS)
def test_the_status_of_every_deployment_is_consistent(found: Deployment) -> None:
    rollout, served = rollout_status(found), found.served
    assert rollout.pinned == found.pins
    assert rollout.serving in ({}, served, found.pins)
    if rollout.phase is Phase.DONE:
        assert rollout.serving == rollout.pinned
        assert found.status.observed_generation >= found.metadata.generation
        assert completed(found) or (found.pins == served and found.status.available_replicas > 0)
    elif rollout.phase is Phase.FAILED:
        assert found.status.conditions
        assert not completed(found)
    if rollout.serving not in ({}, served):
        assert completed(found)  # only pins that became ready are reported as serving
    if not found.status.available_replicas and found.spec.replicas:
        assert rollout.phase is not Phase.DONE
        assert rollout.serving == {}


@given(DEPLOYMENTS, SOME_PINS)
def test_the_same_pins_are_not_set_again(found: Deployment, wanted: Pins) -> None:
    """Otherwise the control loop would never rest. After a failure the reconciler waits before it tries again."""
    champions = [
        VersionInfo(model, version, "run", datetime(2026, 1, 1, tzinfo=UTC), {ROLLOUT: "live"})
        for model, version in wanted.items()
    ]
    rollout = rollout_status(found)
    step = decide(champions, rollout)
    if isinstance(step, Pin):
        assert step.pins != found.pins or rollout.phase is Phase.FAILED
    if isinstance(step, Settle):
        assert rollout.serving == wanted
