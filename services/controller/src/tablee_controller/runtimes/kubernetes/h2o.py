"""The H2O cluster: a StatefulSet of which it only makes sense to run all nodes, or none.

Nodes find each other once, when they start; a lost node is the end of the cluster. So it is scaled to all or to
nothing: woken when a training asks, recycled (to nothing and back) when a training found it broken, and put to sleep
when no training has run for a while. Who may use it follows from the Jobs alone: the one that started first.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from tablee import metrics
from tablee.errors import Conflict, KubernetesUnavailable, NotFound
from tablee.telemetry import logger
from tablee_controller.runtimes.kubernetes.cluster import Cluster, Refused
from tablee_controller.runtimes.kubernetes.job_status import oldest_active, owner
from tablee_controller.runtimes.kubernetes.jobs import Jobs
from tablee_controller.runtimes.kubernetes.objects import StatefulSet
from tablee_controller.runtimes.runtime import H2o, H2oState

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Move:
    """What a look at the StatefulSet comes to."""

    state: H2oState
    scale: int | None = None
    """Replicas to set; None leaves them."""


def wake(nodes: StatefulSet, size: int, *, recycle: bool) -> Move:
    """Towards a whole cluster. While old nodes still end, none is started: they would join what is going."""
    spec, status = nodes.spec, nodes.status
    settled = status.observed_generation >= nodes.metadata.generation
    if spec.replicas == 0:
        gone = settled and status.replicas == 0
        return Move(H2oState.WAKING, size) if gone else Move(H2oState.RECYCLING)
    if recycle or spec.replicas != size:
        return Move(H2oState.RECYCLING, 0)
    whole = settled and status.ready_replicas == status.replicas == size
    return Move(H2oState.READY if whole else H2oState.WAKING)


class H2oCluster:
    """Part of the loop, and what trainings ask. `name` is None when H2O runs elsewhere."""

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
        self._used = clock()
        self.busy = False

    def ask(self, training_id: str, *, recycle: bool) -> H2o:
        with self._lock:
            jobs = self._jobs.all()
            own, first = owner(jobs, training_id), oldest_active(jobs)
            if own is None or first is None:
                raise Conflict("no_active_job", hint="h2o_for_jobs", id=training_id)
            if own.metadata.uid != first.metadata.uid:
                holder = self._jobs.id_of(first)
                who = holder or f"of the Job «{first.metadata.name}»"
                return H2o(H2oState.TAKEN, self._nodes, 0, holder, f"H2O works for the training {who}")
            self._used = self._clock()
            if self._name is None:
                return H2o(H2oState.READY, self._nodes, self._nodes, training_id, "H2O runs elsewhere")
            nodes = self._look()
            move = wake(nodes, self._nodes, recycle=recycle)
            self._make(move, nodes, why=f"training {training_id}")
            ready = nodes.status.ready_replicas
            return H2o(move.state, self._nodes, ready, training_id, _sentence(move.state, ready, self._nodes))

    def tick(self) -> bool:
        """Keep it up, or put it to sleep; and mend a size that is neither all nor nothing."""
        if self._name is None:
            return False
        with self._lock:
            nodes = self._look()
            active = oldest_active(self._jobs.all()) is not None
            now = self._clock()
            if active:
                self._used = now
            if self._always_on:
                move = wake(nodes, self._nodes, recycle=False)
            else:
                asleep = nodes.spec.replicas == 0
                idle = not active and now - self._used >= self._idle_seconds
                odd = nodes.spec.replicas != self._nodes
                move = Move(H2oState.WAKING, 0 if not asleep and (idle or odd) else None)
            self._make(move, nodes, why="always on" if self._always_on else "no training")
            self.busy = self._always_on and move.state is not H2oState.READY
            return move.scale is not None

    def _look(self) -> StatefulSet:
        try:
            nodes = self._cluster.stateful_set(self._name or "")
        except NotFound as error:
            raise KubernetesUnavailable("object", why=error.detail) from None
        metrics.H2O_NODES.labels("wanted").set(nodes.spec.replicas)
        metrics.H2O_NODES.labels("ready").set(nodes.status.ready_replicas)
        return nodes

    def _make(self, move: Move, nodes: StatefulSet, *, why: str) -> None:
        if move.scale is None:
            return
        try:
            self._cluster.scale(self._name or "", move.scale)
        except (Refused, NotFound) as error:
            raise KubernetesUnavailable("stateful_set_unscalable", name=self._name, why=str(error)) from None
        metrics.H2O_NODES.labels("wanted").set(move.scale)
        log.info("h2o_scaled", nodes=move.scale, before=nodes.spec.replicas, why=why)


def _sentence(state: H2oState, ready: int, nodes: int) -> str:
    match state:
        case H2oState.READY:
            return f"H2O is ready with {nodes} node{'s' if nodes > 1 else ''}"
        case H2oState.RECYCLING:
            return "H2O's nodes end, to start again as a new cluster"
        case _:
            return f"H2O wakes up: {ready} of {nodes} node{'s' if nodes > 1 else ''} ready"
