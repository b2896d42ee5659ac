"""What all components of the stack have: a port of this machine, a log, and a path that says whether they are ready."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import httpx

from tablee_cli.stack.components.component import Launch, Reason, asked
from tablee_cli.stack.home import Home
from tablee_cli.stack.ports import HOST


class LocalService:
    """A service that listens on a port of this machine."""

    name: str
    usual_port: int
    width = 1
    start_seconds: float
    required = True
    stop_seconds: float
    health: str
    """The path that answers with a success when the service is ready."""

    def __init__(self, home: Home, port: int) -> None:
        self._home, self.port = home, port
        self.log = home.logs / f"{self.name}.log"

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def ready(self, http: httpx.Client) -> Reason:
        return self.probe(http, self.url)

    @classmethod
    def probe(cls, http: httpx.Client, url: str) -> Reason:
        """An empty text if the service at that URL is ready, else the reason why it is not."""
        return asked(http, f"{url}{cls.health}")[1]


class PythonService(LocalService):
    """A package of the platform that runs as a process, with settings from `TABLEE_` variables.

    :param key: access key of the stack's services.
    :param variables: further settings; the process does not start if it does not know one.
    """

    package: str

    def __init__(self, home: Home, port: int, *, key: str | None, variables: Mapping[str, str]) -> None:
        super().__init__(home, port)
        own = {"TABLEE_HOST": HOST, "TABLEE_PORT": str(port), "TABLEE_KEY": key or ""}
        self._environment = dict(variables) | own

    def launch(self) -> Launch:
        return Launch((sys.executable, "-m", self.package), self._environment, self._home.root)
