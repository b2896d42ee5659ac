"""BentoML: a service that calls our scorer directly, and one that calls `mlflow.pyfunc`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from benchmarks import bodies, servers
from benchmarks.client import Requests
from benchmarks.peers.environments import Environment, environment
from benchmarks.peers.logged import Logged
from benchmarks.peers.peer import Http, Peer, free_port

SERVICE = Path(__file__).with_name("bento_service.py")


@contextmanager
def _serve(kind: str, logged: Logged) -> Iterator[Http]:
    made = _environment(logged)
    port = free_port()
    variables = {
        "PATH": f"{made.bin}{os.pathsep}{os.environ['PATH']}",
        "BENCH_MODEL": str(logged.path),
        "PYTHONPATH": str(logged.code),
        "BENTOML_DO_NOT_TRACK": "True",
    }
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "service.py").write_text(SERVICE.read_text())
        command: list[str | Path] = [
            made.bin / "bentoml",
            "serve",
            f"service:{kind}",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ]
        log = folder / "log"
        variables["BENTOML_HOME"] = str(folder / "home")
        with servers.started(command, variables, cwd=folder, log=log) as process:
            servers.answered(f"http://127.0.0.1:{port}/readyz", process, log=log)
            yield Http(f"http://127.0.0.1:{port}", requests, _read)


def _environment(logged: Logged) -> Environment:
    return environment("bentoml", logged.requirements)


def requests(count: int) -> Requests:
    """Encode the rows as a JSON object."""
    records = bodies.records(bodies.TURNS if count == 1 else count)
    groups = [[record] for record in records] if count == 1 else [records]
    return Requests("/predict", bodies.JSON, tuple(orjson.dumps({"rows": group}) for group in groups), count)


def _read(answer: Any) -> list[float]:
    return [each["probability_yes"] for each in answer]


def _peer(name: str, kind: str) -> Peer:
    return Peer(
        name, partial(_serve, kind), lambda logged: _environment(logged).versions("bentoml", "mlflow", "pandas")
    )


SCORER = _peer("BentoML, our scorer", "Scorer")
PYFUNC = _peer("BentoML, `mlflow.pyfunc`", "Pyfunc")
