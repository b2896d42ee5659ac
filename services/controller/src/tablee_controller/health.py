"""The routes of health checks and metrics."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from tablee import metrics
from tablee.errors.base import plain
from tablee.http.schemas.platform import Alive, Ready
from tablee.i18n.message import joined
from tablee_controller.loop import ControlLoop


def router(loop: ControlLoop) -> APIRouter:
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz")
    async def healthz() -> Alive:
        """200 while the process answers requests."""
        return Alive()

    @routes.get("/readyz", responses={503: {"model": Ready, "description": "It cannot do its work"}})
    async def readyz(response: Response) -> Ready:
        """200 if the last round of the control loop had no error, else 503 with the reason."""
        if loop.failures:
            response.status_code = 503
            each = {str(failure): failure for failure in loop.failures.values()}
            reason = joined([each[sentence] for sentence in sorted(each)], "part.semicolon")
            return Ready(status="not_ready", reason=str(reason), message=plain(reason))
        return Ready(status="ready", reason="")

    @routes.get("/metrics", response_class=PlainTextResponse)
    async def exposition() -> Response:
        """All metrics in the Prometheus text format."""
        body, content_type = metrics.exposition()
        return Response(body, media_type=content_type)

    return routes
