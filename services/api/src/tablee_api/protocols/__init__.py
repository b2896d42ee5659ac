"""The protocols that the API speaks. Each is a face: routes, a reader of bodies, a writer of answers, a form of errors.

What lies between, from the contract's checks to the scores, is the one way of `predict`, and so the numbers are equal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter

from tablee.errors import TableeError
from tablee.http.middleware import Rendered, Scope, path_within
from tablee.http.middleware import rendered as problem
from tablee_api.models.repository import Menu
from tablee_api.protocols import inference_v2, invocations, kserve_v1, native
from tablee_api.protocols.protocol import Face, Route
from tablee_api.server.shutdown import Drain

FACES: tuple[Face, ...] = (inference_v2.FACE, kserve_v1.FACE, invocations.FACE)
ROUTES: tuple[Route, ...] = (native.DEFAULT, native.NAMED, *(route for face in FACES for route in face.routes))


def routers(menu: Menu, drain: Drain) -> list[APIRouter]:
    """The routes of the protocols that do not predict: health, lists, metadata."""
    return [inference_v2.router(menu, drain), kserve_v1.router(menu), invocations.router(menu, drain)]


def matched(scope: Scope) -> dict[str, Any] | None:
    """What a router adds to the scope of a route that predicts; None if it is another one."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return None
    path = path_within(scope)
    for route in ROUTES:
        params = route.match(path)
        if params is not None:
            return {"route": route, "path_params": params}
    return None


def body_limit(usual: int, *, streamed: int) -> Callable[[Scope], int]:
    """The largest body of a request, which is another one for streams."""

    def limit(scope: Scope) -> int:
        for name, value in scope["headers"]:
            if name == b"content-type":
                kind = value.decode("latin-1").lower().partition(";")[0].strip()
                found = matched(scope) if kind in native.STREAMS else None
                return streamed if found and found["route"] in (native.DEFAULT, native.NAMED) else usual
        return usual

    return limit


def rendered(error: TableeError, scope: Scope) -> Rendered:
    """The answer to an error as the clients of that path expect it."""
    path = path_within(scope)
    for face in FACES:
        if face.owns(path):
            return face.rendered(error)
    return problem(error, scope)
