"""The application of the API: one endpoint for predictions, FastAPI for other routes, the middleware around both."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.routing import Route

from tablee import __version__
from tablee.http.middleware import App, Receive, Scope, Send, ServiceMiddleware
from tablee_api import health, problems, protocols
from tablee_api.inference.disk_space import DiskBudget
from tablee_api.inference.endpoint import PredictEndpoint
from tablee_api.inference.limits import Admission
from tablee_api.inference.pool import Pool
from tablee_api.inference.request import RowLimits
from tablee_api.models import listing
from tablee_api.models.repository import ModelRepository
from tablee_api.models.shadow import ShadowScorer
from tablee_api.openapi.document import describe
from tablee_api.server.shutdown import Shutdown
from tablee_api.settings import ApiSettings


def create_app(
    settings: ApiSettings,
    repository: ModelRepository,
    shutdown: Shutdown,
    pool: Pool,
    shadow: ShadowScorer | None = None,
) -> App:
    """The ASGI app of the public port. The caller starts and stops the collaborators."""
    predictions = PredictEndpoint(
        repository,
        admission=Admission(requests=settings.max_in_flight, bytes_held=settings.max_held_bytes),
        streams=Admission(requests=settings.max_in_flight, bytes_held=settings.max_stream_bytes),
        disk=DiskBudget(settings.max_answer_bytes),
        pool=pool,
        limits=RowLimits(json=settings.max_json_rows, explained=settings.max_explained_rows),
        shadow=shadow,
    )
    rest = create_routes(repository, shutdown, predictions)

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        found = protocols.matched(scope)
        if found is None:
            await rest(scope, receive, send)
        else:
            scope.update(found)
            await predictions(scope, receive, send)

    key = settings.key.get_secret_value() if settings.key else None
    middleware = ServiceMiddleware(
        dispatch,
        key=key,
        max_body_bytes=protocols.body_limit(settings.max_body_bytes, streamed=settings.max_stream_bytes),
        base_path=settings.base_path,
        render=protocols.render_error,
    )
    return shutdown.middleware(middleware)


def create_routes(repository: ModelRepository, shutdown: Shutdown, predictions: PredictEndpoint) -> FastAPI:
    """All routes of the public port. The prediction routes are listed, too, so that other methods get status 405."""
    app = FastAPIOffline(  # /docs with its own copy of the scripts: no page loads anything from another host
        title="Tablée API",
        version=__version__,
        description="Predictions, and the reasons for them, from the models that are served.",
        redoc_url=None,
        redirect_slashes=False,
    )
    problems.install(app)
    app.include_router(health.router(repository, shutdown))
    app.include_router(listing.router(repository))
    for router in protocols.routers(repository, shutdown):
        app.include_router(router)
    for route in protocols.ROUTES:
        app.router.routes.append(Route(route.path, predictions, methods=["POST"], include_in_schema=False))

    def described() -> dict[str, Any]:
        return describe(app, repository.served.values(), default=repository.default_name)

    app.openapi = described  # type: ignore[method-assign]  # FastAPI's documented way to extend the schema
    return app
