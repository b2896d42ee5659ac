"""Our own servers that are measured: each is one process on one core, on a port that the system chooses."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks import cores, models
from tablee.models import bundle
from tablee.models.registry import CHALLENGER, CHAMPION, DIGEST, Registry
from tablee.settings import MlflowSettings

START_SECONDS = 120.0


@dataclass(frozen=True)
class Server:
    """A server process and its URL."""

    url: str
    pid: int

    def cpu_seconds(self) -> float:
        """Processor time of its processes so far, in seconds; on a busy machine this is more reliable than a rate."""
        process = psutil.Process(self.pid)
        times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
        return float(sum(each.user + each.system for each in times))


@contextmanager
def listening(command: Sequence[str], variables: Mapping[str, str], ready: str) -> Iterator[Server]:
    """Start a process that serves on the inherited socket TABLEE_LISTEN_FD; yield it when `ready` is answered.

    :raises RuntimeError: it ended before.
    """
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        inherited = {"TABLEE_LISTEN_FD": str(listener.fileno())}
        with started(command, {**variables, **inherited}, pass_fds=[listener.fileno()]) as process:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            answered(url + ready, process)
            yield Server(url, process.pid)


@contextmanager
def started(
    command: Sequence[str | Path],
    variables: Mapping[str, str],
    *,
    pass_fds: Sequence[int] = (),
    cwd: Path = models.ROOT,
    log: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process on the servers' core; it is ended with all its children after the block. Its output goes to `log`."""
    with cores.pinned(cores.SERVER), (log or Path(os.devnull)).open("wb") as output:
        process = subprocess.Popen(
            command,
            env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **variables},
            pass_fds=pass_fds,
            cwd=cwd,
            stdout=output if log else None,
            stderr=output if log else None,
        )
    try:
        yield process
    finally:
        children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for child in psutil.wait_procs(children, timeout=5)[1]:
            child.kill()


def answered(
    url: str, process: subprocess.Popen[bytes], seconds: float = START_SECONDS, *, log: Path | None = None
) -> None:
    """Wait until the URL is answered without an error.

    :raises RuntimeError: the process ended, or the time is up; with the end of its log.
    """
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 (a server on this machine)
                return
        except OSError:
            time.sleep(0.1)
    said = " ".join(log.read_text(errors="replace").split())[-300:] if log else ""
    raise RuntimeError(f"it never answered {said}".strip())


@contextmanager
def api(folder: Path, *, challenged: bool = False, **settings: str) -> Iterator[Server]:
    """Start an API process that serves version 1 of the model `bench`, the benchmark's boosted trees.

    :param folder: an empty directory that lives as long.
    :param challenged: whether the registry has a challenger, a version 2 just like it.
    :param settings: more variables of the process, without `TABLEE_`.
    """
    url = f"sqlite:///{folder}/mlflow.db"
    made = models.bundled(folder / "model" / "artifacts" / "bundle")
    tags, source = {DIGEST: bundle.verify(made).digest}, str(folder / "model")
    registry = Registry(MlflowSettings(url=url))
    for alias in (CHAMPION, CHALLENGER)[: 1 + challenged]:
        version = registry.register("bench", source=source, run_id=secrets.token_hex(16), model_id=None, tags=tags)
        registry.set_alias("bench", alias, version.version)
    variables = {
        "TABLEE_PINS": '{"bench": 1}',
        "TABLEE_MLFLOW__URL": url,
        "TABLEE_CACHE": str(folder / "cache"),
        "TABLEE_LOG__LEVEL": "warning",
        **{f"TABLEE_{name.upper()}": value for name, value in settings.items()},
    }
    with listening([sys.executable, "-m", "tablee_api"], variables, "/readyz") as server:
        yield server


@contextmanager
def ceiling(answer: bytes, folder: Path) -> Iterator[Server]:
    """Start the bare server, which answers the same bytes to every request."""
    file = folder / "answer.json"
    file.write_bytes(answer)
    with listening([sys.executable, "-m", "benchmarks.ceiling", str(file)], {}, "/") as server:
        yield server
