"""The controller as a process with the real API. Models are replaced under load, and no request is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from zoo.small import write_bundles

from tablee.models.promotion import Kind, Promotions
from tablee.models.registry import ROLLOUT
from tablee.storage.object_store import DirectoryStore

ROW = {"row": {"bill_length_mm": 39.1, "bill_depth_mm": 18.7, "flipper_length_mm": 181}}
PATIENCE = 120.0
"""Longest time in seconds that a test waits for a condition."""


@pytest.fixture(scope="session")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two real models as bundles, `first` and `second`."""
    folder = tmp_path_factory.mktemp("bundles")
    write_bundles(folder)
    return folder


class RunningController:
    """A controller process over a registry and an object store of its own."""

    def __init__(self, sqlite_registry: Any, bundles: Path, home: Path, until: Callable[..., Any]) -> None:
        self.sqlite_registry, self.bundles, self.home, self.until = sqlite_registry, bundles, home, until
        self.objects = DirectoryStore(home / "objects")
        self.process: psutil.Popen | None = None
        self.client = httpx.Client(trust_env=False, timeout=30)

    def publish(self, name: str, *, corrupt: bool = False, champion: bool = False) -> int:
        """Register a bundle as the next version of the penguins."""
        digest = (self.bundles / f"{name}.digest").read_text()
        version: int = self.sqlite_registry.register("penguins", self.bundles / name, digest=digest, champion=champion)
        if corrupt:
            source = Path(self.sqlite_registry.registry.version("penguins", version).source)
            mojo = source / "artifacts" / "bundle" / "mojo.zip"
            mojo.write_bytes(mojo.read_bytes()[:-100] + b"x" * 100)
        return version

    def start(self) -> None:
        ports = {"TABLEE_PORT": str(self.port(self.client)), "TABLEE_API__PORT": "0"}
        if self.process is not None:  # the next controller keeps the addresses
            ports = {"TABLEE_PORT": str(self.client.base_url.port), "TABLEE_API__PORT": self.api.rpartition(":")[2]}
        variables = {
            "TABLEE_HOME": str(self.home),
            "TABLEE_MLFLOW__URL": self.sqlite_registry.url,
            "TABLEE_OBJECTS__DIRECTORY": str(self.objects.root),
            "TABLEE_RECONCILE_SECONDS": "0.5",
            "TABLEE_API__JVM_HEAP": "256m",
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TABLEE_")}
        with (self.home / "controller.log").open("ab") as log:
            self.process = psutil.Popen(
                [sys.executable, "-m", "tablee_controller"], env=inherited | variables | ports, stdout=log, stderr=log
            )
        self.client.base_url = httpx.URL(f"http://127.0.0.1:{ports['TABLEE_PORT']}")
        self.until(self.ready, PATIENCE)
        self.api = self.client.get("/platform").json()["api_url"]

    @staticmethod
    def port(_: httpx.Client) -> int:
        import socket

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    def ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.home / "controller.log").read_text()[-3000:]
        try:
            return self.client.get("/readyz").status_code == 200
        except httpx.HTTPError:
            return False

    def serving(self, version: int) -> None:
        """Wait until the roll-out of this version is completed."""

        def in_sync() -> bool:
            rollout = self.client.get("/rollout").json()
            return rollout["state"] == "in_sync" and rollout["serving"] == {"penguins": version}

        self.until(in_sync, PATIENCE)

    def promote(self, version: int) -> None:
        answer = self.client.post("/models/penguins/promote", json={"version": version, "by": "ana", "reason": "test"})
        assert answer.status_code == 200, answer.text

    def signal(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return int(self.process.wait(60))

    def children(self) -> list[psutil.Process]:
        """The API processes and workers of this home, also those of an earlier controller."""
        found = []
        for process in psutil.process_iter():
            try:
                if str(self.home) in process.environ().get("TABLEE_CACHE", ""):
                    found.append(process)
            except (psutil.Error, OSError):
                continue
        return found

    def close(self) -> None:
        self.client.close()
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)
        for child in self.children():
            child.kill()


@pytest.fixture
def controller(sqlite_registry: Any, bundles: Path, tmp_path: Path, until: Any) -> Iterator[RunningController]:
    home = tmp_path / "a home"
    home.mkdir()
    opened = RunningController(sqlite_registry, bundles, home, until)
    yield opened
    opened.close()


class Load:
    """Sends predictions in a loop, over kept and over new connections, and records all answers."""

    def __init__(self, url: str) -> None:
        self.url, self.failures = url, list[str]()
        self.versions: list[int] = []
        self.values: dict[int, set[float]] = {}
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(keep,)) for keep in (True, True, False)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _run(self, keep: bool) -> None:
        limits = httpx.Limits(max_keepalive_connections=1 if keep else 0)
        with httpx.Client(base_url=self.url, trust_env=False, timeout=30, limits=limits) as client:
            while not self._ending.is_set():
                try:
                    answer = client.post("/predict", json=ROW)
                    answer.raise_for_status()
                    body = answer.json()
                    self.values.setdefault(body["version"], set()).add(body["predictions"][0]["prediction"])
                    self.versions.append(body["version"])
                except Exception as error:
                    self.failures.append(repr(error))


