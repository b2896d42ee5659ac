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
from pathlib import Path
from typing import Any

import pytest
from repository import PENGUINS
from servers import Server, start_h2o, start_mlflow

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


class Services:
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

    def over(self, objects: ObjectStore) -> Services:
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
        """Exit code, standard output, standard error."""
        out, err = process.communicate(timeout=seconds)
        return ExitCode(process.returncode), out, err

    def until(self, training_id: str, reached: Callable[[TrainingState], bool], seconds: float = 90.0) -> TrainingState:
        """Wait until the state of a training meets a condition."""
        end = time.monotonic() + seconds
        while not reached(state := self.trainings.get(training_id)):
            assert time.monotonic() < end, f"still {state.phase}: {state.message}"
            time.sleep(0.05)
        return state


@pytest.fixture(scope="session")
def h2o_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The session's H2O, in a directory whose path has a space; it knows no S3."""
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
    """An H2O that can read from `s3`."""
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
    """Importing MLflow raises warnings about its own code, which the tests ignore."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        importlib.import_module("tablee_train.tracking.mlflow_run")


@pytest.fixture(scope="session")
def shared_objects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("object store")


@pytest.fixture
def services(h2o_server: Server, mlflow_server: Server, shared_objects: Path, mlflow_imported: None) -> Services:
    """The services that a training uses, with the penguins as a data set."""
    services = Services(shared_objects, mlflow_server.url, h2o_server.url)
    services.add("penguins", PENGUINS)
    return services
