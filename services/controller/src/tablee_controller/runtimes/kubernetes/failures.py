"""What new pods say for themselves, and what Kubernetes says of them, as one sentence for a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from tablee_controller.runtimes.kubernetes.objects import ContainerStatus, Pod, pins_of
from tablee_controller.runtimes.runtime import Pins

PORT = 8000
"""Where a pod of the API answers."""
MOST = 8
"""How many new pods are asked at most."""

ProbePod = Callable[[Pod], tuple[str, str]]
"""A pod's own word: status and reason."""


@dataclass(frozen=True, slots=True)
class PodFailures:
    """What keeps new pods from getting ready."""

    reason: str = ""
    hopeless: bool = False
    """Every one of them says that it will not get ready."""


class Readiness:
    """Asks pods whether they are ready."""

    def __init__(self) -> None:
        self._client = httpx.Client(timeout=1.0, trust_env=False)

    def __call__(self, pod: Pod) -> tuple[str, str]:
        """Its own word; empty while it does not answer."""
        host = pod.status.pod_ip or ""
        if not host:
            return "", ""
        try:
            body = self._client.get(f"http://{f'[{host}]' if ':' in host else host}:{PORT}/readyz").json()
            return str(body["status"]), str(body["reason"])
        except (httpx.HTTPError, ValueError, LookupError, TypeError):
            return "", ""

    def close(self) -> None:
        self._client.close()


def pods_with_pins(pods: Sequence[Pod], pins: Pins) -> list[Pod]:
    """Those with these pins that are not ending: pods carry their template's annotation."""
    return [pod for pod in pods if pins_of(pod.metadata) == pins and pod.metadata.deletion_timestamp is None]


def find_failures(pods: Sequence[Pod], ask: ProbePod) -> PodFailures:
    """What is wrong with new pods, all together."""
    unready = [pod for pod in pods if not pod.ready][:MOST]
    if not unready:
        return PodFailures()
    with ThreadPoolExecutor(len(unready)) as threads:
        words = list(threads.map(ask, unready))
    hopeless = len(unready) == len(pods) and all(status == "failed" for status, _ in words)
    said = next((reason for status, reason in words if status == "failed" and reason), "")
    said = said or next((reason for pod in unready if (reason := pod_failure(pod))), "")
    return PodFailures(said or next((reason for _, reason in words if reason), ""), hopeless)


def pod_failure(pod: Pod) -> str:
    """What Kubernetes says keeps a pod from running; empty if it runs."""
    for condition in pod.status.conditions:
        if condition.type == "PodScheduled" and condition.status == "False":
            return f"pod {pod.metadata.name} has no place: {condition.message or condition.reason}"
    for status in pod.status.container_statuses:
        if reason := _of_container(status):
            return f"pod {pod.metadata.name}, container {status.name}: {reason}"
    if pod.status.phase == "Failed":
        return f"pod {pod.metadata.name} failed: {pod.status.message or pod.status.reason or 'no reason given'}"
    return ""


def _of_container(status: ContainerStatus) -> str:
    waiting, ended = status.state.waiting, status.state.terminated or status.last_state.terminated
    if waiting is not None and waiting.reason not in ("ContainerCreating", "PodInitializing", "CrashLoopBackOff", ""):
        return f"{waiting.reason}: {waiting.message}" if waiting.message else waiting.reason
    if ended is None:
        return waiting.reason if waiting is not None and waiting.reason == "CrashLoopBackOff" else ""
    return f"it ended with exit code {ended.exit_code} ({ended.reason or 'Error'}), {status.restart_count} restarts"
