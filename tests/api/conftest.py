"""A registry with real models, and the API that serves them. H2O trains the models once per session."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvloop
from zoo import PENGUINS, read

from tablee.http.middleware import App
from tablee.models import bundle
from tablee.models.contract import Contract
from tablee.models.registry import CHAMPION, DIGEST, Registry
from tablee.settings import MlflowSettings
from tablee_api import ApiSettings, create_app
from tablee_api.inference.pool import Pool
from tablee_api.models import warm_up
from tablee_api.models.repository import Backoff, ModelRepository
from tablee_api.models.shadow import ShadowScorer
from tablee_api.server.fast_lane.connection import protocol
from tablee_api.server.fast_lane.lane import FastLane
from tablee_api.server.process import Server
from tablee_api.server.shutdown import Shutdown


class ModelRegistry:
    """A registry in a folder, filled as training fills it."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder}/mlflow.db"
        self.folder = folder
        self.registry = Registry(MlflowSettings(url=self.url))
        self.artifacts = folder / "artifacts"

    def register(self, name: str, directory: Path, *, champion: bool = True, tagged: bool = True) -> int:
        """Register a bundle directory as the next version of a model."""
        number = len(list(self.artifacts.glob(f"{name}-*"))) + 1
        source = self.artifacts / f"{name}-{number}"
        shutil.copytree(directory, source / "artifacts" / "bundle")
        tags = {DIGEST: bundle.verify(directory).digest} if tagged else {}
        info = self.registry.register(name, source=str(source), run_id=secrets.token_hex(16), model_id=None, tags=tags)
        if champion:
            self.registry.set_alias(name, CHAMPION, info.version)
        return info.version

    def bundle_path(self, name: str, version: int) -> Path:
        """The folder with the bundle of a version."""
        return self.artifacts / f"{name}-{version}" / "artifacts" / "bundle"


@pytest.fixture(scope="session")
def make_registry(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], ModelRegistry]:
    """Makes empty registries. The tables of MLflow are made once and copied."""
    template = tmp_path_factory.mktemp("template")
    ModelRegistry(template).registry.models()

    def make() -> ModelRegistry:
        folder = tmp_path_factory.mktemp("a registry")
        shutil.copy(template / "mlflow.db", folder)
        return ModelRegistry(folder)

    return make


@pytest.fixture
def model_registry(make_registry: Callable[[], ModelRegistry]) -> ModelRegistry:
    return make_registry()


@dataclass(frozen=True)
class TrainedBundle:
    """A bundle as training makes it, and the trained model."""

    trained: Any
    directory: Path
    digest: str

    @property
    def contract(self) -> Contract:
        return bundle.read_contract(self.directory)


