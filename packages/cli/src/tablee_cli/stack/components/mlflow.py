"""The MLflow server: SQLite and local artefacts, one worker."""

from __future__ import annotations

import sys

from tablee_cli.stack.components.component import Launch
from tablee_cli.stack.components.service import LocalService
from tablee_cli.stack.ports import HOST


class Mlflow(LocalService):
    name = "mlflow"
    usual_port = 5000
    start_seconds = 300.0  # it creates its database at the first start, which takes minutes on a slow machine
    stop_seconds = 15.0
    health = "/health"

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
