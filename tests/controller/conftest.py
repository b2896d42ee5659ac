"""A registry and an object store of their own for each test, small programs in the place of API and training."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from tablee.datasets.store import Datasets
from tablee.jobs.file_prediction import FilePredictions
from tablee.jobs.scoring import Scorings
from tablee.jobs.source import Sources
from tablee.jobs.training import Trainings
from tablee.models.promotion import Promotions
from tablee.models.registry import CHAMPION, DIGEST, Registry
from tablee.recipes.store import Recipes
from tablee.settings import MlflowSettings, ObjectStoreSettings
from tablee.storage.locations import Places
from tablee.storage.object_store import DirectoryStore
from tablee_controller.app import Limits, Parts, create_app
from tablee_controller.datasets.anonymisation import Anonymisation
from tablee_controller.datasets.profiles import Profiles
from tablee_controller.datasets.uploads import Uploads
from tablee_controller.datasets.writer import DatasetWriter
from tablee_controller.jobs.file_prediction import FilePredictionQueue
from tablee_controller.jobs.model_version import ServingVersions
from tablee_controller.jobs.planning import Planner
from tablee_controller.jobs.scoring import ScoringQueue
from tablee_controller.jobs.training import TrainingQueue
from tablee_controller.loop import Loop
from tablee_controller.rollout.pause import Pause
from tablee_controller.rollout.reconciler import Conductor
from tablee_controller.routes.platform import Platform
from tablee_controller.routes.predictions import PredictionServices
from tablee_controller.runtimes.runtime import Execution, Executions, H2o, H2oState, Phase, Pins, Rollout
from tablee_controller.sources.connections import Connections
from tablee_controller.sources.pull import Puller
from tablee_controller.sources.runner import SourceRunner
from tablee_data.privacy import stored_key

HERE = Path(__file__).parent
PENGUINS = HERE.parents[1] / "data" / "penguins" / "penguins.csv"

T = TypeVar("T")


@pytest.fixture(scope="session")
def until() -> Callable[..., object]:
    """Wait for a condition: `until(lambda: it_is_so, seconds=10)` returns what made it true."""

    def wait(condition: Callable[[], T], seconds: float = 20.0) -> T:
        end = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < end, "it did not come true in time"
            time.sleep(0.02)
        return value

    return wait


class Shelf:
    """A registry with its folder."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder}/mlflow.db"
        self.folder = folder
        self.registry = Registry(MlflowSettings(url=self.url))

    def put(
        self, name: str, bundle: Path | None = None, *, digest: str | None = "0" * 64, champion: bool = False
    ) -> int:
        """Register a version, with its files if a bundle is given; returns its number."""
        source = self.folder / "artifacts" / secrets.token_hex(4)
        if bundle is not None:
            shutil.copytree(bundle, source / "artifacts" / "bundle")
        tags = {DIGEST: digest} if digest else {}
        run = secrets.token_hex(16)
        version = self.registry.register(name, source=str(source), run_id=run, model_id=None, tags=tags).version
        if champion:
            self.registry.set_alias(name, CHAMPION, version)
        return version

    def champion(self, name: str) -> int | None:
        found = self.registry.champion(name)
        return found.version if found else None


@pytest.fixture(scope="session")
def shelf_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    Shelf(folder).registry.models()
    return folder / "mlflow.db"


@pytest.fixture
def shelf(shelf_template: Path, tmp_path: Path) -> Shelf:
    return make_shelf(shelf_template, tmp_path)


def make_shelf(template: Path, folder: Path) -> Shelf:
    """An empty registry (MLflow's tables are made once and copied)."""
    home = folder / "a registry"
    home.mkdir()
    shutil.copy(template, home)
    return Shelf(home)


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "objects")


@pytest.fixture
def promotions(shelf: Shelf, store: DirectoryStore) -> Promotions:
    return Promotions(shelf.registry, store)


class MemoryJobs:
    """Trainings or scorings that only are remembered; the test says how each ends."""

    def __init__(self) -> None:
        self.known: dict[str, Execution] = {}
        self.started: list[Any] = []
        """Ids; with the number of workers where one was told."""
        self.stopped: list[str] = []
        self.others = 0

    def start(self, own_id: str, parallel: int | None = None) -> None:
        self.started.append(own_id if parallel is None else (own_id, parallel))
        self.known[own_id] = Execution(running=True)

    def stop(self, own_id: str) -> None:
        self.stopped.append(own_id)

    def end(self, own_id: str, code: int | None, *, stopped: bool = False) -> None:
        self.known[own_id] = Execution(running=False, exit_code=code, stopped=stopped)

    def executions(self, own_ids: Collection[str]) -> Executions:
        return Executions({each: self.known[each] for each in own_ids if each in self.known}, self.others)

    def forget(self, own_id: str) -> None:
        self.known.pop(own_id, None)

    def log(self, own_id: str, lines: int) -> str:
        return "\n".join(f"line {number} of {own_id}" for number in range(lines))


@dataclass
class MemoryRuntime:
    """A runtime that only remembers; the test says how each roll-out goes."""

    pinned: Pins | None = None
    serving: Pins = field(default_factory=dict)
    phase: Phase = Phase.IDLE
    reason: str = ""
    pins: list[Pins] = field(default_factory=list)
    trainings: MemoryJobs = field(default_factory=MemoryJobs)
    scorings: MemoryJobs = field(default_factory=MemoryJobs)
    predictions: MemoryJobs = field(default_factory=MemoryJobs)

    def rollout(self) -> Rollout:
        return Rollout(self.phase, self.pinned, dict(self.serving), self.reason)

    def pin(self, pins: Pins) -> None:
        self.pinned, self.reason = dict(pins), ""
        self.pins.append(dict(pins))
        self.phase = Phase.DONE if pins == self.serving and pins else Phase.ROLLING

    def succeed(self) -> None:
        self.phase, self.serving = Phase.DONE, dict(self.pinned or {})

    def fail(self, reason: str = "broken") -> None:
        self.phase, self.reason = Phase.FAILED, reason

    def h2o(self, training_id: str, *, recycle: bool) -> H2o:
        state = H2oState.RECYCLING if recycle else H2oState.READY
        return H2o(state, nodes=3, ready=3, holder=training_id, message="as the test wants it")

    def shutdown(self) -> None:
        self.phase = Phase.IDLE


