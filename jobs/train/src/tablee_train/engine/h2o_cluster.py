"""The H2O cluster as a whole: formed, of the right version and size, and still the same one a minute later."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tablee.errors import EngineUnavailable
from tablee.telemetry import logger
from tablee_train.engine.h2o_rest import Rest
from tablee_train.lifecycle.stop import Stop
from tablee_train.settings import H2oSettings

VERSION = "3.46.0.11"
"""The one version of H2O that is used: later open-source releases refuse to export MOJOs."""

PAUSE = 1.0

T = TypeVar("T")
log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Cloud:
    """A cluster at one moment; `nodes` are addresses with process ids."""

    version: str
    size: int
    healthy: bool
    nodes: frozenset[tuple[str, int]]
    uptime: int
    """Milliseconds since the answering node started."""
    quiet: float = 0.0
    """Seconds since the answering node last heard of the node it has not heard of for longest."""


def look(rest: Rest) -> Cloud:
    """:raises EngineUnavailable: no answer."""
    body = rest.get("/3/Cloud", skip_ticks="true")
    return Cloud(
        version=str(body["version"]),
        size=int(body["cloud_size"]),
        healthy=bool(body["cloud_healthy"]),
        nodes=frozenset((str(node["ip_port"]), int(node["pid"])) for node in body["nodes"]),
        uptime=int(body["cloud_uptime_millis"]),
        quiet=_quiet(body["nodes"]),
    )


def _quiet(nodes: Sequence[Mapping[str, Any]]) -> float:
    """Every time is by the answering node's clock, and of itself it has heard just now."""
    heard = [int(node["last_ping"]) for node in nodes if node.get("last_ping")]
    return (max(heard) - min(heard)) / 1000 if heard else 0.0


def wait(addresses: Sequence[Rest], settings: H2oSettings, stop: Stop, seconds: float) -> tuple[Rest, Cloud]:
    """Wait until the cluster is whole and healthy; returns the address at which it serves.

    Of several nodes only the leader serves, and a node that has just been started anew may lead a cluster of its own:
    so each is asked until one has them all. A name may lead to a node's former address for some seconds.

    :raises EngineUnavailable: it is of another version (at once), or not whole in time.
    """
    end = time.monotonic() + seconds
    while True:
        problem: EngineUnavailable | None = None
        for rest in addresses:
            stop.check()
            try:
                cloud = look(rest)
            except EngineUnavailable as error:
                if problem is None or not rest.follows:  # what a follower says explains nothing
                    problem = error
                continue
            check_version(cloud.version)
            if cloud.size == settings.nodes and cloud.healthy:
                return rest, cloud
            problem = EngineUnavailable(
                f"H2O at {rest.url} has {cloud.size} of {settings.nodes} nodes"
                + ("" if cloud.healthy else " and is unhealthy")
            )
        if time.monotonic() > end and problem is not None:
            raise EngineUnavailable(f"{problem.detail} (waited {seconds:.0f} s)", hint=problem.hint)
        stop.wait(PAUSE)


def check_version(found: str) -> None:
    """:raises EngineUnavailable: not the version that is used here."""
    if found != VERSION:
        raise EngineUnavailable(
            f"H2O {found} runs there, but only {VERSION} will do: later open-source releases refuse to export the "
            "model file (MOJO) that is served, and earlier ones are not tested",
            hint=f"Start H2O {VERSION}.",
        )


class Watch:
    """Asks a working cluster again and again, forgives short silence, and notices when it is no longer the same.

    A node that was started anew at its old address looks healthy but has lost its data, so that process ids and uptime
    are compared too.
    """

    def __init__(
        self,
        rest: Rest,
        cloud: Cloud,
        settings: H2oSettings,
        stop: Stop,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rest, self._cloud, self._settings, self._stop, self._clock = rest, cloud, settings, stop, clock
        self._heard = self._well = clock()

    def ask(self, question: Callable[[], T]) -> T:
        """The answer to a question that may be asked more than once.

        :raises EngineUnavailable: the cluster is lost: silent or unhealthy for too long, or not the same any more.
        :raises TrainingCancelled: the training is to stop.
        """
        while True:
            self._stop.check()
            try:
                now = look(self._rest)
                answer = question()
            except EngineUnavailable as error:
                silence = self._clock() - self._heard
                if silence >= self._settings.lost_seconds:
                    raise EngineUnavailable(f"H2O was lost during the training: {error.detail}") from error
                log.warning("h2o_silent", seconds=round(silence, 1))
                self._stop.wait(PAUSE)
                continue
            self._check(now)
            self._heard = self._clock()
            return answer

    def _check(self, now: Cloud) -> None:
        if now.nodes != self._cloud.nodes or now.uptime < self._cloud.uptime:
            raise EngineUnavailable("H2O was lost during the training: a node was restarted or is gone")
        if now.quiet >= self._settings.quiet_seconds:
            raise EngineUnavailable(
                f"H2O was lost during the training: a node has not been heard of for {now.quiet:.0f} s"
            )
        if now.healthy:
            self._well = self._clock()
        elif self._clock() - self._well >= self._settings.unhealthy_seconds:
            raise EngineUnavailable("H2O was lost during the training: the cluster is unhealthy")
