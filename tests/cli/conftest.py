"""An HTTP server with responses that a test sets, and the command `tablee` in this process."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from called import Called
from http_server import TestServer

from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from tablee_cli.app import run


@dataclass
class Request:
    """A received request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Answer = Callable[[Request], tuple[Any, int, dict[str, str]]]
"""Body (a dict or list becomes JSON), status, headers."""


class Server:
    """A server with one response for each `METHOD /path` (without the query). Other requests get a 404 problem."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: dict[str, Answer] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                request = Request(
                    self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, self._body()
                )
                outer.requests.append(request)
                answer = outer.answers.get(f"{request.method} {request.path.partition('?')[0]}")
                missing = {"code": "not_found", "detail": f"no {request.path}", "status": 404}, 404, dict[str, str]()
                body, status, headers = answer(request) if answer else missing
                raw = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"content-length": str(len(raw)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            def _body(self) -> bytes:
                if self.headers.get("transfer-encoding", "") == "chunked":
                    pieces = []
                    while size := int(self.rfile.readline(), 16):
                        pieces.append(self.rfile.read(size))
                        self.rfile.readline()
                    self.rfile.readline()
                    return b"".join(pieces)
                return self.rfile.read(int(self.headers.get("content-length", 0)))

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 (the names http.server looks for)

            def log_message(self, *_: Any) -> None:
                """Log nothing."""

        self._server = TestServer(Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def on(self, route: str, body: Any, status: int = 200, **headers: str) -> None:
        """Set the response of a route: a value, or a function of the request."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[route] = body if callable(body) else lambda _request: (body, status, named)

    @staticmethod
    def upload(size: int, offset: int = 0) -> dict[str, Any]:
        """The response for an upload with the id `u-1`, of which `offset` of `size` bytes have arrived."""
        times = {"begun": "2026-01-01T00:00:00Z", "expires": "2026-01-02T00:00:00Z"}
        return {"id": "u-1", "filename": "a.csv", "bytes": size, "offset": offset, **times}

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that is both controller and API."""
    found = Server()
    about = {"name": "tablee", "version": "1", "api_url": found.url, "ui_url": None, "mlflow_url": found.url}
    found.on("GET /platform", about)
    yield found
    found.close()


Tablee = Callable[..., Called]


@pytest.fixture
def tablee(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Tablee:
    """The command `tablee`. It runs in this process, with a working directory, an environment and a home of its own."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("TABLEE_")]:
        monkeypatch.delenv(name)

    def call(*arguments: object, **variables: str) -> Called:
        with monkeypatch.context() as patch:
            for name, value in ({"TABLEE_HOME": str(tmp_path / "un home")} | variables).items():
                patch.setenv(name, value)
            code = run([str(argument) for argument in arguments])
        output = capfd.readouterr()
        return Called(code, output.out, output.err)

    return call


@pytest.fixture
def contract() -> Contract:
    return Contract(
        model="clients",
        columns=(
            NumberColumn(name="âge", minimum=0, maximum=99),
            CategoryColumn(name="ville", levels=("Lyon", "Paris", "75000")),
        ),
        target=Target(name="parti", problem_type=ProblemType.BINARY, classes=("non", "oui")),
        threshold=0.5,
    )
