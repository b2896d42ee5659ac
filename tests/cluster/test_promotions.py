"""Rolling updates under load lose nothing, and every answer is that of the version it names."""

from __future__ import annotations

from typing import Any

from kube.models import check_answers
from kube.release import Release
from kube.tools import eventually

MODEL = "penguins"


def test_nothing_is_lost_while_versions_and_pods_change(
    platform: Release, settled: list[int], rows: list[dict[str, Any]]
) -> None:
    """Three promotions, a rollback, a scale-up and -down and a pod deleted, under load from outside and inside."""
    first, second, third = settled
    with platform.load(MODEL, rows) as outside, platform.load(MODEL, rows, inside=True) as inside:
        for version in (second, third, first):
            platform.promote(MODEL, version)
            platform.until_serving(MODEL, version)
        platform.controller("POST", f"/models/{MODEL}/rollback", json={"by": "test", "reason": "a test"})
        platform.until_serving(MODEL, third)
        platform.scale("deployment", "api", 3)
        platform.scale("deployment", "api", 2)
        platform.kubectl("delete", "pod", platform.pods("api")[0]["metadata"]["name"], "--wait=true")
        eventually(lambda: _whole(platform))
    for seen in (outside[0], inside[0]):
        assert seen.failures == []
        assert seen.count > 500
        assert seen.versions == {first, second, third}
        check_answers(platform, MODEL, rows, seen)


def test_the_rollout_history_reads_as_model_history(platform: Release, settled: list[int]) -> None:
    history = platform.kubectl("rollout", "history", f"deployment/{platform.named('api')}")
    assert f"{MODEL} version {settled[0]}" in history


def _whole(platform: Release) -> bool:
    status = platform.get("deployment", platform.named("api"))["status"]
    return bool(status.get("readyReplicas") == status["replicas"] == 2 and len(platform.pods("api")) == 2)
