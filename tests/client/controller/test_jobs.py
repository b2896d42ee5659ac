"""Trainings, scorings and predictions of files are followed in the same way."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tablee.errors import ScoringEnded, TableeError, TrainingEnded
from tablee_client import Controller, Service
from tablee_client.controller.jobs import Jobs

Serve = Callable[[Callable[[httpx.Request], httpx.Response]], Service]


def jobs_of(controller: Controller, kind: str) -> Jobs[object]:
    jobs: Jobs[object] = getattr(controller, "file_predictions" if kind == "predictions" else kind)
    return jobs


@pytest.mark.parametrize("kind", ["trainings", "scorings", "predictions"])
def test_the_last_lines_of_a_log(serve: Serve, kind: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=f"{request.method} {request.url.raw_path.decode()}")

    jobs = jobs_of(Controller(serve(answer)), kind)
    assert jobs.log("a/b") == f"GET /{kind}/a%2Fb/log"
    assert jobs.log("a", tail=3) == f"GET /{kind}/a/log?tail=3"


@pytest.mark.parametrize(
    ("kind", "error"), [("trainings", TrainingEnded), ("scorings", ScoringEnded), ("predictions", ScoringEnded)]
)
def test_a_job_that_has_ended_is_not_cancelled(serve: Serve, kind: str, error: type[TableeError]) -> None:
    called = []

    def answer(request: httpx.Request) -> httpx.Response:
        called.append(f"{request.method} {request.url.path}")
        return httpx.Response(error.status, json=error("training", id="a", phase="failed").problem("id"))

    with pytest.raises(error):
        jobs_of(Controller(serve(answer)), kind).cancel("a")
    assert called == [f"POST /{kind}/a/cancel"]
