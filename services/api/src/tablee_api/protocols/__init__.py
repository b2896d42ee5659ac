"""The protocols of the API. Each has routes, functions that read bodies and write responses, and a form of errors.

The steps in between are the same for all (`inference.pipeline`), and so are the scores.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter

from tablee.errors import TableeError
from tablee.http.languages import language_of
from tablee.http.middleware import ErrorResponse, Scope, path_within
from tablee.http.middleware import render_error as problem
from tablee_api.models.repository import ModelRepository
from tablee_api.protocols import inference_v2, invocations, kserve_v1, native
from tablee_api.protocols.protocol import InferenceProtocol, Route
from tablee_api.server.shutdown import Shutdown

PROTOCOLS: tuple[InferenceProtocol, ...] = (inference_v2.PROTOCOL, kserve_v1.PROTOCOL, invocations.PROTOCOL)
ROUTES: tuple[Route, ...] = (
    native.DEFAULT,
    native.NAMED,
    *(route for protocol in PROTOCOLS for route in protocol.routes),
)


def routers(repository: ModelRepository, shutdown: Shutdown) -> list[APIRouter]:
    """The routes of the protocols that do not predict: health, lists, metadata."""
    return [
        inference_v2.router(repository, shutdown),
        kserve_v1.router(repository),
        invocations.router(repository, shutdown),
    ]


def matched(scope: Scope) -> dict[str, Any] | None:
    """What a router adds to the scope of a prediction request; None for other requests."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return None
    path = path_within(scope)
    for route in ROUTES:
        params = route.match(path)
        if params is not None:
            return {"route": route, "path_params": params}
    return None


def body_limit(usual: int, *, streamed: int) -> Callable[[Scope], int]:
    """The limit of a body in bytes, which is another one for streams."""

    def limit(scope: Scope) -> int:
        for name, value in scope["headers"]:
            if name == b"content-type":
                kind = value.decode("latin-1").lower().partition(";")[0].strip()
                found = matched(scope) if kind in native.STREAMS else None
                return streamed if found and found["route"] in (native.DEFAULT, native.NAMED) else usual
        return usual

    return limit


def render_error(error: TableeError, scope: Scope) -> ErrorResponse:
    """The response to an error in the form of the protocol to which the path belongs."""
    path = path_within(scope)
    for protocol in PROTOCOLS:
        if protocol.owns(path):
            return protocol.render_error(error, language_of(scope))
    return problem(error, scope)
