"""`mlflow models serve` with the pyfunc model that trainings log."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from benchmarks import bodies, servers
from benchmarks.client import Requests
from benchmarks.peers.environments import Environment, environment
from benchmarks.peers.logged import Logged
from benchmarks.peers.peer import Http, Peer, free_port


@contextmanager
def serve(logged: Logged) -> Iterator[Http]:
    with served(environment("mlflow", logged.requirements), logged.path, {}) as url:
        yield Http(url, requests, _read)


@contextmanager
def served(made: Environment, model: Path, variables: dict[str, str]) -> Iterator[str]:
    """Start MLflow's scoring server with one worker and a saved model."""
    port = free_port()
    command: list[str | Path] = [
        made.bin / "mlflow",
        "models",
        "serve",
        "--model-uri",
        str(model),
        "--env-manager",
        "local",
    ]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    variables = {"PATH": f"{made.bin}{os.pathsep}{os.environ['PATH']}", **variables}
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with servers.started(command, variables, cwd=Path(folder), log=log) as process:
            servers.answered(f"http://127.0.0.1:{port}/ping", process, log=log)
            yield f"http://127.0.0.1:{port}"


def requests(rows: int) -> Requests:
    """Encode rows as MLflow's `dataframe_split`."""
    records = bodies.records(bodies.TURNS if rows == 1 else rows)
    groups = [[record] for record in records] if rows == 1 else [records]
    return Requests("/invocations", bodies.JSON, tuple(_body(group) for group in groups), rows)


def _body(records: list[dict[str, Any]]) -> bytes:
    columns = list(records[0])
    data = [[record[name] for name in columns] for record in records]
    return orjson.dumps({"dataframe_split": {"columns": columns, "data": data}})


def _read(answer: Any) -> list[float]:
    return [each["probability_yes"] for each in answer["predictions"]]


PEER = Peer(
    "`mlflow models serve`",
    serve,
    lambda logged: environment("mlflow", logged.requirements).versions("mlflow", "pandas"),
)