def test_no_request_is_lost_during_a_rollout_and_a_rollback(controller: RunningController) -> None:
    first, second = controller.publish("first", champion=True), controller.publish("second")
    controller.start()
    controller.serving(first)
    with Load(controller.api) as load:
        controller.until(lambda: len(load.versions) > 50)
        controller.promote(second)
        controller.serving(second)
        controller.until(lambda: load.versions[-20:] == [second] * 20, PATIENCE)
        assert controller.client.post("/models/penguins/rollback", json={"by": "bob"}).status_code == 200
        controller.serving(first)
        controller.until(lambda: load.versions[-20:] == [first] * 20, PATIENCE)
    assert load.failures == []
    assert set(load.versions) == {first, second}
    assert [len(values) for values in load.values.values()] == [1, 1]
    assert load.values[first] != load.values[second]
    tags = [info.tags.get(ROLLOUT) for info in controller.sqlite_registry.registry.versions("penguins")]
    assert tags == ["retired", "live"]
    kinds = [
        record.kind
        for record in Promotions(controller.sqlite_registry.registry, controller.objects).history("penguins")
    ]
    assert kinds == [Kind.ROLLBACK, Kind.PERSON, Kind.OBSERVED]
    controller.until(lambda: len(controller.children()) == 1)


def test_a_corrupt_bundle_never_serves(controller: RunningController) -> None:
    first, corrupt = controller.publish("first", champion=True), controller.publish("second", corrupt=True)
    controller.start()
    controller.serving(first)
    with Load(controller.api) as load:
        controller.promote(corrupt)
        controller.until(lambda: controller.sqlite_registry.registry.version("penguins", corrupt).failed, PATIENCE)
        controller.serving(first)
    assert load.failures == []
    assert set(load.versions) == {first}
    assert controller.sqlite_registry.champion("penguins") == first
    assert (
        "mojo.zip is not the file that training wrote"
        in controller.sqlite_registry.registry.version("penguins", corrupt).failed
    )
    history = controller.client.get("/models/penguins").json()
    record = history["promotions"][0]
    assert (record["kind"], record["version"], record["previous"]) == ("restored", first, corrupt)
    assert (history["champion"], history["serving"]) == (first, first)
    assert "could not be rolled out" in controller.client.get("/rollout").json()["reason"]
    controller.until(lambda: len(controller.children()) == 1)


def test_the_next_controller_adopts_the_api_after_a_kill(controller: RunningController) -> None:
    first, second = controller.publish("first", champion=True), controller.publish("second")
    controller.start()
    controller.serving(first)
    [api] = controller.children()
    with Load(controller.api) as load:
        controller.until(lambda: len(load.versions) > 20)
        controller.signal(signal.SIGKILL)
        before = len(load.versions)
        controller.until(lambda: len(load.versions) > before + 20)
        controller.start()
        controller.serving(first)
        assert controller.children() == [api]
        controller.promote(second)
        controller.serving(second)
        controller.until(lambda: load.versions[-20:] == [second] * 20, PATIENCE)
    assert load.failures == []
    controller.until(lambda: not api.is_running())
    assert controller.signal(signal.SIGTERM) == 0
    assert controller.children() == []


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tablee_controller"],
        env=os.environ | {"TABLEE_PROT": "1"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "TABLEE_PROT" in done.stderr


def test_a_scoring_continues_after_a_worker_was_killed(controller: RunningController) -> None:
    """With two real workers, one of which is killed. At the end there is one output for each part."""
    import polars as pl

    controller.publish("first", champion=True)
    frame = pl.DataFrame({name: [40.0 + i / 10_000 for i in range(20_000)] for name in ROW["row"]})
    folder = controller.objects.root / "inbox"
    folder.mkdir()
    for number in range(12):
        frame.write_parquet(folder / f"{number:02}.parquet")
    controller.start()
    answer = controller.client.post("/scorings", json={"model": "penguins", "source": "inbox/", "parallel": 2})
    assert answer.status_code == 202, answer.text
    path = f"/scorings/{answer.json()['id']}"

    def working() -> bool:
        state = controller.client.get(path).json()
        assert state["phase"] in ("queued", "running"), state
        return any(worker["parts_done"] for worker in state["workers"])

    controller.until(working, PATIENCE)
    worker = next(process for process in controller.children() if "tablee_score" in process.cmdline())
    worker.kill()
    controller.until(lambda: controller.client.get(path).json()["phase"] in ("done", "failed"), PATIENCE)
    state = controller.client.get(path).json()
    assert (state["phase"], state["parts_done"], state["rows"]) == ("done", 12, 12 * 20_000), state
    outputs = controller.objects.list(state["request"]["target"])
    assert [key.rpartition("/")[2] for key in outputs] == [f"{number:02}.parquet" for number in range(12)]
    first = controller.objects.get(outputs[0])
    assert all(controller.objects.get(key) == first for key in outputs)
    assert "model_loaded" in controller.client.get(f"{path}/log").text
    assert controller.signal(signal.SIGTERM) == 0
