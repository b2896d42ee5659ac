"""Processes are started, found again by their creation time or by a mark, and stopped."""

from __future__ import annotations

import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tablee.processes.identity import Identity
from tablee.processes.process import CLOCK_SLACK, Process
from tablee.processes.search import having, stop_all

WAITS = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + WAITS
Start = Callable[..., Process]


def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def mark() -> str:
    return f"_TABLEE_TEST={secrets.token_hex(8)}"


@pytest.fixture
def start(tmp_path: Path, mark: str) -> Iterator[Start]:
    """Starts a Python program that carries the mark, and returns once it has written its first line."""
    started: list[Process] = []
    log = tmp_path / "logs" / "process.log"

    def make(program: str = WAITS, *, detached: bool = False) -> Process:
        name, _, value = mark.partition("=")
        before = log.stat().st_size if log.exists() else 0
        command = [sys.executable, "-c", program]
        process = Process.start(command, {**os.environ, name: value}, log=log, directory=tmp_path, detached=detached)
        started.append(process)
        until(lambda: log.stat().st_size > before)
        return process

    yield make
    for process in started:
        if process.alive:
            process.kill()
            process.wait(10)


@pytest.mark.parametrize("detached", [False, True])
def test_a_process_is_found_by_pid_and_creation_time(start: Start, detached: bool) -> None:
    process = start(detached=detached)
    found = Process.find(process.pid, process.created)
    assert found is not None
    assert (found.pid, found.alive, found.exit_code) == (process.pid, True, None)
    assert Process.find(process.pid, process.created + CLOCK_SLACK / 2) is not None
    assert Process.find(process.pid, process.created - CLOCK_SLACK) is None
    assert Process.find(None, process.created) is None
    assert process.stop(10)
    assert Process.find(process.pid, process.created) is None


def test_it_has_a_session_and_a_directory_of_its_own(start: Start, tmp_path: Path) -> None:
    process = start()
    assert os.getsid(process.pid) == process.pid != os.getsid(0)
    assert Path(psutil.Process(process.pid).cwd()) == tmp_path.resolve()
    assert process.command[-1] == WAITS
    assert process.memory_bytes > 1 << 20


@pytest.mark.parametrize("detached", [False, True])
def test_the_exit_code_is_known_of_a_process_that_is_ours(start: Start, detached: bool) -> None:
    process = start("print('up'); raise SystemExit(3)", detached=detached)
    until(lambda: not process.alive)
    assert process.exit_code == (None if detached else 3)


def test_a_signal_that_ended_it_is_a_negative_exit_code(start: Start) -> None:
    process = start()
    process.kill()
    assert process.wait(10)
    assert process.exit_code == -signal.SIGKILL
    process.terminate()  # does nothing: it has ended


@pytest.mark.parametrize(("program", "gently"), [(WAITS, True), (STUBBORN, False)])
def test_one_that_ignores_sigterm_is_killed(start: Start, program: str, gently: bool) -> None:
    process = start(program)
    assert process.stop(10 if gently else 0.2) is gently
    assert not process.alive


def test_several_are_stopped_at_once(start: Start) -> None:
    processes = [start(), start(STUBBORN), start(detached=True)]
    stop_all(processes, seconds=0.5)
    assert [process.alive for process in processes] == [False] * 3


def test_a_mark_finds_a_process_and_what_it_started(start: Start, mark: str) -> None:
    identity = Identity(mark=mark)
    assert identity.find() is None
    child = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"
    process = start(f"{child}; print('up', flush=True); time.sleep(600)")
    name, _, value = mark.partition("=")
    until(lambda: len(list(having(name, value))) == 2)
    found = identity.find()
    assert found is not None
    assert found.pid == process.pid, "the child inherits the mark, but is younger"
    assert {environment[name] for _, environment in having(name, value)} == {value}
    stop_all([each for each, _ in having(name, value)])
    assert list(having(name, value)) == []


def test_an_identity_survives_json(start: Start, mark: str) -> None:
    process = start()
    identity = Identity.model_validate_json(Identity.of(process, mark).model_dump_json())
    found = identity.find()
    assert found is not None
    assert found.pid == process.pid
    process.stop(10)
    assert identity.find() is None


def test_a_command_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        Process.start([str(tmp_path / "nowhere")], {}, log=tmp_path / "log")
