"""`mlflow models serve` with MLflow's own H2O flavour: the server starts an H2O and calls it for each request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mlflow.h2o

from benchmarks import models
from benchmarks.peers.environments import PINNED, environment
from benchmarks.peers.h2o_rest import java
from benchmarks.peers.logged import Logged
from benchmarks.peers.mlflow_serve import requests, served
from benchmarks.peers.peer import Http, Peer, free_port


@contextmanager
def serve(logged: Logged) -> Iterator[Http]:
    made = environment("h2o")
    with TemporaryDirectory() as temporary:
        model = Path(temporary) / "model"
        settings = {"init": {"port": free_port(), "max_mem_size": "1500m"}}
        with models.cluster() as frame:
            trees = models.gbm(frame)
            mlflow.h2o.save_model(trees, str(model), settings=settings, pip_requirements=list(PINNED["h2o"]))
        with served(made, model, {"JAVA_HOME": str(java(made).parents[1])}) as url:
            yield Http(url, requests, _read)


def _read(answer: Any) -> list[float]:
    return [each["yes"] for each in answer["predictions"]]


PEER = Peer(
    "`mlflow models serve`, H2O flavour",
    serve,
    lambda _: environment("h2o").versions("mlflow", "h2o", "pandas"),
    seconds=4.0,
)
