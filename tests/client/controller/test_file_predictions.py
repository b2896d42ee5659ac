"""Requests and responses of file predictions."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest
from file_predictions import QUEUED

from tablee.datasets.reading import Corrections
from tablee.errors import NotFound, ScoringEnded
from tablee_client import Controller, Service

Serve = Callable[[Callable[[httpx.Request], httpx.Response]], Service]


@pytest.mark.parametrize(
    ("version", "corrections", "body"),
    [
        (None, None, {"explain": False}),
        (3, Corrections(), {"explain": False, "version": 3}),
        (None, Corrections(texts=("code",)), {"explain": False, "reading": {"texts": ["code"]}}),
    ],
)
def test_a_request_has_only_the_parameters_given(
    serve: Serve, version: int | None, corrections: Corrections | None, body: dict[str, object]
) -> None:
    sent = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append((request.method, request.url.path, json.loads(request.content)))
        return httpx.Response(202, json=QUEUED)

    started = Controller(serve(answer)).file_predictions.start("u-1", "m", version=version, corrections=corrections)
    assert (started.id, started.phase) == ("p-1", "queued")
    assert sent == [("POST", "/predictions", {"upload": "u-1", "model": "m"} | body)]


def test_the_result_is_the_bytes_of_the_file(serve: Serve) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/predictions/p-1/result"
        return httpx.Response(200, content="ville;réponse\n".encode("cp1252"))

    assert Controller(serve(answer)).file_predictions.result("p-1").decode("cp1252") == "ville;réponse\n"


def test_errors_have_the_class_of_their_code(serve: Serve) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        error = (
            ScoringEnded("prediction", id="p-1", phase="done")
            if request.method == "POST"
            else NotFound("prediction", id="p-1")
        )
        return httpx.Response(error.status, json=error.problem())

    predictions = Controller(serve(answer)).file_predictions
    with pytest.raises(NotFound, match="p-1"):
        predictions.get("p-1")
    with pytest.raises(NotFound):
        predictions.delete("p-1")
    with pytest.raises(ScoringEnded):
        predictions.cancel("p-1")
