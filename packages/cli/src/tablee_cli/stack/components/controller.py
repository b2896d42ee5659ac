"""The controller, and the API, which the controller starts and replaces."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import httpx

from tablee_cli.stack.components.component import Launch, asked
from tablee_cli.stack.home import Home
from tablee_cli.stack.ports import HOST


class Controller:
    """The controller.

    :param variables: further `TABLEE_` variables; the controller does not start if it does not know one.
    """

    name = "controller"
    usual_port = 8080
    width = 1
    start_seconds = 90.0
    required = True
    stop_seconds = 110.0  # trainings have 60 s to end after they are cancelled, and the API 35 s to drain

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
        self._home, self.port = home, port
        self._environment = dict(variables) | {
            "TABLEE_HOST": HOST,
            "TABLEE_PORT": str(port),
            "TABLEE_HOME": str(home.root),
            "TABLEE_OBJECTS__DIRECTORY": str(home.objects),
            "TABLEE_MLFLOW__URL": mlflow_url,
            "TABLEE_H2O__URL": h2o_url,
            "TABLEE_UI_URL": ui_url,
            "TABLEE_API__HOST": HOST,
            "TABLEE_API__PORT": str(api_port),
            "TABLEE_KEY": key or "",
        }
        self.log = home.logs / "controller.log"

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def launch(self) -> Launch:
        return Launch((sys.executable, "-m", "tablee_controller"), self._environment, self._home.root)

    def ready(self, http: httpx.Client) -> str:
        return probe(http, self.url)


class Api:
    """The API. The controller starts and stops it; `up` only waits until it is ready."""

    name = "api"
    usual_port = 8000
    width = 1
    start_seconds = 120.0  # includes the download, verification and warm-up of models
    required = False  # without a model the API is not ready, but the other services are needed to promote one
    stop_seconds = 0.0

    def __init__(self, home: Home, port: int) -> None:
        self.port = port
        self.log = home.logs / "api.log"

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def launch(self) -> None:
        return None

    def ready(self, http: httpx.Client) -> str:
        return probe(http, self.url)


def probe(http: httpx.Client, url: str) -> str:
    """An empty text if the controller or API at that URL is ready, else the reason why it is not."""
    return asked(http, f"{url}/readyz")[1]
