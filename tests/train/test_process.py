"""The process itself: how it starts, is stopped, loses H2O, and what it leaves."""

from __future__ import annotations

import signal
import subprocess
import time
from typing import Any

import httpx
import pytest

from tablee.training import Phase
from tablee_train.outcome import Exit

LONG = {"target": "species", "max_seconds": 300}


def searching(state: Any) -> bool:
    return state.phase.ended or (state.phase is Phase.TRAINING and state.models > 0)


def running_jobs(url: str, key: str) -> list[str]:
    jobs = httpx.get(f"{url}/3/Jobs", trust_env=False).json()["jobs"]
    return [job["status"] for job in jobs if job["dest"]["name"].startswith(key) and job["status"] == "RUNNING"]


def test_a_training_of_its_own_request(stage: Any) -> None:
    process = stage.launch(
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
    code, out, err = stage.ended(process)
    assert code is Exit.SUCCEEDED, err
    assert out.startswith("Version 1 is the champion.")
    assert "Traceback" not in err
    assert all(line.startswith("{") for line in err.splitlines()), err
    info = stage.registry.champion("process")
    run = stage.registry._client.get_run(info.run_id)
    assert run.data.tags["mlflow.source.git.commit"] == "abc123"
    assert stage.trainings.get(info.tags["tablee.training"]).promoted


def test_sigterm_cancels_everywhere(stage: Any, h2o_server: Any) -> None:
    state = stage.create(model="cancelled", **LONG)
    process = stage.start(state.id)
    try:
        found = stage.until(state.id, searching)
        assert found.phase is Phase.TRAINING, found.message
        assert 0.05 <= found.progress < 0.85
        assert (found.metric, found.best is not None, found.leaderboard != []) == ("mean_per_class_error", True, True)
        key = f"tablee_{state.id.replace('-', '_')}"
        assert running_jobs(h2o_server.url, key)
        start = time.monotonic()
        process.send_signal(signal.SIGTERM)
        code, _, err = stage.ended(process)
    finally:
        process.kill()
    assert code is Exit.CANCELLED, err
    assert time.monotonic() - start < 25
    assert err.splitlines()[-1].startswith("The training was cancelled.")
    last = stage.trainings.get(state.id)
    assert (last.phase, last.version, last.error) == (Phase.CANCELLED, None, None)
    assert stage.registry._client.get_run(last.run_id).info.status == "KILLED"
    assert running_jobs(h2o_server.url, key) == []
    frames = httpx.get(f"{h2o_server.url}/3/Frames", trust_env=False).json()["frames"]
    assert not [frame for frame in frames if key in frame["frame_id"]["name"]]


def test_a_cancelled_training_does_not_start_again(stage: Any) -> None:
    state = stage.create(**LONG)
    state.phase = Phase.CANCELLED
    stage.trainings.save(state)
    code, _, err = stage.ended(stage.start(state.id))
    assert code is Exit.FAILED
    assert f"«{state.id}» has ended already: cancelled" in err


def test_h2o_killed_in_the_middle(stage: Any, own_h2o: Any) -> None:
    state = stage.create(model="lost", **LONG)
    variables = {"TABLEE_H2O__URL": own_h2o.url, "TABLEE_H2O__LOST_SECONDS": "5"}
    process = stage.start(state.id, **variables)
    try:
        stage.until(state.id, searching)
        start = time.monotonic()
        own_h2o.process.kill()
        code, _, err = stage.ended(process)
    finally:
        process.kill()
    assert time.monotonic() - start < 30
    assert code is Exit.UNAVAILABLE, err
    last = stage.trainings.get(state.id)
    assert (last.phase, last.error["code"]) == (Phase.FAILED, "engine_unavailable")
    assert "H2O was lost during the training" in last.message
    assert stage.registry._client.get_run(last.run_id).info.status == "FAILED"


@pytest.mark.parametrize(
    ("variables", "code", "words"),
    [
        ({"TABLEE_TRAINING_ID": "20200101-000000-abcdef"}, Exit.FAILED, "there is no training"),
        ({"TABLEE_TRAINING_ID": "1", "TABLEE_TYPO": "1"}, Exit.SETTINGS, "unknown variable TABLEE_TYPO"),
        ({}, Exit.SETTINGS, "set exactly one of TABLEE_TRAINING_ID"),
    ],
)
def test_what_cannot_start_says_so_in_one_line(stage: Any, variables: dict[str, str], code: Exit, words: str) -> None:
    process: subprocess.Popen[str] = stage.launch(variables)
    found, out, err = stage.ended(process)
    assert (found, out) == (code, "")
    assert words in err
    assert len(err.splitlines()) == 1


def test_without_mlflow_it_ends_soon(stage: Any) -> None:
    state = stage.create(**LONG)
    process = stage.start(state.id, TABLEE_MLFLOW__URL="http://127.0.0.1:9")
    code, _, _ = stage.ended(process)
    assert code is Exit.UNAVAILABLE
    assert stage.trainings.get(state.id).error["code"] == "registry_unavailable"
