"""Processes found by a variable in their environment, which whatever they start inherits."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence

import psutil

from tablee.processes.process import KILLED_SECONDS, Process


def having(name: str, value: str) -> Iterator[tuple[Process, dict[str, str]]]:
    """The running processes, except this one, that have an environment variable with that value; each with its whole
    environment. Processes whose environment we may not read are left out."""
    for process in psutil.process_iter():
        try:
            environment = process.environ() if process.pid != os.getpid() else {}
            if environment.get(name) == value and (found := Process(process)).alive:
                yield found, environment
        except (psutil.Error, OSError):
            continue  # it belongs to somebody else, or has ended


def stop_all(processes: Sequence[Process], seconds: float = 5.0) -> None:
    """Stop processes at once: SIGTERM to all, and SIGKILL to those that still run after that time."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + seconds
    for process in processes:
        if not process.wait(deadline - time.monotonic()):
            process.kill()
            process.wait(KILLED_SECONDS)
