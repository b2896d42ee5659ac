"""`python -m tablee_controller`: wires the control plane and runs it until SIGTERM."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import uvicorn

from tablee import __version__, telemetry
from tablee.datasets.store import Datasets
from tablee.errors import InvalidSettings, TableeError
from tablee.jobs.file_prediction import FilePredictions
from tablee.jobs.scoring import Scorings
from tablee.jobs.source import Sources
from tablee.jobs.training import Trainings
from tablee.models.promotion import Promotions
from tablee.models.registry import Registry
from tablee.recipes.store import Recipes
from tablee.storage.locations import Places
from tablee.storage.object_store import open_store
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
from tablee_controller.loop import Loop, Part
from tablee_controller.rollout.pause import Pause
from tablee_controller.rollout.reconciler import Conductor
from tablee_controller.routes.platform import Platform
from tablee_controller.routes.predictions import PredictionServices
from tablee_controller.runtimes.kubernetes import KubernetesRuntime
from tablee_controller.runtimes.kubernetes.failures import PORT
from tablee_controller.runtimes.local import ProcessRuntime
from tablee_controller.runtimes.local.environment import Environments
from tablee_controller.runtimes.runtime import Runtime
from tablee_controller.settings import ControllerSettings, KubernetesSettings
from tablee_controller.sources.connections import Connections
from tablee_controller.sources.pull import Puller
from tablee_controller.sources.runner import SourceRunner
from tablee_data.privacy import PrivacyKey, stored_key


def main() -> int:
    try:
        settings = ControllerSettings.read()
        telemetry.configure(settings.log, service="controller")
        run(settings)
    except TableeError as error:
        print(f"{error.detail}\n{error.hint}", file=sys.stderr)
        return 2
    return 0


def run(settings: ControllerSettings) -> None:
    objects = open_store(settings.objects)
    datasets = Datasets(objects)
    registry = Registry(settings.mlflow)
    promotions, trainings, pause = Promotions(registry, objects), Trainings(objects), Pause(objects)
    place = kubernetes(settings.kubernetes) if settings.kubernetes else processes(settings)
    conductor = Conductor(registry, promotions, place.runtime, pause)
    queue = TrainingQueue(trainings, place.runtime.trainings, slots=settings.training.slots)
    scorings = Scorings(objects)
    places = Places(settings.objects, objects)
    planner = Planner(registry, places, max_parallel=settings.scoring.max_parallel)
    scoring_queue = ScoringQueue(scorings, place.runtime.scorings, slots=settings.scoring.slots)
    scratch = settings.home.absolute() / "run" / "uploads"
    uploads = Uploads(objects, scratch, hours=settings.upload_hours, max_bytes=settings.max_upload_bytes)
    files = FilePredictions(objects)
    file_queue = FilePredictionQueue(files, place.runtime.predictions, slots=settings.scoring.prediction_slots)
    versions = ServingVersions(registry, place.runtime.rollout, settings.home.absolute() / "cache")
    predictions = PredictionServices(
        files,
        file_queue,
        place.runtime.predictions,
        versions,
        uploads,
        scratch,
        timedelta(hours=settings.upload_hours),
    )
    parts: dict[str, Part] = {
        "trainings": queue,
        "scorings": scoring_queue,
        "predictions": file_queue,
        "roll-out": conductor,
    }
    key = privacy_key(settings)
    anonymisation = Anonymisation(datasets, key)
    writer = DatasetWriter(datasets, objects, anonymisation, key)
    connections = Connections(settings.connections or settings.home.absolute() / "connections")
    sources, limit = Sources(objects), settings.max_source_bytes
    puller = Puller(sources, datasets, connections, places, anonymisation, writer, folder=scratch, max_bytes=limit)
    runner = SourceRunner(sources, puller)
    parts |= {"uploads": uploads, "sources": runner, **place.parts}
    loop = Loop(parts, seconds=settings.reconcile_seconds)
    app = create_app(
        Parts(
            registry=registry,
            datasets=datasets,
            recipes=Recipes(objects),
            trainings=trainings,
            promotions=promotions,
            runtime=place.runtime,
            conductor=conductor,
            pause=pause,
            queue=queue,
            scorings=scorings,
            planner=planner,
            scoring_queue=scoring_queue,
            loop=loop,
            profiles=Profiles(datasets),
            anonymisation=anonymisation,
            objects=objects,
            uploads=uploads,
            sources=runner,
            connections=connections,
            predictions=predictions,
            writer=writer,
        ),
        about=platform(settings, place.api_port),
        uploads=scratch,
        limits=Limits(settings.max_upload_bytes, settings.max_body_bytes),
        key=settings.key.get_secret_value() if settings.key else None,
        base_path=settings.base_path,
    )
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    Server(config).run()


@dataclass(frozen=True)
class Place:
    """What runs things, and what else the loop looks after there."""

    runtime: Runtime
    api_port: int
    parts: dict[str, Part]


def processes(settings: ControllerSettings) -> Place:
    environments = Environments(settings, os.environ)
    home = settings.home.absolute()
    runtime = ProcessRuntime(home, environments, api=settings.api, training=settings.training, scoring=settings.scoring)
    return Place(runtime, runtime.api_port, {})


def kubernetes(settings: KubernetesSettings) -> Place:
    runtime = KubernetesRuntime(settings, kubeconfig=os.environ.get("KUBECONFIG"))
    return Place(runtime, PORT, {"H2O": runtime.h2o_cluster})


def privacy_key(settings: ControllerSettings) -> Callable[[], PrivacyKey]:
    """A function that returns the platform's privacy key. A key of the settings is checked now; otherwise the first
    call makes one in the home directory.

    :raises InvalidSettings: the key of the settings is too short.
    """
    if settings.privacy.key is not None:
        given = PrivacyKey(settings.privacy.key)
        return lambda: given
    if settings.kubernetes is not None:
        return _no_key
    home = settings.home.absolute()
    return lambda: stored_key(home)


def _no_key() -> PrivacyKey:
    raise InvalidSettings("pseudonyms need TABLEE_PRIVACY__KEY on Kubernetes, where nothing below the home lasts")


class Server(uvicorn.Server):
    """uvicorn, but for one thing: a signal that was obeyed is not raised once more at the end, so the exit is 0."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def platform(settings: ControllerSettings, api_port: int) -> Platform:
    return Platform(
        version=__version__,
        api_url=settings.api.url or f"http://{reachable(settings.api.host)}:{api_port}",
        ui_url=settings.ui_url,
        mlflow_url=settings.mlflow_public_url or settings.mlflow.url,
        home=str(settings.home.absolute()),
    )


def reachable(host: str) -> str:
    """An address that listens everywhere is found on this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 (compared with, not listened on)


if __name__ == "__main__":
    sys.exit(main())
