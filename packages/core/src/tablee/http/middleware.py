"""The edge of every HTTP service of ours: one ASGI wrapper around any app.

In this order: request id, HTTP metrics, access key, body limit, and whatever still escapes as an exception becomes
problem JSON. It knows no web framework, so that API and controller share it.
"""

from __future__ import annotations

import hmac
import random
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson

from tablee import metrics
from tablee.errors import AccessDenied, BodyTooLarge, TableeError, Unavailable
from tablee.telemetry import bound_contextvars, logger

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Rendered = tuple[int, list[tuple[bytes, bytes]], bytes]
"""Status, headers and body of an answer."""

OPEN = ("/healthz", "/readyz", "/metrics")
"""Paths that need no key and are not counted."""
OPEN_OUTSIDE = ("/healthz", "/readyz")
"""Those of them that need no key behind the base path either, where a proxy lets the world in."""

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")

log = logger(__name__)


class Edge:
    """`Edge(app, key=..., max_body_bytes=...)`; the inner app finds the id under `scope["state"]["request_id"]`.

    `max_body_bytes` is a number or a function of the scope, for services whose requests differ; so is `render`, for
    those whose errors do. A `base_path` that a request's path begins with becomes its `root_path`, as ASGI wants it;
    `path_within` is the rest.
    """

    def __init__(
        self,
        app: App,
        *,
        key: str | None,
        max_body_bytes: int | Callable[[Scope], int],
        base_path: str = "",
        render: Callable[[TableeError, Scope], Rendered] | None = None,
    ) -> None:
        self._app, self._base_path, self._render = app, base_path, render or rendered
        self._key = f"Bearer {key}".encode() if key else None
        self._limit = max_body_bytes if callable(max_body_bytes) else lambda _scope: max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._base_path:
            self._enter(scope)
        path = path_within(scope)
        headers: dict[bytes, bytes] = dict(scope["headers"])
        request_id = identified(headers.get(b"x-request-id", b"")).decode()
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answer(send, request_id)
        started = time.perf_counter()
        metrics.SERVER_IN_PROGRESS.inc()
        try:
            with bound_contextvars(request_id=request_id):
                await self._guarded(scope, path, headers, receive, answer)
        finally:
            metrics.SERVER_IN_PROGRESS.dec()
            if path not in OPEN:
                _count(scope, answer.status, time.perf_counter() - started)

    async def _guarded(
        self, scope: Scope, path: str, headers: dict[bytes, bytes], receive: Receive, answer: _Answer
    ) -> None:
        try:
            self._admit(path, headers, outside=bool(scope.get("root_path")))
            limit = self._limit(scope)
            if (declared := headers.get(b"content-length", b"")).isdigit() and int(declared) > limit:
                raise _too_large(limit)
            await self._app(scope, _limited(receive, limit), answer.send)
        except TableeError as error:
            await answer.problem(error, self._render(error, scope))
        except Exception:
            log.exception("request_failed", path=path)
            fault = TableeError("something went wrong inside the service")
            await answer.problem(fault, self._render(fault, scope))

    def _enter(self, scope: Scope) -> None:
        """Note the base path, if the request came by it."""
        path: str = scope["path"]
        if path.startswith(self._base_path) and path[len(self._base_path) :][:1] in ("", "/"):
            scope["root_path"] = self._base_path

    def _admit(self, path: str, headers: dict[bytes, bytes], *, outside: bool) -> None:
        if self._key is None or path in (OPEN_OUTSIDE if outside else OPEN):
            return
        if not hmac.compare_digest(headers.get(b"authorization", b""), self._key):
            raise AccessDenied("the key is missing or wrong")


class _Answer:
    """The way back: adds the request id, remembers the status, and can still send a problem if nothing was sent."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send, self._request_id = send, request_id
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), (b"x-request-id", self._request_id.encode())]
        await self._send(message)

    async def problem(self, error: TableeError, rendered: Rendered) -> None:
        if self.status:  # half an answer is out: only closing the connection can still tell the client
            raise error
        status, headers, body = rendered
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


def path_within(scope: Scope) -> str:
    """A request's path as the routes know it, without the base path."""
    path: str = scope["path"]
    base = scope.get("root_path")
    return path[len(base) :] or "/" if base else path


def rendered(error: TableeError, scope: Scope) -> Rendered:
    """The answer to an error, with the request id that `Edge` noted in the scope."""
    return render(error, scope.get("state", {}).get("request_id", ""))


def render(error: TableeError, request_id: str = "") -> Rendered:
    """The answer to an error, as problem JSON.

    The connection of a body that was refused stays open: many clients listen only after they have sent it all.
    """
    body = orjson.dumps(error.problem(request_id), default=str, option=orjson.OPT_NON_STR_KEYS)
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    if isinstance(error, Unavailable):
        headers.append((b"retry-after", str(error.retry_after).encode()))
    if isinstance(error, AccessDenied):
        headers.append((b"www-authenticate", b"Bearer"))
    return error.status, headers, body


def identified(given: bytes) -> bytes:
    """The id of a request: what its client calls it, if that is fit for logs, else one of our own."""
    return given if given and _REQUEST_ID.fullmatch(given) else b"%016x" % random.getrandbits(64)


def _limited(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise _too_large(limit)
        return message

    return counted


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(f"the body is larger than {limit:,} bytes")


def _count(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "other")  # the template, never the raw path: labels stay bounded
    metrics.SERVER_REQUESTS.labels(scope["method"], route, str(status or 499)).inc()
    metrics.SERVER_SECONDS.labels(scope["method"], route).observe(seconds)
