"""Alive, ready, and what there is to measure."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from tablee import metrics
from tablee_controller.loop import ControlLoop


def router(loop: ControlLoop) -> APIRouter:
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Alive."""
        return {"status": "ok"}

    @routes.get("/readyz")
    async def readyz() -> JSONResponse:
        """200 when the last look at registry and object store went well, else 503 with the reason."""
        if loop.failures:
            return JSONResponse({"status": "not_ready", "reason": "; ".join(sorted(set(loop.failures.values())))}, 503)
        return JSONResponse({"status": "ready", "reason": ""})

    @routes.get("/metrics")
    async def exposition() -> Response:
        """Prometheus text format."""
        body, content_type = metrics.exposition()
        return Response(body, media_type=content_type)

    return routes
