"""The MLflow server: SQLite and local artefacts, one worker."""

from __future__ import annotations

import sys

import httpx

from tablee_cli.stack.components.component import Launch, asked
from tablee_cli.stack.home import Home
from tablee_cli.stack.ports import HOST


class Mlflow:
    name = "mlflow"
    usual_port = 5000
    width = 1
    start_seconds = 300.0  # it creates its database at the first start, which takes minutes on a slow machine
    required = True
    stop_seconds = 15.0

    def __init__(self, home: Home, port: int) -> None:
        self._home, self.port = home, port
        self.log = home.logs / "mlflow.log"

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def launch(self) -> Launch:
        # Paths are relative to the working directory, so that no character of it is read as a part of a URL.
        command = (
            *(sys.executable, "-m", "mlflow", "server"),
            *("--host", HOST, "--port", str(self.port), "--workers", "1"),
            *("--backend-store-uri", "sqlite:///mlflow.db"),
            *("--artifacts-destination", "./artifacts", "--serve-artifacts"),
            *("--allowed-hosts", "localhost:*,127.0.0.1:*"),
        )
        # The platform does not use MLflow's jobs, and each of their runners is a process of 280 MB.
        return Launch(command, {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}, self._home.mlflow)

    def ready(self, http: httpx.Client) -> str:
        return probe(http, self.url)


def probe(http: httpx.Client, url: str) -> str:
    """An empty text if the server at that URL answers, else the reason."""
    return asked(http, f"{url}/health")[1]
