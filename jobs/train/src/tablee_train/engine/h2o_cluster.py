"""The state of the H2O cluster: whether it is complete, of the right version and size, and still the same one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any, TypeVar

from tablee.errors import EngineUnavailable, TrainingFailed
from tablee.jobs.process import StopRequest
from tablee.telemetry import logger
from tablee_train.engine.h2o_rest import ENDED_STATUSES, H2oRest, job_failed
from tablee_train.settings import H2oSettings

VERSION = "3.46.0.11"
"""The one version of H2O that is used: later open-source releases refuse to export MOJOs."""

PAUSE_SECONDS = 1.0
"""Seconds between two requests for the state."""
HEARTBEAT_SECONDS = 5.0
"""By how many seconds the times of the nodes' last messages may be late; they send one a second."""

T = TypeVar("T")
log = logger(__name__)


@dataclass(frozen=True, slots=True)
class ClusterState:
    """A cluster at one moment."""

    version: str
    size: int
    healthy: bool
    nodes: frozenset[tuple[str, int]]
    """Addresses with process ids."""
    uptime: int
    """Milliseconds since the answering node started."""
    silent_seconds: float = 0.0
    """Seconds since the last message of another node to the answering node; the longest of all nodes."""


def read_state(rest: H2oRest) -> ClusterState:
    """The cluster as the node at this address sees it.

    :raises EngineUnavailable: the node does not answer.
    """
    body = rest.get("/3/Cloud", skip_ticks="true")
    return ClusterState(
        version=str(body["version"]),
        size=int(body["cloud_size"]),
        healthy=bool(body["cloud_healthy"]),
        nodes=frozenset((str(node["ip_port"]), int(node["pid"])) for node in body["nodes"]),
        uptime=int(body["cloud_uptime_millis"]),
        silent_seconds=_silent_seconds(body["nodes"]),
    )


def _silent_seconds(nodes: Sequence[Mapping[str, Any]]) -> float:
    """All times are by the clock of the answering node; the latest time is its own."""
    pings = [int(node["last_ping"]) for node in nodes if node.get("last_ping")]
    return (max(pings) - min(pings)) / 1000 if pings else 0.0


def wait(
    addresses: Sequence[H2oRest], settings: H2oSettings, stop: StopRequest, seconds: float
) -> tuple[H2oRest, ClusterState]:
    """Wait until the cluster is complete and healthy; returns the connection to its leader, and its state.

    Only the leader of several nodes serves requests, and a node that has just restarted may lead a cluster of its own:
    so all are asked until one sees all nodes. A DNS name may lead to a node's former address for some seconds.

    :param seconds: how long to wait.
    :raises EngineUnavailable: the cluster has another version (raised at once), or is not complete in time.
    """
    end = time.monotonic() + seconds
    while True:
        problem: EngineUnavailable | None = None
        for rest in addresses:
            stop.check()
            try:
                state = read_state(rest)
            except EngineUnavailable as error:
                if problem is None or not rest.is_follower:  # a follower's answer does not explain the problem
                    problem = error
                continue
            check_version(state.version)
            if state.size == settings.nodes and state.healthy:
                return rest, state
            reason = "incomplete" if state.healthy else "unhealthy"
            problem = EngineUnavailable(reason, url=rest.url, size=state.size, nodes=settings.nodes)
        if time.monotonic() > end and problem is not None:
            raise EngineUnavailable("waited", cause=problem, seconds=round(seconds), hint=problem.hint_key)
        stop.wait(PAUSE_SECONDS)


def check_version(found: str) -> None:
    """:raises EngineUnavailable: it is not the version that is used here."""
    if found != VERSION:
        raise EngineUnavailable("other_version", found=found, version=VERSION, hint="start_h2o_version")


class ClusterMonitor:
    """Asks a cluster during a search; tolerates short silence, and detects when the cluster is no longer the same.

    A node that was restarted at its old address looks healthy but has lost its data; so process ids and uptime are
    compared, too.
    """

    def __init__(
        self,
        rest: H2oRest,
        initial: ClusterState,
        settings: H2oSettings,
        stop: StopRequest,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.rest, self._initial, self._settings, self._stop, self._clock = rest, initial, settings, stop, clock
        self._last_answer = self._last_healthy = clock()

    def ask(self, question: Callable[[], T]) -> T:
        """The answer to a call that may be repeated.

        :raises EngineUnavailable: the cluster is lost: silent or unhealthy for too long, or not the same any more.
        :raises TrainingCancelled: the training is to stop.
        """
        while True:
            self._stop.check()
            try:
                now = read_state(self.rest)
                answer = question()
            except EngineUnavailable as error:
                silence = self._clock() - self._last_answer
                if silence >= self._settings.lost_seconds:
                    raise EngineUnavailable("lost", cause=error) from error
                log.warning("h2o_silent", seconds=round(silence, 1))
                self._stop.wait(PAUSE_SECONDS)
                continue
            self._check(now)
            self._last_answer = self._clock()
            return answer

    def during(self, call: Callable[[], T]) -> T:
        """The answer to a call that takes long. H2O never answers it if a node that takes part is lost meanwhile.

        :raises EngineUnavailable: as `ask`; the call is left to its time limit.
        :raises TrainingCancelled: the training is to stop.
        """
        answer: futures.Future[T] = futures.Future()
        self._last_answer = self._last_healthy = self._clock()

        def run() -> None:
            try:
                answer.set_result(call())
            except Exception as error:
                answer.set_exception(error)

        Thread(target=run, name="h2o-call", daemon=True).start()
        while not futures.wait([answer], PAUSE_SECONDS).done:
            self.ask(lambda: None)
        return answer.result()

    def until_done(self, job: Mapping[str, Any]) -> None:
        """Wait until a short job, such as reading an upload, has ended.

        :raises TrainingFailed: it failed.
        """
        key = job["key"]["name"]
        while (now := self.ask(lambda: self.rest.job(key)))["status"] not in ENDED_STATUSES:
            self._stop.wait(0.1)
        if now["status"] != "DONE":
            raise job_failed("rows_not_read", now)

    @contextmanager
    def errors_confirmed(self) -> Iterator[None]:
        """Within it, an error of H2O is raised once every node has been heard of after it.

        When a node is lost, H2O misses the jobs, models and frames that were there: the cluster is to blame, then.

        :raises EngineUnavailable: the cluster is lost.
        """
        try:
            yield
        except TrainingFailed:
            failed = self._clock()
            while not (now := self.ask(lambda: read_state(self.rest))).healthy or (
                now.silent_seconds + HEARTBEAT_SECONDS >= self._clock() - failed
            ):
                self._stop.wait(PAUSE_SECONDS)
            raise

    def _check(self, now: ClusterState) -> None:
        if now.nodes != self._initial.nodes or now.uptime < self._initial.uptime:
            raise EngineUnavailable("lost_node")
        if now.silent_seconds >= self._settings.quiet_seconds:
            raise EngineUnavailable("lost_silent_node", seconds=round(now.silent_seconds))
        if now.healthy:
            self._last_healthy = self._clock()
        elif self._clock() - self._last_healthy >= self._settings.unhealthy_seconds:
            raise EngineUnavailable("lost_health")
