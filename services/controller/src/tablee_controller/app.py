"""The HTTP application of the control plane."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import anyio
import anyio.to_thread
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from tablee import __version__
from tablee.http.middleware import Scope, ServiceMiddleware, path_within
from tablee.http.schemas.platform import PlatformInfo
from tablee_controller import health, problems
from tablee_controller.datasets import request_body
from tablee_controller.routes import models, platform, rollout
from tablee_controller.routes.datasets import datasets, privacy, profiles, recipes, repairs, uploads
from tablee_controller.routes.datasets.tus import TusHeaders
from tablee_controller.routes.jobs import predictions, scorings, sources, trainings
from tablee_controller.services import DatasetServices, Services


@dataclass(frozen=True)
class Limits:
    """Largest sizes of request bodies in bytes: of a file of a data set or a part of one, and of all other bodies."""

    upload_bytes: int = 1 << 30
    body_bytes: int = 1 << 20

    def of(self, scope: Scope) -> int:
        path = path_within(scope)
        is_file = path.startswith("/uploads/") or (scope["method"] == "PUT" and path.startswith("/datasets/"))
        return self.upload_bytes if is_file else self.body_bytes


def create_app(
    services: Services,
    *,
    about: PlatformInfo,
    limits: Limits,
    key: str | None = None,
    base_path: str = "",
) -> FastAPI:
    """Make the app. The control loop runs while the app runs. When the app stops, the runtime is shut down.

    :param about: the response of `GET /platform`.
    :param key: the access key that requests must have (`Authorization: Bearer KEY`); None: no key is needed.
    :param base_path: path under which a proxy publishes the app.
    """
    app = FastAPIOffline(  # serves the scripts of /docs itself, so that the page loads nothing from other hosts
        title="Tablée controller",
        description="Data sets, trainings, scorings, promotions, roll-outs.",
        version=__version__,
        lifespan=_lifespan(services),
        redoc_url=None,
        redirect_slashes=False,
    )
    app.add_middleware(ServiceMiddleware, key=key, max_body_bytes=limits.of, base_path=base_path)
    app.add_middleware(TusHeaders, base_path=base_path)
    problems.install(app)
    readers = anyio.CapacityLimiter(1)  # files read as tables: one at a time
    samples = anyio.CapacityLimiter(1)  # samples of tables in memory: one at a time
    loop = services.loop
    app.include_router(health.router(loop))
    app.include_router(platform.router(about))
    app.include_router(rollout.router(services.models, loop))
    _include_datasets(app, services.datasets, readers, samples)
    app.include_router(trainings.router(services.trainings, loop))
    app.include_router(scorings.router(services.scorings, loop))
    app.include_router(predictions.router(services.predictions, loop, readers))
    app.include_router(sources.router(services.sources, loop, samples))
    app.include_router(models.router(services.models, loop))
    return app


def _include_datasets(
    app: FastAPI, services: DatasetServices, readers: anyio.CapacityLimiter, samples: anyio.CapacityLimiter
) -> None:
    anonymisation, writer, scratch = services.anonymisation, services.writer, services.scratch
    app.include_router(datasets.router(services.datasets, writer, services.uploads, anonymisation, scratch, readers))
    app.include_router(uploads.router(services.uploads, anonymisation, scratch, readers))
    app.include_router(repairs.router(writer, readers))
    app.include_router(profiles.router(services.profiles, samples))
    app.include_router(privacy.router(anonymisation, writer, samples))
    app.include_router(recipes.router(services.datasets, services.recipes))


def _lifespan(services: Services) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    scratch = services.datasets.scratch

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await anyio.to_thread.run_sync(request_body.prepare, scratch)
        services.loop.start()
        yield
        await anyio.to_thread.run_sync(services.loop.stop)
        await anyio.to_thread.run_sync(services.sources.runner.shutdown)
        await anyio.to_thread.run_sync(services.runtime.shutdown)
        await anyio.to_thread.run_sync(request_body.clear, scratch)

    return lifespan
