"""The reasons why new pods do not become ready, as texts."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from english_words import in_french
from http_server import TestServer

from tablee_controller.runtimes.kubernetes import failures
from tablee_controller.runtimes.kubernetes.failures import ReadinessProbe, find_failures, pod_failure, pods_with_pins
from tablee_controller.runtimes.kubernetes.objects import PINS, Pod

Json = dict[str, Any]


def pod(
    name: str = "api-x", *, pins: str = '{"m":2}', ready: bool = False, terminating: bool = False, **status: Any
) -> Pod:
    conditions = [{"type": "Ready", "status": "True" if ready else "False"}, *status.pop("conditions", [])]
    metadata: Json = {"name": name, "annotations": {PINS: pins}}
    if terminating:
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    return Pod.model_validate({"metadata": metadata, "status": {"conditions": conditions, **status}})


def container(state: Json | None = None, last: Json | None = None, restarts: int = 0) -> Json:
    status = {"name": "api", "restartCount": restarts, "state": state or {}, "lastState": last or {}}
    return {"containerStatuses": [status]}


CASES: dict[str, tuple[Pod, str]] = {
    "running": (pod(ready=True, **container({"running": {}})), ""),
    "being created": (pod(**container({"waiting": {"reason": "ContainerCreating"}})), ""),
    "no image": (
        pod(**container({"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}})),
        "pod api-x, container api: Kubernetes says: ImagePullBackOff: no such image",
    ),
    "no secret": (
        pod(**container({"waiting": {"reason": "CreateContainerConfigError", "message": 'secret "s" not found'}})),
        'pod api-x, container api: Kubernetes says: CreateContainerConfigError: secret "s" not found',
    ),
    "crashes": (
        pod(
            **container(
                {"waiting": {"reason": "CrashLoopBackOff"}}, {"terminated": {"exitCode": 2, "reason": "Error"}}, 3
            )
        ),
        "pod api-x, container api: it ended with exit code 2 (“Error”), 3 restarts",
    ),
    "out of memory": (
        pod(**container({"running": {}}, {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}, 1)),
        "pod api-x, container api: it ended with exit code 137 (“OOMKilled”), 1 restarts",
    ),
    "cannot be scheduled": (
        pod(conditions=[{"type": "PodScheduled", "status": "False", "message": "0/1 nodes: Insufficient memory"}]),
        "pod api-x has no place: Kubernetes says: 0/1 nodes: Insufficient memory",
    ),
    "evicted": (
        pod(phase="Failed", reason="Evicted", message="low on disk"),
        "pod api-x failed: Kubernetes says: low on disk",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_failure_of_a_pod(name: str) -> None:
    found, reason = CASES[name]
    assert str(pod_failure(found)) == reason
    assert bool(in_french(pod_failure(found))) is bool(reason)


def test_new_pods_have_the_pins_and_are_not_terminating() -> None:
    pods = [pod("old", pins='{"m":1}'), pod("new"), pod("gone", terminating=True), pod("nonsense", pins="{")]
    assert [each.metadata.name for each in pods_with_pins(pods, {"m": 2})] == ["new"]


REPORTS = {"bad": ("failed", "corrupt"), "slow": ("starting", "still loading"), "silent": ("", "")}


@pytest.mark.parametrize(
    ("pods", "reason", "all_failed"),
    [
        ([], "", False),
        (["bad"], "corrupt", True),
        (["bad", "bad"], "corrupt", True),
        (["slow", "bad"], "corrupt", False),
        (["slow"], "still loading", False),
        (["silent"], "", False),
        (["bad", "ready"], "corrupt", False),
        (["ready"], "", False),
    ],
)
def test_the_reason_of_several_pods(pods: list[str], reason: str, all_failed: bool) -> None:
    found = find_failures([pod(name, ready=name == "ready") for name in pods], lambda each: REPORTS[each.metadata.name])
    assert (str(found.reason), found.all_failed) == (reason, all_failed)


def test_reasons_of_kubernetes_come_before_those_of_a_starting_pod() -> None:
    killed = CASES["out of memory"][0]
    assert "OOMKilled" in str(find_failures([killed], lambda _: REPORTS["slow"]).reason)
    assert find_failures([killed], lambda _: REPORTS["bad"]).reason == "corrupt"


@pytest.fixture
def responses() -> Iterator[list[tuple[int, bytes]]]:
    """A pod's `/readyz` with responses from the test."""
    responses: list[tuple[int, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = responses[-1]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return

    with TestServer(Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        responses.append((server.server_port, b""))
        yield responses
        server.shutdown()
        thread.join()


def test_the_readiness_of_a_pod_is_read_from_the_pod(
    responses: list[tuple[int, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "PORT", responses[0][0])
    probe, local_pod = ReadinessProbe(), pod(podIP="127.0.0.1")
    responses.append((503, json.dumps({"status": "failed", "reason": "corrupt"}).encode()))
    assert probe(local_pod) == ("failed", "corrupt")
    for invalid in (b"", b"[]", b"{}", b"\xff"):
        responses.append((503, invalid))
        assert probe(local_pod) == ("", "")
    assert probe(pod()) == ("", "")
    monkeypatch.setattr(failures, "PORT", 1)
    assert probe(local_pod) == ("", "")
    probe.close()
