"""The client of the Kubernetes API, with a real server: requests, and the handling of each kind of response."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from http_server import TestServer

from tablee.errors import KubernetesUnavailable, NotFound
from tablee_controller.runtimes.kubernetes import cluster
from tablee_controller.runtimes.kubernetes.cluster import Cluster, Exists, Refused
from tablee_controller.runtimes.kubernetes.objects import Pod


class Api:
    """A server that gives the same response to all requests, and records them."""

    def __init__(self) -> None:
        self.status, self.body = 200, b"{}"
        self.requests: list[tuple[str, str, dict[str, str], Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.requests.append((self.command, self.path, headers, json.loads(body) if body else None))
                self.send_response(outer.status)
                self.send_header("content-length", str(len(outer.body)))
                self.end_headers()
                self.wfile.write(outer.body)

            do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815 (the names http.server looks for)

            def log_message(self, *_: Any) -> None:
                return

        self.server = TestServer(Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def refuse(self, status: int, message: str) -> None:
        self.status, self.body = status, json.dumps({"kind": "Status", "message": message}).encode()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def api() -> Iterator[Api]:
    found = Api()
    yield found
    found.close()


@pytest.fixture
def kube(api: Api, tmp_path: Path) -> Iterator[Cluster]:
    opened = Cluster("ns", str(kubeconfig(tmp_path, api.server.server_port)))
    yield opened
    opened.close()


def kubeconfig(folder: Path, port: int) -> Path:
    path = folder / "kubeconfig"
    content = {
        "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "users": [{"name": "u", "user": {"token": "secret"}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    path.write_text(json.dumps(content))
    return path


def test_calls_are_what_the_role_allows(api: Api, kube: Cluster) -> None:
    kube.deployment("d")
    kube.patch_deployment("d", {"spec": {}})
    kube.scale("s", 3)
    assert kube.jobs("a=b") == []
    kube.delete_job("j")
    kube.create_event({"kind": "Deployment", "name": "d"}, reason="R", message="m" * 2000)
    calls = [(method, path.partition("?")[0]) for method, path, _, _ in api.requests]
    apps, batch, core = "/apis/apps/v1/namespaces/ns", "/apis/batch/v1/namespaces/ns", "/api/v1/namespaces/ns"
    assert calls == [
        ("GET", f"{apps}/deployments/d"),
        ("PATCH", f"{apps}/deployments/d"),
        ("PATCH", f"{apps}/statefulsets/s/scale"),
        ("GET", f"{batch}/jobs"),
        ("DELETE", f"{batch}/jobs/j"),
        ("POST", f"{core}/events"),
    ]
    assert all(headers["authorization"] == "Bearer secret" for _, _, headers, _ in api.requests)
    assert "merge-patch+json" in api.requests[1][2]["content-type"]
    assert "fieldManager=tablee-controller" in api.requests[1][1]
    assert "propagationPolicy=Foreground" in api.requests[4][1]
    assert len(api.requests[5][3]["message"]) == 1000


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (404, 'deployments.apps "d" not found', NotFound),
        (409, 'jobs.batch "j" already exists', Exists),
        (422, 'Job.batch "j" is invalid', Refused),
        (400, "no", Refused),
        (403, 'jobs.batch "j" is forbidden: exceeded quota: none', Refused),
        (403, 'jobs.batch is forbidden: User "system:serviceaccount:ns:c" cannot create', KubernetesUnavailable),
        (401, "Unauthorized", KubernetesUnavailable),
        (429, "too many requests", KubernetesUnavailable),
        (500, "etcdserver: request timed out", KubernetesUnavailable),
        (503, "the server is currently unable to handle the request", KubernetesUnavailable),
    ],
)
def test_every_error_status_has_its_class_and_reason(
    api: Api, kube: Cluster, status: int, message: str, error: type[Exception]
) -> None:
    api.refuse(status, message)
    with pytest.raises(error) as raised:
        kube.create_job({})
    assert message in str(raised.value)
    assert len(api.requests) == 1  # the control loop repeats the call


def test_a_response_that_is_not_json(api: Api, kube: Cluster) -> None:
    api.body = b"<html>"
    with pytest.raises(KubernetesUnavailable):
        kube.cron_job("c")


def test_deleting_a_missing_object_is_no_error(api: Api, kube: Cluster) -> None:
    api.refuse(404, "gone")
    kube.delete_job("j")


def test_a_missing_log_is_empty(api: Api, kube: Cluster) -> None:
    pod = Pod.model_validate({"metadata": {"name": "p"}, "spec": {"containers": [{"name": "main"}]}})
    api.refuse(400, 'container "main" in pod "p" is waiting to start: ContainerCreating')
    assert kube.log(pod, 5) == ""
    api.status, api.body = 200, "é\n".encode()
    assert kube.log(pod, 5) == "é\n"
    assert "container=main" in api.requests[-1][1]
    assert "tailLines=5" in api.requests[-1][1]


def test_an_api_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    kube = Cluster("ns", str(kubeconfig(tmp_path, 1)))
    with pytest.raises(KubernetesUnavailable, match="does not answer"):
        kube.deployment("d")
    kube.close()


def test_a_request_without_a_response_times_out(api: Api, kube: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "TIMEOUT", (0.2, 0.2))
    api.server.shutdown()  # the server accepts no connection, but its socket listens
    with pytest.raises(KubernetesUnavailable, match="does not answer"):
        kube.deployment("d")


def test_outside_of_a_cluster_it_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    with pytest.raises(KubernetesUnavailable, match="there is no way"):
        Cluster("ns")
    with pytest.raises(KubernetesUnavailable, match="there is no way"):
        Cluster("ns", str(tmp_path / "none"))
