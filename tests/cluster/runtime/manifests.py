"""The objects of a release that the controller works on, with small programs in the place of the platform's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

IMAGE = os.environ.get("TABLEE_TEST_IMAGE", "python:3.11-slim-bookworm")
"""Any image with Python 3."""
PROGRAMS = Path(__file__).parent / "programs"
JOB_PROGRAM = Path(__file__).parents[2] / "controller" / "programs" / "job.py"
DEADLINE_SECONDS = 120
"""Deadline of a roll-out, in seconds. It is long, because other programs may run on the cluster."""

Json = dict[str, Any]


def release(name: str) -> list[Json]:
    """All objects of a release whose full name is `name`."""
    return [deployment(name), train(name), score(name), stateful_set(name), *rights(name)]


def labels(name: str, component: str) -> dict[str, str]:
    prefix = "app.kubernetes.io"
    return {f"{prefix}/name": "tablee", f"{prefix}/instance": name, f"{prefix}/component": component}


def pod(program: str, **more: Any) -> Json:
    container = {
        "name": "main",
        "image": IMAGE,
        "command": ["python", "-c", program],
        "resources": {"requests": {"cpu": "5m", "memory": "16Mi"}, "limits": {"memory": "64Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    return {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 5,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container | more],
    }


def deployment(name: str) -> Json:
    own = labels(name, "api")
    field = {"fieldRef": {"fieldPath": "metadata.annotations['tablee/models']"}}
    template = pod(
        (PROGRAMS / "api.py").read_text(),
        env=[{"name": "TABLEE_PINS", "valueFrom": field}],
        ports=[{"name": "http", "containerPort": 8000}],
        readinessProbe={"httpGet": {"path": "/readyz", "port": "http"}, "periodSeconds": 1},
    )
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": f"{name}-api", "labels": own},
        "spec": {
            "replicas": 2,
            "progressDeadlineSeconds": DEADLINE_SECONDS,
            "selector": {"matchLabels": own},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "template": {"metadata": {"labels": own}, "spec": template},
        },
    }


def train(name: str) -> Json:
    request = [{"name": "TABLEE_REQUEST__DATASET", "value": "penguins"}]
    rules = [{"action": "FailJob", "onExitCodes": {"operator": "In", "values": [1, 2, 7, 143]}}]
    spec = {"backoffLimit": 2, "podFailurePolicy": {"rules": rules}}
    return cron_job(name, "train", spec, pod(JOB_PROGRAM.read_text(), env=request))


def score(name: str) -> Json:
    rules = [{"action": "FailIndex", "onExitCodes": {"operator": "In", "values": [2, 3]}}]
    spec = {
        "completionMode": "Indexed",
        "completions": 1,
        "parallelism": 1,
        "backoffLimitPerIndex": 1,
        "podFailurePolicy": {"rules": rules},
    }
    return cron_job(name, "score", spec, pod((PROGRAMS / "worker.py").read_text()))


def cron_job(name: str, component: str, spec: Json, template: Json) -> Json:
    own = labels(name, component)
    spec = {**spec, "template": {"metadata": {"labels": own}, "spec": {"restartPolicy": "Never", **template}}}
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": f"{name}-{component}", "labels": own},
        "spec": {
            "schedule": "0 0 31 2 *",
            "suspend": True,
            "jobTemplate": {"metadata": {"labels": own}, "spec": spec},
        },
    }


def stateful_set(name: str) -> Json:
    """Without replicas, because the controller sets their number."""
    own = labels(name, "h2o")
    program = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit()); signal.pause()"
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": f"{name}-h2o", "labels": own},
        "spec": {
            "serviceName": f"{name}-h2o-peers",
            "podManagementPolicy": "Parallel",
            "selector": {"matchLabels": own},
            "template": {"metadata": {"labels": own}, "spec": pod(program)},
        },
    }


def rights(name: str) -> list[Json]:
    """The permissions of the controller."""
    account = {"kind": "ServiceAccount", "name": f"{name}-controller"}
    rules = [
        rule("apps", ["deployments"], ["get", "patch"], f"{name}-api"),
        rule("apps", ["statefulsets"], ["get"], f"{name}-h2o"),
        rule("apps", ["statefulsets/scale"], ["get", "patch"], f"{name}-h2o"),
        rule("batch", ["cronjobs"], ["get"], f"{name}-train", f"{name}-score"),
        rule("batch", ["jobs"], ["get", "list", "create", "delete"]),
        rule("", ["pods"], ["get", "list"]),
        rule("", ["pods/log"], ["get"]),
        rule("", ["events"], ["create"]),
    ]
    group = "rbac.authorization.k8s.io"
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": account["name"]}},
        {"apiVersion": f"{group}/v1", "kind": "Role", "metadata": {"name": f"{name}-controller"}, "rules": rules},
        {
            "apiVersion": f"{group}/v1",
            "kind": "RoleBinding",
            "metadata": {"name": f"{name}-controller"},
            "roleRef": {"apiGroup": group, "kind": "Role", "name": f"{name}-controller"},
            "subjects": [account],
        },
    ]


def rule(group: str, resources: list[str], verbs: list[str], *names: str) -> Json:
    named = {"resourceNames": list(names)} if names else {}
    return {"apiGroups": [group], "resources": resources, "verbs": verbs, **named}
