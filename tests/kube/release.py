"""A release of the chart, used as its users use it: through helm, kubectl and the ingress."""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from kube.pods import pod
from kube.tools import PATIENCE, eventually, get, helm, kubectl

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "tablee"
LOAD = Path(__file__).parent / "load.py"
INGRESS = os.environ.get("TABLEE_TEST_INGRESS", "http://127.0.0.1")
"""Where the cluster's ingress controller answers; hosts are distinguished by the Host header."""

SHORT = 34
"""Longest release name that is not shortened in names of objects."""
ENDED = ("succeeded", "failed", "cancelled")
TRAINING_SECONDS = 600


@dataclass(frozen=True)
class Seen:
    """What a load has seen."""

    count: int = 0
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0
    answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """By `version/row`: the different predictions that were answered, which should be one."""

    @property
    def versions(self) -> set[int]:
        return {int(key.partition("/")[0]) for key in self.answers}


@dataclass(frozen=True)
class Release:
    """`helm install NAME charts/tablee` in a namespace of its own, behind a host name of its own."""

    name: str
    namespace: str
    host: str
    path: str = ""
    """Prefix of all paths, such as `/tables`."""

    # helm

    def install(self, *arguments: str, program: str | None = None) -> str:
        """Install or upgrade, and wait until everything is ready."""
        return helm(
            *("upgrade", "--install", self.name, str(CHART), "--namespace", self.namespace),
            *("--set", f"access.host={self.host}", "--set", f"access.path={self.path or '/'}"),
            *("--wait", "--timeout", "10m", *arguments),
            program=program,
        )

    def helm(self, *arguments: str, program: str | None = None) -> str:
        return helm(arguments[0], self.name, "--namespace", self.namespace, *arguments[1:], program=program)

    # kubectl

    def named(self, component: str) -> str:
        """The name of a component's objects; the chart shortens a long release name in its own way."""
        if len(self.name) <= SHORT:
            return f"{self.name}-{component}"
        labels = f"app.kubernetes.io/instance={self.name},app.kubernetes.io/component=api"
        (api,) = get("deployment", namespace=self.namespace, labels=labels)
        return f"{api['metadata']['name'].removesuffix('api')}{component}"

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        return kubectl(*arguments, namespace=self.namespace, stdin=stdin)

    def get(self, kind: str, name: str | None = None, *, labels: str = "") -> Any:
        return get(kind, name, namespace=self.namespace, labels=labels)

    def pods(self, component: str) -> list[Any]:
        """The pods that are not being deleted."""
        labels = f"app.kubernetes.io/instance={self.name},app.kubernetes.io/component={component}"
        return [pod for pod in self.get("pods", labels=labels) if "deletionTimestamp" not in pod["metadata"]]

    def ready_pods(self, component: str) -> list[Any]:
        return [pod for pod in self.pods(component) if _ready(pod)]

    def secret(self, component: str, key: str) -> str:
        return base64.b64decode(self.get("secret", self.named(component))["data"][key]).decode()

    def scale(self, kind: str, component: str, replicas: int) -> None:
        """Scale, and wait until this many pods are ready, or until all are gone for 0."""
        self.kubectl("scale", f"{kind}/{self.named(component)}", f"--replicas={replicas}")

        def there() -> bool:
            status = self.get(kind, self.named(component))["status"]
            return status.get("readyReplicas", 0) == replicas and len(self.pods(component)) == replicas

        eventually(there)

    # HTTP, through the ingress

    def client(self, path: str = "/") -> httpx.Client:
        """A client below a path of the release, with the platform's key."""
        headers = {"host": self.host, "authorization": f"Bearer {self.secret('key', 'key')}"}
        return httpx.Client(base_url=f"{INGRESS}{self.path}{path}", headers=headers, timeout=60, trust_env=False)

    def api(self, method: str, path: str, **content: Any) -> Any:
        return self._call("/api", method, path, content)

    def controller(self, method: str, path: str, **content: Any) -> Any:
        return self._call("/controller", method, path, content)

    def _call(self, prefix: str, method: str, path: str, content: dict[str, Any]) -> Any:
        with self.client(prefix) as http:
            answer = http.request(method, path, **content)
            assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
            return answer.json()

    # What people do with it

    def upload(self, name: str, file: Path) -> Any:
        return self.controller(
            "PUT", f"/datasets/{name}", content=file.read_bytes(), headers={"content-type": "text/csv"}
        )

    def train(self, **request: Any) -> Any:
        """Ask the controller for a training and wait for its end."""
        return self.trained(self.controller("POST", "/trainings", json=request)["id"])

    def trained(self, training_id: str, *, within: float = TRAINING_SECONDS) -> Any:
        def ended() -> Any:
            state = self.controller("GET", f"/trainings/{training_id}")
            return state if state["phase"] in ENDED else None

        return eventually(ended, within=within, every=1)

    def until_phase(self, training_id: str, phase: str) -> None:
        """Until the training is in that phase, or past its end."""

        state = self._until(training_id, lambda state: state["phase"] == phase)
        assert state["phase"] == phase, state

    def until_attempt(self, training_id: str, attempt: int, *, within: float) -> None:
        """Until the training is in that attempt, or past its end."""
        state = self._until(training_id, lambda state: state["attempt"] == attempt, within=within)
        assert state["attempt"] == attempt, state

    def _until(self, training_id: str, there: Callable[[Any], bool], *, within: float = PATIENCE) -> Any:
        def found() -> Any:
            state = self.controller("GET", f"/trainings/{training_id}")
            return state if there(state) or state["ended"] else None

        return eventually(found, within=within)

    def training_log(self, training_id: str) -> str:
        with self.client("/controller") as http:
            return http.get(f"/trainings/{training_id}/log", params={"tail": 10_000}).raise_for_status().text

    def promote(self, model: str, version: int, reason: str = "a test") -> None:
        self.controller("POST", f"/models/{model}/promote", json={"version": version, "by": "test", "reason": reason})

    def serving(self, model: str) -> int | None:
        return self.rollout()["serving"].get(model)

    def rollout(self) -> Any:
        return self.controller("GET", "/rollout")

    def until_serving(self, model: str, version: int, *, within: float = 300) -> None:
        """Until the roll-out is over and pods of no other version are left."""

        def serves() -> bool:
            now = self.rollout()
            return now["state"] == "in_sync" and now["serving"].get(model) == version

        eventually(serves, within=within)

    def until_quiet(self) -> None:
        """Until no pod comes or goes and H2O is asleep."""

        def quiet() -> bool:
            pods = self.get("pods")
            return all(
                pod["status"]["phase"] in ("Succeeded", "Failed")
                or ("deletionTimestamp" not in pod["metadata"] and _ready(pod))
                for pod in pods
            ) and not self.pods("h2o")

        eventually(quiet)

    @contextmanager
    def load(
        self, model: str, rows: list[dict[str, Any]], *, inside: bool = False, streams: int = 2, pause: float = 0.02
    ) -> Iterator[list[Seen]]:
        """Predict continuously; after the context the list has the results.

        :param inside: from a pod to the API's Service, rather than from here through the ingress.
        """
        path = f"/models/{model}/predict"
        order = {"rows": rows, "streams": streams, "pause": pause}
        headers = {"authorization": f"Bearer {self.secret('key', 'key')}"}
        seen: list[Seen] = []
        if inside:
            order |= {"url": f"http://{self.named('api')}:8000{path}", "headers": headers}
            run = self._load_inside(order)
        else:
            order |= {"url": f"{INGRESS}{self.path}/api{path}", "headers": headers | {"host": self.host}}
            run = _load_here(order)
        with run as ended:
            yield seen
            seen.append(Seen(**json.loads(ended().splitlines()[-1])))

    @contextmanager
    def _load_inside(self, order: dict[str, Any]) -> Iterator[Callable[[], str]]:
        """Run it in a pod with the rights of the pod of `helm test`."""
        name = f"load-{secrets.token_hex(3)}"
        labels = {"name": "tablee", "instance": self.name, "component": "test"}
        command = ["python", "-c", LOAD.read_text(encoding="utf-8"), json.dumps(order), "/tmp/stop"]  # noqa: S108
        manifest = pod(name, self.image("ui"), command, {f"app.kubernetes.io/{k}": v for k, v in labels.items()})
        self.kubectl("apply", "--filename", "-", stdin=manifest)

        def ended() -> str:
            self.kubectl("exec", name, "--", "touch", "/tmp/stop")  # noqa: S108
            self.kubectl("wait", f"pod/{name}", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=60s")
            return self.kubectl("logs", name)

        try:
            eventually(lambda: "started" in self.kubectl("logs", name))
            yield ended
        finally:
            self.kubectl("delete", "pod", name, "--wait=false")

    def image(self, component: str) -> str:
        """The image of the first container of a Deployment."""
        template = self.get("deployment", self.named(component))["spec"]["template"]
        return str(template["spec"]["containers"][0]["image"])


def _ready(pod: Any) -> bool:
    return any(each["type"] == "Ready" and each["status"] == "True" for each in pod["status"].get("conditions", ()))


@contextmanager
def _load_here(order: dict[str, Any]) -> Iterator[Callable[[], str]]:
    with tempfile.TemporaryDirectory() as folder:
        stop = Path(folder) / "stop"
        command = [sys.executable, str(LOAD), json.dumps(order), str(stop)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:

            def ended() -> str:
                stop.touch()
                return process.communicate(timeout=60)[0]

            try:
                yield ended
            finally:
                process.kill()
