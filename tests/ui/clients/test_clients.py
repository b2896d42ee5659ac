"""Answers as typed objects, and every failure as an error of ours."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from tablee.errors import DatasetNotFound, InvalidRows, InvalidTable, TableeError, Unavailable, tree
from tablee.errors.cells import Cell
from tablee.jobs.training import TrainingRequest
from tablee.recipes import Recipe
from tablee.recipes.steps import ParseDate
from tablee_ui.clients.api import Api
from tablee_ui.clients.controller import Controller
from tablee_ui.clients.transport import Service

Serve = Callable[[Callable[[httpx.Request], httpx.Response]], Service]


def problem(error: TableeError) -> httpx.Response:
    return httpx.Response(error.status, json=error.problem("id"))


@pytest.mark.parametrize("code", sorted({error.code for error in tree(TableeError)}))
def test_a_problem_is_raised_as_its_class(serve: Serve, code: str) -> None:
    body = {"code": code, "detail": "so it is", "status": 400}
    with pytest.raises(TableeError, match="so it is") as caught:
        serve(lambda _: httpx.Response(400, json=body)).call("GET", "/x")
    assert caught.value.code == code


def test_wrong_cells_come_through(serve: Serve) -> None:
    error = InvalidRows([Cell(3, "mass", "heavy", "a number")], total=7)
    with pytest.raises(InvalidRows) as caught:
        serve(lambda _: problem(error)).call("POST", "/x")
    assert caught.value.cells == error.cells
    assert caught.value.total == 7


def test_the_place_in_a_file_comes_through(serve: Serve) -> None:
    with pytest.raises(InvalidTable) as caught:
        serve(lambda _: problem(InvalidTable("too short", line=4, column="b"))).call("PUT", "/x")
    assert (caught.value.place["line"], caught.value.place["column"]) == (4, "b")


def test_an_answer_without_words_is_unavailable(serve: Serve) -> None:
    with pytest.raises(Unavailable, match="answered 502"):
        serve(lambda _: httpx.Response(502, text="<html>Bad gateway</html>")).call("GET", "/x")


def test_a_service_that_is_not_there_is_unavailable() -> None:
    service = Service("controller", httpx.Client(base_url="http://127.0.0.1:9", trust_env=False))
    with pytest.raises(Unavailable, match=r"the controller at http://127\.0\.0\.1:9 does not answer"):
        service.call("GET", "/datasets")
    assert service.ready().alive is False


@pytest.mark.parametrize(
    ("method", "repeatable", "asked"), [("GET", False, 2), ("POST", True, 2), ("POST", False, 1), ("PUT", False, 1)]
)
def test_only_what_does_no_harm_is_asked_twice(serve: Serve, method: str, repeatable: bool, asked: int) -> None:
    calls = []

    def broken(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        raise httpx.RemoteProtocolError("the server closed the connection")

    with pytest.raises(Unavailable):
        serve(broken).call(method, "/x", repeatable=repeatable)
    assert len(calls) == asked


def test_readiness_has_a_reason(serve: Serve) -> None:
    body = {"status": "not_ready", "reason": "MLflow does not answer"}
    found = serve(lambda _: httpx.Response(503, json=body)).ready()
    assert (found.alive, found.ready, found.reason) == (True, False, "MLflow does not answer")


def test_an_unknown_data_set_is_named(serve: Serve) -> None:
    controller = Controller(serve(lambda _: problem(DatasetNotFound("there is no data set «x»"))))
    with pytest.raises(DatasetNotFound):
        controller.dataset_versions("x")


def test_a_request_leaves_out_what_was_not_chosen(serve: Serve) -> None:
    sent = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.content)
        return problem(DatasetNotFound("no"))

    with pytest.raises(DatasetNotFound):
        Controller(serve(answer)).train(TrainingRequest(dataset="d", target="t", max_seconds=30))
    assert sent == [b'{"dataset":"d","target":"t","max_seconds":30}']


def test_the_recipe_of_a_request_keeps_the_kinds_of_its_steps(serve: Serve) -> None:
    bodies = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        raise httpx.ConnectError("enough")

    recipe = Recipe(steps=(ParseDate(column="day"),))
    with pytest.raises(Unavailable):
        Controller(serve(answer)).train(TrainingRequest(dataset="sales", target="price", recipe=recipe))
    assert bodies[0]["recipe"]["steps"] == [
        {"kind": "parse_date", "column": "day", "to": None, "order": "day_month_year"}
    ]


@pytest.mark.parametrize(("answer", "kind"), [("Adelie", str), ("1", str), (4012, float), (4012.5, float)])
def test_a_prediction_is_a_text_or_a_number(serve: Serve, answer: object, kind: type) -> None:
    body = {"model": "m", "version": 3, "prediction_id": "p", "predictions": [{"prediction": answer}], "warnings": []}
    found = Api(serve(lambda _: httpx.Response(200, json=body))).predict("m", {"a": 1})
    assert type(found.prediction.prediction) is kind
    assert found.prediction.probabilities == {}


def test_the_default_model_comes_first(serve: Serve) -> None:
    models = [
        {"name": name, "version": 1, "default": name == "b", "problem_type": "regression", "target": "t"}
        for name in ("a", "b")
    ]
    api = Api(serve(lambda _: httpx.Response(200, json={"models": models})))
    assert [model.name for model in api.models()] == ["b", "a"]
