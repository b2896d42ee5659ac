"""The web UI."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import httpx

from tablee_cli.stack.components.component import Launch, asked
from tablee_cli.stack.home import Home
from tablee_cli.stack.ports import HOST


class Ui:
    name = "ui"
    usual_port = 8501
    width = 1
    start_seconds = 90.0
    required = True
    stop_seconds = 10.0

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
        self._home, self.port = home, port
        self._environment = dict(variables) | {
            "TABLEE_HOST": HOST,
            "TABLEE_PORT": str(port),
            "TABLEE_CONTROLLER_URL": controller_url,
            "TABLEE_API_URL": api_url,
            "TABLEE_KEY": key or "",
        }
        self.log = home.logs / "ui.log"

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def launch(self) -> Launch:
        return Launch((sys.executable, "-m", "tablee_ui"), self._environment, self._home.root)

    def ready(self, http: httpx.Client) -> str:
        return probe(http, self.url)


def probe(http: httpx.Client, url: str) -> str:
    """An empty text if the UI at that URL answers, else the reason."""
    return asked(http, f"{url}/healthz")[1]
