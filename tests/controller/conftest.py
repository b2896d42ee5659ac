"""A registry and an object store of their own for each test, small programs in the place of API and training."""

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
from fastapi import FastAPI

from tablee.models.promotion import Promotions
from tablee.models.registry import CHAMPION, DIGEST, Registry
from tablee.settings import MlflowSettings, ObjectStoreSettings
from tablee.storage.object_store import DirectoryStore
from tablee_client import Controller, Service
from tablee_controller.app import Limits, create_app
from tablee_controller.routes.platform import Platform
from tablee_controller.runtimes.runtime import Execution, Executions, H2o, H2oState, Phase, Pins, Rollout
from tablee_controller.services import Services, build_services
from tablee_controller.settings import ControllerSettings, ScoringProcess

HERE = Path(__file__).parent
PENGUINS = HERE.parents[1] / "data" / "penguins" / "penguins.csv"

T = TypeVar("T")


@pytest.fixture(scope="session")
def until() -> Callable[..., object]:
    """Wait for a condition: `until(lambda: it_is_so, seconds=10)` returns what made it true."""

    def wait(condition: Callable[[], T], seconds: float = 60.0) -> T:
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

    services: Services
    store: DirectoryStore
    client: httpx.Client
    shelf: Shelf
    runtime: MemoryRuntime

    def upload(self, content: bytes, filename: str) -> str:
        """Send a file; returns the id of the upload."""
        with closing(Controller(Service("controller", str(self.client.base_url)))) as controller:
            return controller.uploads.send(io.BytesIO(content), filename, len(content)).id


@contextmanager
def opened(
    shelf: Shelf, store: DirectoryStore, runtime: MemoryRuntime, uploads: Path, *, key: str | None, limits: Limits
) -> Iterator[House]:
    """The app over a real registry and object store."""
    settings = ControllerSettings(
        home=uploads.parent,
        objects=ObjectStoreSettings(directory=store.root),
        mlflow=MlflowSettings(url=shelf.url),
        scoring=ScoringProcess(max_parallel=8),
        max_upload_bytes=limits.upload_bytes,
        max_source_bytes=limits.upload_bytes,
        reconcile_seconds=0.2,
    )
    services = build_services(settings, objects=store, registry=shelf.registry, runtime=runtime, scratch=uploads)
    about = Platform(version="0", api_url="http://api", mlflow_url=shelf.url)
    with served(create_app(services, about=about, limits=limits, key=key)) as client:
        yield House(services, store, client, shelf, runtime)


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
        house.services.loop.stop()  # the metrics of this process are those of other tests, too
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


@pytest.fixture
def connect(tmp_path: Path) -> Callable[[str, str], None]:
    """Gives a connection, as the administrator does: `connect(name, content)`."""

    def give(name: str, content: str) -> None:
        folder = tmp_path / "connections"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(f"{content}\n")

    return give


@pytest.fixture
def ran(house: Any, until: Callable[..., Any]) -> Callable[..., Any]:
    """Keeps an order and runs it: `ran(name, order)` is the source after its run."""

    def run(name: str, order: dict[str, Any] | None = None) -> Any:
        if order is not None:
            kept = house.client.put(f"/sources/{name}", json=order)
            assert kept.status_code in (200, 201), kept.text
        assert house.client.post(f"/sources/{name}/run", params={"by": "Zoé"}).status_code == 202

        def ended() -> Any:
            view = house.client.get(f"/sources/{name}").json()
            return view if view["phase"] == "idle" and view["asked"] is None else None

        return until(ended)

    return run
