"""Processes that outlive the command that started them.

Each gets a session of its own, its output in a log file, and a mark in its environment that everything it starts
inherits. The mark names the home, so that whatever is left of a stack can be found again, come what may.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import psutil

from tablee_cli.stack.state_file import Recorded

HOME_MARK, NAME_MARK = "_TABLEE_STACK", "_TABLEE_COMPONENT"
"""No `TABLEE_` variables: those are settings, and an unknown one is refused."""
CLOCK_SLACK = 2.0
"""Seconds by which a creation time may shift when the machine's clock is set."""
KILLED_SECONDS = 10.0


def start(
    command: Sequence[str], environment: Mapping[str, str], *, home: Path, name: str, directory: Path, log: Path
) -> psutil.Process:
    """Start it detached; raises `OSError` if that cannot be."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        started = subprocess.Popen(
            list(command),
            env=dict(environment) | {HOME_MARK: str(home), NAME_MARK: name},
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    process = psutil.Process(started.pid)
    started.returncode = 0  # it outlives this command, so Popen shall neither wait for it nor complain
    return process


def find(recorded: Recorded) -> psutil.Process | None:
    """The process that was noted, if it still runs; another one that got its pid since is not it."""
    if recorded.pid is None:
        return None
    try:
        process = psutil.Process(recorded.pid)
        same = abs(process.create_time() - recorded.create_time) < CLOCK_SLACK
    except psutil.Error:
        return None
    return process if same and alive(process) else None


def alive(process: psutil.Process) -> bool:
    """Whether it still runs; one that ended and was not fetched by its parent does not."""
    try:
        return bool(process.is_running()) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def marked(home: Path) -> dict[str, list[psutil.Process]]:
    """Every living process that carries the home's mark, by the component it belongs to."""
    found: dict[str, list[psutil.Process]] = {}
    for process in psutil.process_iter():
        try:
            environment = process.environ() if process.pid != os.getpid() else {}
            if environment.get(HOME_MARK) == str(home) and alive(process):
                found.setdefault(environment.get(NAME_MARK, ""), []).append(process)
        except (psutil.Error, OSError):
            continue  # not ours to look into, or gone
    return found


def stop(process: psutil.Process, grace: float) -> bool:
    """SIGTERM, then SIGKILL when the grace is over; returns whether it ended by itself."""
    _signal(process, signal.SIGTERM)
    if _ended(process, grace):
        return True
    _signal(process, signal.SIGKILL)
    _ended(process, KILLED_SECONDS)
    return False


def end(left: Sequence[psutil.Process], grace: float = 5.0) -> None:
    """Stop several at once, with one grace for all."""
    for process in left:
        _signal(process, signal.SIGTERM)
    deadline = time.monotonic() + grace
    for process in left:
        if not _ended(process, max(deadline - time.monotonic(), 0)):
            _signal(process, signal.SIGKILL)
            _ended(process, KILLED_SECONDS)


def memory(processes: Iterable[psutil.Process]) -> int:
    """Bytes they hold, memory they share divided among its users where the system can tell."""
    total = 0
    for process in processes:
        try:
            found = process.memory_full_info()
            total += getattr(found, "pss", 0) or found.rss
        except psutil.Error:
            continue
    return total


def _ended(process: psutil.Process, seconds: float) -> bool:
    try:
        process.wait(seconds)
    except psutil.TimeoutExpired:
        return False
    except psutil.Error:
        return True
    return True


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except (psutil.Error, ProcessLookupError):
        return  # it is gone already
