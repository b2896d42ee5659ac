"""The API as a Deployment: pinned by one annotation of its pod template, rolled by Kubernetes.

pin ─▶ patch tablee/models ─▶ Kubernetes rolls ─▶ complete ─▶ patch tablee/serving
                                              └▶ overdue, or every new pod calls itself failed ─▶ FAILED
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from tablee.errors import KubernetesUnavailable, TableeError
from tablee.telemetry import logger
from tablee_controller.runtimes.kubernetes.cluster import Cluster, Exists, Refused
from tablee_controller.runtimes.kubernetes.failures import ProbePod, Readiness, find_failures, pods_with_pins
from tablee_controller.runtimes.kubernetes.objects import PINS, SERVING, Deployment, written_pins
from tablee_controller.runtimes.kubernetes.rollout_status import rollout_status
from tablee_controller.runtimes.runtime import Phase, Pins, Rollout

CAUSE = "kubernetes.io/change-cause"
HOPELESS_SECONDS = 3.0
"""A roll-out whose new pods all call themselves failed for this long is given up before its time."""

log = logger(__name__)


class Serving:
    """All that is remembered here only saves time or repetition: without it, the Deployment tells the same.

    :param again_seconds: how long the pods of a roll-out that failed get when it is asked for once more.
    """

    def __init__(
        self,
        cluster: Cluster,
        name: str,
        *,
        again_seconds: float,
        ask: ProbePod | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cluster, self._name, self._again_seconds, self._clock = cluster, name, again_seconds, clock
        self._ask = ask or Readiness()
        self._lock = threading.Lock()
        self._hopeless: tuple[Pins, float] | None = None
        self._again: tuple[Pins, float] | None = None
        self._failed: Pins | None = None

    def rollout(self) -> Rollout:
        with self._lock:
            deployment = self._deployment()
            seen = rollout_status(deployment)
            if seen.phase is Phase.DONE:
                self._complete(deployment, seen)
            elif deployment.spec.replicas:
                seen = self._examine(deployment, seen)
            if seen.phase is Phase.FAILED and seen.pinned != self._failed:
                self._failed = seen.pinned
                self._emit(deployment, "RolloutFailed", f"{_describe(seen.pinned)}: {seen.reason}", warning=True)
            return seen

    def pin(self, pins: Pins) -> None:
        with self._lock:
            deployment = self._deployment()
            self._hopeless = self._failed = None
            if deployment.pins == pins and PINS in deployment.spec.template.metadata.annotations:
                self._again = pins, self._clock()
                return
            self._again = None
            template = {"metadata": {"annotations": {PINS: written_pins(pins)}}}
            annotations = {CAUSE: f"tablee: {_describe(pins)}"}
            self._patch({"metadata": {"annotations": annotations}, "spec": {"template": template}})
            if deployment.served and pins == deployment.served:
                self._emit(deployment, "RolloutRestored", f"back to {_describe(pins)}", warning=True)
            else:
                self._emit(deployment, "RolloutStarted", f"{_describe(pins)} instead of {_describe(deployment.served)}")

    def close(self) -> None:
        if isinstance(self._ask, Readiness):
            self._ask.close()

    def _complete(self, deployment: Deployment, seen: Rollout) -> None:
        """Write down that these pins serve, unless that is written; the next look repeats what fails here."""
        self._hopeless = self._again = self._failed = None
        written = deployment.metadata.annotations.get(SERVING)
        if deployment.served == seen.serving and (written is not None or not seen.serving):
            return
        self._patch({"metadata": {"annotations": {SERVING: written_pins(seen.serving)}}})
        log.info("deployment_rolled", pins=seen.serving)
        self._emit(deployment, "RolloutFinished", f"{_describe(seen.serving)} serve")

    def _examine(self, deployment: Deployment, seen: Rollout) -> Rollout:
        """The same, with what the new pods say, and a verdict before Kubernetes' own when they all say failed."""
        pins = seen.pinned or {}
        pods = pods_with_pins(self._cluster.pods(str(deployment.spec.selector)), pins)
        found = find_failures(pods, self._ask)
        now = self._clock()
        if not found.hopeless:
            self._hopeless = None
        elif self._hopeless is None or self._hopeless[0] != pins:
            self._hopeless = pins, now
        if self._hopeless is not None and now - self._hopeless[1] >= HOPELESS_SECONDS:
            return replace(seen, phase=Phase.FAILED, reason=found.reason or "the new pods call themselves failed")
        reason = f"{found.reason} ({seen.reason.rstrip('.')})" if found.reason else seen.reason
        tried_again = self._again is not None and self._again[0] == pins and now - self._again[1] < self._again_seconds
        if seen.phase is Phase.FAILED and tried_again:
            return replace(seen, phase=Phase.ROLLING, reason=reason)
        return replace(seen, reason=reason)

    def _deployment(self) -> Deployment:
        try:
            return self._cluster.deployment(self._name)
        except TableeError as error:
            raise KubernetesUnavailable("deployment_unreadable", name=self._name, why=error.detail) from None

    def _patch(self, patch: dict[str, object]) -> None:
        try:
            self._cluster.patch_deployment(self._name, patch)
        except (Refused, TableeError) as error:
            detail = error.detail if isinstance(error, TableeError) else str(error)
            raise KubernetesUnavailable("deployment_unchangeable", name=self._name, why=detail) from None

    def _emit(self, deployment: Deployment, reason: str, message: str, *, warning: bool = False) -> None:
        about = {"apiVersion": "apps/v1", "kind": "Deployment", "name": self._name, "uid": deployment.metadata.uid}
        try:
            self._cluster.create_event(about, reason=reason, message=message, warning=warning)
        except (TableeError, Refused, Exists) as error:  # whoever reads events has a log, too
            log.warning("event_not_written", reason=reason, error=str(error))


def _describe(pins: Pins | None) -> str:
    return ", ".join(f"{name} version {version}" for name, version in (pins or {}).items()) or "no model"
