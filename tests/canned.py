"""A service whose answers a test writes down, for `httpx.MockTransport`, and the words of a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx
from streamlit.testing.v1 import AppTest

from tablee.errors import NotFound, TableeError

_KINDS = ("title", "subheader", "error", "warning", "success", "info", "caption", "markdown")


class Answers:
    """Answers by `METHOD /path`: JSON, a text, an error, or a response. What is not written down is not found.

    :param bodies: the answers.
    """

    def __init__(self, bodies: Mapping[str, Any]) -> None:
        self.bodies = dict(bodies)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        found = self.bodies.get(f"{request.method} {request.url.path}", NotFound("nothing is written down for it"))
        if isinstance(found, TableeError):
            return httpx.Response(found.status, json=found.problem())
        if request.method == "DELETE":  # from now on it is not there
            self.bodies = {key: body for key, body in self.bodies.items() if request.url.path not in key}
        if isinstance(found, httpx.Response):
            return found
        return httpx.Response(200, text=found) if isinstance(found, str) else httpx.Response(200, json=found)

    @property
    def asked(self) -> list[str]:
        """`METHOD /path` of each request, in order."""
        return [f"{request.method} {request.url.path}" for request in self.requests]

    def sent(self, method: str) -> list[tuple[str, Any]]:
        """Path and JSON body of each request with this method, in order."""
        found = (request for request in self.requests if request.method == method)
        return [(request.url.path, json.loads(request.content or b"null")) for request in found]


def words(page: AppTest) -> str:
    """All texts of a page but labels, one in a line, without Markdown's escapes."""
    return "\n".join(str(part.value) for kind in _KINDS for part in page.get(kind)).replace("\\", "")
