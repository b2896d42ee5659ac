"""Liveness, readiness and metrics: the same routes on the public and on the admin port."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from tablee import metrics
from tablee.errors.base import Words, stored
from tablee.http.middleware import App, ServiceMiddleware
from tablee.i18n.message import Message
from tablee_api import problems
from tablee_api.models.repository import ModelRepository
from tablee_api.server.shutdown import Shutdown


class Alive(BaseModel):
    status: Literal["ok"]


class Readiness(BaseModel):
    status: Literal["ready", "starting", "failed", "draining"]
    reason: str
    message: dict[str, Any] | None = None
    """The reason as a key of the catalogue with its facts, or as problem JSON."""


def router(repository: ModelRepository, shutdown: Shutdown) -> APIRouter:
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz", summary="Is the process alive?", response_model=Alive)
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @routes.get(
        "/readyz",
        summary="Does it serve what it is pinned to?",
        response_model=Readiness,
        responses={503: {"model": Readiness, "description": "Not yet, or no longer; the reason says why"}},
    )
    async def readyz() -> JSONResponse:
        if shutdown.begun.is_set():
            return _answer("draining", Message("readiness.ending"))
        state = repository.state
        return _answer(state.status, state.reason)

    @routes.get("/metrics", summary="Metrics for Prometheus", response_class=Response)
    async def exposition() -> Response:
        body, content_type = metrics.exposition()
        return Response(body, headers={"content-type": content_type})

    return routes


def _answer(status: str, reason: Words) -> JSONResponse:
    body = {"status": status, "reason": str(reason), "message": stored(reason)}
    return JSONResponse(body, 200 if status == "ready" else 503)


def create_admin_app(repository: ModelRepository, shutdown: Shutdown) -> App:
    """The app of the admin port: only the health routes, without a key."""
    app = FastAPI(title="Tablée API, admin port", docs_url=None, redoc_url=None, openapi_url=None)
    problems.install(app)
    app.include_router(router(repository, shutdown))
    return ServiceMiddleware(app, key=None, max_body_bytes=1024)
