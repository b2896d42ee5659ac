"""The controller as a process on this machine that works on a release in the cluster, and is killed in between."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from contracts.runtime import FAILED
from kube.tools import eventually

from tablee.models.registry import CHAMPION, DIGEST, ROLLOUT, Registry
from tablee.settings import MlflowSettings


class House:
    """A controller process, a registry, and an object store."""

    def __init__(self, place: Any, home: Path) -> None:
        self.place, self.home = place, home
        self.url = f"sqlite:///{home}/mlflow.db"
        self.registry = Registry(MlflowSettings(url=self.url))
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False, timeout=60)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        settings = self.place.settings(h2o_idle_seconds=0).model_dump()
        kubernetes = {f"TABLEE_KUBERNETES__{name.upper()}": str(value) for name, value in settings.items()}
        variables = {
            "KUBECONFIG": str(self.place.kubeconfig),
            "TABLEE_PORT": str(self.port),
            "TABLEE_HOME": str(self.home),
            "TABLEE_MLFLOW__URL": self.url,
            "TABLEE_OBJECTS__DIRECTORY": str(self.home / "objects"),
            "TABLEE_BASE_PATH": "/controller",
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TABLEE_")}
        with (self.home / "controller.log").open("ab") as log:
            command = [sys.executable, "-m", "tablee_controller"]
            self.process = subprocess.Popen(command, env=inherited | variables | kubernetes, stdout=log, stderr=log)
        eventually(lambda: self.client.get("/readyz").status_code == 200, within=120)

    def rollout(self) -> Any:
        return self.client.get("/controller/rollout").json()

    def until_serving(self, version: int) -> None:
        eventually(lambda: (now := self.rollout())["state"] == "in_sync" and now["serving"] == {"m": version})

    def end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def house(place: Any, reachable: Any, tmp_path: Path) -> Iterator[House]:
    reachable(place)
    opened = House(place, tmp_path)
    for _ in range(FAILED):
        source, run = str(tmp_path / "nothing"), secrets.token_hex(16)
        opened.registry.register("m", source=source, run_id=run, model_id=None, tags={DIGEST: "0" * 64})
    try:
        opened.start()
        yield opened
    finally:
        opened.client.close()
        if opened.process is not None and opened.process.poll() is None:
            opened.end(signal.SIGTERM)


def test_promotion_restoration_and_pause(house: House) -> None:
    house.registry.set_alias("m", CHAMPION, 1)  # without the controller, as the page of MLflow does
    house.until_serving(1)
    assert house.place.answers() == {"m": 1}
    house.client.post("/models/m/promote", json={"version": FAILED, "by": "ana"}).raise_for_status()
    eventually(lambda: house.rollout()["pinned"] == {"m": FAILED})
    house.end(signal.SIGKILL)
    house.start()
    eventually(lambda: house.registry.version("m", FAILED).failed)
    house.until_serving(1)
    assert house.registry.version("m", FAILED).failed == "the bundle is corrupt"
    assert (
        "could not be rolled out: the bundle is corrupt"
        in house.client.get("/models/m").json()["promotions"][0]["reason"]
    )
    assert house.place.answers() == {"m": 1}
    assert house.client.post("/rollout/pause", json={"by": "ana", "reason": "audit"}).json()["state"] == "paused"
    house.client.post("/models/m/promote", json={"version": 2, "by": "ana"}).raise_for_status()
    house.end(signal.SIGTERM)
    house.start()
    assert eventually(lambda: house.rollout()["wanted"] == {"m": 2})
    assert (house.rollout()["state"], house.rollout()["serving"]) == ("paused", {"m": 1})
    assert house.place.answers() == {"m": 1}
    house.client.post("/rollout/resume").raise_for_status()
    house.until_serving(2)
    assert house.registry.version("m", 2).tags[ROLLOUT] == "live"
    events = [event for event, _ in house.place.events()]
    assert events.count("RolloutFinished") >= 2
    assert {"RolloutStarted", "RolloutFailed", "RolloutRestored"} <= set(events)
    metrics = house.client.get("/metrics").text
    assert 'tablee_rollout_state{state="in_sync"} 1.0' in metrics
    assert 'tablee_h2o_nodes{state="wanted"} 0.0' in metrics
    assert house.end(signal.SIGTERM) == 0
    assert house.place.answers() == {"m": 2}  # the pods go on running without the controller
