"""The models that this process serves: fetched, verified, loaded and warmed up in the background.

A failed attempt is repeated without end, with growing pauses: a registry may come back, and a version may be repaired.
Until then the process is alive but not ready, and says why. Who started the process decides how long to wait.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tablee import metrics
from tablee.errors import BundleCorrupt, ModelNotFound, ModelNotReady, RegistryUnavailable, TableeError
from tablee.errors.base import Words
from tablee.errors.causes import quoted
from tablee.errors.panics import panics_as_errors
from tablee.i18n.message import Message, joined
from tablee.models import bundle
from tablee.models.registry import Registry
from tablee.settings import MlflowSettings
from tablee.telemetry import bound_contextvars, logger
from tablee_api.models.served_model import ServedModel
from tablee_scoring import Model

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class RepositoryState:
    """`starting` (it may still become ready by itself), `failed` (most likely it will not) or `ready`, with the
    reason."""

    status: Literal["starting", "failed", "ready"]
    reason: Words


@dataclass(frozen=True, slots=True)
class Backoff:
    """The pauses between attempts in seconds: doubled from the first to the longest."""

    first: float = 0.5
    longest: float = 15.0

    def __iter__(self) -> Iterator[float]:
        pause = self.first
        while True:
            yield pause
            pause = min(pause * 2, self.longest)


class ModelRepository:
    """The pinned models.

    :param pins: the version to serve of each model. The first model is the default unless `default` names another.
    :param registry: makes the client of the registry. It is called once, in the thread of the repository, because the
        client is slow to import.
    :param cache: the directory of fetched bundles.
    :param warm: called with each loaded model before it is served.
    """

    def __init__(
        self,
        pins: Mapping[str, int],
        *,
        registry: Callable[[], Registry],
        cache: Path,
        default: str | None = None,
        warm: Callable[[ServedModel], None] = lambda served: None,
        backoff: Backoff | None = None,
    ) -> None:
        self.pins = dict(pins)
        self.default_name = default or next(iter(self.pins), None)
        self.served: Mapping[str, ServedModel] = {}
        """The loaded models by name, in the order of the pins. A new mapping replaces it when a model is added."""
        self.state = RepositoryState("starting", Message("readiness.starting"))
        self.ready: Future[None] = Future()
        """Done when the state is `ready`."""
        self._connect, self._cache, self._warm = registry, cache, warm
        self._backoff = backoff or Backoff()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="models", daemon=True)

    @classmethod
    def holding(cls, served: ServedModel) -> ModelRepository:
        """A repository that is ready and serves one model, which is loaded already; it needs no registry."""
        repository = cls({served.name: served.version}, registry=lambda: Registry(MlflowSettings()), cache=Path())
        repository.served = {served.name: served}
        repository.state = RepositoryState("ready", Message("readiness.loaded"))
        repository.ready.set_result(None)
        return repository

    def start(self) -> None:
        """Begin to load the models, in a thread."""
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """Stop loading. Waits for the current step, but at most `timeout` seconds."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def get(self, name: str | None) -> ServedModel:
        """The model of that name; the default model for None.

        :raises ModelNotReady: it is pinned but not loaded yet, or nothing is pinned yet.
        :raises ModelNotFound: it is not pinned.
        """
        wanted = name or self.default_name
        if wanted is not None and (found := self.served.get(wanted)) is not None:
            return found
        if not self.pins:
            raise ModelNotReady("none_served")
        if wanted in self.pins:
            raise ModelNotReady("loading", model=wanted, state=self.state.reason)
        raise ModelNotFound("not_served", hint="models_served", model=wanted, served=list(self.pins))

    def challenger(self, name: str) -> int | None:
        """The version that is the challenger of a model; None if there is none.

        :raises RegistryUnavailable: the registry does not answer.
        """
        found = self._registry().challenger(name)
        return None if found is None else found.version

    def load(self, name: str, version: int) -> ServedModel:
        """Another version of a model: fetched, verified and loaded, but not served.

        :raises TableeError: it cannot be fetched or verified.
        """
        return self._load(self._registry(), name, version)

    def _run(self) -> None:
        for pause in self._backoff:
            self.state = self._attempt()
            if self.state.status == "ready":
                log.info("repository_ready", models=self.pins)
                self.ready.set_result(None)
                return
            log.warning("repository_delayed", status=self.state.status, reason=self.state.reason, retry_seconds=pause)
            if self._stop.wait(pause):
                return

    def _attempt(self) -> RepositoryState:
        """Load the models that are not loaded yet. A failure of one model does not stop the others."""
        try:
            registry = self._registry()
            if not self.pins:
                return _state_without_pins(registry)
            with panics_as_errors():
                states = [self._add(registry, name) for name in self.pins if name not in self.served]
        except RegistryUnavailable as error:
            return RepositoryState("starting", error)
        except Exception as error:
            log.exception("repository_failed")
            return RepositoryState("failed", Message("readiness.fault", {"error": quoted(type(error).__name__, error)}))
        troubles = [state for state in states if state.status != "ready"]
        if not troubles:
            return RepositoryState("ready", joined([_named(*pin) for pin in self.pins.items()], "part.comma"))
        failed = any(state.status == "failed" for state in troubles)
        reasons = joined([state.reason for state in troubles], "part.semicolon")
        return RepositoryState("failed" if failed else "starting", reasons)

    def _registry(self) -> Registry:
        registry = self._connect()
        self._connect = lambda: registry
        return registry

    def _add(self, registry: Registry, name: str) -> RepositoryState:
        version = self.pins[name]
        with bound_contextvars(model=name, version=version):
            try:
                with _timed(name):
                    served = self._load(registry, name, version)
                    self._warm(served)
            except TableeError as error:
                is_final = isinstance(error, BundleCorrupt | ModelNotFound)
                return RepositoryState("failed" if is_final else "starting", _named(name, version, error))
            served.announce()
            loaded = {**self.served, name: served}
            self.served = {pinned: loaded[pinned] for pinned in self.pins if pinned in loaded}
            log.info("model_loaded", algorithm=served.model.algorithm, digest=served.digest[:12])
        return RepositoryState("ready", _named(name, version))

    def _load(self, registry: Registry, name: str, version: int) -> ServedModel:
        try:
            info = registry.version(name, version)
            if info.digest is None:
                raise BundleCorrupt("no_digest")
            folder, digest = registry.fetch(info, self._cache), info.digest
        except RegistryUnavailable:
            if (cached := self._cached(name, version)) is None:
                raise
            folder, digest = cached
            log.warning("registry_bypassed", reason="the registry does not answer; the verified cache does")
        return ServedModel(name, version, digest, Model.load(folder, digest))

    def _cached(self, name: str, version: int) -> tuple[Path, str] | None:
        """The cached bundle of a version with its digest; None if it is not there, or is no longer the one that was
        fetched."""
        prefix = f"{name}-{version}-"
        for folder in sorted(self._cache.iterdir()) if self._cache.is_dir() else ():
            if not folder.name.startswith(prefix):
                continue
            try:
                digest = bundle.verify(folder).digest
            except BundleCorrupt:
                continue
            if folder.name == prefix + digest[:12]:
                return folder, digest
        return None


def _named(name: str, version: int, error: TableeError | None = None) -> Message:
    """A pinned version, with what is wrong with it."""
    facts = {"model": name, "version": version}
    return Message("readiness.model_because", facts | {"why": error}) if error else Message("readiness.model", facts)


def _state_without_pins(registry: Registry) -> RepositoryState:
    """The state of a process without pins: it is ready only if the registry has no champion with a digest."""
    named = [model.name for model in registry.models() if model.champion is not None]
    champions = [name for name in named if (champion := registry.champion(name)) and champion.digest]
    if champions:
        return RepositoryState("starting", Message("readiness.nothing_pinned", {"champions": champions}))
    return RepositoryState("ready", Message("readiness.no_model"))


@contextmanager
def _timed(name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    metrics.MODEL_LOAD_SECONDS.labels(name).observe(time.perf_counter() - started)