@pytest.fixture
def runtime() -> MemoryRuntime:
    return MemoryRuntime()


@dataclass
class House:
    """The app and all that it works with."""

    parts: Parts
    client: httpx.Client
    shelf: Shelf
    runtime: MemoryRuntime


@contextmanager
def opened(
    shelf: Shelf, store: DirectoryStore, runtime: MemoryRuntime, uploads: Path, *, key: str | None, limits: Limits
) -> Iterator[House]:
    """The app over a real registry and object store."""
    trainings, datasets, promotions = Trainings(store), Datasets(store), Promotions(shelf.registry, store)
    pause = Pause(store)
    conductor = Conductor(shelf.registry, promotions, runtime, pause)
    queue = TrainingQueue(trainings, runtime.trainings, slots=1)
    scorings = Scorings(store)
    places = Places(ObjectStoreSettings(directory=store.root), store)
    planner = Planner(shelf.registry, places, max_parallel=8)
    scoring_queue = ScoringQueue(scorings, runtime.scorings, slots=1)
    anonymisation = Anonymisation(datasets, lambda: stored_key(uploads.parent))
    writer = DatasetWriter(datasets, store, anonymisation, lambda: stored_key(uploads.parent))
    connections, sources = Connections(uploads.parent / "connections"), Sources(store)
    limit = {"folder": uploads, "max_bytes": limits.upload_bytes}
    runner = SourceRunner(sources, Puller(sources, datasets, connections, places, anonymisation, writer, **limit))
    files, uploaded = FilePredictions(store), Uploads(store, uploads, hours=24, max_bytes=limits.upload_bytes)
    file_queue = FilePredictionQueue(files, runtime.predictions, slots=2)
    versions = ServingVersions(shelf.registry, runtime.rollout, uploads.parent / "cache")
    predictions = PredictionServices(
        files, file_queue, runtime.predictions, versions, uploaded, uploads, timedelta(hours=24)
    )
    known = {
        "trainings": queue,
        "scorings": scoring_queue,
        "predictions": file_queue,
        "roll-out": conductor,
        "sources": runner,
    }
    loop = Loop(known, seconds=0.2)
    parts = Parts(
        registry=shelf.registry,
        datasets=datasets,
        recipes=Recipes(store),
        trainings=trainings,
        promotions=promotions,
        runtime=runtime,
        conductor=conductor,
        pause=pause,
        queue=queue,
        scorings=scorings,
        planner=planner,
        scoring_queue=scoring_queue,
        loop=loop,
        profiles=Profiles(datasets),
        anonymisation=anonymisation,
        objects=store,
        uploads=uploaded,
        predictions=predictions,
        sources=runner,
        connections=connections,
        writer=writer,
    )
    about = Platform(version="0", api_url="http://api", mlflow_url=shelf.url)
    with served(create_app(parts, about=about, uploads=uploads, limits=limits, key=key)) as client:
        yield House(parts, client, shelf, runtime)


@pytest.fixture
def open_house(
    shelf: Shelf, store: DirectoryStore, runtime: MemoryRuntime, tmp_path: Path
) -> Iterator[Callable[..., House]]:
    """Opens the app with options: `open_house(key=..., limits=...)`."""
    with ExitStack() as stack:

        def open_it(*, key: str | None = None, limits: Limits | None = None) -> House:
            uploads = tmp_path / "uploads"
            return stack.enter_context(opened(shelf, store, runtime, uploads, key=key, limits=limits or Limits()))

        yield open_it


@pytest.fixture(scope="session")
def still_house(shelf_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house for tests of what is refused: with the penguins in it, and nothing may ever come to them."""
    folder = tmp_path_factory.mktemp("still house")
    store = DirectoryStore(folder / "objects")
    uploads = folder / "uploads"
    shelf, runtime = make_shelf(shelf_template, folder), MemoryRuntime()
    with opened(shelf, store, runtime, uploads, key=None, limits=Limits()) as house:
        assert house.client.put("/datasets/penguins", content=PENGUINS.read_bytes()).status_code == 201
        house.parts.loop.stop()  # the metrics of this process are those of other tests, too
        yield house
        files = [key.rpartition("/")[2] for key in store.list("")]
        assert [file for file in files if not file.startswith(("profile", "privacy"))] == [
            "data.parquet",
            "manifest.json",
        ]
        assert list(uploads.iterdir()) == []
        assert runtime.trainings.started == []


@contextmanager
def served(app: FastAPI) -> Iterator[httpx.Client]:
    """An app on a free port of this machine, as `__main__` serves it, and a client of it."""
    server = uvicorn.Server(uvicorn.Config(app, http="httptools", log_config=None, lifespan="on"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = "http://{}:{}".format(*listener.getsockname())
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
        thread.start()
        try:
            with httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(30)


@pytest.fixture
def house(open_house: Callable[..., House]) -> House:
    return open_house()


def script(name: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs one of the small programs beside this file."""
    return (sys.executable, str(HERE / "programs" / f"{name}.py"), *arguments)


@pytest.fixture(scope="session")
def program() -> Callable[..., tuple[str, ...]]:
    return script
