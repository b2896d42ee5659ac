"""A process that was started or found."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

CLOCK_SLACK = 2.0
"""Seconds by which a creation time may shift when the clock of the machine is set."""
KILLED_SECONDS = 10.0
"""How long to wait for a process that was killed."""


class Process:
    """A process in a session of its own. It outlives this process unless it is stopped."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self.created: float = process.create_time()
        """When it was created, in seconds since the epoch."""

    @classmethod
    def start(
        cls,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        log: Path,
        directory: Path | None = None,
        pass_fds: Sequence[int] = (),
        detached: bool = False,
    ) -> Process:
        """Start a process that adds its output to `log`.

        :param directory: its working directory; None: that of this process.
        :param pass_fds: file descriptors that it inherits.
        :param detached: this process may end earlier, and does not need the exit code.
        :raises OSError: it cannot be started.
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            options: dict[str, Any] = {
                "env": dict(environment),
                "cwd": directory,
                "stdin": subprocess.DEVNULL,
                "stdout": output,
                "stderr": subprocess.STDOUT,
                "pass_fds": tuple(pass_fds),
                "start_new_session": True,
            }
            if not detached:
                return cls(psutil.Popen(list(command), **options))
            started = subprocess.Popen(list(command), **options)
            started.returncode = 0  # so that Popen neither waits for it nor warns that it still runs
            return cls(psutil.Process(started.pid))

    @classmethod
    def find(cls, pid: int | None, created: float) -> Process | None:
        """The process with this pid, if it runs and was created at that time.

        A pid is used again after its process has ended, so the pid alone does not identify a process.
        """
        if pid is None:
            return None
        try:
            found = cls(psutil.Process(pid))
        except psutil.Error:
            return None
        return found if abs(found.created - created) < CLOCK_SLACK and found.alive else None

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    @property
    def alive(self) -> bool:
        """Whether it runs. A zombie (a process that has ended, but whose exit code was not read) does not run."""
        if isinstance(self._process, psutil.Popen):
            return self._process.poll() is None
        try:
            return bool(self._process.is_running()) and self._process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    @property
    def exit_code(self) -> int | None:
        """The exit code; minus the number of the signal if a signal ended the process. None if the process runs, was
        detached, or was not started by this process."""
        return self._process.poll() if isinstance(self._process, psutil.Popen) else None

    @property
    def command(self) -> list[str]:
        """Its command line; empty if it cannot be read."""
        try:
            return list(self._process.cmdline())
        except psutil.Error:
            return []

    @property
    def memory_bytes(self) -> int:
        """Bytes of memory that it uses. Memory that is shared with other processes is divided among them, if the system
        reports it (PSS); otherwise the resident memory (RSS)."""
        try:
            found = self._process.memory_full_info()
        except psutil.Error:
            return 0
        return int(getattr(found, "pss", 0) or found.rss)

    def terminate(self) -> None:
        """Send SIGTERM. Does nothing if it has ended."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL. Does nothing if it has ended."""
        self._signal(signal.SIGKILL)

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended; returns whether it did within that time."""
        try:
            self._process.wait(max(seconds, 0))
        except psutil.TimeoutExpired:
            return False
        except psutil.Error:
            return True
        return True

    def stop(self, seconds: float) -> bool:
        """Send SIGTERM, and SIGKILL if it still runs after that time; returns whether SIGTERM was enough."""
        self.terminate()
        if self.wait(seconds):
            return True
        self.kill()
        self.wait(KILLED_SECONDS)
        return False

    def _signal(self, number: signal.Signals) -> None:
        try:
            self._process.send_signal(number)
        except (psutil.Error, ProcessLookupError):
            return  # it has ended
