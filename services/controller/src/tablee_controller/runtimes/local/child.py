"""A process of ours: started now, or found again by a controller that came after the one that started it.

A pid alone proves nothing, for pids are used again: a process is the one we noted when its creation time is, too. What
is noted before the start (pid unknown yet) is found by a mark in its environment, should we die in between.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil
from pydantic import BaseModel

CLOCK_SLACK = 2.0
"""Seconds by which a creation time may shift when the machine's clock is set."""


class Identity(BaseModel):
    """What is noted of a process."""

    pid: int | None = None
    created: float = 0.0
    mark: str
    """`NAME=value` in its environment, different for each process."""


class Child:
    """A process that outlives us unless we stop it: it has a session of its own."""

    def __init__(self, process: psutil.Process, mark: str) -> None:
        self._process, self._mark = process, mark
        self._created = process.create_time()

    @classmethod
    def start(
        cls,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        mark: str,
        log: Path,
        pass_fds: Sequence[int] = (),
    ) -> Child:
        """Start it with its output added to `log`; raises `OSError` if that cannot be."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = psutil.Popen(
                list(command),
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=tuple(pass_fds),
                start_new_session=True,
            )
        return cls(process, mark)

    @classmethod
    def find(cls, identity: Identity) -> Child | None:
        """The process that was noted, if it still runs."""
        if identity.pid is None:
            marked = [cls(process, identity.mark) for process in _marked(identity.mark)]
            return min(marked, key=lambda child: child._created, default=None)  # its own children inherit the mark
        try:
            found = cls(psutil.Process(identity.pid), identity.mark)
        except psutil.Error:
            return None
        return found if abs(found._created - identity.created) < CLOCK_SLACK and found.alive else None

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    @property
    def identity(self) -> Identity:
        return Identity(pid=self.pid, created=self._created, mark=self._mark)

    @property
    def alive(self) -> bool:
        if isinstance(self._process, psutil.Popen):
            return self._process.poll() is None
        try:
            return bool(self._process.is_running()) and self._process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    @property
    def exit_code(self) -> int | None:
        """Of an ended process that we started ourselves; minus the signal's number if one ended it."""
        return self._process.poll() if isinstance(self._process, psutil.Popen) else None

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def wait(self, seconds: float) -> bool:
        """Whether it ended within that time."""
        try:
            self._process.wait(max(seconds, 0))
        except psutil.TimeoutExpired:
            return False
        return True

    def _signal(self, number: signal.Signals) -> None:
        try:
            self._process.send_signal(number)
        except (psutil.Error, ProcessLookupError):
            return  # it is gone already


def _marked(mark: str) -> list[psutil.Process]:
    name, _, value = mark.partition("=")
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(name) == value:
                found.append(process)
        except (psutil.Error, OSError):
            continue  # not ours to look into, or gone
    return found


def module(name: str) -> tuple[str, ...]:
    """The command that runs a module with the Python we run on."""
    return (sys.executable, "-m", name)