@pytest.fixture(scope="session")
def bundles(zoo: dict[tuple[str, str], Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, TrainedBundle]:
    """Every model as a bundle, by names such as `binary-gbm`; with examples, and the target as an ignored column."""
    made = {}
    for (problem, algorithm), trained in zoo.items():
        name = f"{problem}-{algorithm}"
        examples = read(PENGUINS).select(trained.features).head(3).to_dicts()
        update = {"model": name, "examples": tuple(examples), "ignored": (trained.target,)}
        directory = tmp_path_factory.mktemp("bundles") / name
        digest = trained.bundle(directory, contract=trained.contract.model_copy(update=update))
        made[name] = TrainedBundle(trained, directory, digest)
    return made


@pytest.fixture(scope="session")
def full_registry(make_registry: Callable[[], ModelRegistry], bundles: dict[str, TrainedBundle]) -> ModelRegistry:
    """A registry that holds every model as version 1; tests only read it."""
    model_registry = make_registry()
    for name, made in bundles.items():
        model_registry.register(name, made.directory)
    return model_registry


@dataclass
class RunningApi:
    """A running API with its collaborators, on a local port."""

    settings: ApiSettings
    repository: ModelRepository
    shutdown: Shutdown
    client: httpx.Client
    address: tuple[str, int]
    shadow: ShadowScorer | None = None


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture(scope="session")
def until() -> Callable[..., None]:
    """Waits until a condition is true."""
    return wait_until


@contextmanager
def run_api(
    model_registry: ModelRegistry, pins: Mapping[str, int], cache: Path, **settings: Any
) -> Iterator[RunningApi]:
    """Run the API in a thread of this process, with the models of a registry; waits until it is ready."""
    chosen = ApiSettings(pins=dict(pins), mlflow=MlflowSettings(url=model_registry.url), cache=cache, **settings)
    repository = ModelRepository(
        chosen.pins,
        registry=lambda: Registry(chosen.mlflow),
        cache=chosen.cache,
        default=chosen.default_model,
        warm=warm_up.run,
        backoff=Backoff(0.01, 0.05),
    )
    shutdown = Shutdown()
    pool = Pool(threads=chosen.threads, queue=chosen.max_queue, wait_seconds=chosen.queue_seconds)
    repository.start()
    repository.ready.result(timeout=120)
    shadow = None
    if chosen.shadow_share:
        names = list(repository.served)
        shadow = ShadowScorer(
            chosen.shadow_share, models=lambda: names, challenger=repository.challenger, load=repository.load
        )
        shadow.start()
    try:
        lane, app = (
            FastLane(chosen, repository, shutdown, pool, shadow),
            create_app(chosen, repository, shutdown, pool, shadow),
        )
        with serving(app, chosen, shutdown, lane) as address:
            base = f"http://{address[0]}:{address[1]}"
            with httpx.Client(base_url=base, timeout=30, trust_env=False) as client:
                yield RunningApi(chosen, repository, shutdown, client, address, shadow)
    finally:
        if shadow is not None:
            shadow.stop()
        repository.stop()
        pool.close()


@contextmanager
def serving(app: App, settings: ApiSettings, shutdown: Shutdown, lane: FastLane) -> Iterator[tuple[str, int]]:
    """Serve an app on a free port, in a thread."""
    server = Server(app, settings, shutdown, protocol(lane))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        thread = threading.Thread(target=run, args=(server, listener))
        thread.start()
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join(30)
    assert not thread.is_alive()


def run(server: Server, listener: socket.socket) -> None:
    """Run the server on the same event loop implementation as the service."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(server.serve([listener]))


@pytest.fixture(scope="session")
def start_api() -> Callable[..., AbstractContextManager[RunningApi]]:
    return run_api


@pytest.fixture(scope="session")
def api(
    full_registry: ModelRegistry, bundles: dict[str, TrainedBundle], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A client of the app that serves every model; `multiclass-gbm` is the default."""
    pins = {"multiclass-gbm": 1} | dict.fromkeys(bundles, 1)
    with run_api(full_registry, pins, tmp_path_factory.mktemp("cache")) as opened:
        yield opened.client


@pytest.fixture
def refused(api: httpx.Client) -> Callable[..., dict[str, Any]]:
    """Sends a request that has to be refused; returns the problem JSON."""

    def send(status: int, code: str, *, path: str = "/predict", method: str = "POST", **request: Any) -> dict[str, Any]:
        answer = api.request(method, path, **request)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
        problem: dict[str, Any] = answer.json()
        assert problem["code"] == code, problem
        assert problem["status"] == status
        assert problem["detail"]
        assert problem["hint"]
        assert problem["request_id"] == answer.headers["x-request-id"]
        return problem

    return send


@pytest.fixture
def lane(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each request that the lane admitted, whether the lane answered it."""
    answered: list[bool] = []
    answer = FastLane.answer

    def recorded(self: FastLane, *arguments: Any) -> bytes | None:
        found = answer(self, *arguments)
        answered.append(found is not None)
        return found

    monkeypatch.setattr(FastLane, "answer", recorded)
    return answered
