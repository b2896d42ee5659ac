"""Is the process alive, what do its metrics say, and what to answer in the place of a neighbour."""

from __future__ import annotations

import hmac

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tablee import metrics
from tablee.errors import AccessDenied, TableeError, Unavailable
from tablee.http.middleware import render_problem

FORWARDED = ("x-forwarded-for", "forwarded")
"""Headers that every proxy adds and that Prometheus does not send."""


NEIGHBOURS = ("api", "controller")
"""Services that a proxy publishes below the same address. One that has no pod ready loses its route at some proxies,
and its requests come here: a page, with status 200, would be the wrong answer to them."""
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


async def healthz(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


class Exposition:
    """`/metrics`. The pages need no key, so this route is reached from outside with them: what comes through a proxy
    has to show the key, what comes from the neighbourhood need not."""

    def __init__(self, key: SecretStr | None) -> None:
        self._key = f"Bearer {key.get_secret_value()}".encode() if key else None

    async def answer(self, request: Request) -> Response:
        if self._key is not None and any(name in request.headers for name in FORWARDED):
            given = request.headers.get("authorization", "").encode()
            if not hmac.compare_digest(given, self._key):
                return _refusal(AccessDenied("the key is missing or wrong"))
        body, content_type = metrics.exposition()
        return Response(body, headers={"content-type": content_type})


async def absent(request: Request) -> Response:
    """What the neighbour itself would say if it could."""
    return _refusal(Unavailable(f"nothing answers at {request.url.path}: that service is not ready"))


def _refusal(error: TableeError) -> Response:
    status, headers, body = render_problem(error)
    response = Response(body, status)
    response.raw_headers = headers
    return response
