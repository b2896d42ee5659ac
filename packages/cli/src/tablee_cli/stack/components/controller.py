"""The controller, and the API, which the controller starts and replaces."""

from __future__ import annotations

from collections.abc import Mapping

from tablee_cli.stack.components.service import LocalService, PythonService
from tablee_cli.stack.home import Home
from tablee_cli.stack.ports import HOST


class Controller(PythonService):
    name = "controller"
    package = "tablee_controller"
    usual_port = 8080
    start_seconds = 90.0
    stop_seconds = 110.0  # trainings have 60 s to end after they are cancelled, and the API 35 s to drain
    health = "/readyz"

    def __init__(
        self,
        home: Home,
        port: int,
        *,
        api_port: int,
        mlflow_url: str,
        h2o_url: str,
        ui_url: str,
        key: str | None,
        variables: Mapping[str, str],
    ) -> None:
        own = {
            "TABLEE_HOME": str(home.root),
            "TABLEE_OBJECTS__DIRECTORY": str(home.objects),
            "TABLEE_MLFLOW__URL": mlflow_url,
            "TABLEE_H2O__URL": h2o_url,
            "TABLEE_UI_URL": ui_url,
            "TABLEE_API__HOST": HOST,
            "TABLEE_API__PORT": str(api_port),
        }
        super().__init__(home, port, key=key, variables=dict(variables) | own)


class Api(LocalService):
    """The API. The controller starts and stops it; `up` only waits until it is ready."""

    name = "api"
    usual_port = 8000
    start_seconds = 120.0  # includes the download, verification and warm-up of models
    required = False  # without a model the API is not ready, but the other services are needed to promote one
    stop_seconds = 0.0
    health = "/readyz"

    def launch(self) -> None:
        return None
