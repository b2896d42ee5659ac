"""The HTTP face of the control plane."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
import anyio.to_thread
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from tablee import __version__
from tablee.datasets.store import Datasets
from tablee.http.middleware import Scope, ServiceMiddleware, path_within
from tablee.jobs.scoring import Scorings
from tablee.jobs.training import Trainings
from tablee.models.promotion import Promotions
from tablee.models.registry import Registry
from tablee.recipes.store import Recipes
from tablee.storage.object_store import ObjectStore
from tablee_controller import health, problems
from tablee_controller.datasets import request_body
from tablee_controller.datasets.anonymisation import Anonymisation
from tablee_controller.datasets.profiles import Profiles
from tablee_controller.datasets.uploads import Uploads
from tablee_controller.datasets.writer import DatasetWriter
from tablee_controller.jobs.planning import Planner
from tablee_controller.jobs.scoring import ScoringQueue
from tablee_controller.jobs.training import TrainingQueue
from tablee_controller.loop import Loop
from tablee_controller.rollout.pause import Pause
from tablee_controller.rollout.reconciler import Conductor
from tablee_controller.routes import (
    datasets,
    models,
    platform,
    predictions,
    privacy,
    profiles,
    recipes,
    repairs,
    rollout,
    scorings,
    sources,
    trainings,
)
from tablee_controller.routes import uploads as files
from tablee_controller.routes.tus import TusHeaders
from tablee_controller.runtimes.runtime import Runtime
from tablee_controller.sources.connections import Connections
from tablee_controller.sources.runner import SourceRunner


@dataclass(frozen=True)
class Parts:
    """What the routes work with."""

    registry: Registry
    datasets: Datasets
    recipes: Recipes
    trainings: Trainings
    promotions: Promotions
    runtime: Runtime
    conductor: Conductor
    pause: Pause
    queue: TrainingQueue
    scorings: Scorings
    planner: Planner
    scoring_queue: ScoringQueue
    loop: Loop
    profiles: Profiles
    anonymisation: Anonymisation
    objects: ObjectStore
    uploads: Uploads
    sources: SourceRunner
    connections: Connections
    predictions: predictions.PredictionServices
    writer: DatasetWriter


@dataclass(frozen=True)
class Limits:
    """Largest bodies: of a data set's file or a part of one, and of everything else."""

    upload_bytes: int = 1 << 30
    body_bytes: int = 1 << 20

    def of(self, scope: Scope) -> int:
        path = path_within(scope)
        is_file = path.startswith("/uploads/") or (scope["method"] == "PUT" and path.startswith("/datasets/"))
        return self.upload_bytes if is_file else self.body_bytes


def create_app(
    parts: Parts,
    *,
    about: platform.Platform,
    uploads: Path,
    limits: Limits,
    key: str | None = None,
    base_path: str = "",
) -> FastAPI:
    """The app; while it runs, so does the loop, and at its end the runtime is shut down."""
    app = FastAPIOffline(  # /docs with its scripts on board: no page of ours loads anything from another host
        title="Tablée controller",
        description="Data sets, trainings, scorings, promotions, roll-outs.",
        version=__version__,
        lifespan=_lifespan(parts, uploads),
        redoc_url=None,
        redirect_slashes=False,
    )
    app.add_middleware(ServiceMiddleware, key=key, max_body_bytes=limits.of, base_path=base_path)
    app.add_middleware(TusHeaders, base_path=base_path)
    problems.install(app)
    app.include_router(health.router(parts.loop))
    app.include_router(platform.router(about))
    app.include_router(rollout.router(parts.conductor, parts.pause, parts.loop))
    readers = anyio.CapacityLimiter(1)
    app.include_router(
        datasets.router(parts.datasets, parts.writer, parts.uploads, parts.anonymisation, uploads, readers)
    )
    app.include_router(files.router(parts.uploads, parts.anonymisation, uploads, readers))
    app.include_router(repairs.router(parts.writer, readers))
    looking = anyio.CapacityLimiter(1)  # a sample of a table in memory: one at a time
    app.include_router(profiles.router(parts.profiles, looking))
    app.include_router(privacy.router(parts.anonymisation, parts.writer, looking))
    app.include_router(recipes.router(parts.datasets, parts.recipes))
    app.include_router(trainings.router(parts.trainings, parts.datasets, parts.queue, parts.runtime, parts.loop))
    app.include_router(
        scorings.router(parts.scorings, parts.planner, parts.scoring_queue, parts.runtime.scorings, parts.loop)
    )
    app.include_router(predictions.router(parts.predictions, parts.loop, readers))
    app.include_router(sources.router(parts.sources, parts.connections, parts.loop, looking))
    app.include_router(models.router(parts.registry, parts.promotions, parts.conductor, parts.loop))
    return app


def _lifespan(parts: Parts, uploads: Path) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await anyio.to_thread.run_sync(request_body.prepare, uploads)
        parts.loop.start()
        yield
        await anyio.to_thread.run_sync(parts.loop.stop)
        await anyio.to_thread.run_sync(parts.sources.shutdown)
        await anyio.to_thread.run_sync(parts.runtime.shutdown)
        await anyio.to_thread.run_sync(request_body.clear, uploads)

    return lifespan
