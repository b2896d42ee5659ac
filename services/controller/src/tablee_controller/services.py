"""The objects that the routes use, by domain. They are made once from settings, object store, registry and runtime."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tablee.datasets.store import Datasets
from tablee.jobs.file_prediction import FilePredictions
from tablee.jobs.scoring import Scorings
from tablee.jobs.source import Sources
from tablee.jobs.training import Trainings
from tablee.models.promotion import Promotions
from tablee.models.registry import Registry
from tablee.recipes.store import Recipes
from tablee.storage.locations import Locations
from tablee.storage.object_store import ObjectStore
from tablee_controller.datasets.anonymisation import Anonymisation
from tablee_controller.datasets.privacy_key import privacy_key
from tablee_controller.datasets.profiles import Profiles
from tablee_controller.datasets.uploads import Uploads
from tablee_controller.datasets.writer import DatasetWriter
from tablee_controller.jobs.file_prediction import FilePredictionQueue
from tablee_controller.jobs.model_version import ServingVersions
from tablee_controller.jobs.planning import Planner
from tablee_controller.jobs.scoring import ScoringQueue
from tablee_controller.jobs.training import TrainingQueue
from tablee_controller.loop import ControlLoop, Task
from tablee_controller.rollout.pause import RolloutPause
from tablee_controller.rollout.reconciler import Reconciler
from tablee_controller.runtimes.runtime import Runtime, ScoringJobs
from tablee_controller.settings import ControllerSettings
from tablee_controller.sources.connections import Connections
from tablee_controller.sources.pull import Puller
from tablee_controller.sources.requests import SourceRequests
from tablee_controller.sources.runs.runner import SourceRunner
from tablee_controller.sources.runs.states import SourceStates
from tablee_controller.sources.taken_files import TakenFiles


@dataclass(frozen=True, slots=True)
class DatasetServices:
    """Data sets, their profiles and recipes, and the uploads that become data sets.

    :param scratch: directory on this machine for request bodies and assembled files.
    """

    datasets: Datasets
    recipes: Recipes
    profiles: Profiles
    anonymisation: Anonymisation
    writer: DatasetWriter
    uploads: Uploads
    scratch: Path


@dataclass(frozen=True, slots=True)
class TrainingServices:
    """Trainings."""

    trainings: Trainings
    datasets: Datasets
    queue: TrainingQueue
    runtime: Runtime


@dataclass(frozen=True, slots=True)
class ScoringServices:
    """Scorings of folders and buckets."""

    scorings: Scorings
    planner: Planner
    queue: ScoringQueue
    jobs: ScoringJobs


@dataclass(frozen=True, slots=True)
class PredictionServices:
    """Predictions of uploaded files.

    :param scratch: directory on this machine for results while they are sent to a client.
    :param retention: time after which a prediction is deleted.
    """

    predictions: FilePredictions
    queue: FilePredictionQueue
    jobs: ScoringJobs
    versions: ServingVersions
    uploads: Uploads
    scratch: Path
    retention: timedelta


@dataclass(frozen=True, slots=True)
class SourceServices:
    """Sources: their requests, their runs, and the connections that they may use."""

    requests: SourceRequests
    runner: SourceRunner
    connections: Connections


@dataclass(frozen=True, slots=True)
class ModelServices:
    """The registry, promotions and roll-outs."""

    registry: Registry
    promotions: Promotions
    reconciler: Reconciler
    pause: RolloutPause


@dataclass(frozen=True, slots=True)
class Services:
    """All objects that the app uses."""

    datasets: DatasetServices
    trainings: TrainingServices
    scorings: ScoringServices
    predictions: PredictionServices
    sources: SourceServices
    models: ModelServices
    runtime: Runtime
    loop: ControlLoop


def build_services(
    settings: ControllerSettings,
    *,
    objects: ObjectStore,
    registry: Registry,
    runtime: Runtime,
    scratch: Path,
    further_tasks: Mapping[str, Task] | None = None,
) -> Services:
    """Make all services. No thread and no process is started.

    :param scratch: directory on this machine for temporary files; it is created when the app starts.
    :param further_tasks: tasks of the runtime for the control loop, by name.
    :raises InvalidSettings: the privacy key of the settings is too short.
    """
    datasets = dataset_services(settings, objects, scratch)
    trainings = training_services(settings, objects, datasets.datasets, runtime)
    scorings = scoring_services(settings, objects, registry, runtime)
    predictions = prediction_services(settings, objects, registry, runtime, datasets.uploads, scratch)
    sources = source_services(settings, objects, datasets)
    models = model_services(objects, registry, runtime)
    tasks: dict[str, Task] = {
        "trainings": trainings.queue,
        "scorings": scorings.queue,
        "predictions": predictions.queue,
        "roll-out": models.reconciler,
        **(further_tasks or {}),
        "uploads": datasets.uploads,
        "sources": sources.runner,
    }
    loop = ControlLoop(tasks, seconds=settings.reconcile_seconds)
    return Services(datasets, trainings, scorings, predictions, sources, models, runtime, loop)


def dataset_services(settings: ControllerSettings, objects: ObjectStore, scratch: Path) -> DatasetServices:
    datasets, key = Datasets(objects), privacy_key(settings)
    anonymisation = Anonymisation(datasets, key)
    return DatasetServices(
        datasets=datasets,
        recipes=Recipes(objects),
        profiles=Profiles(datasets),
        anonymisation=anonymisation,
        writer=DatasetWriter(datasets, objects, anonymisation, key),
        uploads=Uploads(objects, scratch, hours=settings.upload_hours, max_bytes=settings.max_upload_bytes),
        scratch=scratch,
    )


def training_services(
    settings: ControllerSettings, objects: ObjectStore, datasets: Datasets, runtime: Runtime
) -> TrainingServices:
    trainings = Trainings(objects)
    queue = TrainingQueue(trainings, runtime.trainings, slots=settings.training.slots)
    return TrainingServices(trainings, datasets, queue, runtime)


def scoring_services(
    settings: ControllerSettings, objects: ObjectStore, registry: Registry, runtime: Runtime
) -> ScoringServices:
    scorings = Scorings(objects)
    planner = Planner(registry, Locations(settings.objects, objects), max_parallel=settings.scoring.max_parallel)
    queue = ScoringQueue(scorings, runtime.scorings, slots=settings.scoring.slots)
    return ScoringServices(scorings, planner, queue, runtime.scorings)


def prediction_services(
    settings: ControllerSettings,
    objects: ObjectStore,
    registry: Registry,
    runtime: Runtime,
    uploads: Uploads,
    scratch: Path,
) -> PredictionServices:
    predictions = FilePredictions(objects)
    return PredictionServices(
        predictions=predictions,
        queue=FilePredictionQueue(predictions, runtime.predictions, slots=settings.scoring.prediction_slots),
        jobs=runtime.predictions,
        versions=ServingVersions(registry, runtime.rollout, settings.home.absolute() / "cache"),
        uploads=uploads,
        scratch=scratch,
        retention=timedelta(hours=settings.upload_hours),
    )


def source_services(
    settings: ControllerSettings,
    objects: ObjectStore,
    datasets: DatasetServices,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> SourceServices:
    connections = Connections(settings.connections or settings.home.absolute() / "connections")
    sources = Sources(objects)
    states, taken_files = SourceStates(sources, now=now), TakenFiles(sources, datasets.datasets)
    puller = Puller(
        taken_files,
        connections,
        Locations(settings.objects, objects),
        datasets.anonymisation,
        datasets.writer,
        folder=datasets.scratch,
        max_bytes=settings.max_source_bytes,
    )
    runner = SourceRunner(states, taken_files, puller, now=now)
    requests = SourceRequests(states, taken_files, puller, runner, now=now)
    return SourceServices(requests, runner, connections)


def model_services(objects: ObjectStore, registry: Registry, runtime: Runtime) -> ModelServices:
    promotions, pause = Promotions(registry, objects), RolloutPause(objects)
    return ModelServices(registry, promotions, Reconciler(registry, promotions, runtime, pause), pause)
