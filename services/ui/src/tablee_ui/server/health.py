"""Routes for operators: the liveness probe, the metrics, and errors for requests meant for other services."""

from __future__ import annotations

import hmac

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tablee import metrics
from tablee.errors import AccessDenied, TableeError, Unavailable
from tablee.http.middleware import render_problem

FORWARDED = ("x-forwarded-for", "forwarded")
"""Headers that proxies add. Prometheus sends none of them, so they tell requests from outside the cluster."""

OTHER_SERVICES = ("api", "controller")
"""Services that a proxy publishes below the same address. If one of them has no ready pod, some proxies send its
requests here. A web page with status 200 would be a wrong answer, so these paths answer 503."""
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


async def healthz(_: Request) -> JSONResponse:
    """The liveness probe: 200 while the process runs."""
    return JSONResponse({"status": "ok"})


class MetricsRoute:
    """The route `/metrics`.

    The pages need no key, so whoever reaches them can also reach this route. A request that came through a proxy must
    therefore have the platform's key; Prometheus, which calls the pod directly, need not.
    """

    def __init__(self, key: SecretStr | None) -> None:
        self._key = f"Bearer {key.get_secret_value()}".encode() if key else None

    async def respond(self, request: Request) -> Response:
        if self._key is not None and any(name in request.headers for name in FORWARDED):
            given = request.headers.get("authorization", "").encode()
            if not hmac.compare_digest(given, self._key):
                return _error_response(AccessDenied("wrong_key"))
        body, content_type = metrics.exposition()
        return Response(body, headers={"content-type": content_type})


async def unavailable(request: Request) -> Response:
    """503 for a request that was meant for another service, which has no ready pod."""
    return _error_response(Unavailable("service_not_ready", path=request.url.path))


def _error_response(error: TableeError) -> Response:
    status, headers, body = render_problem(error)
    response = Response(body, status)
    response.raw_headers = headers
    return response
