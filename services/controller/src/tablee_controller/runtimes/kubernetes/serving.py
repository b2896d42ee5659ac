"""The API as a Deployment. The pins are an annotation of its pod template, so that Kubernetes replaces the pods.

pin ─▶ patch tablee/models ─▶ Kubernetes replaces pods ─▶ completed ─▶ patch tablee/serving
                                                       └▶ too late, or every new pod reports `failed` ─▶ FAILED
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from tablee.errors import KubernetesUnavailable, TableeError
from tablee.i18n.message import Message
from tablee.telemetry import logger
from tablee_controller.runtimes.kubernetes.cluster import Cluster, Exists, Refused, refusal
from tablee_controller.runtimes.kubernetes.failures import ProbePod, ReadinessProbe, find_failures, pods_with_pins
from tablee_controller.runtimes.kubernetes.objects import PINS, SERVING, Deployment, written_pins
from tablee_controller.runtimes.kubernetes.rollout_status import rollout_status
from tablee_controller.runtimes.runtime import Phase, Pins, Rollout

CAUSE = "kubernetes.io/change-cause"
GIVE_UP_SECONDS = 3.0
"""If all new pods report `failed` for this many seconds, the roll-out has failed, before the deadline of the
Deployment."""

log = logger(__name__)


class Serving:
    """The roll-outs of the API. May be used by several threads. The Deployment has the whole state; the attributes of
    this object avoid repeated events and limit times.

    :param retry_seconds: seconds that new pods have to become ready when failed pins are pinned again.
    :param probe: reads the status of a pod.
    """

    def __init__(
        self,
        cluster: Cluster,
        name: str,
        *,
        retry_seconds: float,
        probe: ProbePod | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cluster, self._name, self._retry_seconds, self._clock = cluster, name, retry_seconds, clock
        self._probe = probe or ReadinessProbe()
        self._lock = threading.Lock()
        self._all_failed: tuple[Pins, float] | None = None  # pins, and the time since when all new pods report `failed`
        self._retry: tuple[Pins, float] | None = None  # failed pins, and the time when they were pinned again
        self._failed: Pins | None = None  # pins for which a failure event was created

    def rollout(self) -> Rollout:
        with self._lock:
            deployment = self._deployment()
            rollout = rollout_status(deployment)
            if rollout.phase is Phase.DONE:
                self._complete(deployment, rollout)
            elif deployment.spec.replicas:
                rollout = self._examine(deployment, rollout)
            if rollout.phase is Phase.FAILED and rollout.pinned != self._failed:
                self._failed = rollout.pinned
                self._emit(deployment, "RolloutFailed", f"{_describe(rollout.pinned)}: {rollout.reason}", warning=True)
            return rollout

    def pin(self, pins: Pins) -> None:
        with self._lock:
            deployment = self._deployment()
            self._all_failed = self._failed = None
            if deployment.pins == pins and PINS in deployment.spec.template.metadata.annotations:
                self._retry = pins, self._clock()
                return
            self._retry = None
            template = {"metadata": {"annotations": {PINS: written_pins(pins)}}}
            annotations = {CAUSE: f"tablee: {_describe(pins)}"}
            self._patch({"metadata": {"annotations": annotations}, "spec": {"template": template}})
            if deployment.served and pins == deployment.served:
                self._emit(deployment, "RolloutRestored", f"back to {_describe(pins)}", warning=True)
            else:
                self._emit(deployment, "RolloutStarted", f"{_describe(pins)} instead of {_describe(deployment.served)}")

    def close(self) -> None:
        if isinstance(self._probe, ReadinessProbe):
            self._probe.close()

    def _complete(self, deployment: Deployment, rollout: Rollout) -> None:
        """Write the pins of a completed roll-out to the annotation `SERVING`, if they are not there yet. If the patch
        fails, the next call repeats it."""
        self._all_failed = self._retry = self._failed = None
        written = deployment.metadata.annotations.get(SERVING)
        if deployment.served == rollout.serving and (written is not None or not rollout.serving):
            return
        self._patch({"metadata": {"annotations": {SERVING: written_pins(rollout.serving)}}})
        log.info("deployment_rolled", pins=rollout.serving)
        self._emit(deployment, "RolloutFinished", f"{_describe(rollout.serving)} serve")

    def _examine(self, deployment: Deployment, rollout: Rollout) -> Rollout:
        """Probe the new pods. Returns the roll-out with the reason that they report. It has failed if all of them have
        reported `failed` for `GIVE_UP_SECONDS`; a retried roll-out has not failed before `retry_seconds` have
        passed."""
        pins = rollout.pinned or {}
        pods = pods_with_pins(self._cluster.pods(str(deployment.spec.selector)), pins)
        failures = find_failures(pods, self._probe)
        now = self._clock()
        if not failures.all_failed:
            self._all_failed = None
        elif self._all_failed is None or self._all_failed[0] != pins:
            self._all_failed = pins, now
        if self._all_failed is not None and now - self._all_failed[1] >= GIVE_UP_SECONDS:
            reason = failures.reason or Message("rolled_out.all_failed")
            return replace(rollout, phase=Phase.FAILED, reason=reason)
        facts = {"why": failures.reason, "meanwhile": rollout.reason}
        reason = Message("rolled_out.and", facts) if failures.reason else rollout.reason
        retried = self._retry is not None and self._retry[0] == pins and now - self._retry[1] < self._retry_seconds
        if rollout.phase is Phase.FAILED and retried:
            return replace(rollout, phase=Phase.ROLLING, reason=reason)
        return replace(rollout, reason=reason)

    def _deployment(self) -> Deployment:
        try:
            return self._cluster.deployment(self._name)
        except TableeError as error:
            raise KubernetesUnavailable("deployment_unreadable", name=self._name, why=error) from None

    def _patch(self, patch: dict[str, object]) -> None:
        try:
            self._cluster.patch_deployment(self._name, patch)
        except (Refused, TableeError) as error:
            raise KubernetesUnavailable("deployment_unchangeable", name=self._name, why=refusal(error)) from None

    def _emit(self, deployment: Deployment, reason: str, message: str, *, warning: bool = False) -> None:
        about = {"apiVersion": "apps/v1", "kind": "Deployment", "name": self._name, "uid": deployment.metadata.uid}
        try:
            self._cluster.create_event(about, reason=reason, message=message, warning=warning)
        except (TableeError, Refused, Exists) as error:  # the log has the same information
            log.warning("event_not_written", reason=reason, error=str(error))


def _describe(pins: Pins | None) -> str:
    return ", ".join(f"{name} version {version}" for name, version in (pins or {}).items()) or "no model"
