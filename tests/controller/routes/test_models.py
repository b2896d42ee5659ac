"""Models over HTTP: which serve, who decided, and what happens when several decide at once."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from tablee.jobs.training import Check, Verdict
from tablee.models.registry import METRICS, ROLLOUT, VERDICT


def test_promote_and_roll_back(controller: Any, until: Any) -> None:
    for _ in range(2):
        controller.sqlite_registry.register("m")
    record = controller.client.post("/models/m/promote", json={"version": 1, "by": "ana", "reason": "first"}).json()
    assert (record["epoch"], record["version"], record["kind"], record["by"]) == (1, 1, "person", "ana")
    assert controller.client.get("/rollout").json()["wanted"] == {"m": 1}  # the answer came after the loop had looked
    controller.runtime.succeed()
    until(lambda: controller.client.get("/rollout").json()["state"] == "in_sync")
    controller.client.post("/models/m/promote", json={"version": 2, "by": "ana", "reason": "better"})
    rollout = controller.client.get("/rollout").json()
    pins = {"wanted": {"m": 2}, "pinned": {"m": 2}, "serving": {"m": 1}}
    assert rollout == {"state": "rolling", **pins, "reason": "", "message": None}
    assert controller.client.get("/models").json()["models"][0] | {"updated": ""} == {
        "name": "m",
        "champion": 2,
        "serving": 1,
        "versions": 2,
        "updated": "",
    }
    controller.runtime.succeed()
    until(lambda: controller.client.get("/models").json()["models"][0]["serving"] == 2)
    back = controller.client.post("/models/m/rollback", json={"by": "bob", "reason": "complaints"}).json()
    assert (back["version"], back["previous"], back["kind"]) == (1, 2, "rollback")
    history = controller.client.get("/models/m").json()
    assert history["champion"] == 1
    assert [record["epoch"] for record in history["promotions"]] == [3, 2, 1]
    assert [version["version"] for version in history["versions"]] == [2, 1]


def test_pause_and_resume(controller: Any, until: Any) -> None:
    controller.sqlite_registry.register("m")
    paused = controller.client.post("/rollout/pause", json={"by": "ana", "reason": "audit"}).json()
    assert (paused["state"], paused["serving"]) == ("paused", {})
    assert "by ana" in paused["reason"]
    assert "audit" in paused["reason"]
    controller.client.post("/models/m/promote", json={"version": 1, "by": "ana"})
    assert controller.client.get("/rollout").json()["wanted"] == {"m": 1}
    pins = len(controller.runtime.pins)
    assert controller.client.post("/rollout/pause", json={"by": "bob"}).json()["state"] == "paused"
    assert len(controller.runtime.pins) == pins
    assert controller.client.post("/rollout/resume").json()["state"] == "rolling"
    assert controller.runtime.pins[-1] == {"m": 1}
    assert controller.client.post("/rollout/resume").json()["state"] == "rolling"


def test_a_version_shows_what_training_wrote_on_it(controller: Any) -> None:
    controller.sqlite_registry.register("m")
    registry = controller.sqlite_registry.registry
    check = Check(name="better", passed=True, detail="by 0.1")
    verdict = Verdict(
        passed=True, reason="better", metric="auc", candidate=0.9, champion=1.0, interval=(-0.1, 0.2), checks=(check,)
    )
    registry.tag("m", 1, VERDICT, verdict.model_dump_json())
    registry.tag("m", 1, METRICS, json.dumps({"auc": 0.9, "logloss": 1.0}))
    registry.tag("m", 1, ROLLOUT, "failed: corrupt")
    found = registry.version("m", 1)
    assert json.dumps(controller.client.get("/models/m").json()["versions"]) == json.dumps(
        [
            {
                "model": "m",
                "version": 1,
                "run_id": found.run_id,
                "created": found.created.isoformat(),
                "aliases": [],
                "digest": "0" * 64,
                "rollout": "failed: corrupt",
                "rollout_message": None,
                "verdict": verdict.model_dump(mode="json"),
                "holdout": {"auc": 0.9, "logloss": 1.0},
                "algorithm": None,
                "dataset": None,
                "dataset_version": None,
                "training": None,
            }
        ]
    )


@pytest.mark.parametrize("tag", ["no JSON", "[]", '{"auc": "high"}'])
def test_tags_that_no_training_wrote_are_left_out(controller: Any, tag: str) -> None:
    controller.sqlite_registry.register("m")
    for name in (VERDICT, METRICS):
        controller.sqlite_registry.registry.tag("m", 1, name, tag)
    version = controller.client.get("/models/m").json()["versions"][0]
    assert version["verdict"] is None
    assert version["holdout"] is None


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/models/none/promote", {"version": 1}, 404, "model_not_found"),
        ("/models/m/promote", {"version": 9}, 404, "model_not_found"),
        ("/models/m/promote", {"version": 0}, 422, "invalid_request"),
        ("/models/m/promote", {"version": "1"}, 422, "invalid_request"),
        ("/models/m/promote", {}, 422, "invalid_request"),
        ("/models/m/promote", {"version": 1, "force": True}, 422, "invalid_request"),
        ("/models/m/promote", {"version": 1, "by": "x" * 101}, 422, "invalid_request"),
        ("/models/m/promote", {"version": 2}, 409, "conflict"),
        ("/models/m/rollback", {}, 409, "conflict"),
        ("/models/none/rollback", {}, 404, "model_not_found"),
        ("/models/a'b/promote", {"version": 1}, 422, "invalid_request"),
    ],
)
def test_decisions_that_cannot_be(controller: Any, path: str, body: dict[str, Any], status: int, code: str) -> None:
    controller.sqlite_registry.register("m")
    controller.sqlite_registry.register("m", digest=None)
    answer = controller.client.post(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert controller.sqlite_registry.champion("m") is None
    assert controller.services.models.promotions.history("m") == []


def test_models_that_are_not_there(controller: Any) -> None:
    assert controller.client.get("/models").json() == {"models": []}
    assert controller.client.get("/models/none").json()["code"] == "model_not_found"


def test_eight_people_decide_at_once(controller: Any) -> None:
    """Each insists until heard: no record is lost, epochs rise by one, and the alias is where the last record says."""
    people = 8
    for _ in range(people):
        controller.sqlite_registry.register("m")
    start = threading.Barrier(people)
    heard: list[dict[str, Any]] = []
    odd: list[int] = []

    def insist(version: int) -> None:
        start.wait()
        while True:
            answer = controller.client.post("/models/m/promote", json={"version": version, "by": f"person {version}"})
            if answer.status_code == 200:
                heard.append(answer.json())
                return
            if answer.status_code != 409:
                odd.append(answer.status_code)
                return

    threads = [threading.Thread(target=insist, args=(number + 1,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert odd == []
    history = controller.client.get("/models/m").json()
    records = [record for record in history["promotions"] if record["kind"] == "person"]
    assert sorted(record["epoch"] for record in heard) == sorted(record["epoch"] for record in records)
    assert {record["by"] for record in records} == {f"person {number + 1}" for number in range(people)}
    epochs = [record["epoch"] for record in history["promotions"]]
    assert epochs == list(range(len(epochs), 0, -1))
    assert history["champion"] == history["promotions"][0]["version"]
