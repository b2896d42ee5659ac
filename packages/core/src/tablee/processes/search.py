"""Finds processes by a variable in their environment. Child processes inherit the variable, and are found, too."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence

import psutil

from tablee.processes.process import KILLED_SECONDS, Process


def having(name: str, value: str) -> Iterator[tuple[Process, dict[str, str]]]:
    """The running processes, except this one, whose environment has a variable with that value; each with its whole
    environment. Processes whose environment cannot be read are left out."""
    for process in psutil.process_iter():
        try:
            environment = process.environ() if process.pid != os.getpid() else {}
            if environment.get(name) == value and (found := Process(process)).alive:
                yield found, environment
        except (psutil.Error, OSError):
            continue  # it belongs to another user, or has ended


def stop_all(processes: Sequence[Process], seconds: float = 5.0) -> None:
    """Stop processes in parallel: SIGTERM to all, then SIGKILL to those that still run after the time limit."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + seconds
    for process in processes:
        if not process.wait(deadline - time.monotonic()):
            process.kill()
            process.wait(KILLED_SECONDS)
