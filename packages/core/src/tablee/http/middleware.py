"""The ASGI middleware of all HTTP services of the platform.

For each request, in this order: it sets the request id, counts HTTP metrics, checks the access key, limits the size of
the body, and turns every exception into a problem JSON response (RFC 9457). It depends on no web framework, so that
API and controller share it.
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
from tablee.errors.panics import is_foreign
from tablee.http.languages import DEFAULT, language_of
from tablee.i18n.catalogue import Language
from tablee.telemetry import bound_contextvars, logger

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
ErrorResponse = tuple[int, list[tuple[bytes, bytes]], bytes]
"""Status, headers and body of the response to an error."""

OPEN_PATHS = ("/healthz", "/readyz", "/metrics")
"""Paths that need no access key and are not counted by the HTTP metrics."""
OPEN_PATHS_BEHIND_PROXY = ("/healthz", "/readyz")
"""The open paths of requests with the base path. A proxy makes these public, therefore metrics need the access key."""

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")

log = logger(__name__)


class ServiceMiddleware:
    """Wraps an ASGI app. The app finds the request id under `scope["state"]["request_id"]`."""

    def __init__(
        self,
        app: App,
        *,
        key: str | None,
        max_body_bytes: int | Callable[[Scope], int],
        base_path: str = "",
        render: Callable[[TableeError, Scope], ErrorResponse] | None = None,
    ) -> None:
        """
        :param key: the access key that clients send as `Authorization: Bearer KEY`; None where none is needed.
        :param max_body_bytes: the largest body of a request in bytes, or a function that gives it for a scope.
        :param base_path: a prefix under which a proxy publishes the service. Where a path begins with it, it becomes
            the scope's `root_path`, as ASGI defines it; `path_within` gives the rest.
        :param render: makes the response to an error; the default is problem JSON.
        """
        self._app, self._base_path, self._render = app, base_path, render or render_error
        self._key = f"Bearer {key}".encode() if key else None
        self._limit = max_body_bytes if callable(max_body_bytes) else lambda _scope: max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._base_path:
            self._set_root_path(scope)
        path = path_within(scope)
        headers: dict[bytes, bytes] = dict(scope["headers"])
        request_id = valid_request_id(headers.get(b"x-request-id", b"")).decode()
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Sender(send, request_id)
        started = time.perf_counter()
        metrics.SERVER_IN_PROGRESS.inc()
        try:
            with bound_contextvars(request_id=request_id):
                await self._handle(scope, path, headers, receive, answer)
        finally:
            metrics.SERVER_IN_PROGRESS.dec()
            if path not in OPEN_PATHS:
                _count(scope, answer.status, time.perf_counter() - started)

    async def _handle(
        self, scope: Scope, path: str, headers: dict[bytes, bytes], receive: Receive, answer: _Sender
    ) -> None:
        try:
            self._check_key(path, headers, behind_proxy=bool(scope.get("root_path")))
            limit = self._limit(scope)
            if (declared := headers.get(b"content-length", b"")).isdigit() and int(declared) > limit:
                raise _body_too_large(limit)
            await self._app(scope, _limit_body(receive, limit), answer.send)
        except TableeError as error:
            await answer.send_error(error, self._render(error, scope))
        except BaseException as error:
            if not (isinstance(error, Exception) or is_foreign(error)):
                raise
            log.exception("request_failed", path=path)
            fault = TableeError("fault")
            await answer.send_error(fault, self._render(fault, scope))

    def _set_root_path(self, scope: Scope) -> None:
        """Set the scope's `root_path` if the request's path begins with the base path."""
        path: str = scope["path"]
        if path.startswith(self._base_path) and path[len(self._base_path) :][:1] in ("", "/"):
            scope["root_path"] = self._base_path

    def _check_key(self, path: str, headers: dict[bytes, bytes], *, behind_proxy: bool) -> None:
        if self._key is None or path in (OPEN_PATHS_BEHIND_PROXY if behind_proxy else OPEN_PATHS):
            return
        if not hmac.compare_digest(headers.get(b"authorization", b""), self._key):
            raise AccessDenied("wrong_key")


class _Sender:
    """Sends the response of one request: adds the request id as a header, and remembers the status code."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send, self._request_id = send, request_id
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), (b"x-request-id", self._request_id.encode())]
        await self._send(message)

    async def send_error(self, error: TableeError, response: ErrorResponse) -> None:
        """Send the response to an error. If a response has begun, raise the error: the server closes the connection."""
        if self.status:
            raise error
        status, headers, body = response
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


def path_within(scope: Scope) -> str:
    """The path of a request without the base path, as in the declarations of the routes."""
    path: str = scope["path"]
    base = scope.get("root_path")
    return path[len(base) :] or "/" if base else path


def render_error(error: TableeError, scope: Scope) -> ErrorResponse:
    """The problem JSON response to an error, with the request id that `ServiceMiddleware` stored in the scope."""
    return render_problem(error, scope.get("state", {}).get("request_id", ""), language_of(scope))


def render_problem(error: TableeError, request_id: str = "", language: Language = DEFAULT) -> ErrorResponse:
    """The problem JSON response to an error, with its sentences in a language.

    It does not ask to close the connection, even if the body was refused: many clients read a response only after they
    have sent the whole body.
    """
    body = orjson.dumps(error.problem(request_id, language), default=str, option=orjson.OPT_NON_STR_KEYS)
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-language", language.encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    if isinstance(error, Unavailable):
        headers.append((b"retry-after", str(error.retry_after).encode()))
    if isinstance(error, AccessDenied):
        headers.append((b"www-authenticate", b"Bearer"))
    return error.status, headers, body


def valid_request_id(given: bytes) -> bytes:
    """The client's request id if it has only characters that are safe in logs (at most 64), else a random one."""
    return given if given and _REQUEST_ID.fullmatch(given) else b"%016x" % random.getrandbits(64)


def _limit_body(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise _body_too_large(limit)
        return message

    return counted


def _body_too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge("body", limit=limit)


def _count(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(
        scope.get("route"), "path", "other"
    )  # the route's template in the place of the path keeps the number of label values small
    metrics.SERVER_REQUESTS.labels(scope["method"], route, str(status or 499)).inc()
    metrics.SERVER_SECONDS.labels(scope["method"], route).observe(seconds)
