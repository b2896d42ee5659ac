"""Responses about data sets as objects."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tablee.datasets.reading import ColumnCorrections, Corrections
from tablee.errors import DatasetNotFound, InvalidTable, TableeError
from tablee_client import Controller, Service

Serve = Callable[[Callable[[httpx.Request], httpx.Response]], Service]


def problem(error: TableeError) -> httpx.Response:
    return httpx.Response(error.status, json=error.problem("id"))


def test_an_unknown_data_set_is_named(serve: Serve) -> None:
    controller = Controller(serve(lambda _: problem(DatasetNotFound("there is no data set “x”"))))
    with pytest.raises(DatasetNotFound):
        controller.datasets.versions("x")


def test_strict_and_corrections_are_sent(serve: Serve) -> None:
    asked: list[httpx.QueryParams] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params)
        return problem(InvalidTable("no_rows"))

    datasets = Controller(serve(answer)).datasets
    corrections = Corrections(columns={"lat": ColumnCorrections(decimal=",")})
    for strict in (True, False):
        with pytest.raises(InvalidTable):
            datasets.add_upload("x", "u", corrections=corrections, strict=strict)
    assert [each.get("strict") for each in asked] == ["true", None]
    assert asked[0]["options"] == '{"columns":{"lat":{"decimal":","}}}'
