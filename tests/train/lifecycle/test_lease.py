"""The lease of the H2O cluster, from a controller with prepared answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from english_words import in_french

from tablee.errors import AccessDenied, EngineUnavailable, TrainingCancelled
from tablee.jobs.process import StopRequest
from tablee_train.lifecycle.lease import ClusterLease


class Controller:
    """Answers each request with the next of its answers, and repeats the last one."""

    def __init__(self, *answers: dict[str, Any] | int | type[httpx.TransportError]) -> None:
        self.answers, self.asked, self.paths, self.reported = list(answers), list[bool](), set[str](), list[Any]()
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

    def lease(
        self, stop: StopRequest | None = None, on_wait: Callable[[str], None] | None = None, **options: Any
    ) -> ClusterLease:
        client = httpx.Client(transport=httpx.MockTransport(self), base_url="http://controller")
        limits = {"wait_seconds": 100.0, "taken_seconds": 500.0, "clock": lambda: self.now, **options}
        return ClusterLease(
            client, "20260131-120000-abcdef", stop or WithoutSleep(), on_wait or self.reported.append, **limits
        )


class WithoutSleep(StopRequest):
    """Does not sleep while it waits."""

    def __init__(self) -> None:
        super().__init__(TrainingCancelled("the training was cancelled"))

    def wait(self, seconds: float) -> None:
        self.check()


READY = {"state": "ready", "ready": 3}
WAKING = {"state": "waking", "ready": 1, "message": "1 of 3 nodes are ready."}
TAKEN = {"state": "taken", "holder": "20260131-110000-aaaaaa", "message": "It is taken."}


def test_a_cluster_that_is_ready_is_acquired_at_once() -> None:
    controller = Controller(READY)
    controller.lease().acquire()
    assert (controller.asked, controller.paths) == ([False], {"/trainings/20260131-120000-abcdef/h2o"})
    assert controller.reported == []


def test_what_is_waited_for_is_reported_when_it_changes() -> None:
    controller = Controller(TAKEN, TAKEN, WAKING, WAKING, READY)
    controller.lease().acquire()
    assert [str(each) for each in controller.reported] == [
        "Waiting for the H2O cluster: 20260131-110000-aaaaaa has it.",
        "Waiting for the H2O cluster: 1 of 3 nodes are ready.",
    ]


def test_recreating_is_asked_for_until_the_controller_does_it() -> None:
    controller = Controller(httpx.ConnectError, TAKEN, {"state": "recycling"}, WAKING, READY)
    lease = controller.lease(recycle=True)
    lease.acquire()
    assert controller.asked == [True, True, True, False, False]
    lease.recycle()
    lease.acquire()
    assert controller.asked[5:] == [True]


@pytest.mark.parametrize(
    ("answer", "seconds", "words"),
    [
        (WAKING, 100, "1 of 3 nodes are ready"),
        (TAKEN, 500, "20260131-110000-aaaaaa has it"),
        (httpx.ConnectError, 100, "does not answer"),
        (503, 100, "no"),
        (502, 100, "answered 502"),
    ],
)
def test_every_wait_has_a_time_limit(answer: Any, seconds: int, words: str) -> None:
    controller = Controller(answer)
    with pytest.raises(EngineUnavailable, match=f"after {seconds} s: .*{words}") as caught:
        controller.lease().acquire()
    if words != "no":  # that service says its reason as a text
        in_french(caught.value)
    assert seconds < controller.now <= seconds + 30


def test_waiting_for_another_training_does_not_count_as_waiting_for_the_start() -> None:
    controller = Controller(*[TAKEN] * 40, *[WAKING] * 9, READY)
    controller.lease().acquire()


def test_a_refused_key_ends_the_wait_at_once() -> None:
    with pytest.raises(AccessDenied):
        Controller(401).lease().acquire()


def test_waiting_can_be_stopped() -> None:
    stop = WithoutSleep()
    with pytest.raises(TrainingCancelled):
        Controller(TAKEN).lease(stop, lambda _: stop.request()).acquire()
