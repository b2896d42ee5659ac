"""Trainings: by kubectl, on an H2O that sleeps in between, and one that is cancelled."""

from __future__ import annotations

from kube.release import Release
from kube.tools import eventually

MODEL = "penguins"


def test_kubectl_create_job_trains_registers_and_promotes(platform: Release, champion: int) -> None:
    """The fixture has trained; this looks at what that left."""
    uid = platform.get("job", "retrain-1")["metadata"]["uid"]
    trainings = platform.controller("GET", "/trainings")["trainings"]
    state = next(training for training in trainings if training["id"].endswith(uid[:6]))
    assert (state["phase"], state["version"], state["promoted"]) == ("succeeded", champion, True)
    assert state["request"]["dataset"] == MODEL
    pods = platform.get("pods", labels="batch.kubernetes.io/job-name=retrain-1")
    assert [pod["status"]["phase"] for pod in pods] == ["Succeeded"]


def test_h2o_sleeps_between_trainings(platform: Release, versions: list[int]) -> None:
    eventually(lambda: platform.get("statefulset", platform.named("h2o"))["spec"]["replicas"] == 0)
    eventually(lambda: not platform.pods("h2o"))


def test_a_cancelled_training_leaves_nothing(platform: Release, champion: int) -> None:
    asked = platform.controller(
        "POST", "/trainings", json={"dataset": MODEL, "target": "species", "max_seconds": 600, "model": "never"}
    )
    platform.until_phase(asked["id"], "training")
    platform.controller("POST", f"/trainings/{asked['id']}/cancel")
    state = platform.trained(asked["id"])
    assert (state["phase"], state["version"]) == ("cancelled", None)
    eventually(lambda: asked["id"] not in platform.kubectl("get", "jobs", "--output", "name"))
