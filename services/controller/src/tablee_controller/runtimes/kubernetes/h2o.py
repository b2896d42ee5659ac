"""The H2O cluster: a StatefulSet that is scaled either to all nodes or to 0 nodes.

H2O nodes form a cluster only when they start, and the cluster is unusable after one node is lost. Therefore the
StatefulSet is scaled to all nodes when a training requests H2O, to 0 and back (recycled) when a training reports that
the cluster is unusable, and to 0 when no training has run for `idle_seconds`. Only one training uses the cluster at a
time: the one whose active Job started first.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from tablee import metrics
from tablee.errors import Conflict, KubernetesUnavailable, NotFound
from tablee.http.schemas.jobs import H2oAnswer, H2oState
from tablee.telemetry import logger
from tablee_controller.runtimes.kubernetes.cluster import Cluster, Refused, refusal
from tablee_controller.runtimes.kubernetes.job_status import newest_job, oldest_active
from tablee_controller.runtimes.kubernetes.jobs import Jobs
from tablee_controller.runtimes.kubernetes.objects import StatefulSet

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Action:
    """The next action on the StatefulSet."""

    state: H2oState
    """The state of the cluster that is reported."""
    replicas: int | None = None
    """Number of replicas to set; None: no change."""


def next_action(stateful_set: StatefulSet, size: int, *, recycle: bool) -> Action:
    """The next action towards a complete cluster. No node is started while old nodes are terminating, because new nodes
    would join the old cluster.

    :param size: number of nodes of a complete cluster.
    :param recycle: replace all nodes, even if the cluster is complete.
    """
    spec, status = stateful_set.spec, stateful_set.status
    observed = status.observed_generation >= stateful_set.metadata.generation
    if spec.replicas == 0:
        stopped = observed and status.replicas == 0
        return Action(H2oState.WAKING, size) if stopped else Action(H2oState.RECYCLING)
    if recycle or spec.replicas != size:
        return Action(H2oState.RECYCLING, 0)
    complete = observed and status.ready_replicas == status.replicas == size
    return Action(H2oState.READY if complete else H2oState.WAKING)


class H2oCluster:
    """Scales the H2O cluster. `request` is called by threads of requests, `tick` by the control loop.

    :param name: the StatefulSet; None if H2O runs outside of this release, which is then assumed to be ready.
    :param nodes: number of nodes of a complete cluster.
    :param always_on: do not stop the cluster when it is idle.
    :param idle_seconds: seconds without a training after which the cluster is stopped.
    """

    def __init__(
        self,
        cluster: Cluster,
        jobs: Jobs,
        name: str | None,
        *,
        nodes: int,
        always_on: bool,
        idle_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cluster, self._jobs, self._name, self._nodes = cluster, jobs, name, nodes
        self._always_on, self._idle_seconds, self._clock = always_on, idle_seconds, clock
        self._lock = threading.Lock()
        self._last_used = clock()
        self.busy = False

    def request(self, training_id: str, *, recycle: bool) -> H2oAnswer:
        """Whether a training may use the cluster. The cluster is started if necessary. See `Runtime.h2o`."""
        with self._lock:
            jobs = self._jobs.all()
            own, first = newest_job(jobs, training_id), oldest_active(jobs)
            if own is None or first is None:
                raise Conflict("no_active_job", hint="h2o_for_jobs", id=training_id)
            if own.metadata.uid != first.metadata.uid:
                holder = self._jobs.id_of(first)
                name = holder or f"of the Job “{first.metadata.name}”"
                return self._answer(H2oState.TAKEN, 0, holder, f"H2O works for the training {name}")
            self._last_used = self._clock()
            if self._name is None:
                return self._answer(H2oState.READY, self._nodes, training_id, "H2O runs elsewhere")
            stateful_set = self._read()
            action = next_action(stateful_set, self._nodes, recycle=recycle)
            self._scale(action, stateful_set, why=f"training {training_id}")
            ready = stateful_set.status.ready_replicas
            return self._answer(action.state, ready, training_id, _message(action.state, ready, self._nodes))

    def _answer(self, state: H2oState, ready: int, holder: str | None, message: str) -> H2oAnswer:
        return H2oAnswer(state=state, nodes=self._nodes, ready=ready, holder=holder, message=message)

    def tick(self) -> bool:
        """Keep an always-on cluster complete. Stop another one when it is idle, or when it has neither all nodes nor 0.

        :return: whether the number of replicas was changed.
        """
        if self._name is None:
            return False
        with self._lock:
            stateful_set = self._read()
            active = oldest_active(self._jobs.all()) is not None
            now = self._clock()
            if active:
                self._last_used = now
            if self._always_on:
                action = next_action(stateful_set, self._nodes, recycle=False)
            else:
                replicas = stateful_set.spec.replicas
                idle = not active and now - self._last_used >= self._idle_seconds
                stop = replicas != 0 and (idle or replicas != self._nodes)
                action = Action(H2oState.WAKING, 0 if stop else None)
            self._scale(action, stateful_set, why="always on" if self._always_on else "no training")
            self.busy = self._always_on and action.state is not H2oState.READY
            return action.replicas is not None

    def _read(self) -> StatefulSet:
        try:
            stateful_set = self._cluster.stateful_set(self._name or "")
        except NotFound as error:
            raise KubernetesUnavailable("object", why=error) from None
        metrics.H2O_NODES.labels("wanted").set(stateful_set.spec.replicas)
        metrics.H2O_NODES.labels("ready").set(stateful_set.status.ready_replicas)
        return stateful_set

    def _scale(self, action: Action, stateful_set: StatefulSet, *, why: str) -> None:
        if action.replicas is None:
            return
        try:
            self._cluster.scale(self._name or "", action.replicas)
        except (Refused, NotFound) as error:
            raise KubernetesUnavailable("stateful_set_unscalable", name=self._name, why=refusal(error)) from None
        metrics.H2O_NODES.labels("wanted").set(action.replicas)
        log.info("h2o_scaled", nodes=action.replicas, before=stateful_set.spec.replicas, why=why)


def _message(state: H2oState, ready: int, nodes: int) -> str:
    match state:
        case H2oState.READY:
            return f"H2O is ready with {nodes} node{'s' if nodes > 1 else ''}"
        case H2oState.RECYCLING:
            return "H2O's nodes end, to start again as a new cluster"
        case _:
            return f"H2O wakes up: {ready} of {nodes} node{'s' if nodes > 1 else ''} ready"
