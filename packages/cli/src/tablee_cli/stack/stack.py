"""Starts and stops the processes of the stack in order. Processes that run already are kept; after a stop none is
left.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tablee.errors import StartFailed
from tablee.errors.causes import system_cause
from tablee.i18n import Message
from tablee.processes.process import Process
from tablee.processes.search import stop_all
from tablee_cli.stack.components.component import Component, Launch, Reason
from tablee_cli.stack.home import Home
from tablee_cli.stack.marks import marked, marks
from tablee_cli.stack.plan import Plan, base_environment
from tablee_cli.stack.state_file import Recorded, StackRecord

LAST_LINES = 15
LARGEST_LOG = 20 << 20
POLL_SECONDS = 0.2
PROBE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Event:
    """A change of a component's state that is reported to the user."""

    name: str
    kind: str
    """`running` (it ran already), `starting`, `restarting`, `waiting`, `ready`, `unready` (started, but not ready in
    time), `stopping`, `stopped`, `killed`, or `swept` (processes without a record were stopped)."""
    detail: Reason | int = ""
    seconds: float = 0.0


class Stack:
    """The stack in one home directory.

    :param tell: called with every event.
    """

    def __init__(self, home: Home, *, tell: Callable[[Event], None]) -> None:
        self.home, self._tell = home, tell

    @property
    def record(self) -> StackRecord:
        return StackRecord.read(self.home.record)

    def up(self, make_plan: Callable[[StackRecord], Plan]) -> StackRecord:
        """Start the components that do not run, and wait until all are ready.

        :raises StartFailed: a component did not start; the components that this call started are stopped again.
        :raises Conflict: another `up` or `down` runs.
        """
        try:
            self.home.create()
        except OSError as error:
            raise StartFailed(
                "home_not_writable", hint="other_home", home=str(self.home.root), error=system_cause(error)
            ) from None
        with self.home.locked("up"):
            self._end_orphans()
            record = self.record
            plan = make_plan(record)
            record.model_copy(update={"key": plan.choices.key, "heap": plan.choices.heap}).write(self.home.record)
            started: list[Component] = []
            try:
                with httpx.Client(timeout=PROBE_SECONDS, trust_env=False) as http:
                    for stage in plan.stages:
                        for component in stage:
                            if self._start(component):
                                started.append(component)
                        for component in stage:
                            self._wait(component, http, fresh=component in started)
            except BaseException:
                self._stop([component.name for component in reversed(started)])
                if not any(left.process() for left in self.record.components.values()):
                    self._clear()
                raise
            return self.record

    def down(self) -> int:
        """Stop all components in reverse order. Returns the number of stopped processes. Data is kept."""
        if not self.home.root.is_dir():
            return 0
        with self.home.locked("down"):
            return self._stop(list(reversed(self.record.components))) + self._clear()

    def _start(self, component: Component) -> bool:
        """Start a component and record it at once. Returns whether this call started it."""
        recorded = self.record.components.get(component.name)
        launch = component.launch()
        fingerprint = _fingerprint(launch, component.port)
        running = recorded.process() if recorded else None
        if recorded is not None and running is not None:
            if recorded.fingerprint == fingerprint:
                self._tell(Event(component.name, "running", component.url))
                return False
            self._tell(Event(component.name, "restarting"))
            running.stop(component.stop_seconds)
        process: Process | None = None
        if launch is not None:
            process = self._launch(component, launch)
            self._tell(Event(component.name, "starting", str(component.log)))
        self._note(component, process, fingerprint)
        return launch is not None

    def _launch(self, component: Component, launch: Launch) -> Process:
        for folder in launch.scratch:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True, exist_ok=True)
        if component.log.exists() and component.log.stat().st_size > LARGEST_LOG:
            component.log.replace(component.log.with_suffix(".log.1"))
        environment = base_environment(os.environ) | launch.environment | marks(self.home.root, component.name)
        try:
            return Process.start(
                launch.command,
                {name: value for name, value in environment.items() if value},
                directory=launch.directory,
                log=component.log,
                detached=True,
            )
        except OSError as error:
            raise StartFailed("not_started", component=component.name, error=system_cause(error)) from error

    def _note(self, component: Component, process: Process | None, fingerprint: str) -> None:
        record = self.record
        record.components[component.name] = Recorded(
            name=component.name,
            url=component.url,
            port=component.port,
            log=str(component.log),
            pid=process.pid if process else None,
            create_time=process.created if process else 0.0,
            fingerprint=fingerprint,
            stop_seconds=component.stop_seconds,
            started=datetime.now(UTC),
        )
        record.write(self.home.record)

    def _wait(self, component: Component, http: httpx.Client, *, fresh: bool) -> None:
        began = time.monotonic()
        recorded = self.record.components[component.name]
        owner = self.record.components["controller"] if recorded.pid is None else recorded
        while reason := component.ready(http):
            waited = time.monotonic() - began
            if owner.process() is None:
                raise StartFailed("ended_early", component=component.name, log=_end_of(component.log))
            if waited > component.start_seconds:
                if component.required:
                    raise StartFailed(
                        "not_ready_in_time",
                        component=component.name,
                        seconds=f"{component.start_seconds:g}",
                        cause=reason,
                        log=_end_of(component.log),
                    )
                self._tell(Event(component.name, "unready", reason, waited))
                return
            self._tell(Event(component.name, "waiting", reason, waited))
            time.sleep(POLL_SECONDS)
        if fresh or recorded.pid is None:
            seconds = (datetime.now(UTC) - recorded.started).total_seconds()
            self._tell(Event(component.name, "ready", component.url, seconds))

    def _stop(self, names: list[str]) -> int:
        stopped = 0
        for name in names:
            recorded = self.record.components.get(name)
            if recorded is None:
                continue
            if (process := recorded.process()) is not None:
                self._tell(Event(name, "stopping"))
                gently = process.stop(recorded.stop_seconds)
                self._tell(Event(name, "stopped" if gently else "killed"))
                stopped += 1
            record = self.record
            record.components.pop(name, None)  # another `down` may have removed it
            record.write(self.home.record)
        return stopped

    def _end_orphans(self) -> None:
        """Stop processes whose component was killed, so that they free their ports. Children of a killed controller are
        kept: the next controller adopts them."""
        record = self.record
        for name, left in marked(self.home.root).items():
            recorded = record.components.get(name)
            if recorded is None or (name != "controller" and recorded.process() is None):
                stop_all(left)
                self._tell(Event(name, "swept", len(left)))

    def _clear(self) -> int:
        """Stop all processes with the mark of this stack, recorded or not, and delete the record. Returns their
        number."""
        left = [process for group in marked(self.home.root).values() for process in group]
        stop_all(left)
        if left:
            self._tell(Event("rest", "swept", len(left)))
        self.home.record.unlink(missing_ok=True)
        return len(left)


def last_lines(log: Path, count: int = LAST_LINES) -> list[str]:
    """The last lines of a log; an empty list if there is no log."""
    try:
        with log.open("rb") as file:
            file.seek(max(file.seek(0, os.SEEK_END) - (64 << 10), 0))
            return file.read().decode(errors="replace").splitlines()[-count:]
    except OSError:
        return []


def _end_of(log: Path) -> Message | str:
    """The last lines of a log as a part of an error message; an empty text if there is no log."""
    lines = "\n".join(f"  {line}" for line in last_lines(log))
    return Message("log.last_lines", {"log": str(log), "lines": lines}) if lines else ""


def _fingerprint(launch: Launch | None, port: int) -> str:
    """A hash of port, arguments, environment and directory. The path of the program is left out, because the same
    interpreter may have several paths."""
    said = [port] if launch is None else [launch.command[1:], sorted(launch.environment.items()), str(launch.directory)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


@contextmanager
def stopped_at_the_end(stack: Stack) -> Iterator[None]:
    """Stop the stack when the block ends, also after an error."""
    try:
        yield
    finally:
        stack.down()
