"""Up and down: processes in order, adopted where they run already, and nothing left where they stop."""

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
from tablee.i18n import Message
from tablee.processes.process import Process
from tablee.processes.search import stop_all
from tablee_cli.stack.component import Component, Launch
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
    """Something people want to hear of while the stack goes up or down."""

    name: str
    kind: str
    """`running` (it was there), `starting`, `restarting`, `waiting`, `ready`, `unready` (started, but of no use yet),
    `stopping`, `stopped`, `killed`, `swept` (an orphan was ended)."""
    detail: str = ""
    seconds: float = 0.0


class Stack:
    """The stack of one home.

    :param tell: hears every event.
    """

    def __init__(self, home: Home, *, tell: Callable[[Event], None]) -> None:
        self.home, self._tell = home, tell

    @property
    def record(self) -> StackRecord:
        return StackRecord.read(self.home.record)

    def up(self, make_plan: Callable[[StackRecord], Plan]) -> StackRecord:
        """Start what does not run yet and wait until all is ready.

        :raises StartFailed: something would not start; what this call started is stopped again.
        :raises Conflict: another `up` or `down` is at work.
        """
        try:
            self.home.create()
        except OSError as error:
            raise StartFailed(
                "home_not_writable", hint="other_home", home=str(self.home.root), error=error.strerror
            ) from None
        with self.home.locked("up"):
            self._end_orphans()
            record = self.record
            plan = make_plan(record)
            record.model_copy(update={"key": plan.wishes.key, "heap": plan.wishes.heap}).write(self.home.record)
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
        """Stop everything, in reverse order; returns how many processes were stopped. State is kept."""
        if not self.home.root.is_dir():
            return 0
        with self.home.locked("down"):
            return self._stop(list(reversed(self.record.components))) + self._clear()

    def _start(self, component: Component) -> bool:
        """Whether it was started just now; it is noted before anything else happens."""
        recorded = self.record.components.get(component.name)
        launch = component.launch()
        fingerprint = _fingerprint(launch, component.port)
        running = recorded.process() if recorded else None
        if recorded is not None and running is not None:
            if recorded.fingerprint == fingerprint:
                self._tell(Event(component.name, "running", component.url))
                return False
            self._tell(Event(component.name, "restarting", "its settings have changed"))
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
            raise StartFailed("not_started", component=component.name, error=str(error)) from error

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
                self._tell(Event(name, "stopping", f"process {process.pid}"))
                gently = process.stop(recorded.stop_seconds)
                self._tell(Event(name, "stopped" if gently else "killed"))
                stopped += 1
            record = self.record
            record.components.pop(name, None)  # another `down` may have been quicker
            record.write(self.home.record)
        return stopped

    def _end_orphans(self) -> None:
        """End what outlived its killed master, before it keeps a port; the next controller adopts what its own left."""
        record = self.record
        for name, left in marked(self.home.root).items():
            recorded = record.components.get(name)
            if recorded is None or (name != "controller" and recorded.process() is None):
                stop_all(left)
                self._tell(Event(name, "swept", f"{len(left)} processes without a master"))

    def _clear(self) -> int:
        """End whatever carries our mark, noted or not, and forget the record; returns how many there were."""
        left = [process for group in marked(self.home.root).values() for process in group]
        stop_all(left)
        if left:
            self._tell(Event("rest", "swept", f"{len(left)} processes without a master"))
        self.home.record.unlink(missing_ok=True)
        return len(left)


def last_lines(log: Path, count: int = LAST_LINES) -> list[str]:
    """The end of a log; empty if there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(file.seek(0, os.SEEK_END) - (64 << 10), 0))
            return file.read().decode(errors="replace").splitlines()[-count:]
    except OSError:
        return []


def _end_of(log: Path) -> Message | str:
    """The end of a log for an error; empty if there is none."""
    lines = "\n".join(f"  {line}" for line in last_lines(log))
    return Message("log.last_lines", {"log": str(log), "lines": lines}) if lines else ""


def _fingerprint(launch: Launch | None, port: int) -> str:
    """Of the settings, not of the program: the same interpreter goes by several names."""
    said = [port] if launch is None else [launch.command[1:], sorted(launch.environment.items()), str(launch.directory)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


@contextmanager
def stopped_at_the_end(stack: Stack) -> Iterator[None]:
    """Bring the stack down however the block ends."""
    try:
        yield
    finally:
        stack.down()
