"""The H2O probe with answers in the form of H2O's."""

from __future__ import annotations

import base64
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from http_server import TestServer
from repository import ROOT

PROBE = ROOT / "infra" / "h2o" / "probe"
LEADER = b'{"version":"3.46.0.11","cloud_name":"h2o","cloud_size":%d,"cloud_healthy":%s,"bad_nodes":0}'
FOLLOWER = b'{"msg":"Deprecated or non-leader node"}'


@contextmanager
def node(status: int, body: bytes, good: str | None = "true") -> Iterator[tuple[int, list[str]]]:
    """One node's REST interface; its port, and the logins it was shown."""
    logins: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            logins.append(self.headers.get("Authorization", ""))
            self.send_response(status)
            if good is not None:
                self.send_header("X-h2o-cluster-good", good)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with TestServer(Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1], logins
        server.shutdown()
        thread.join()


def probe(port: int, nodes: int = 3, auth: Path | None = None) -> tuple[int, str]:
    variables = {"H2O_PROBE_PORT": str(port), "H2O_NODE_EXPECTED_COUNT": str(nodes), "PATH": "/usr/bin:/bin"}
    if auth is not None:
        variables["H2O_PROBE_AUTH_FILE"] = str(auth)
    done = subprocess.run(["bash", str(PROBE)], env=variables, capture_output=True, text=True, timeout=30)
    assert not done.stderr
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("status", "body", "good", "ready"),
    [
        (200, LEADER % (3, b"true"), "true", True),
        (200, LEADER % (2, b"true"), "true", False),  # not all are there yet
        (200, LEADER % (1, b"true"), "true", False),  # a pod that restarted alone
        (200, LEADER % (3, b"false"), "true", False),
        (200, LEADER % (3, b"true"), "false", False),  # a node is lost
        (200, b"<html>", "true", False),
        (403, FOLLOWER, "true", True),
        (403, FOLLOWER, "false", False),
        (403, b"forbidden", "true", False),
        (401, b"", None, False),
        (500, LEADER % (3, b"true"), None, False),
    ],
)
def test_a_node_is_ready_in_a_whole_and_healthy_cluster(
    status: int, body: bytes, good: str | None, ready: bool
) -> None:
    with node(status, body, good) as (port, _):
        code, said = probe(port)
    assert (code == 0) == ready, said
    assert said.count("\n") == 1


@pytest.mark.parametrize("line_end", ["", "\n"])
def test_it_logs_in(tmp_path: Path, line_end: str) -> None:
    (tmp_path / "probe").write_text(f"tablee:p:ä ß/{'x' * 80}{line_end}", encoding="utf-8")
    with node(200, LEADER % (1, b"true")) as (port, logins):
        assert probe(port, 1, tmp_path / "probe")[0] == 0
    assert base64.b64decode(logins[0].removeprefix("Basic ")).decode() == f"tablee:p:ä ß/{'x' * 80}"


def test_a_refused_login_is_named() -> None:
    with node(401, b"", None) as (port, _):
        assert "refuses the probe's login" in probe(port)[1]


def test_a_node_that_does_not_listen_yet() -> None:
    assert probe(9)[0] == 1
    assert "nothing listens on port 9" in probe(9)[1]


def test_a_missing_login_file_is_reported(tmp_path: Path) -> None:
    code, said = probe(9, auth=tmp_path / "nothing")
    assert code == 1
    assert "cannot read" in said
