"""The local runtime fulfils the contract of runtimes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from contracts.runtime import RuntimeContract

from tablee_controller.runtimes.local import ProcessRuntime
from tablee_controller.runtimes.local.environment import Environments
from tablee_controller.runtimes.runtime import Pins, Runtime
from tablee_controller.settings import ControllerSettings


class Machine:
    """A home directory for consecutive runtimes."""

    patience = 30.0

    def __init__(self, home: Path, api: tuple[str, ...], training: tuple[str, ...]) -> None:
        self.home, self.api, self.training = home, api, training
        self.opened: list[ProcessRuntime] = []
        self.abandoned: list[ProcessRuntime] = []
        self.port = 0

    def open(self) -> Runtime:
        settings = ControllerSettings.read(
            {"TABLEE_OBJECTS__DIRECTORY": str(self.home), "TABLEE_API__PORT": str(self.port)}
        )
        runtime = ProcessRuntime(
            self.home,
            Environments(settings, os.environ),
            api=settings.api,
            training=settings.training,
            scoring=settings.scoring,
            api_command=self.api,
            training_command=self.training,
            scoring_command=self.training,
        )
        self.opened.append(runtime)
        self.port = runtime.api_port
        return runtime

    def abandon(self, runtime: Runtime) -> None:
        assert isinstance(runtime, ProcessRuntime)
        runtime._stop.set()
        runtime._supervisor.join()
        runtime._serving._listener.close()
        self.opened.remove(runtime)
        self.abandoned.append(runtime)

    def answers(self) -> Pins:
        pins: Pins = httpx.get(f"http://127.0.0.1:{self.port}/", trust_env=False, timeout=5).json()["pins"]
        return pins

    def close(self) -> None:
        for runtime in self.opened:
            runtime.shutdown()
        for child in psutil.Process().children():
            with suppress(psutil.Error):  # it ended by itself
                if {self.api[1], self.training[1]} & set(child.cmdline()):
                    child.kill()
        for runtime in self.abandoned:  # read the exit codes, else Python warns about running processes
            for server in (runtime._serving._serving, runtime._serving._coming):
                assert server is None or (server.child.wait(5) and not server.child.alive)
            for jobs in (runtime.trainings, runtime.scorings._jobs):
                for _, job in jobs._known.values():
                    assert job is None or (job.wait(5) and not job.alive)


@pytest.fixture
def place(tmp_path: Path, program: Any) -> Iterator[Machine]:
    machine = Machine(tmp_path / "a home", program("api"), program("job"))
    yield machine
    machine.close()


class TestProcesses(RuntimeContract):
    """The contract, tested with `ProcessRuntime`."""
