"""Broken versions are promoted: no pod with them gets ready, answers do not change, the alias is restored."""

from __future__ import annotations

import json
from typing import Any

import pytest
from kube.models import FAULTS, Fault, check_answers, register_broken, registry_of
from kube.release import Release
from kube.tools import eventually

MODEL = "penguins"
REASONS = {"corrupt": "not the file that training wrote", "wrong digest": "digest", "golden rows": "golden row"}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_version_never_serves(
    platform: Release, settled: list[int], rows: list[dict[str, Any]], fault: Fault
) -> None:
    good = settled[0]
    with registry_of(platform) as registry:
        bad = register_broken(registry, registry.version(MODEL, good), fault)
    with platform.load(MODEL, rows) as load:
        platform.promote(MODEL, bad, reason=f"to see that {fault} is refused")

        def back() -> bool:
            assert bad not in _ready(platform)
            now = platform.controller("GET", f"/models/{MODEL}")
            return bool(now["champion"] == good and platform.rollout()["state"] == "in_sync")

        eventually(back, within=_progress_deadline(platform) + 30, every=0.2)
    assert load[0].failures == []
    assert load[0].versions == {good}
    check_answers(platform, MODEL, rows, load[0])
    found = next(
        version for version in platform.controller("GET", f"/models/{MODEL}")["versions"] if version["version"] == bad
    )
    assert found["rollout"].startswith("failed: ")
    assert REASONS[fault] in found["rollout"]
    assert f"version {bad}" in platform.rollout()["reason"]
    events = platform.kubectl("get", "events", "--field-selector=reason=RolloutFailed", "--output", "json")
    assert any(REASONS[fault] in event["message"] for event in json.loads(events)["items"])


def _ready(platform: Release) -> set[int]:
    """Versions that ready pods of the API are pinned to."""
    pins = [json.loads(pod["metadata"]["annotations"]["tablee/models"]) for pod in platform.ready_pods("api")]
    return {each[MODEL] for each in pins if MODEL in each}


def _progress_deadline(platform: Release) -> int:
    return int(platform.get("deployment", platform.named("api"))["spec"]["progressDeadlineSeconds"])
