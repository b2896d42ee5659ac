"""One real stack for the whole session: `tablee up`, the penguins, a trained and served model."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import psutil
import pytest
from called import Called
from repository import PENGUINS
from zoo import zoo  # noqa: F401 (a fixture for all)

STACK_SECONDS = 900
"""Limit of a test that may be the first to need the stack, which is started within it."""
COMMAND_SECONDS = 600


hypothesis.settings.register_profile(
    "untimed", hypothesis.settings(), deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")  # how long an example takes depends on what else the machine does

pytest_plugins = ["marks"]


def pytest_configure() -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell leaves it for what it starts in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)  # our children would inherit that, and hear no Ctrl-C


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("stack") and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(STACK_SECONDS))


@dataclass(frozen=True)
class RunningStack:
    """The stack that `tablee up` started, serving the model `penguins`."""

    home: Path
    ui_url: str
    api_url: str
    controller_url: str
    mlflow_url: str
    h2o_url: str

    def cli(self, *arguments: object) -> Called:
        """Run `tablee` against it, as people do."""
        return tablee(self.home, *arguments)

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        """The same without waiting for its end."""
        return subprocess.Popen(
            command(*arguments),
            env=environment(self.home),
            cwd=self.home.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "tablee_cli", *map(str, arguments)]


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TABLEE_")}
    return kept | {"TABLEE_HOME": str(home)}


def tablee(home: Path, *arguments: object) -> Called:
    done = subprocess.run(
        command(*arguments),
        env=environment(home),
        cwd=home.parent,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
    )
    return Called(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """Everything runs, on free ports, below a path with a space in it; the model `penguins` predicts the species."""
    home = tmp_path_factory.mktemp("la tablée") / "un home"
    up = tablee(home, "up", "--any-port", "--heap", "1g", "--json")
    assert up.code == 0, up.err
    try:
        urls = {f"{name}_url": url for name, url in up.json["urls"].items()}
        running = RunningStack(home, **urls)
        added = running.cli("data", "add", PENGUINS, "--json")
        assert added.code == 0, added.err
        trained = running.cli("train", "--data", "penguins", "--target", "species", "--models", 3, "--wait", "--json")
        assert trained.code == 0, trained.err
        promoted = running.cli("promote", "penguins", trained.json["version"], "--wait", "--json")
        assert promoted.code == 0, promoted.err
        yield running
    finally:
        down = tablee(home, "down", "--json")
    assert down.code == 0, down.err
    assert processes_of(home) == []


def processes_of(home: Path) -> list[str]:
    """Whatever still runs and was started for this home, MLflow's workers and the JVM included."""
    deadline = time.monotonic() + 10
    while True:
        left = []
        for process in psutil.process_iter():
            try:
                if process.pid != os.getpid() and str(home) in process.environ().values():
                    left.append(" ".join(process.cmdline()))
            except (psutil.Error, OSError):
                continue
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.1)
