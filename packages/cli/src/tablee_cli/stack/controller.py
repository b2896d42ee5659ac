"""The controller, and the API that it starts and rolls."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import httpx

from tablee_cli.stack.component import Launch, asked
from tablee_cli.stack.home import Home
from tablee_cli.stack.ports import HOST


class Controller:
    """:param variables: further `TABLEE_` variables for it; it refuses those it does not know."""

    name = "controller"
    usual_port = 8080
    width = 1
    start_seconds = 90.0
    required = True
    stop_seconds = 110.0  # it lets trainings be cancelled (60 s) and the API drain (35 s)

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
    """Started by the controller; here only to be waited for."""

    name = "api"
    usual_port = 8000
    width = 1
    start_seconds = 120.0  # fetching, verifying and warming models included
    required = False  # with no model to serve the rest is still of use, if only to promote another version
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
    """Empty when the service of ours at that URL says it is ready, else why not; the same for controller and API."""
    return asked(http, f"{url}/readyz")[1]
