"""Roll-outs with real processes on one listening socket. A small program is used in the place of the API."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from english_words import in_french

from tablee.errors import InvalidSettings
from tablee_controller.runtimes.local import ProcessRuntime
from tablee_controller.runtimes.local.environment import Environments
from tablee_controller.runtimes.local.listener import Listener
from tablee_controller.runtimes.runtime import Phase
from tablee_controller.settings import ControllerSettings

GONE, FAILED, NEVER, STUBBORN = 13, 14, 15, 16
"""Versions for which the small program misbehaves."""


class Place:
    """A home directory for consecutive runtimes. Processes that run at the end are killed."""

    def __init__(self, home: Path, command: tuple[str, ...]) -> None:
        self.home, self.command = home, command
        self.runtimes: list[ProcessRuntime] = []
        self.abandoned: list[ProcessRuntime] = []
        self.port = 0

    def open(self, **api: Any) -> ProcessRuntime:
        settings_of_api = {"port": self.port, "ready_seconds": 20, "stop_seconds": 10, **api}
        named = {f"TABLEE_API__{name.upper()}": str(value) for name, value in settings_of_api.items()}
        settings = ControllerSettings.read({"TABLEE_OBJECTS__DIRECTORY": str(self.home), **named})
        environments = Environments(settings, {**os.environ, "TABLEE_UNKNOWN_HERE": "1"})
        runtime = ProcessRuntime(
            self.home,
            environments,
            api=settings.api,
            training=settings.training,
            scoring=settings.scoring,
            api_command=self.command,
        )
        self.runtimes.append(runtime)
        self.port = runtime.api_port
        return runtime

    def abandon(self, runtime: ProcessRuntime) -> None:
        """Leave the state after a SIGKILL of the controller: child processes run, its socket is closed."""
        runtime._stop.set()
        runtime._supervisor.join()
        runtime._serving._listener.close()
        self.runtimes.remove(runtime)
        self.abandoned.append(runtime)

    def get(self) -> dict[str, Any]:
        answer: dict[str, Any] = httpx.get(f"http://127.0.0.1:{self.port}/", trust_env=False, timeout=5).json()
        return answer

    def processes(self) -> list[psutil.Process]:
        script = self.command[1]
        return [child for child in psutil.Process().children() if _runs(child, script)]


def _runs(process: psutil.Process, script: str) -> bool:
    try:
        return script in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


@pytest.fixture
def place(tmp_path: Path, program: Any) -> Iterator[Place]:
    opened = Place(tmp_path / "a home", program("api"))
    yield opened
    for runtime in opened.runtimes:
        runtime.shutdown()
    for child in opened.processes():
        child.kill()
        child.wait(5)
    for runtime in opened.abandoned:  # read the exit codes, else Python warns about running processes
        for server in (runtime._serving._serving, runtime._serving._coming):
            assert server is None or not server.child.alive


@pytest.fixture
def done(until: Callable[..., Any]) -> Callable[..., None]:
    def wait(runtime: ProcessRuntime, phase: Phase = Phase.DONE) -> None:
        until(lambda: runtime.rollout().phase is phase)

    return wait


def test_a_rollout_replaces_the_process(place: Place, done: Any, until: Any) -> None:
    runtime = place.open()
    assert runtime.rollout().phase is Phase.IDLE
    runtime.pin({})
    done(runtime)
    assert place.get()["pins"] == {}
    runtime.pin({"b": 2, "a": 1})
    assert runtime.rollout().phase is Phase.ROLLING
    done(runtime)
    assert runtime.rollout().serving == {"b": 2, "a": 1}
    until(lambda: len(place.processes()) == 1)
    assert list(place.get()["pins"]) == ["b", "a"]


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        (GONE, "ended with exit code 3"),
        (FAILED, "the bundle is corrupt"),
        (NEVER, "not ready within 2 s: still loading"),
    ],
)
def test_a_process_that_does_not_get_ready_is_given_up(
    place: Place, done: Any, until: Any, version: int, reason: str
) -> None:
    runtime = place.open(ready_seconds=2 if version == NEVER else 20)
    runtime.pin({"m": 1})
    done(runtime) if version != NEVER else until(lambda: runtime.rollout().phase in (Phase.DONE, Phase.FAILED))
    first = place.get()["pid"]
    runtime.pin({"m": version})
    done(runtime, Phase.FAILED)
    rollout = runtime.rollout()
    assert reason in str(rollout.reason)
    if version == GONE:  # of the others the API itself says the reason
        in_french(rollout.reason)
    assert (rollout.pinned, rollout.serving) == ({"m": version}, {"m": 1})
    assert place.get()["pid"] == first
    assert [child.pid for child in place.processes()] == [first]
    runtime.pin({"m": 1})
    assert runtime.rollout().phase is Phase.DONE
    assert place.get()["pid"] == first


def test_a_new_rollout_replaces_the_current_one(place: Place, done: Any, until: Any) -> None:
    runtime = place.open()
    runtime.pin({"m": NEVER})
    until(place.processes)
    runtime.pin({"m": 2})
    done(runtime)
    assert place.get()["pins"] == {"m": 2}
    until(lambda: len(place.processes()) == 1)


def test_a_process_that_dies_is_restarted_with_the_same_pins(place: Place, done: Any, until: Any) -> None:
    runtime = place.open()
    runtime.pin({"m": 1})
    done(runtime)
    first = place.get()["pid"]
    psutil.Process(first).kill()
    assert place.get()["pins"] == {"m": 1}  # the controller holds the socket, so the request waits for the next process
    assert place.get()["pid"] != first
    done(runtime)
    assert runtime.rollout().serving == {"m": 1}


def test_a_process_that_dies_is_restarted_also_after_a_failed_rollout(place: Place, done: Any, until: Any) -> None:
    runtime = place.open()
    runtime.pin({"m": 1})
    done(runtime)
    runtime.pin({"m": GONE})
    done(runtime, Phase.FAILED)
    psutil.Process(place.get()["pid"]).kill()
    assert place.get()["pins"] == {"m": 1}
    done(runtime, Phase.FAILED)  # the roll-out has failed nevertheless; the reconciler decides about the next one
    assert (runtime.rollout().pinned, runtime.rollout().serving) == ({"m": GONE}, {"m": 1})


def test_a_process_that_does_not_drain_is_killed(place: Place, done: Any, until: Any) -> None:
    runtime = place.open(stop_seconds=1)
    runtime.pin({"m": STUBBORN})
    done(runtime)
    runtime.pin({"m": 2})
    done(runtime)
    until(lambda: len(place.processes()) == 1)


def test_no_connection_is_lost_while_processes_are_replaced(place: Place, done: Any, until: Any) -> None:
    runtime = place.open()
    runtime.pin({"m": 1})
    done(runtime)
    seen: list[int] = []
    failures: list[Exception] = []
    ending = threading.Event()

    def load() -> None:
        while not ending.is_set():
            try:
                seen.append(place.get()["pins"]["m"])
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for version in (2, 3, 1):
        runtime.pin({"m": version})
        done(runtime)
        until(lambda version=version: seen and seen[-1] == version)
    ending.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert set(seen) == {1, 2, 3}


@pytest.mark.parametrize("foreign_socket", [False, True])
def test_the_next_controller_adopts_running_processes(
    place: Place, done: Any, until: Any, foreign_socket: bool
) -> None:
    """Also if the socket cannot be copied; in this test because the record has a wrong file descriptor."""
    runtime = place.open()
    runtime.pin({"m": 1})
    done(runtime)
    first = place.get()["pid"]
    place.abandon(runtime)
    assert place.get()["pid"] == first
    if foreign_socket:
        record = place.home / "run" / "api.json"
        text = record.read_text()
        assert '"listen_fd":' in text
        record.write_text(text.replace('"listen_fd":', '"listen_fd":9'))
    later = place.open()
    assert later.rollout().serving == {"m": 1}
    assert later.rollout().phase is Phase.DONE
    assert {place.get()["pid"] for _ in range(20)} == {first}
    later.pin({"m": 2})
    done(later)
    until(lambda: len(place.processes()) == 1)
    assert {place.get()["pins"]["m"] for _ in range(20)} == {2}
    later.pin({"m": 3})
    done(later)
    assert place.get()["pins"] == {"m": 3}


def test_the_next_controller_starts_anew_if_no_process_runs(place: Place, done: Any) -> None:
    runtime = place.open()
    runtime.pin({"m": 1})
    done(runtime)
    place.abandon(runtime)
    for child in place.processes():
        child.kill()
        child.wait(5)
    later = place.open()
    assert later.rollout().phase is Phase.IDLE
    later.pin({"m": 1})
    done(later)


def test_a_process_that_was_starting_when_the_controller_died_is_killed(place: Place, done: Any, until: Any) -> None:
    runtime = place.open()
    runtime.pin({"m": 1})
    done(runtime)
    runtime.pin({"m": NEVER})
    until(lambda: len(place.processes()) == 2)
    place.abandon(runtime)
    later = place.open()
    assert later.rollout().serving == {"m": 1}
    until(lambda: len(place.processes()) == 1)


def test_another_port_needs_a_new_process(place: Place, done: Any, until: Any) -> None:
    runtime = place.open()
    runtime.pin({"m": 1})
    done(runtime)
    place.abandon(runtime)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        other = probe.getsockname()[1]
    later = place.open(port=other)
    until(lambda: not place.processes())
    assert later.rollout().phase is Phase.IDLE


def test_shutdown_leaves_no_process_and_no_record(place: Place, done: Any) -> None:
    runtime = place.open()
    runtime.pin({"m": 1})
    done(runtime)
    runtime.pin({"m": NEVER})
    runtime.shutdown()
    place.runtimes.clear()
    assert place.processes() == []
    assert not (place.home / "run" / "api.json").exists()


def test_a_port_in_use_is_refused() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(InvalidSettings, match="cannot be used: the address is already in use"):
            Listener.open("127.0.0.1", other.getsockname()[1])
