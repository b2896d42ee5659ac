"""A Kubernetes namespace in memory. It stores what is written; the test sets the state of pods and deployments."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tablee.errors import KubernetesUnavailable
from tablee_controller.runtimes.kubernetes.cluster import Exists, Refused
from tablee_controller.runtimes.kubernetes.objects import PINS, Deployment, Job, Pod, StatefulSet

START = datetime(2026, 1, 1, tzinfo=UTC)
LABELS = {f"app.kubernetes.io/{name}": name for name in ("name", "instance", "component")}

Json = dict[str, Any]


@dataclass
class Namespace:
    """Has the methods of `Cluster`."""

    api: Json = field(default_factory=lambda: deployment())
    h2o: Json = field(default_factory=lambda: {"metadata": {"generation": 1}, "spec": {}, "status": {}})
    job_objects: dict[str, Json] = field(default_factory=dict)
    pod_objects: list[Json] = field(default_factory=list)
    logs: dict[str, str] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    patches: list[Json] = field(default_factory=list)
    refuses: bool = False
    refuses_events: bool = False

    def deployment(self, _: str) -> Deployment:
        return Deployment.model_validate(self.api)

    def patch_deployment(self, _: str, patch: Json) -> None:
        if self.refuses:
            raise Refused("an admission rule says no")
        self.patches.append(patch)
        merge(self.api, patch)
        if "spec" in patch:
            self.api["metadata"]["generation"] += 1

    def roll(self, *, pods: int = 2, new: int = 2, available: int = 2, late: bool = False) -> None:
        """Set the status of the Deployment, as Kubernetes does during a roll-out."""
        counts = {"replicas": pods, "updatedReplicas": new, "availableReplicas": available}
        condition = {"type": "Progressing", "status": "False", "message": "too late"}
        seen = {"observedGeneration": self.api["metadata"]["generation"], "conditions": [condition] if late else []}
        self.api["status"] = counts | seen

    def new_pod(self, *, ready: bool = False) -> None:
        template = self.api["spec"]["template"]["metadata"]["annotations"]
        conditions = [{"type": "Ready", "status": str(ready)}]
        metadata = {"name": f"api-{len(self.pod_objects)}", "annotations": {PINS: template[PINS]}}
        self.pod_objects.append({"metadata": metadata, "status": {"conditions": conditions}})

    def cron_job(self, name: str) -> Json:
        spec: Json = {"template": {"spec": {"containers": [{"name": "main"}]}}}
        template = {"metadata": {"labels": LABELS}, "spec": spec}
        return {"metadata": {"name": name, "namespace": "ns", "uid": "c"}, "spec": {"jobTemplate": template}}

    def jobs(self, selector: str) -> list[Job]:
        assert selector == ",".join(sorted(f"{name}={value}" for name, value in LABELS.items()))
        return [Job.model_validate(each) for each in self.job_objects.values()]

    def create_job(self, job: Json) -> None:
        if self.refuses:
            raise Refused("exceeded quota")
        name = job["metadata"]["name"]
        if name in self.job_objects:
            raise Exists(f"{name} already exists")
        number = len(self.job_objects)
        made = {"uid": f"{number:06}-uid", "creationTimestamp": (START + timedelta(seconds=number)).isoformat()}
        self.job_objects[name] = job | {"metadata": job["metadata"] | made, "status": {}}

    def end_job(self, name: str, kind: str = "Complete") -> None:
        self.job_objects[name]["status"] = {"conditions": [{"type": kind, "status": "True"}]}

    def delete_job(self, name: str) -> None:
        self.job_objects[name]["metadata"]["deletionTimestamp"] = START.isoformat()

    def pods(self, selector: str) -> list[Pod]:
        return [Pod.model_validate(each) for each in self.pod_objects]

    def log(self, pod: Pod, lines: int) -> str:
        return self.logs[pod.metadata.name]

    def stateful_set(self, _: str) -> StatefulSet:
        return StatefulSet.model_validate(self.h2o)

    def scale(self, _: str, replicas: int) -> None:
        self.h2o["spec"]["replicas"] = replicas
        self.h2o["metadata"]["generation"] += 1

    def settle_h2o(self) -> None:
        wanted, generation = self.h2o["spec"].get("replicas", 1), self.h2o["metadata"]["generation"]
        self.h2o["status"] = {"replicas": wanted, "readyReplicas": wanted, "observedGeneration": generation}

    def create_event(self, about: Json, *, reason: str, message: str, warning: bool = False) -> None:
        if self.refuses_events:
            raise KubernetesUnavailable("no events today")
        self.events.append(reason)


def deployment() -> Json:
    return {
        "metadata": {"name": "api", "generation": 1, "annotations": {}},
        "spec": {"replicas": 2, "template": {"metadata": {"annotations": {}}}},
        "status": {"observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2},
    }


def merge(target: Json, patch: Json) -> None:
    for name, value in patch.items():
        if isinstance(value, dict):
            merge(target.setdefault(name, {}), value)
        else:
            target[name] = value


@pytest.fixture
def namespace() -> Namespace:
    return Namespace()


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()
