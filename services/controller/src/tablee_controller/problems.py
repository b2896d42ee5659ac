"""Answers errors of the web framework with problem JSON, as all other errors."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from tablee.errors import InvalidRequest, MethodNotAllowed, NotFound, TableeError
from tablee.errors.causes import quoted
from tablee.http.middleware import render_error
from tablee.http.validation_errors import request_error


def install(app: FastAPI) -> None:
    """Answer unknown paths, wrong methods and invalid fields with problem JSON. The middleware answers all other
    errors."""

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        return _answer(request, request_error(error.errors()))

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        return _answer(request, _translated(request, error), error.headers)


def _translated(request: Request, error: HTTPException) -> TableeError:
    if isinstance(error.__cause__, TableeError):  # raised while the framework read the body
        return error.__cause__
    if error.status_code == 404:
        return NotFound("path", path=request.url.path)
    if error.status_code == 405:
        return MethodNotAllowed("method", path=request.url.path, method=request.method)
    return InvalidRequest("framework", words=quoted("FastAPI", error.detail))


def _answer(request: Request, error: TableeError, extra: Mapping[str, str] | None = None) -> Response:
    status, headers, body = render_error(error, request.scope)
    response = Response(body, status)
    response.raw_headers = headers
    response.headers.update(extra or {})
    return response
