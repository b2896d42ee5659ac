"""The claim on the cluster, against a controller that answers as told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tablee.errors import AccessDenied, EngineUnavailable, TrainingCancelled
from tablee.jobs.process import StopRequest
from tablee_train.lifecycle.lease import ClusterLease


class Controller:
    """Answers one request after the other; the last answer again and again."""

    def __init__(self, *answers: dict[str, Any] | int | type[httpx.TransportError]) -> None:
        self.answers, self.asked, self.paths, self.told = list(answers), list[bool](), set[str](), list[str]()
        self.now = 0.0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.paths.add(request.url.path)
        self.asked.append(json.loads(request.content)["recycle"])
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.now += 10.0
        if isinstance(answer, int):
            code = {401: "access_denied", 503: "kubernetes_unavailable"}.get(answer)
            return httpx.Response(answer, json={"code": code, "detail": "no", "hint": "look"} if code else None)
        if isinstance(answer, dict):
            return httpx.Response(200, json={"nodes": 3, "ready": 0, "holder": None, "message": "", **answer})
        raise answer("refused")

    def claim(
        self, stop: StopRequest | None = None, tell: Callable[[str], None] | None = None, **options: Any
    ) -> ClusterLease:
        client = httpx.Client(transport=httpx.MockTransport(self), base_url="http://controller")
        limits = {"wait_seconds": 100.0, "taken_seconds": 500.0, "clock": lambda: self.now, **options}
        return ClusterLease(client, "20260131-120000-abcdef", stop or Quick(), tell or self.told.append, **limits)


class Quick(StopRequest):
    """Does not sleep."""

    def wait(self, seconds: float) -> None:
        self.check()


READY = {"state": "ready", "ready": 3}
WAKING = {"state": "waking", "message": "1 of 3 nodes are ready."}
TAKEN = {"state": "taken", "holder": "20260131-110000-aaaaaa", "message": "It is taken."}


def test_a_cluster_that_is_ready_is_ours() -> None:
    controller = Controller(READY)
    controller.claim().acquire()
    assert (controller.asked, controller.paths) == ([False], {"/trainings/20260131-120000-abcdef/h2o"})
    assert controller.told == []


def test_what_is_waited_for_is_told_once() -> None:
    controller = Controller(TAKEN, TAKEN, WAKING, WAKING, READY)
    controller.claim().acquire()
    assert controller.told == [
        "Waiting for the H2O cluster: 20260131-110000-aaaaaa has it.",
        "Waiting for the H2O cluster: 1 of 3 nodes are ready.",
    ]


def test_starting_anew_is_asked_for_until_it_is_heard_and_then_no_more() -> None:
    controller = Controller(httpx.ConnectError, TAKEN, {"state": "recycling"}, WAKING, READY)
    claim = controller.claim(recycle=True)
    claim.acquire()
    assert controller.asked == [True, True, True, False, False]
    claim.recycle()
    claim.acquire()
    assert controller.asked[5:] == [True]


@pytest.mark.parametrize(
    ("answer", "seconds", "words"),
    [
        (WAKING, 100, "1 of 3 nodes are ready"),
        (TAKEN, 500, "taken"),
        (httpx.ConnectError, 100, "does not answer"),
        (503, 100, "no"),
        (502, 100, "answered 502"),
    ],
)
def test_every_wait_has_an_end(answer: Any, seconds: int, words: str) -> None:
    controller = Controller(answer)
    with pytest.raises(EngineUnavailable, match=f"after {seconds} s: .*{words}"):
        controller.claim().acquire()
    assert seconds < controller.now <= seconds + 30


def test_the_long_wait_for_another_training_does_not_shorten_the_waking() -> None:
    controller = Controller(*[TAKEN] * 40, *[WAKING] * 9, READY)
    controller.claim().acquire()


def test_a_refused_key_is_no_reason_to_wait() -> None:
    with pytest.raises(AccessDenied):
        Controller(401).claim().acquire()


def test_waiting_can_be_stopped() -> None:
    stop = Quick()
    with pytest.raises(TrainingCancelled):
        Controller(TAKEN).claim(stop, lambda _: stop.request()).acquire()
