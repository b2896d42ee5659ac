"""The directory that holds all files of the local stack."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tablee.errors import Conflict


class Home:
    """Paths below one directory:

    stack.json    the processes that were started
    logs/         a file for each process; trainings below logs/trainings/
    mlflow/       mlflow.db and artifacts/
    h2o/          H2O's scratch space
    objects/      the object store: data sets, trainings, promotions
    connections/  a file for each database or object store that sources may reach, put there by a person
    cache/        bundles the API has fetched
    run/          the controller's records of its processes, and the lock
    """

    def __init__(self, root: Path) -> None:
        self.root = root.expanduser().absolute()

    @property
    def record(self) -> Path:
        return self.root / "stack.json"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def mlflow(self) -> Path:
        return self.root / "mlflow"

    @property
    def h2o(self) -> Path:
        return self.root / "h2o"

    @property
    def objects(self) -> Path:
        return self.root / "objects"

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    @property
    def run(self) -> Path:
        return self.root / "run"

    def create(self) -> None:
        """Create the directories.

        :raises OSError: a directory cannot be created.
        """
        for folder in (self.logs, self.mlflow, self.h2o, self.objects, self.cache, self.run):
            folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def locked(self, purpose: str) -> Iterator[None]:
        """Hold the lock of this home, so that no other `up` or `down` runs. The system frees it when this process ends.

        :raises Conflict: another process holds the lock; the detail names it.
        """
        self.run.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.run / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                holder = os.pread(handle, 200, 0).decode(errors="replace").strip() or "another command"
                raise Conflict("home_in_use", hint="wait_for_command", holder=holder, home=str(self.root)) from None
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"`tablee {purpose}` (PID {os.getpid()})".encode(), 0)
            yield
        finally:
            os.close(handle)
