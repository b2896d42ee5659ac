"""Connections of the fast lane: bytes one by one, clients that disconnect, too many requests, full queues."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import httpx
import orjson
import pytest
from zoo import PENGUINS, read

from tablee import metrics
from tablee_api.inference import endpoint
from tablee_api.server.fast_lane import lane as fast_lane
from tablee_api.server.fast_lane.single_row import SingleRowHandler

Recorded = list[bool]
ROW = read(PENGUINS).drop("species").head(1).to_dicts()[0]


class Raw:
    """A connection that sends arbitrary bytes."""

    def __init__(self, api: httpx.Client) -> None:
        self.socket = socket.create_connection((api.base_url.host, api.base_url.port or 80), timeout=20)
        self.file = self.socket.makefile("rb")

    def close(self) -> None:
        self.file.close()
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the next answer."""
        status = int(self.file.readline().split()[1])
        headers = {}
        while line := self.file.readline().strip().decode():
            name, _, value = line.partition(": ")
            headers[name] = value
        return status, headers, self.file.read(int(headers["content-length"]))


@pytest.fixture
def raw(api: httpx.Client) -> Iterator[Raw]:
    with closing(Raw(api)) as connection:
        yield connection


def request(row: dict[str, Any], *, path: str = "/predict", method: str = "POST", version: str = "1.1") -> bytes:
    body = orjson.dumps({"row": row})
    headers = f"Host: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return f"{method} {path} HTTP/{version}\r\n{headers}".encode() + body


def test_bytes_may_come_one_by_one(raw: Raw, lane: Recorded) -> None:
    for _ in range(2):
        for byte in request(ROW):
            raw.send(bytes([byte]))
        assert raw.answer()[0] == 200
    assert lane == [True, True]


def test_requests_sent_ahead_are_answered_in_their_order(raw: Raw) -> None:
    island = [ROW | {"island": name} for name in ("Biscoe", "Dream", "Torgersen", "Mars")]
    plain = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    ordinary = request(ROW, path="/predict?explain=true")
    sent = [request(island[0]), plain, request(island[1]), ordinary, request(island[2]), request(island[3]), plain]
    raw.send(b"".join(sent))
    answers = [raw.answer() for _ in sent]
    assert [status for status, _, _ in answers] == [200] * len(sent)
    assert [json.loads(answers[at][2]) for at in (1, 6)] == [{"status": "ok"}] * 2
    assert "explanation" in json.loads(answers[3][2])["predictions"][0]
    assert [json.loads(answers[at][2])["warning_count"] for at in (0, 2, 4, 5)] == [0, 0, 0, 1]


def test_an_http_1_0_client_is_answered_by_the_application(raw: Raw, lane: Recorded) -> None:
    raw.send(request(ROW, version="1.0"))
    assert raw.answer()[0] == 200
    assert lane == []


def test_a_client_that_disconnects_does_not_affect_others(api: httpx.Client, raw: Raw, lane: Recorded) -> None:
    raw.send(request(ROW)[:-5])
    raw.close()
    assert api.post("/predict", json={"row": ROW}).status_code == 200
    assert lane == [True]


def test_a_half_sent_request_is_waited_for_at_the_end(
    start_api: Any, full_registry: Any, tmp_path: Any, until: Callable[..., None]
) -> None:
    answered: list[int] = []
    with start_api(full_registry, {"multiclass-gbm": 1}, tmp_path, grace_seconds=0.2) as running:
        connection = Raw(running.client)
        whole = request(ROW)
        connection.send(whole[:-5])
        assert running.client.get("/healthz").status_code == 200  # what was sent before is read by now

        def finish() -> None:
            until(lambda: not accepts(running.address))
            time.sleep(0.5)  # the grace, in which an idle connection would be closed
            connection.send(whole[-5:])
            answered.append(connection.answer()[0])
            connection.close()

        thread = threading.Thread(target=finish)
        thread.start()
    thread.join(20)
    assert answered == [200]


def accepts(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, timeout=1).close()
    except OSError:
        return False
    return True


def refusals() -> float:
    """The number of refused requests of this process."""
    labels = {"endpoint": "/predict", "method": "POST", "status_code": "503"}
    return metrics.REGISTRY.get_sample_value("rest_server_requests_total", labels) or 0.0


