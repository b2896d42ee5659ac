"""H2O on three nodes: they form one cluster before data is sent; a lost pod costs one attempt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from kube.release import Release
from kube.tools import eventually

MODEL = "penguins"
NODES = 3


@pytest.fixture(scope="module")
def cloud(platform: Release, versions: list[int]) -> Iterator[list[Any]]:
    """The same release with three nodes of H2O that do not sleep; `helm --wait` returns when they are one cloud."""
    platform.install("--reuse-values", "--set", f"h2o.nodes={NODES}", "--set", "h2o.alwaysOn=true")
    yield eventually(lambda: platform.pods("h2o") if ready(platform) == NODES else None)
    platform.install("--reuse-values", "--set", "h2o.nodes=1", "--set", "h2o.alwaysOn=false")


def test_three_nodes_are_one_cloud_before_data_is_sent(platform: Release, cloud: list[Any]) -> None:
    state = platform.train(dataset=MODEL, target="species", max_models=1, include_algorithms=["GBM"], seed=5, folds=2)
    assert state["phase"] == "succeeded", state
    log = platform.training_log(state["id"])
    (found,) = [json.loads(line) for line in log.splitlines() if '"h2o_found"' in line]
    assert found["nodes"] == NODES
    assert log.index('"h2o_found"') < log.index("rows to H2O")


def test_a_lost_pod_costs_one_attempt(platform: Release, cloud: list[Any]) -> None:
    """Killed while H2O works: the attempt ends by itself; the next one, and the next training, get a whole cloud."""
    asked = platform.controller(
        "POST",
        "/trainings",
        json={"dataset": MODEL, "target": "species", "max_seconds": 90, "model": "survivor", "seed": 1},
    )
    platform.until_phase(asked["id"], "training")
    platform.kubectl("delete", "pod", f"{platform.named('h2o')}-1", "--grace-period=0", "--force")
    platform.until_attempt(asked["id"], 2, within=240)
    state = platform.trained(asked["id"], within=900)
    assert (state["phase"], state["attempt"]) == ("succeeded", 2), state
    after = platform.train(dataset=MODEL, target="species", max_models=1, include_algorithms=["GLM"], model="survivor")
    assert (after["phase"], after["attempt"]) == ("succeeded", 1), after


def ready(platform: Release) -> int:
    status = platform.get("statefulset", platform.named("h2o"))["status"]
    return int(status.get("readyReplicas", 0))
