"""The middleware of all services."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from panic import panic
from structlog.testing import capture_logs

from tablee.errors import ModelNotReady
from tablee.http.middleware import Receive, Scope, Send, ServiceMiddleware, path_within

Inner = Callable[[Scope, Receive, Send], Awaitable[None]]


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


async def broken(scope: Scope, receive: Receive, send: Send) -> None:
    raise ZeroDivisionError("secret detail")


async def panicking(scope: Scope, receive: Receive, send: Send) -> None:
    panic()


async def not_ready(scope: Scope, receive: Receive, send: Send) -> None:
    raise ModelNotReady("there is no model yet")


def call(
    inner: Inner, path: str = "/x", *, key: str | None = None, limit: int = 10, base_path: str = "", **request: Any
) -> httpx.Response:
    async def go() -> httpx.Response:
        middleware = ServiceMiddleware(inner, key=key, max_body_bytes=limit, base_path=base_path)
        transport = httpx.ASGITransport(middleware)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.post(path, **request)

    return asyncio.run(go())


def test_a_panic_of_a_library_is_a_problem_with_its_request_id() -> None:
    with capture_logs() as lines:
        answer = call(panicking, headers={"x-request-id": "abc-1"})
    assert [line["event"] for line in lines] == ["request_failed"]
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert (problem["code"], problem["request_id"], "date" in answer.text) == ("internal_error", "abc-1", False)


def test_a_request_passes_with_its_id() -> None:
    answer = call(echo, content=b"0123456789", headers={"x-request-id": "abc-1"})
    assert (answer.status_code, answer.content, answer.headers["x-request-id"]) == (200, b"0123456789", "abc-1")


def test_an_invalid_request_id_is_replaced() -> None:
    assert call(echo, headers={"x-request-id": "a b\tc"}).headers["x-request-id"] != "a b\tc"


@pytest.mark.parametrize("chunked", [False, True])
def test_a_large_body_is_refused(chunked: bool) -> None:
    async def chunks() -> Any:
        for _ in range(11):
            yield b"x"

    answer = call(echo, content=chunks() if chunked else b"x" * 11)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_an_unexpected_exception_is_an_internal_error_without_details() -> None:
    answer = call(broken)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "secret" not in answer.text
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


def test_unavailable_has_a_retry_after_header() -> None:
    answer = call(not_ready)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


@pytest.mark.parametrize(
    ("path", "header", "status"),
    [("/x", None, 401), ("/x", "Bearer wrong", 401), ("/x", "Bearer k€y", 200), ("/healthz", None, 200)],
)
def test_all_routes_except_health_need_the_key(path: str, header: str | None, status: int) -> None:
    headers = {} if header is None else {"authorization": header.encode()}
    answer = call(echo, path, key="k€y", headers=headers)
    assert answer.status_code == status
    assert (answer.headers.get("www-authenticate") == "Bearer") == (status == 401)


async def where(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": f"{scope['root_path']}|{path_within(scope)}".encode()})


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/x", "|/x"),
        ("/tablee/api/x", "/tablee/api|/x"),
        ("/tablee/api/tablee/api", "/tablee/api|/tablee/api"),
        ("/tablee/api", "/tablee/api|/"),
        ("/tablee/api/", "/tablee/api|/"),
        ("/tablee/apis", "|/tablee/apis"),
        ("/x/tablee/api/x", "|/x/tablee/api/x"),
    ],
)
def test_the_base_path_is_removed(path: str, seen: str) -> None:
    assert call(where, path, base_path="/tablee/api").text == seen


@pytest.mark.parametrize(
    ("path", "status"),
    [("/metrics", 200), ("/api/metrics", 401), ("/api/healthz", 200), ("/api/readyz", 200), ("/api/x", 401)],
)
def test_metrics_through_the_base_path_need_the_key(path: str, status: int) -> None:
    assert call(where, path, base_path="/api", key="k").status_code == status
    assert call(where, path, base_path="/api", key="k", headers={"authorization": "Bearer k"}).status_code == 200
