"""Each test gets an empty registry and an empty object store; small programs stand in for the API and trainings."""

from __future__ import annotations

import asyncio
import io
import secrets
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import uvicorn
from english_words import in_french
from fastapi import FastAPI
from repository import PENGUINS

from tablee.errors.base import revived
from tablee.http.schemas.jobs import H2oAnswer, H2oState
from tablee.http.schemas.platform import PlatformInfo
from tablee.models.promotion import Promotions
from tablee.models.registry import CHAMPION, DIGEST, Registry
from tablee.settings import MlflowSettings, ObjectStoreSettings
from tablee.storage.object_store import DirectoryStore
from tablee_client import Controller, Service
from tablee_controller.app import Limits, create_app
from tablee_controller.runtimes.runtime import Execution, Executions, Phase, Pins, Rollout
from tablee_controller.services import Services, build_services
from tablee_controller.settings import ControllerSettings, ScoringProcess

HERE = Path(__file__).parent

T = TypeVar("T")


@pytest.fixture(scope="session")
def until() -> Callable[..., object]:
    """Waits for a condition: `until(lambda: value, seconds=10)` returns the first value that is true."""

    def wait(condition: Callable[[], T], seconds: float = 60.0) -> T:
        end = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < end, "it did not come true in time"
            time.sleep(0.02)
        return value

    return wait


class SqliteRegistry:
    """A registry of MLflow in an SQLite file, and the folder of its artifacts."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder}/mlflow.db"
        self.folder = folder
        self.registry = Registry(MlflowSettings(url=self.url))

    def register(
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
def registry_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    SqliteRegistry(folder).registry.models()
    return folder / "mlflow.db"


@pytest.fixture
def sqlite_registry(registry_template: Path, tmp_path: Path) -> SqliteRegistry:
    return empty_registry(registry_template, tmp_path)


def empty_registry(template: Path, folder: Path) -> SqliteRegistry:
    """An empty registry (MLflow's tables are made once and copied)."""
    home = folder / "a registry"
    home.mkdir()
    shutil.copy(template, home)
    return SqliteRegistry(home)


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "objects")


@pytest.fixture
def promotions(sqlite_registry: SqliteRegistry, store: DirectoryStore) -> Promotions:
    return Promotions(sqlite_registry.registry, store)


class MemoryJobs:
    """Jobs without processes: they are only recorded, and the test ends them by `end`."""

    def __init__(self) -> None:
        self.known: dict[str, Execution] = {}
        self.started: list[Any] = []
        """Ids of the jobs that were started; pairs of id and number of workers where that number was given."""
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
    """A runtime without processes: it records the pins, and the test ends each roll-out by `succeed` or `fail`."""

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

    def h2o(self, training_id: str, *, recycle: bool) -> H2oAnswer:
        state = H2oState.RECYCLING if recycle else H2oState.READY
        return H2oAnswer(state=state, nodes=3, ready=3, holder=training_id, message="as the test wants it")

    def shutdown(self) -> None:
        self.phase = Phase.IDLE


@pytest.fixture
def runtime() -> MemoryRuntime:
    return MemoryRuntime()


@dataclass
class RunningController:
    """The served app, its client, and the parts that it works with."""

    services: Services
    store: DirectoryStore
    client: httpx.Client
    sqlite_registry: SqliteRegistry
    runtime: MemoryRuntime

    def upload(self, content: bytes, filename: str) -> str:
        """Send a file; returns the id of the upload."""
        with closing(Controller(Service("controller", str(self.client.base_url)))) as controller:
            return controller.uploads.send(io.BytesIO(content), filename, len(content)).id


@contextmanager
def opened(
    sqlite_registry: SqliteRegistry,
    store: DirectoryStore,
    runtime: MemoryRuntime,
    uploads: Path,
    *,
    key: str | None,
    limits: Limits,
) -> Iterator[RunningController]:
    """Serves the app over a real registry and a real object store."""
    settings = ControllerSettings(
        home=uploads.parent,
        objects=ObjectStoreSettings(directory=store.root),
        mlflow=MlflowSettings(url=sqlite_registry.url),
        scoring=ScoringProcess(max_parallel=8),
        max_upload_bytes=limits.upload_bytes,
        max_source_bytes=limits.upload_bytes,
        reconcile_seconds=0.2,
    )
    services = build_services(
        settings, objects=store, registry=sqlite_registry.registry, runtime=runtime, scratch=uploads
    )
    about = PlatformInfo(version="0", api_url="http://api", mlflow_url=sqlite_registry.url)
    with served(create_app(services, about=about, limits=limits, key=key)) as client:
        yield RunningController(services, store, client, sqlite_registry, runtime)


@pytest.fixture
def start_controller(
    sqlite_registry: SqliteRegistry, store: DirectoryStore, runtime: MemoryRuntime, tmp_path: Path
) -> Iterator[Callable[..., RunningController]]:
    """Starts the app with options: `start_controller(key=..., limits=...)`."""
    with ExitStack() as stack:

        def start(*, key: str | None = None, limits: Limits | None = None) -> RunningController:
            uploads = tmp_path / "uploads"
            return stack.enter_context(
                opened(sqlite_registry, store, runtime, uploads, key=key, limits=limits or Limits())
            )

        yield start


@pytest.fixture(scope="session")
def read_only_controller(
    registry_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningController]:
    """The app with the data set `penguins`, for requests that are refused: at the end nothing may have changed."""
    folder = tmp_path_factory.mktemp("read only")
    store = DirectoryStore(folder / "objects")
    uploads = folder / "uploads"
    sqlite_registry, runtime = empty_registry(registry_template, folder), MemoryRuntime()
    with opened(sqlite_registry, store, runtime, uploads, key=None, limits=Limits()) as controller:
        assert controller.client.put("/datasets/penguins", content=PENGUINS.read_bytes()).status_code == 201
        controller.services.loop.stop()  # the metrics of this process are those of other tests, too
        yield controller
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
def controller(start_controller: Callable[..., RunningController]) -> RunningController:
    return start_controller()


def script(name: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs one of the small programs in `programs/`."""
    return (sys.executable, str(HERE / "programs" / f"{name}.py"), *arguments)


@pytest.fixture(scope="session")
def program() -> Callable[..., tuple[str, ...]]:
    return script


@pytest.fixture
def connect(tmp_path: Path) -> Callable[[str, str], None]:
    """Writes the file of a connection, as the administrator does: `connect(name, content)`."""

    def give(name: str, content: str) -> None:
        folder = tmp_path / "connections"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(f"{content}\n")

    return give


@pytest.fixture
def ran(controller: Any, until: Callable[..., Any]) -> Callable[..., Any]:
    """Saves an order and runs it: `ran(name, order)` returns the source after its run."""

    def run(name: str, order: dict[str, Any] | None = None) -> Any:
        if order is not None:
            kept = controller.client.put(f"/sources/{name}", json=order)
            assert kept.status_code in (200, 201), kept.text
        assert controller.client.post(f"/sources/{name}/run", params={"by": "Zoé"}).status_code == 202

        def ended() -> Any:
            view = controller.client.get(f"/sources/{name}").json()
            return view if view["phase"] == "idle" and view["asked"] is None else None

        view = until(ended)
        told = [view["run"]["told"], view["run"]["error"], *(each["error"] for each in view["refused"])]
        for each in filter(None, told):
            in_french(revived(each))
        return view

    return run