def overload(start_api: Any, monkeypatch: pytest.MonkeyPatch, *at: Any, **settings: Any) -> list[Any]:
    """The responses to 20 requests that arrive while one request blocks the event loop, and to that one."""
    answer = SingleRowHandler.answer

    def held_up(self: SingleRowHandler, body: bytes, prediction_id: bytes) -> bytes | None:
        if b"Dream" in body:
            gate.wait(20)
        return answer(self, body, prediction_id)

    gate = threading.Event()
    monkeypatch.setattr(SingleRowHandler, "answer", held_up)
    monkeypatch.setattr(fast_lane, "UNWATCHED", 1)
    monkeypatch.setattr(fast_lane, "ROUND_SECONDS", 0.0)
    with start_api(*at, **settings) as running, ExitStack() as stack:
        first, *others = [stack.enter_context(closing(Raw(running.client))) for _ in range(21)]
        for each in others:  # all have to be accepted before
            each.send(request(ROW))
            assert each.answer()[0] == 200
        first.send(request(ROW | {"island": "Dream"}))
        for each in others:
            each.send(request(ROW))
        gate.set()
        answers = [each.answer() for each in (first, *others)]
        assert running.client.post("/predict", json={"row": ROW}).status_code == 200
    return answers


def test_requests_above_the_time_of_a_round_are_queued(
    start_api: Any, full_registry: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time of a round is enough for one request; the others are answered in the next rounds."""
    answers = overload(start_api, monkeypatch, full_registry, {"multiclass-gbm": 1}, tmp_path)
    assert [status for status, _, _ in answers] == [200] * 21


def test_requests_beyond_the_queue_are_refused(
    start_api: Any, full_registry: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = refusals()
    answers = overload(start_api, monkeypatch, full_registry, {"multiclass-gbm": 1}, tmp_path, max_in_flight=1)
    assert answers[0][0] == 200
    refused = [(headers, body) for status, headers, body in answers if status == 503]
    assert 0 < len(refused) < 20  # the network decides in how many rounds they arrive
    assert all("retry-after" in headers and "x-request-id" in headers for headers, _ in refused)
    assert json.loads(refused[0][1])["code"] == "overloaded"
    assert refusals() - before == len(refused)


def test_requests_that_wait_too_long_are_refused(
    start_api: Any, full_registry: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = refusals()
    answers = overload(start_api, monkeypatch, full_registry, {"multiclass-gbm": 1}, tmp_path, queue_seconds=1e-9)
    refused = sum(status == 503 for status, _, _ in answers)
    assert refused  # all but those that came first in a round
    assert refusals() - before == refused


def test_queued_requests_keep_their_order_on_a_connection(
    start_api: Any, full_registry: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pipelined requests, one of which the application answers."""
    monkeypatch.setattr(fast_lane, "UNWATCHED", 1)
    monkeypatch.setattr(fast_lane, "ROUND_SECONDS", 0.0)
    with start_api(full_registry, {"multiclass-gbm": 1}, tmp_path) as running, closing(Raw(running.client)) as raw:
        rows = [ROW, ROW | {"island": 5}, ROW, ROW | {"island": "Atlantis"}, ROW]
        raw.send(b"".join(map(request, rows)))
        assert [raw.answer()[0] for _ in rows] == [200, 422, 200, 200, 200]


def test_an_idle_connection_is_closed_but_no_half_sent_request(
    start_api: Any, full_registry: Any, tmp_path: Any
) -> None:
    with (
        start_api(full_registry, {"multiclass-gbm": 1}, tmp_path, idle_seconds=1) as running,
        closing(Raw(running.client)) as idle,
        closing(Raw(running.client)) as slow,
    ):
        for each in (slow, idle):
            each.send(request(ROW))
            assert each.answer()[0] == 200
        whole = request(ROW)
        slow.send(whole[:10])
        assert idle.file.read() == b"", "it is closed after a second"
        slow.send(whole[10:])
        assert slow.answer()[0] == 200
        assert slow.file.read() == b""


def test_large_requests_are_turned_away_while_the_queue_is_full(
    start_api: Any, full_registry: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The response comes before the body, the connection stays open, and small requests are answered meanwhile."""
    gate, begun, before = threading.Event(), threading.Event(), refusals()

    def held_up(*arguments: Any) -> Any:
        begun.set()
        gate.wait(30)
        return parse(*arguments)

    parse = endpoint.parse
    monkeypatch.setattr(endpoint, "parse", held_up)
    body = orjson.dumps({"rows": [ROW] * 600})
    headers = f"Host: x\r\nContent-Type: application/json\r\nX-Request-Id: big\r\nContent-Length: {len(body)}\r\n\r\n"
    head = f"POST /predict HTTP/1.1\r\n{headers}".encode()
    with start_api(full_registry, {"multiclass-gbm": 1}, tmp_path, threads=1, max_queue=0) as running:
        with closing(Raw(running.client)) as first, closing(Raw(running.client)) as second:
            assert running.client.post("/predict", json={"row": ROW}).status_code == 200
            first.send(head + body)
            assert begun.wait(10)
            second.send(head)
            status, found, problem = second.answer()
            assert (status, found["x-request-id"], "retry-after" in found) == (503, "big", True)
            assert json.loads(problem)["code"] == "overloaded"
            second.send(body + request(ROW))
            assert second.answer()[0] == 200
            gate.set()
            assert first.answer()[0] == 200
            second.send(head + body)
            assert second.answer()[0] == 200
        assert refusals() - before == 1
