"""MLServer with its MLflow runtime and the pyfunc model that trainings log, called over the V2 protocol."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from benchmarks import bodies, rows, servers
from benchmarks.client import Requests
from benchmarks.peers.environments import Environment, environment
from benchmarks.peers.logged import Logged
from benchmarks.peers.peer import Http, Peer, free_port


@contextmanager
def serve(logged: Logged) -> Iterator[Http]:
    made = _environment(logged)
    port = free_port()
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        ports = {"http_port": port, "grpc_port": free_port(), "metrics_port": free_port()}
        settings = {"host": "127.0.0.1", "parallel_workers": 0, "debug": False, **ports}
        (folder / "settings.json").write_text(json.dumps(settings))
        model = {"name": "bench", "implementation": "mlserver_mlflow.MLflowRuntime"}
        (folder / "model-settings.json").write_text(json.dumps(model | {"parameters": {"uri": str(logged.path)}}))
        variables = {"PATH": f"{made.bin}{os.pathsep}{os.environ['PATH']}"}
        log = folder / "log"
        with servers.started([made.bin / "mlserver", "start", str(folder)], variables, cwd=folder, log=log) as process:
            servers.answered(f"http://127.0.0.1:{port}/v2/models/bench/ready", process, log=log)
            yield Http(f"http://127.0.0.1:{port}", requests, _read)


def _environment(logged: Logged) -> Environment:
    return environment("mlserver", logged.requirements)


def requests(count: int) -> Requests:
    """Encode rows as one tensor per column, which MLServer reads as a data frame."""
    records = bodies.records(bodies.TURNS if count == 1 else count)
    groups = [[record] for record in records] if count == 1 else [records]
    return Requests("/v2/models/bench/infer", bodies.JSON, tuple(map(_body, groups)), count)


def _body(records: list[dict[str, Any]]) -> bytes:
    shape = [len(records), 1]
    tensors: list[dict[str, Any]] = [
        {"name": name, "shape": shape, "datatype": "FP64", "data": [record[name] for record in records]}
        for name in rows.NUMBERS
    ]
    tensors += [
        {
            "name": name,
            "shape": shape,
            "datatype": "BYTES",
            "parameters": {"content_type": "str"},
            "data": [record[name] for record in records],
        }
        for name in rows.CATEGORIES
    ]
    return orjson.dumps({"parameters": {"content_type": "pd"}, "inputs": tensors})


def _read(answer: Any) -> list[float]:
    found: list[float] = next(each["data"] for each in answer["outputs"] if each["name"] == "probability_yes")
    return found


PEER = Peer("MLServer", serve, lambda logged: _environment(logged).versions("mlserver", "mlserver-mlflow", "pandas"))
