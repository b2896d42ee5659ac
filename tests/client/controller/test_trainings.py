"""Bodies of requests for trainings."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from tablee.errors import DatasetNotFound, TableeError, Unavailable
from tablee.jobs.training import TrainingRequest
from tablee.recipes import Recipe
from tablee.recipes.steps import ParseDate
from tablee_client import Controller, Service

Serve = Callable[[Callable[[httpx.Request], httpx.Response]], Service]


def problem(error: TableeError) -> httpx.Response:
    return httpx.Response(error.status, json=error.problem("id"))


def test_a_request_has_only_the_members_given(serve: Serve) -> None:
    sent = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.content)
        return problem(DatasetNotFound("no"))

    with pytest.raises(DatasetNotFound):
        Controller(serve(answer)).trainings.start(TrainingRequest(dataset="d", target="t", max_seconds=30))
    assert sent == [b'{"dataset":"d","target":"t","max_seconds":30}']


def test_the_recipe_of_a_request_keeps_the_kinds_of_its_steps(serve: Serve) -> None:
    bodies = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        raise httpx.ConnectError("enough")

    recipe = Recipe(steps=(ParseDate(column="day"),))
    with pytest.raises(Unavailable):
        Controller(serve(answer)).trainings.start(TrainingRequest(dataset="sales", target="price", recipe=recipe))
    assert bodies[0]["recipe"]["steps"] == [
        {"kind": "parse_date", "column": "day", "to": None, "order": "day_month_year"}
    ]
