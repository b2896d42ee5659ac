"""Why new pods of the API are not ready: the reason that the pods or Kubernetes report, as one sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from tablee.errors.causes import quoted
from tablee.i18n.message import Message
from tablee_controller.runtimes.kubernetes.objects import ContainerStatus, Pod, pins_of
from tablee_controller.runtimes.runtime import Pins, Reason, reported

PORT = 8000
"""Port of the API in its pods."""
MAX_PROBED = 8
"""Most pods that are probed in one call."""

ProbePod = Callable[[Pod], tuple[str, Reason]]
"""Returns the status and the reason that a pod reports; two empty texts if the pod does not answer."""


@dataclass(frozen=True, slots=True)
class PodFailures:
    """Why new pods are not ready."""

    reason: Reason = ""
    """Empty if nothing is known."""
    all_failed: bool = False
    """Every new pod reports the status `failed`, so none of them will become ready."""


class ReadinessProbe:
    """Reads `/readyz` of a pod, with a time limit of 1 s."""

    def __init__(self) -> None:
        self._client = httpx.Client(timeout=1.0, trust_env=False)

    def __call__(self, pod: Pod) -> tuple[str, Reason]:
        host = pod.status.pod_ip or ""
        if not host:
            return "", ""
        try:
            body = self._client.get(f"http://{f'[{host}]' if ':' in host else host}:{PORT}/readyz").json()
            return str(body["status"]), reported(body)
        except (httpx.HTTPError, ValueError, LookupError, TypeError):
            return "", ""

    def close(self) -> None:
        self._client.close()


def pods_with_pins(pods: Sequence[Pod], pins: Pins) -> list[Pod]:
    """The pods that have these pins in their annotation and are not terminating."""
    return [pod for pod in pods if pins_of(pod.metadata) == pins and pod.metadata.deletion_timestamp is None]


def find_failures(pods: Sequence[Pod], probe: ProbePod) -> PodFailures:
    """Why these new pods are not ready. The reason of a pod that reports `failed` comes first, then one that Kubernetes
    reports, then one of a starting pod."""
    unready = [pod for pod in pods if not pod.ready][:MAX_PROBED]
    if not unready:
        return PodFailures()
    with ThreadPoolExecutor(len(unready)) as threads:
        reports = list(threads.map(probe, unready))
    all_failed = len(unready) == len(pods) and all(status == "failed" for status, _ in reports)
    reason = next((reason for status, reason in reports if status == "failed" and reason), "")
    reason = reason or next((failure for pod in unready if (failure := pod_failure(pod))), "")
    return PodFailures(reason or next((reason for _, reason in reports if reason), ""), all_failed)


def pod_failure(pod: Pod) -> Reason:
    """The reason that Kubernetes reports why a pod does not run; empty if it runs."""
    for condition in pod.status.conditions:
        if condition.type == "PodScheduled" and condition.status == "False":
            why = quoted("Kubernetes", condition.message or condition.reason)
            return Message("rolled_out.no_place", {"pod": pod.metadata.name, "why": why})
    for status in pod.status.container_statuses:
        if reason := _container_failure(status):
            facts = {"pod": pod.metadata.name, "container": status.name, "why": reason}
            return Message("rolled_out.container", facts)
    if pod.status.phase == "Failed":
        why = quoted("Kubernetes", pod.status.message or pod.status.reason or "")
        return Message("rolled_out.pod_failed", {"pod": pod.metadata.name, "why": why})
    return ""


def _container_failure(status: ContainerStatus) -> Reason:
    waiting, ended = status.state.waiting, status.state.terminated or status.last_state.terminated
    if waiting is not None and waiting.reason not in ("ContainerCreating", "PodInitializing", "CrashLoopBackOff", ""):
        return quoted("Kubernetes", f"{waiting.reason}: {waiting.message}" if waiting.message else waiting.reason)
    if ended is None:
        crashed = waiting is not None and waiting.reason == "CrashLoopBackOff"
        return quoted("Kubernetes", "CrashLoopBackOff") if crashed else ""
    facts = {"code": ended.exit_code, "reason": ended.reason or "Error", "restarts": status.restart_count}
    return Message("rolled_out.exit", facts)
