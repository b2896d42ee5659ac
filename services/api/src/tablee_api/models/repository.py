"""What this process serves: its pinned models, fetched, verified, loaded and warmed in the background.

A failed attempt is repeated for ever, with growing pauses: a registry comes back, a pin may be mended by hand. Until
then the process is alive but not ready, and says why; whoever started it decides how long to wait.
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
from tablee.models import bundle
from tablee.models.registry import Registry
from tablee.telemetry import bound_contextvars, logger
from tablee_api.models.served_model import ServedModel
from tablee_scoring import Model

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class RepositoryState:
    """Where the menu is: `starting` (may still become ready by itself), `failed` (most likely not) or `ready`."""

    status: Literal["starting", "failed", "ready"]
    reason: str


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds between attempts: doubled from the first to the longest."""

    first: float = 0.5
    longest: float = 15.0

    def __iter__(self) -> Iterator[float]:
        pause = self.first
        while True:
            yield pause
            pause = min(pause * 2, self.longest)


class ModelRepository:
    """The pinned models.

    :param pins: model to version; the first is the default unless `default` names another.
    :param registry: called once, in the menu's thread, since the registry's client is slow to import.
    :param cache: directory of fetched bundles.
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
        """By name, in the order of the pins; replaced as a whole whenever a model joins."""
        self.state = RepositoryState("starting", "the models are being loaded")
        self.ready: Future[None] = Future()
        """Done when the state is `ready`."""
        self._connect, self._cache, self._warm = registry, cache, warm
        self._backoff = backoff or Backoff()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="menu", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """End the loading; waits for the step under way, but not longer than the timeout."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def pick(self, name: str | None) -> ServedModel:
        """The model of that name; the default one for None.

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
        """The version that challenges a model's champion; raises `RegistryUnavailable`."""
        found = self._registry().challenger(name)
        return None if found is None else found.version

    def load(self, name: str, version: int) -> ServedModel:
        """Another version of a model, fetched, verified and loaded, but not served.

        :raises TableeError: it cannot be had, or is not what the registry says.
        """
        return self._load(self._registry(), name, version)

    def _run(self) -> None:
        for pause in self._backoff:
            self.state = self._attempt()
            if self.state.status == "ready":
                log.info("menu_completed", models=self.pins)
                self.ready.set_result(None)
                return
            log.warning("menu_delayed", status=self.state.status, reason=self.state.reason, retry_seconds=pause)
            if self._stop.wait(pause):
                return

    def _attempt(self) -> RepositoryState:
        """Load what is still missing; one model's trouble does not hold up the others."""
        try:
            registry = self._registry()
            if not self.pins:
                return _state_without_pins(registry)
            states = [self._join(registry, name) for name in self.pins if name not in self.served]
        except RegistryUnavailable as error:
            return RepositoryState("starting", error.detail)
        except Exception as error:
            log.exception("menu_failed")
            return RepositoryState("failed", f"{type(error).__name__}: {error}")
        troubles = [state for state in states if state.status != "ready"]
        if not troubles:
            return RepositoryState(
                "ready", ", ".join(f"{name} version {version}" for name, version in self.pins.items())
            )
        failed = any(state.status == "failed" for state in troubles)
        return RepositoryState("failed" if failed else "starting", "; ".join(state.reason for state in troubles))

    def _registry(self) -> Registry:
        registry = self._connect()
        self._connect = lambda: registry
        return registry

    def _join(self, registry: Registry, name: str) -> RepositoryState:
        version = self.pins[name]
        what = f"{name} version {version}"
        with bound_contextvars(model=name, version=version):
            try:
                with _timed(name):
                    served = self._load(registry, name, version)
                    self._warm(served)
            except TableeError as error:
                hopeless = isinstance(error, BundleCorrupt | ModelNotFound)
                return RepositoryState("failed" if hopeless else "starting", f"{what}: {error.detail}")
            served.announce()
            joined = {**self.served, name: served}
            self.served = {pinned: joined[pinned] for pinned in self.pins if pinned in joined}
            log.info("model_loaded", algorithm=served.model.algorithm, digest=served.digest[:12])
        return RepositoryState("ready", what)

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
        """A fetched bundle of that version and its digest, if it is still what the registry once named."""
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


def _state_without_pins(registry: Registry) -> RepositoryState:
    """With nothing pinned a process is ready only if no champion of ours waits; others have no digest."""
    named = [model.name for model in registry.models() if model.champion is not None]
    champions = [name for name in named if (champion := registry.champion(name)) and champion.digest]
    if champions:
        return RepositoryState("starting", f"nothing is pinned, but there are champions: {', '.join(champions)}")
    return RepositoryState("ready", "there is no model to serve yet")


@contextmanager
def _timed(name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    metrics.MODEL_LOAD_SECONDS.labels(name).observe(time.perf_counter() - started)
