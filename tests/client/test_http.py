"""Responses as typed objects, and failures as errors of `tablee.errors`."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tablee.errors import InvalidRows, InvalidTable, TableeError, Unavailable, tree
from tablee.errors.cells import Cell
from tablee_client import Service

Serve = Callable[[Callable[[httpx.Request], httpx.Response]], Service]


def problem(error: TableeError) -> httpx.Response:
    return httpx.Response(error.status, json=error.problem("id"))


@pytest.mark.parametrize("code", sorted({error.code for error in tree(TableeError)}))
def test_a_problem_is_raised_as_the_class_of_its_code(serve: Serve, code: str) -> None:
    body = {"code": code, "detail": "so it is", "status": 400}
    with pytest.raises(TableeError, match="so it is") as caught:
        serve(lambda _: httpx.Response(400, json=body)).request("GET", "/x")
    assert caught.value.code == code


def test_the_error_has_the_invalid_cells(serve: Serve) -> None:
    error = InvalidRows([Cell(3, "mass", "heavy", "a number")], total=7)
    with pytest.raises(InvalidRows) as caught:
        serve(lambda _: problem(error)).request("POST", "/x")
    assert caught.value.cells == error.cells
    assert caught.value.total == 7


def test_the_error_has_the_place_in_the_file(serve: Serve) -> None:
    with pytest.raises(InvalidTable) as caught:
        serve(lambda _: problem(InvalidTable("too short", line=4, column="b"))).request("PUT", "/x")
    assert (caught.value.place["line"], caught.value.place["column"]) == (4, "b")


def test_an_error_that_is_not_problem_json_is_unavailable(serve: Serve) -> None:
    with pytest.raises(Unavailable, match="answered 502"):
        serve(lambda _: httpx.Response(502, text="<html>Bad gateway</html>")).request("GET", "/x")


def test_a_service_that_does_not_answer_is_unavailable() -> None:
    service = Service("controller", "http://127.0.0.1:9")
    with pytest.raises(Unavailable, match=r"the controller at http://127\.0\.0\.1:9 does not answer"):
        service.request("GET", "/datasets")
    assert service.ready().alive is False


@pytest.mark.parametrize(
    ("method", "repeatable", "asked"), [("GET", False, 2), ("POST", True, 2), ("POST", False, 1), ("PUT", False, 1)]
)
def test_only_repeatable_requests_are_repeated(serve: Serve, method: str, repeatable: bool, asked: int) -> None:
    calls = []

    def broken(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        raise httpx.RemoteProtocolError("the server closed the connection")

    with pytest.raises(Unavailable):
        serve(broken).request(method, "/x", repeatable=repeatable)
    assert len(calls) == asked


def test_readiness_has_a_reason(serve: Serve) -> None:
    body = {"status": "not_ready", "reason": "MLflow does not answer"}
    found = serve(lambda _: httpx.Response(503, json=body)).ready()
    assert (found.alive, found.ready, found.reason) == (True, False, "MLflow does not answer")
