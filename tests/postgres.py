"""A real PostgreSQL for the tests of what asks databases."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

PASSWORD = "s3cret-Pass:word/9"


@dataclass(frozen=True)
class Server:
    """A cluster of its own, with a login that may do everything."""

    port: int

    @property
    def url(self) -> str:
        return f"postgresql://owner:s3cret-Pass%3Aword%2F9@127.0.0.1:{self.port}/postgres"

    def run(self, *statements: str) -> list[Any]:
        """Carry statements out; the rows of the last one, if it has some."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


def _program(name: str) -> str:
    places = [*map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), os.environ.get("PATH", "")]
    found = shutil.which(name, path=os.pathsep.join(places))
    if found is None:
        hint = "no PostgreSQL: install it (`apt-get install postgresql`)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(hint)
    return found


@contextmanager
def running() -> Iterator[Server]:
    """One that listens on this machine only, and is gone afterwards; a machine without one skips the test."""
    initdb, control = _program("initdb"), _program("pg_ctl")
    as_another: dict[str, Any] = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as name:
        folder, secret = Path(name), Path(name) / "password"
        secret.write_text(PASSWORD)
        if as_another:  # it refuses to run as root
            shutil.chown(folder, **as_another)
            shutil.chown(secret, **as_another)

        def call(*command: str) -> None:
            done = subprocess.run(command, capture_output=True, text=True, cwd=folder, **as_another)
            assert done.returncode == 0, done.stdout + done.stderr

        data = str(folder / "data")
        call(initdb, "-D", data, "-U", "owner", "-A", "scram-sha-256", f"--pwfile={secret}", "--no-sync", "-E", "UTF8")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        call(control, "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield Server(port)
        finally:
            call(control, "-D", data, "-m", "immediate", "-w", "stop")
