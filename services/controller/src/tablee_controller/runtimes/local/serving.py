"""Runs the API as local processes: one serves, a new one may become ready to replace it, and replaced ones drain.

    pin ─▶ start, not accepting ─▶ ready on its admin port ─▶ it accepts; the old one is asked to drain ─▶ ended
                                └▶ ended, failed or late  ─▶ killed; the old one goes on serving

Every change is recorded in `run/api.json` before it takes effect, so that a restarted controller finds all processes.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import BaseModel

from tablee.errors.causes import system_cause
from tablee.i18n.message import Message
from tablee.processes.identity import Identity
from tablee.processes.process import Process
from tablee.telemetry import logger
from tablee_controller.runtimes.local import process_records
from tablee_controller.runtimes.local.environment import Environments
from tablee_controller.runtimes.local.listener import Listener, free_port
from tablee_controller.runtimes.runtime import Phase, Pins, Reason, Rollout, reported
from tablee_controller.settings import ApiProcess

GIVE_UP_SECONDS = 3.0
"""A process that reports `failed` for this many seconds is given up before its time limit."""
STABLE_SECONDS = 60.0
"""If a process dies after it has served for more than this many seconds, it is restarted at once; else after a
pause.
"""
MAX_PAUSE = 30.0
"""Longest pause before a restart, in seconds."""

log = logger(__name__)


class ServerRecord(BaseModel):
    """The record of an API process."""

    identity: Identity
    pins: Pins
    admin_port: int
    listen_fd: int
    """File descriptor of the shared socket in that process."""


class ApiRecord(BaseModel):
    """The records of all API processes, and their common address."""

    host: str
    port: int
    serving: ServerRecord | None = None
    coming: ServerRecord | None = None
    draining: list[ServerRecord] = []


@dataclass
class Server:
    """A running API process. Times are seconds of the monotonic clock."""

    child: Process
    mark: str
    pins: Pins
    admin_port: int
    listen_fd: int
    since: float
    failing_since: float | None = None

    @property
    def record(self) -> ServerRecord:
        return ServerRecord(
            identity=Identity.of(self.child, self.mark),
            pins=self.pins,
            admin_port=self.admin_port,
            listen_fd=self.listen_fd,
        )


class Serving:
    """All API processes. `step` must be called several times a second, by one thread at a time."""

    def __init__(self, settings: ApiProcess, environments: Environments, home: Path, *, command: Sequence[str]) -> None:
        self._settings, self._environments, self._command = settings, environments, command
        self._record, self._log = home / "run" / "api.json", home / "logs" / "api.log"
        self._probe = httpx.Client(timeout=2.0, trust_env=False)
        self._serving: Server | None = None
        self._coming: Server | None = None
        self._draining: list[Server] = []
        self._pinned: Pins | None = None
        self._failure: Reason = ""
        self._progress: Reason = ""
        self._restart: tuple[float, Pins] | None = None
        self._deaths = 0
        self._listener = self._adopt()
        self._write_record()

    @property
    def port(self) -> int:
        return self._listener.port

    def rollout(self) -> Rollout:
        serving = dict(self._serving.pins) if self._serving is not None and self._serving.child.alive else {}
        if self._coming is not None or self._restart is not None:
            return Rollout(Phase.ROLLING, self._pinned, serving, self._progress)
        if self._failure:
            return Rollout(Phase.FAILED, self._pinned, serving, self._failure)
        return Rollout(Phase.IDLE if self._pinned is None else Phase.DONE, self._pinned, serving)

    def pin(self, pins: Pins) -> None:
        """Start a process with these pins, unless the serving or the starting process has them already."""
        self._pinned, self._failure, self._restart = dict(pins), "", None
        if self._coming is not None:
            if self._coming.pins == pins:
                return
            self._abandon()
        if self._serving is None or not self._serving.child.alive or self._serving.pins != pins:
            self._start(self._pinned)

    def step(self) -> None:
        """Look at every process, and take the next step of its life cycle."""
        self._watch_draining()
        if self._coming is not None:
            self._watch_coming(self._coming)
        elif self._restart is not None:
            at, pins = self._restart
            if time.monotonic() >= at:
                self._restart = None
                self._start(pins)
        elif self._serving is not None and not self._serving.child.alive:
            self._restart_dead(self._serving)

    def shutdown(self) -> None:
        """Stop all processes: the serving one drains, and this waits until all have ended."""
        if self._coming is not None:
            self._abandon()
        if self._serving is not None:
            self._retire(self._serving)
            self._serving = None
        for server in self._draining:
            if not server.child.wait(server.since + self._settings.stop_seconds - time.monotonic()):
                server.child.kill()
                server.child.wait(5)
        self._draining = []
        self._listener.close()
        self._probe.close()
        self._record.unlink(missing_ok=True)

    def _start(self, pins: Pins) -> None:
        admin_port, fd = free_port(), self._listener.fd
        mark = f"TABLEE_ADMIN_PORT={admin_port}"
        self._write_record(ServerRecord(identity=Identity(mark=mark), pins=pins, admin_port=admin_port, listen_fd=fd))
        environment = self._environments.api(pins, listen_fd=fd, admin_port=admin_port)
        self._progress = Message("rolled_out.starting")
        try:
            child = Process.start(self._command, environment, log=self._log, pass_fds=[fd])
        except OSError as error:
            self._failure = Message("rolled_out.not_started", {"cause": system_cause(error)})
            self._write_record()
            return
        self._coming = Server(child, mark, pins, admin_port, fd, time.monotonic())
        self._write_record()
        log.info("api_started", pid=child.pid, pins=pins, admin_port=admin_port)

    def _watch_coming(self, coming: Server) -> None:
        if not coming.child.alive:
            code = coming.child.exit_code
            self._give_up(Message("rolled_out.ended", {"code": code, "log": self._log.name}))
            return
        status, reason = self._readiness(coming)
        self._progress = reason or self._progress
        now = time.monotonic()
        if status == "ready":
            self._take_over(coming)
            return
        coming.failing_since = None if status != "failed" else coming.failing_since or now
        if coming.failing_since is not None and now - coming.failing_since >= GIVE_UP_SECONDS:
            self._give_up(self._progress)
        elif now - coming.since > self._settings.ready_seconds:
            facts = {"seconds": self._settings.ready_seconds, "why": self._progress}
            self._give_up(Message("rolled_out.too_slow", facts))

    def _readiness(self, server: Server) -> tuple[str, Reason]:
        """The status and the reason that the process reports. The status is `starting` while it does not answer."""
        try:
            answer = self._probe.get(f"http://127.0.0.1:{server.admin_port}/readyz")
            body = answer.json()
            return ("ready" if answer.status_code == 200 else str(body["status"])), reported(body)
        except (httpx.HTTPError, ValueError, LookupError, TypeError):
            return "starting", ""

    def _take_over(self, coming: Server) -> None:
        old, self._serving, self._coming = self._serving, coming, None
        coming.since = time.monotonic()
        if old is not None:
            self._retire(old)
        self._write_record()
        log.info("api_took_over", pid=coming.child.pid, pins=coming.pins)

    def _give_up(self, reason: Reason) -> None:
        self._failure = reason
        self._abandon()
        log.error("api_given_up", reason=str(reason))

    def _abandon(self) -> None:
        """Kill the starting process. It has not accepted any connection yet."""
        if self._coming is not None:
            self._coming.child.kill()
            self._coming.child.wait(5)
            self._coming = None
            self._write_record()

    def _retire(self, server: Server) -> None:
        server.since = time.monotonic()
        server.child.terminate()
        self._draining.append(server)

    def _watch_draining(self) -> None:
        left = []
        for server in self._draining:
            if not server.child.alive:
                log.info("api_drained", pid=server.child.pid, exit_code=server.child.exit_code)
                continue
            if time.monotonic() - server.since > self._settings.stop_seconds:
                log.warning("api_killed", pid=server.child.pid, reason="it did not drain in time")
                server.child.kill()
            left.append(server)
        if len(left) != len(self._draining):
            self._draining = left
            self._write_record()

    def _restart_dead(self, dead: Server) -> None:
        """Restart the serving process after it died, with the same pins."""
        self._serving = None
        lived = time.monotonic() - dead.since
        self._deaths = 0 if lived > STABLE_SECONDS else self._deaths + 1
        pause = 0.0 if self._deaths <= 1 else min(2.0 ** (self._deaths - 2), MAX_PAUSE)
        log.error("api_died", pid=dead.child.pid, exit_code=dead.child.exit_code, lived=round(lived), pause=pause)
        self._progress = "the API process died and is started again"
        self._restart = time.monotonic() + pause, dead.pins
        self._write_record()

    def _adopt(self) -> Listener:
        """Find the processes of the previous controller and their socket."""
        record = process_records.read(self._record, ApiRecord)
        address = self._settings.host, self._settings.port
        if record is None:
            return Listener.open(*address)
        for server in _running(record.coming):  # the next roll-out starts it again
            server.child.kill()
            server.child.wait(5)
        self._draining = _running(*record.draining)
        serving = _running(record.serving)
        if record.host != address[0] or address[1] not in (0, record.port):
            for server in serving:
                self._retire(server)
            return Listener.open(*address)
        for server in serving:
            self._serving, self._pinned = server, dict(server.pins)
            log.info("api_adopted", pid=server.child.pid, pins=server.pins, admin_port=server.admin_port)
        for holder in serving + self._draining:
            return Listener.take_over(record.host, record.port, pid=holder.child.pid, fd=holder.listen_fd)
        return Listener.open(*address)

    def _write_record(self, about_to_start: ServerRecord | None = None) -> None:
        record = ApiRecord(
            host=self._listener.host,
            port=self._listener.port,
            serving=self._serving.record if self._serving else None,
            coming=about_to_start or (self._coming.record if self._coming else None),
            draining=[server.record for server in self._draining],
        )
        process_records.write(self._record, record)


def _running(*records: ServerRecord | None) -> list[Server]:
    """The recorded processes that still run."""
    now = time.monotonic()
    return [
        Server(child, record.identity.mark, record.pins, record.admin_port, record.listen_fd, now)
        for record in records
        if record is not None and (child := record.identity.find()) is not None
    ]
