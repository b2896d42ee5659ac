"""The web UI."""

from __future__ import annotations

from collections.abc import Mapping

from tablee_cli.stack.components.service import PythonService
from tablee_cli.stack.home import Home


class Ui(PythonService):
    name = "ui"
    package = "tablee_ui"
    usual_port = 8501
    start_seconds = 90.0
    stop_seconds = 10.0
    health = "/healthz"

    def __init__(
        self,
        home: Home,
        port: int,
        *,
        controller_url: str,
        api_url: str,
        key: str | None,
        variables: Mapping[str, str],
    ) -> None:
        addresses = {"TABLEE_CONTROLLER_URL": controller_url, "TABLEE_API_URL": api_url}
        super().__init__(home, port, key=key, variables=dict(variables) | addresses)
