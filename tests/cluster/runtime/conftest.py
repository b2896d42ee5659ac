"""A release in a namespace of its own, with a service account that has the permissions of the chart's controller."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cluster.runtime import manifests
from kube.tools import eventually, get, kubectl

from tablee_controller.runtimes.kubernetes import KubernetesRuntime
from tablee_controller.runtimes.kubernetes.objects import Pod, pins_of
from tablee_controller.runtimes.runtime import Pins, Runtime
from tablee_controller.settings import KubernetesSettings

NAMESPACE = "test-runtime"


class Site:
    """One release. It is the `place` of the contract of runtimes."""

    patience = 120.0

    def __init__(self, folder: Path) -> None:
        self.name = f"r{secrets.token_hex(2)}"
        self.kubeconfig = folder / "kubeconfig"
        self._opened: list[KubernetesRuntime] = []

    def settings(self, **more: Any) -> KubernetesSettings:
        return KubernetesSettings(
            namespace=NAMESPACE,
            api_deployment=f"{self.name}-api",
            train_cronjob=f"{self.name}-train",
            score_cronjob=f"{self.name}-score",
            h2o_statefulset=f"{self.name}-h2o",
            **more,
        )

    def open(self, **more: Any) -> KubernetesRuntime:
        runtime = KubernetesRuntime(self.settings(**more), kubeconfig=str(self.kubeconfig))
        self._opened.append(runtime)
        return runtime

    def abandon(self, runtime: Runtime) -> None:
        runtime.shutdown()

    def answers(self) -> Pins:
        """The pins of the pods that receive requests."""
        pins = [pins_of(pod.metadata) for pod in self.pods("api") if pod.ready]
        assert pins
        assert all(each == pins[0] for each in pins)
        return pins[0] or {}

    def pods(self, component: str) -> list[Pod]:
        found = get("pods", namespace=NAMESPACE, labels=selector(self.name, component))
        pods = [Pod.model_validate(each) for each in found]
        return [pod for pod in pods if pod.metadata.deletion_timestamp is None]

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        return kubectl(*arguments, namespace=NAMESPACE, stdin=stdin)

    def get(self, kind: str, component: str) -> Any:
        return get(kind, f"{self.name}-{component}", namespace=NAMESPACE)

    def events(self) -> list[tuple[str, str]]:
        """Reason and message of the events that the controller has created about the Deployment of the API, oldest
        first."""
        found = [each for each in get("events", namespace=NAMESPACE) if each["source"].get("component")]
        about = [each for each in found if each["involvedObject"]["name"] == f"{self.name}-api"]
        own = [each for each in about if each["source"]["component"] == "tablee-controller"]
        own.sort(key=lambda each: each["metadata"]["resourceVersion"])
        return [(each["reason"], each["message"]) for each in own]

    def install(self) -> None:
        self.apply(manifests.release(self.name))
        self.kubectl("rollout", "status", f"deployment/{self.name}-api", "--timeout=120s")
        self.sign_in()

    def apply(self, objects: list[dict[str, Any]]) -> None:
        self.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))

    def sign_in(self) -> None:
        """Write a kubeconfig with only the token of the service account."""
        admin = json.loads(kubectl("config", "view", "--raw", "--minify", "--flatten", "--output", "json"))
        token = self.kubectl("create", "token", f"{self.name}-controller").strip()
        admin["users"] = [{"name": admin["users"][0]["name"], "user": {"token": token}}]
        self.kubeconfig.write_text(json.dumps(admin))

    def remove(self) -> None:
        for runtime in self._opened:
            runtime.shutdown()
        self.kubectl("delete", "deployment,cronjob,statefulset,job", "-l", f"{INSTANCE}={self.name}", "--wait=false")
        rights = [f"{kind}/{self.name}-controller" for kind in ("role", "rolebinding", "serviceaccount")]
        self.kubectl("delete", *rights, "--ignore-not-found")


INSTANCE = "app.kubernetes.io/instance"


def selector(name: str, component: str) -> str:
    return f"{INSTANCE}={name},app.kubernetes.io/component={component}"


@pytest.fixture(scope="session")
def namespace(cluster: None) -> Iterator[str]:
    kubectl("create", "namespace", NAMESPACE)
    kubectl("label", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce=restricted")
    yield NAMESPACE
    kubectl("delete", "namespace", NAMESPACE, "--timeout=300s")


@pytest.fixture
def place(namespace: str, tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    try:
        site.install()
        yield site
    finally:
        site.remove()


@pytest.fixture
def reachable() -> Callable[[Site], None]:
    """Skips the test if this machine cannot connect to the addresses of pods."""

    def check(site: Site) -> None:
        pod = eventually(lambda: site.pods("api"))[0]
        try:
            httpx.get(f"http://{pod.status.pod_ip}:8000/readyz", timeout=5, trust_env=False)
        except httpx.HTTPError:
            pytest.skip("pods cannot be reached by their address from here: run this on a node of the cluster")

    return check
