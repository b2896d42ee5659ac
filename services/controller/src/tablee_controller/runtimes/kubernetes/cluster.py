"""The calls of the Kubernetes API that the controller makes. Each call has a time limit and returns our own classes.

The official client reads the address of the cluster and the token, and renews the token. Its classes for objects are
not used.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from tablee.errors import KubernetesUnavailable, NotFound, TableeError
from tablee.errors.causes import cause, quoted
from tablee.i18n.message import Message
from tablee_controller.runtimes.kubernetes.objects import Deployment, Job, Pod, StatefulSet

TIMEOUT = (3.0, 10.0)
"""Seconds to connect, and seconds between two parts of a response."""
MANAGER = "tablee-controller"
"""The field manager: under this name Kubernetes records which fields the controller has set."""

Json = dict[str, Any]


class Refused(Exception):
    """The Kubernetes API refused a request: it is invalid, or a quota or an admission rule forbids it."""


class Exists(Refused):
    """An object of this name exists already."""


class Cluster:
    """The objects of one namespace. Every call raises `KubernetesUnavailable` if the API does not answer, or if the
    service account lacks the permission; `NotFound` if the object does not exist; `Refused` if the request is refused.

    :param kubeconfig: path of a kubeconfig file, for a process outside of the cluster; None: the service account of the
        pod is used.
    :raises KubernetesUnavailable: there is no usable configuration of the Kubernetes API.
    """

    def __init__(self, namespace: str, kubeconfig: str | None = None) -> None:
        from kubernetes import client, config  # takes 0.5 s and 50 MB, which the local runtime does not need

        self.namespace = namespace
        configuration = client.Configuration()
        try:
            if kubeconfig is not None:
                config.load_kube_config(kubeconfig, client_configuration=configuration)
            else:
                config.load_incluster_config(client_configuration=configuration)
        except config.ConfigException as error:
            raise KubernetesUnavailable("no_way", why=quoted("Kubernetes", error)) from None
        configuration.retries = False
        self._client = client.ApiClient(configuration)
        self._apps, self._batch = client.AppsV1Api(self._client), client.BatchV1Api(self._client)
        self._core = client.CoreV1Api(self._client)

    def deployment(self, name: str) -> Deployment:
        return Deployment.model_validate(self._call(self._apps.read_namespaced_deployment, name, self.namespace))

    def patch_deployment(self, name: str, patch: Json) -> None:
        self._call(self._apps.patch_namespaced_deployment, name, self.namespace, patch, field_manager=MANAGER)

    def stateful_set(self, name: str) -> StatefulSet:
        return StatefulSet.model_validate(self._call(self._apps.read_namespaced_stateful_set, name, self.namespace))

    def scale(self, name: str, replicas: int) -> None:
        patch = {"spec": {"replicas": replicas}}
        call = self._apps.patch_namespaced_stateful_set_scale
        self._call(call, name, self.namespace, patch, field_manager=MANAGER)

    def cron_job(self, name: str) -> Json:
        """The whole object as JSON, because a Job is made from a copy of its template."""
        return self._call(self._batch.read_namespaced_cron_job, name, self.namespace)

    def jobs(self, selector: str) -> list[Job]:
        found = self._call(self._batch.list_namespaced_job, self.namespace, label_selector=selector)
        return [Job.model_validate(each) for each in found.get("items") or []]

    def create_job(self, job: Json) -> None:
        """Create a Job.

        :raises Exists: a Job of this name exists already.
        :raises Refused: the API refuses the Job.
        """
        self._call(self._batch.create_namespaced_job, self.namespace, job, field_manager=MANAGER)

    def delete_job(self, name: str) -> None:
        """Delete a Job. Its pods are terminated first, and the Job exists until all of them are deleted. Does nothing
        if there is no such Job."""
        try:
            self._call(self._batch.delete_namespaced_job, name, self.namespace, propagation_policy="Foreground")
        except NotFound:
            return

    def pods(self, selector: str) -> list[Pod]:
        """The pods with these labels, oldest first."""
        found = self._call(self._core.list_namespaced_pod, self.namespace, label_selector=selector)
        pods = [Pod.model_validate(each) for each in found.get("items") or []]
        return sorted(pods, key=lambda pod: (pod.metadata.creation_timestamp, pod.metadata.name))

    def log(self, pod: Pod, lines: int) -> str:
        """The last lines of the log of its first container; empty if there is no log yet."""
        name, container = pod.metadata.name, pod.spec.containers[0].name
        call = self._core.read_namespaced_pod_log
        try:
            return self._send(call, name, self.namespace, container=container, tail_lines=lines).decode(
                "utf-8", "replace"
            )
        except (NotFound, Refused):
            return ""

    def create_event(self, about: Json, *, reason: str, message: str, warning: bool = False) -> None:
        """Create an Event about an object, which `kubectl describe` shows."""
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        event = {
            "metadata": {"generateName": f"{about['name']}.", "namespace": self.namespace},
            "involvedObject": about | {"namespace": self.namespace},
            "type": "Warning" if warning else "Normal",
            "reason": reason,
            "message": message[:1000],
            "source": {"component": MANAGER},
            "reportingComponent": MANAGER,
            "reportingInstance": os.environ.get("HOSTNAME", MANAGER),
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
        }
        self._call(self._core.create_namespaced_event, self.namespace, event)

    def close(self) -> None:
        self._client.close()

    def _call(self, call: Callable[..., Any], *arguments: Any, **named: Any) -> Json:
        data = self._send(call, *arguments, **named)
        with _translated_errors():
            response: Json = json.loads(data)
            return response

    def _send(self, call: Callable[..., Any], *arguments: Any, **named: Any) -> bytes:
        with _translated_errors():
            data: bytes = call(*arguments, **named, _preload_content=False, _request_timeout=TIMEOUT).data
            return data


@contextmanager
def _translated_errors() -> Iterator[None]:
    from kubernetes.client.exceptions import ApiException
    from urllib3.exceptions import HTTPError

    try:
        yield
    except ApiException as error:
        detail = _message(error)
        if error.status == 404:
            raise NotFound("kubernetes_object", why=quoted("Kubernetes", detail)) from None
        if error.status == 409:
            raise Exists(detail) from None
        if error.status in (400, 403, 422) and not _lacks_permission(error, detail):
            raise Refused(detail) from None
        raise KubernetesUnavailable("answered", status=error.status, why=str(detail)) from None
    except (HTTPError, OSError, ValueError) as error:
        raise KubernetesUnavailable("silent", why=cause(error, "urllib3")) from None


def refusal(error: Exception) -> Message | TableeError:
    """Why Kubernetes did not do something."""
    return error if isinstance(error, TableeError) else quoted("Kubernetes", error)


def _lacks_permission(error: Any, detail: str) -> bool:
    """Whether the service account lacks the permission. Status 403 can also come from a quota or an admission rule,
    which refuses only this one object."""
    return error.status == 403 and "cannot" in detail and "User " in detail


def _message(error: Any) -> str:
    try:
        return str(json.loads(error.body)["message"])
    except (ValueError, LookupError, TypeError):
        return str(error.reason or error.body or "")
