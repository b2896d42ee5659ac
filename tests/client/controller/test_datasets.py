"""Responses about data sets as objects."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tablee.errors import DatasetNotFound, TableeError
from tablee_client import Controller, Service

Serve = Callable[[Callable[[httpx.Request], httpx.Response]], Service]


def problem(error: TableeError) -> httpx.Response:
    return httpx.Response(error.status, json=error.problem("id"))


def test_an_unknown_data_set_is_named(serve: Serve) -> None:
    controller = Controller(serve(lambda _: problem(DatasetNotFound("there is no data set «x»"))))
    with pytest.raises(DatasetNotFound):
        controller.datasets.versions("x")
