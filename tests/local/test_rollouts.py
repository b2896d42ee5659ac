"""Train, promote and roll back without losing a request."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

TRAIN = ("--data", "penguins", "--target", "sex", "--models", 1, "--include", "GLM", "--wait", "--json")


class Client:
    """Predicts continuously; counts the answers by version."""

    def __init__(self, url: str, row: dict[str, Any]) -> None:
        self.url, self.row = url, row
        self.versions: Counter[int] = Counter()
        self.failures: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(keep,)) for keep in (True, False)]

    def _run(self, keep_alive: bool) -> None:
        headers = {} if keep_alive else {"connection": "close"}
        with httpx.Client(timeout=30, headers=headers) as http:
            while not self._stop.is_set():
                try:
                    answer = http.post(self.url, json={"row": self.row})
                    if answer.status_code == 200:
                        self.versions[answer.json()["version"]] += 1
                    else:
                        self.failures.append(f"{answer.status_code}: {answer.text[:200]}")
                except httpx.HTTPError as error:
                    self.failures.append(repr(error))

    def __enter__(self) -> Client:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


@pytest.fixture(scope="module")
def birds(stack: Any) -> Iterator[int]:
    """A model for these tests only; returns its first version."""
    trained = stack.cli("train", *TRAIN, "--model", "birds")
    assert trained.code == 0, trained.err
    assert trained.json["promoted"]
    first = trained.json["version"]
    assert stack.cli("promote", "birds", first, "--wait").code == 0
    return first


def row_of(stack: Any, model: str) -> dict[str, Any]:
    card = httpx.get(f"{stack.api_url}/models/{model}").raise_for_status().json()
    found: dict[str, Any] = card["contract"]["examples"][0]
    return found


def test_promotions_and_rollbacks_lose_no_request(stack: Any, birds: int) -> None:
    with Client(f"{stack.api_url}/models/birds/predict", row_of(stack, "birds")) as client:
        second = stack.cli("train", *TRAIN, "--model", "birds", "--seed", 7)
        assert second.code == 0, second.err
        version = second.json["version"]
        assert version > birds
        promoted = stack.cli("promote", "birds", version, "--reason", "a test", "--wait", "--json")
        assert (promoted.code, promoted.json["version"]) == (0, version)
        back = stack.cli("rollback", "birds", "--wait", "--json")
        assert (back.code, back.json["version"], back.json["kind"]) == (0, birds, "rollback")
    assert client.failures == []
    assert set(client.versions) == {birds, version}
    history = stack.cli("models", "birds", "--json").json
    assert (history["champion"], history["serving"]) == (birds, birds)
    assert [record["version"] for record in history["promotions"]][:2] == [birds, version]


def test_a_rollout_under_way_is_no_fault(stack: Any, birds: int) -> None:
    trained = stack.cli("train", *TRAIN, "--model", "birds", "--seed", 11)
    assert trained.code == 0, trained.err
    for version in (trained.json["version"], birds):
        assert stack.cli("promote", "birds", version).code == 0
        served = False
        while not served:
            found = stack.cli("doctor", "--url", stack.controller_url, "--json").json
            checks = {check["id"]: check for check in found["checks"]}
            assert [check for check in checks.values() if check["state"] == "failed"] == []
            served = checks["model"]["state"] == checks["roll-out"]["state"] == "ok"
        assert f"birds {version}" in checks["model"]["detail"]


def test_predictions_go_on_when_the_controller_is_killed(stack: Any) -> None:
    parts = {part["name"]: part for part in stack.cli("status", "--json").json["components"]}
    with Client(f"{stack.api_url}/models/penguins/predict", row_of(stack, "penguins")) as client:
        os.kill(parts["controller"]["pid"], signal.SIGKILL)
        deadline = time.monotonic() + 20
        while stack.cli("models").code != 3:
            assert time.monotonic() < deadline
        status = stack.cli("status", "--json")
        assert status.code == 3
        assert {part["name"]: part["state"] for part in status.json["components"]}["controller"] == "gone"
        assert stack.cli("up", "--heap", "1g", "--json").code == 0
        again = {part["name"]: part for part in stack.cli("status", "--json").json["components"]}
    assert client.failures == []
    assert again["controller"]["url"] == parts["controller"]["url"]
    assert again["controller"]["pid"] != parts["controller"]["pid"]
    assert again["api"]["pid"] == parts["api"]["pid"], "the new controller adopts the API"


def test_what_cannot_be_promoted_is_refused(stack: Any) -> None:
    done = stack.cli("promote", "penguins", 999, "--json")
    assert (done.code, done.problem["code"]) == (1, "model_not_found")
    assert stack.cli("rollback", "nobody", "--json").problem["code"] == "model_not_found"


def test_a_cancelled_training_ends_with_4(stack: Any) -> None:
    with stack.start(
        "train", "--data", "penguins", "--target", "year", "--seconds", 600, "--model", "years", "--wait"
    ) as train:
        said = ""
        while "training " not in said:
            said += train.stderr.readline()
        training_id = said.split("training ")[1].split()[0]
        deadline = time.monotonic() + 120
        while stack.cli("trainings", training_id, "--json").json["phase"] != "training":
            assert time.monotonic() < deadline
        assert stack.cli("cancel", training_id, "--json").code == 0
        assert train.wait(120) == 4
        assert "training_cancelled" in train.stderr.read()
    state = stack.cli("trainings", training_id, "--json").json
    assert (state["phase"], state["version"]) == ("cancelled", None)
    assert stack.cli("cancel", training_id, "--json").problem["code"] == "training_ended"
    assert stack.cli("models", "years", "--json").problem["code"] == "model_not_found"
