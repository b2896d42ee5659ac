"""The process: its start, stop, the loss of H2O, and what it leaves in MLflow and the object store."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx
import pytest
from http_server import TestServer

from tablee.jobs.training import Phase
from tablee_train.lifecycle.outcome import ExitCode


class Controller:
    """Gives prepared answers about the cluster one after the other, and repeats the last one."""

    def __init__(self) -> None:
        self.answers: list[dict[str, Any]] = []
        self.asked: list[tuple[str, str | None, dict[str, Any]]] = []
        controller = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                controller.asked.append((self.path, self.headers.get("authorization"), body))
                answers = controller.answers
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps({"nodes": 1, "ready": 1, **answer}).encode())

            def log_message(self, *_: Any) -> None:
                return

        self.server = TestServer(Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()


@pytest.fixture
def controller() -> Iterator[Controller]:
    controller = Controller()
    yield controller
    controller.server.shutdown()
    controller.server.server_close()


LONG = {"target": "species", "max_seconds": 300}


def searching(state: Any) -> bool:
    return state.phase.ended or (state.phase is Phase.TRAINING and state.models > 0)


def running_jobs(url: str, key: str) -> list[str]:
    jobs = httpx.get(f"{url}/3/Jobs", trust_env=False).json()["jobs"]
    return [job["status"] for job in jobs if job["dest"]["name"].startswith(key) and job["status"] == "RUNNING"]


def test_a_training_of_its_own_request(services: Any) -> None:
    process = services.launch(
        {
            "TABLEE_REQUEST__DATASET": "penguins",
            "TABLEE_REQUEST__TARGET": "species",
            "TABLEE_REQUEST__MODEL": "process",
            "TABLEE_REQUEST__MAX_MODELS": "1",
            "TABLEE_REQUEST__FOLDS": "2",
            "TABLEE_REQUEST__INCLUDE_ALGORITHMS": '["GLM"]',
            "TABLEE_LOG__FORMAT": "json",
            "TABLEE_REVISION": "abc123",
        }
    )
    code, out, err = services.ended(process)
    assert code is ExitCode.SUCCEEDED, err
    assert out.startswith("Version 1 is the champion.")
    assert "Traceback" not in err
    assert all(line.startswith("{") for line in err.splitlines()), err
    info = services.registry.champion("process")
    run = services.registry._client.get_run(info.run_id)
    assert run.data.tags["mlflow.source.git.commit"] == "abc123"
    assert services.trainings.get(info.tags["tablee.training"]).promoted


def test_sigterm_cancels_everywhere(services: Any, h2o_server: Any) -> None:
    state = services.create(model="cancelled", **LONG)
    process = services.start(state.id)
    try:
        found = services.until(state.id, searching)
        assert found.phase is Phase.TRAINING, found.message
        assert 0.05 <= found.progress < 0.85
        assert (found.metric, found.best is not None, found.leaderboard != []) == ("mean_per_class_error", True, True)
        key = f"tablee_{state.id.replace('-', '_')}"
        assert running_jobs(h2o_server.url, key)
        start = time.monotonic()
        process.send_signal(signal.SIGTERM)
        code, _, err = services.ended(process)
    finally:
        process.kill()
    assert code is ExitCode.CANCELLED, err
    assert time.monotonic() - start < 90  # the search would go on for minutes
    assert err.splitlines()[-1].startswith("The training was cancelled.")
    last = services.trainings.get(state.id)
    assert (last.phase, last.version, last.error) == (Phase.CANCELLED, None, None)
    assert services.registry._client.get_run(last.run_id).info.status == "KILLED"
    assert running_jobs(h2o_server.url, key) == []
    frames = httpx.get(f"{h2o_server.url}/3/Frames", trust_env=False).json()["frames"]
    assert not [frame for frame in frames if key in frame["frame_id"]["name"]]


def test_sigterm_without_a_cancel_leaves_the_training_to_another_attempt(services: Any, h2o_server: Any) -> None:
    """The pod is evicted from its machine; the training was not cancelled."""
    state = services.create(model="evicted", **LONG)
    process = services.start(state.id, TABLEE_ATTEMPTS="3")
    try:
        services.until(state.id, searching)
        process.send_signal(signal.SIGTERM)
        code, _, err = services.ended(process)
    finally:
        process.kill()
    assert code is ExitCode.UNAVAILABLE, err
    last = services.trainings.get(state.id)
    assert (last.phase, last.attempt, last.message) == (Phase.STARTING, 1, "Interrupted; it starts again.")
    assert services.registry._client.get_run(last.run_id).info.status == "KILLED"
    assert running_jobs(h2o_server.url, f"tablee_{state.id.replace('-', '_')}") == []

    services.trainings.ask_to_cancel(state.id, by="ana")
    code, _, err = services.ended(services.start(state.id, TABLEE_ATTEMPTS="3"))
    assert code is ExitCode.CANCELLED, err
    assert services.trainings.get(state.id).phase is Phase.CANCELLED


def test_a_cancelled_training_does_not_start_again(services: Any) -> None:
    state = services.create(**LONG)
    state.phase = Phase.CANCELLED
    services.trainings.save(state)
    code, _, err = services.ended(services.start(state.id))
    assert code is ExitCode.FAILED
    assert f"“{state.id}” has ended already: cancelled" in err


def test_a_cluster_of_its_own_is_emptied_first(services: Any, own_h2o: Any, controller: Any) -> None:
    """The training before was killed and has left its search running."""
    before = services.create(model="before", **LONG)
    process = services.start(before.id, TABLEE_H2O__URL=own_h2o.url)
    try:
        services.until(before.id, searching)
    finally:
        process.kill()
        process.communicate()
    assert running_jobs(own_h2o.url, "tablee_")

    controller.answers = [{"state": "taken", "holder": before.id}, {"state": "waking"}, {"state": "ready"}]
    variables = {"TABLEE_H2O__URL": own_h2o.url, "TABLEE_CONTROLLER_URL": controller.url, "TABLEE_KEY": "s3cret"}
    after = services.create(model="after", target="species", max_models=1, include_algorithms=["GLM"])
    code, _, err = services.ended(services.start(after.id, **variables))
    assert code is ExitCode.SUCCEEDED, err
    assert controller.asked == [(f"/trainings/{after.id}/h2o", "Bearer s3cret", {"recycle": False})] * 3
    assert running_jobs(own_h2o.url, "tablee_") == []
    frames = httpx.get(f"{own_h2o.url}/3/Frames", trust_env=False).json()["frames"]
    assert not [frame for frame in frames if before.id.replace("-", "_") in frame["frame_id"]["name"]]


def test_a_cluster_that_stays_broken_is_started_anew_once(services: Any, controller: Any) -> None:
    controller.answers = [{"state": "ready"}]
    variables = {"TABLEE_H2O__URL": "http://127.0.0.1:9", "TABLEE_CONTROLLER_URL": controller.url}
    state = services.create(model="broken", **LONG)
    code, _, err = services.ended(services.start(state.id, **variables, TABLEE_H2O__WAIT_SECONDS="1"))
    assert code is ExitCode.UNAVAILABLE, err
    assert [body["recycle"] for _, _, body in controller.asked] == [False, True]
    assert "does not answer" in services.trainings.get(state.id).message

    variables |= {"TABLEE_ATTEMPTS": "2", "TABLEE_H2O__WAIT_SECONDS": "0"}
    controller.asked.clear()
    code, _, err = services.ended(services.start(state.id, **variables))
    assert (code, services.trainings.get(state.id).attempt) == (ExitCode.UNAVAILABLE, 2), err
    controller.asked.clear()
    code, _, err = services.ended(services.start(state.id, **variables))
    assert (code, services.trainings.get(state.id).phase) == (ExitCode.UNAVAILABLE, Phase.FAILED), err
    assert [body["recycle"] for _, _, body in controller.asked] == [True, True]


def test_h2o_killed_in_the_middle(services: Any, own_h2o: Any) -> None:
    state = services.create(model="lost", **LONG)
    variables = {"TABLEE_H2O__URL": own_h2o.url, "TABLEE_H2O__LOST_SECONDS": "5"}
    process = services.start(state.id, **variables)
    try:
        services.until(state.id, searching)
        start = time.monotonic()
        own_h2o.process.kill()
        code, _, err = services.ended(process)
    finally:
        process.kill()
    assert time.monotonic() - start < 30
    assert code is ExitCode.UNAVAILABLE, err
    last = services.trainings.get(state.id)
    assert (last.phase, last.error["code"]) == (Phase.FAILED, "engine_unavailable")
    assert "H2O was lost during the training" in last.message
    assert services.registry._client.get_run(last.run_id).info.status == "FAILED"


@pytest.mark.parametrize(
    ("variables", "code", "words"),
    [
        ({"TABLEE_TRAINING_ID": "20200101-000000-abcdef"}, ExitCode.FAILED, "there is no training"),
        ({"TABLEE_TRAINING_ID": "1", "TABLEE_TYPO": "1"}, ExitCode.SETTINGS, "unknown variable TABLEE_TYPO"),
    ],
)
def test_what_cannot_start_says_so_in_one_line(
    services: Any, variables: dict[str, str], code: ExitCode, words: str
) -> None:
    process: subprocess.Popen[str] = services.launch(variables)
    found, out, err = services.ended(process)
    assert (found, out) == (code, "")
    assert words in err
    assert len(err.splitlines()) == 1


def test_without_mlflow_it_ends_soon(services: Any) -> None:
    state = services.create(**LONG)
    process = services.start(state.id, TABLEE_MLFLOW__URL="http://127.0.0.1:9")
    code, _, _ = services.ended(process)
    assert code is ExitCode.UNAVAILABLE
    assert services.trainings.get(state.id).error["code"] == "registry_unavailable"
