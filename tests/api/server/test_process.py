"""The real process on real sockets: it starts, says when it is ready, is replaced under load, and ends in order."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.timeout(600)  # processes start slowly where others use the cores too

Start = Callable[..., "Process"]
ROUNDS = 2
EXPLAINED = 30
"""Rows whose explanations take an ensemble a second or two."""


class Process:
    """`python -m tablee_api`, configured by its environment alone."""

    def __init__(self, folder: Path, environment: dict[str, str], *, listener: socket.socket | None) -> None:
        self.admin = f"http://127.0.0.1:{free_port()}"
        self.log = folder / f"{self.admin.rpartition(':')[2]}.log"
        variables = {"PATH": os.environ["PATH"], "TABLEE_ADMIN_PORT": self.admin.rpartition(":")[2], **environment}
        if listener is not None:
            variables["TABLEE_LISTEN_FD"] = str(listener.fileno())
        with self.log.open("wb") as log:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", "tablee_api"],
                env=variables,
                pass_fds=[] if listener is None else [listener.fileno()],
                stdout=log,
                stderr=log,
                cwd=folder,
            )

    def readiness(self) -> tuple[int, dict[str, str]]:
        """Status and body of its own /readyz; 0 while it does not answer."""
        try:
            answer = httpx.get(f"{self.admin}/readyz", trust_env=False)
        except httpx.TransportError:
            assert self.popen.poll() is None, self.log.read_text()
            return 0, {}
        return answer.status_code, answer.json()

    def wait_for(self, status: str, seconds: float = 120) -> None:
        """Wait until its own /readyz answers 200."""
        end = time.monotonic() + seconds
        while (found := self.readiness())[1].get("status") != status:
            assert time.monotonic() < end, f"{found} instead of {status}: {self.log.read_text()}"
            time.sleep(0.02)

    def end(self, number: int = signal.SIGTERM) -> int:
        self.popen.send_signal(number)
        return self.popen.wait(60)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def start(full_registry: Any, tmp_path: Path) -> Iterator[Start]:
    """Starts processes over the full registry."""
    started: list[Process] = []

    def begin(pins: dict[str, int], *, listener: socket.socket | None = None, **environment: str) -> Process:
        variables = {
            "TABLEE_MLFLOW__URL": full_registry.url,
            "TABLEE_PINS": json.dumps(pins),
            "TABLEE_LOG__FORMAT": "json",
        }
        started.append(Process(tmp_path, variables | environment, listener=listener))
        return started[-1]

    yield begin
    for process in started:
        if process.popen.poll() is None:
            process.popen.kill()
            process.popen.wait()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=512) as opened:
        yield opened


@pytest.fixture(scope="session")
def body(bundles: dict[str, Any]) -> bytes:
    return json.dumps({"row": bundles["binary-gbm"].contract.examples[0]}).encode()


class Load(threading.Thread):
    """A client that predicts on one keep-alive connection, over and over."""

    def __init__(self, port: int, body: bytes) -> None:
        super().__init__()
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._body, self.enough = body, threading.Event()
        self.models: list[str] = []
        self.failures: list[str] = []

    def run(self) -> None:
        while not self.enough.is_set():
            try:
                self._connection.request("POST", "/predict", self._body, {"content-type": "application/json"})
                answer = self._connection.getresponse()
                document = json.loads(answer.read())
                if answer.status == 200:
                    self.models.append(document["model"])
                else:
                    self.failures.append(f"{answer.status} {document}")
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
                self._connection.close()
        self._connection.close()


def test_processes_replace_each_other_under_load(
    start: Start, listener: socket.socket, body: bytes, until: Any
) -> None:
    versions = ["binary-gbm", "binary-drf", "binary-glm", "binary-xgboost"][: ROUNDS + 1]
    serving = start({versions[0]: 1}, listener=listener)
    serving.wait_for("ready")
    clients = [Load(listener.getsockname()[1], body) for _ in range(4)]
    for client in clients:
        client.start()
    try:
        for version in versions[1:]:
            fresh = start({version: 1}, listener=listener)
            fresh.wait_for("ready")
            assert serving.end() == 0, serving.log.read_text()
            for client in clients:
                seen = len(client.models)
                until(lambda client=client, seen=seen: len(client.models) > seen + 20)
                assert client.models[-1] == version
            serving = fresh
    finally:
        for client in clients:
            client.enough.set()
        for client in clients:
            client.join()
    assert [client.failures for client in clients] == [[]] * len(clients)
    for client in clients:
        assert list(dict.fromkeys(client.models)) == versions  # forward only, and each was used
    assert serving.end() == 0


def test_requests_in_flight_are_answered(start: Start, listener: socket.socket, body: bytes, until: Any) -> None:
    process = start({"binary-stackedensemble": 1}, listener=listener)
    process.wait_for("ready")
    port = listener.getsockname()[1]
    explained = slow_request(port, json.dumps({"rows": [json.loads(body)["row"]] * EXPLAINED}).encode())
    uploading = socket.create_connection(("127.0.0.1", port))
    uploading.sendall(b"POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % len(body) + body[:10])
    idle = http.client.HTTPConnection("127.0.0.1", port)
    idle.request("GET", "/models")
    assert idle.getresponse().read()
    lines = lambda: httpx.get(f"{process.admin}/metrics", trust_env=False).text  # noqa: E731
    until(lambda: "rest_server_requests_in_progress 3.0" in lines())

    process.popen.send_signal(signal.SIGTERM)
    process.wait_for("draining")
    message = {"key": "readiness.ending", "facts": {}}
    assert process.readiness() == (503, {"status": "draining", "reason": "the process is ending", "message": message})
    idle.request("GET", "/models")  # an idle connection is answered once more, with `Connection: close`
    answer = idle.getresponse()
    assert (answer.status, answer.getheader("connection")) == (200, "close")
    uploading.sendall(body[10:])
    answer = http.client.HTTPResponse(uploading)
    answer.begin()
    assert (answer.status, answer.getheader("connection")) == (200, "close")
    assert json.loads(answer.read())["model"] == "binary-stackedensemble"
    uploading.close()
    answer = explained.getresponse()
    assert (answer.status, answer.getheader("connection")) == (200, "close")
    assert len(json.loads(answer.read())["predictions"]) == EXPLAINED
    assert process.popen.wait(60) == 0
    assert [json.loads(line)["event"] for line in process.log.read_text().splitlines()][-1] == "drain_completed"


def slow_request(port: int, body: bytes) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/predict?explain=true", body, {"content-type": "application/json"})
    return connection


def test_an_idle_connection_is_closed_after_the_grace(start: Start, listener: socket.socket, until: Any) -> None:
    process = start({"binary-glm": 1}, listener=listener, TABLEE_GRACE_SECONDS="0.2")
    process.wait_for("ready")
    idle = http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=30)
    idle.request("GET", "/healthz")
    assert idle.getresponse().read()
    process.popen.send_signal(signal.SIGTERM)
    assert idle.sock.recv(1) == b""
    idle.close()
    assert process.popen.wait(60) == 0


def test_a_request_that_never_ends_is_given_up(start: Start, listener: socket.socket, body: bytes, until: Any) -> None:
    process = start({"binary-glm": 1}, listener=listener, TABLEE_GRACE_SECONDS="0", TABLEE_DRAIN_SECONDS="1")
    process.wait_for("ready")
    with socket.create_connection(listener.getsockname()) as endless:
        endless.sendall(b"POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")
        until(lambda: "in_progress 2.0" in httpx.get(f"{process.admin}/metrics", trust_env=False).text)
        assert process.end() == 0


def test_nothing_is_accepted_before_it_is_ready(start: Start, listener: socket.socket, until: Any) -> None:
    process = start({"binary-glm": 7}, listener=listener)
    process.wait_for("failed")
    assert httpx.get(f"{process.admin}/healthz", trust_env=False).json() == {"status": "ok"}
    assert "tablee_model_load_seconds" in httpx.get(f"{process.admin}/metrics", trust_env=False).text
    assert httpx.get(f"{process.admin}/models", trust_env=False).json()["code"] == "not_found"
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"http://127.0.0.1:{listener.getsockname()[1]}/healthz", timeout=0.3, trust_env=False)
    assert process.end() == 0


def test_a_port_of_its_own_answers_at_once(start: Start, until: Any) -> None:
    port = free_port()
    process = start({"binary-glm": 7}, TABLEE_PORT=str(port))
    process.wait_for("failed")
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        assert client.get("/readyz").json()["reason"].startswith("binary-glm version 7")
        refused = client.post("/predict", json={"row": {}})
        assert (refused.status_code, refused.json()["code"]) == (503, "model_not_ready")
    assert process.end(signal.SIGINT) == 0


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"TABLEE_PINS": "{"}, "TABLEE_PINS"),
        ({"TABLEE_PINS": '{"penguins": "three"}'}, "TABLEE_PINS__PENGUINS"),
        ({"TABLEE_PINS": '{"Not A Name": 1}'}, "TABLEE_PINS"),
        ({"TABLEE_PINS": '{"penguins": 1}', "TABLEE_DEFAULT_MODEL": "cats"}, "the default model “cats” among the pins"),
        ({"TABLEE_PORTS": "1"}, "unknown variable TABLEE_PORTS"),
        ({"TABLEE_JVM_HEAP": "much"}, "TABLEE_JVM_HEAP"),
        ({"TABLEE_MAX_BODY_BYTES": "1000000000"}, "max_held_bytes of at least max_body_bytes (1000000000)"),
        ({"TABLEE_LISTEN_FD": "77"}, "TABLEE_LISTEN_FD=77 is no socket"),
    ],
)
def test_wrong_settings_end_it_with_a_sentence(start: Start, environment: dict[str, str], said: str) -> None:
    process = start({}, **environment)
    assert process.popen.wait(60) == 1
    text = process.log.read_text()
    assert said in text
    assert "Traceback" not in text


def test_a_taken_port_ends_it_with_a_sentence(start: Start, listener: socket.socket) -> None:
    process = start({}, TABLEE_PORT=str(listener.getsockname()[1]))
    assert process.popen.wait(60) == 1
    assert "the address is already in use" in process.log.read_text()
