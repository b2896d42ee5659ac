"""Errors of the web framework as problem JSON."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from tablee.errors import InvalidRequest, MethodNotAllowed, NotFound, TableeError
from tablee.errors.causes import quoted
from tablee.errors.panics import is_foreign
from tablee.http.middleware import App, Message, Receive, Scope, Send
from tablee.http.validation_errors import request_error
from tablee.telemetry import logger
from tablee_api import protocols

log = logger(__name__)


def install(app: FastAPI) -> None:
    """Convert every error of the app to problem JSON."""
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_middleware(_UnhandledErrors)


def answer(error: TableeError, scope: Scope, extra: dict[str, str] | None = None) -> Response:
    """The response to an error, in the form of the protocol of its path."""
    status, headers, body = protocols.render_error(error, scope)
    response = Response(body, status)
    response.raw_headers = headers
    response.headers.update(extra or {})
    return response


async def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (narrows what the framework promises)
    path, method = request.url.path, request.method
    ours: TableeError
    if error.status_code == 404:
        ours = NotFound("no_route", path=path)
    elif error.status_code == 405:
        ours = MethodNotAllowed("method", path=path, method=method)
    else:
        ours = InvalidRequest("refused_by_framework", words=quoted("FastAPI", error.detail))
    return answer(ours, request.scope, dict(error.headers or {}))


async def _of_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (narrows what the framework promises)
    return answer(request_error(error.errors()), request.scope)


class _UnhandledErrors:
    """Responds to errors without a handler, to which the framework would respond with plain text."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except BaseException as error:
            if begun or not (isinstance(error, Exception) or is_foreign(error)):
                raise
            if not isinstance(error, TableeError):
                log.exception("request_failed", path=scope.get("path"))
                error = TableeError("fault")
            await answer(error, scope)(scope, receive, send)
