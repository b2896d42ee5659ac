"""The record of a running stack: `stack.json`, which is written atomically."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from tablee.processes.process import Process


class Recorded(BaseModel):
    """A process of the stack, or a service that another component runs (then `pid` is None)."""

    model_config = ConfigDict(frozen=True)
    name: str
    url: str
    port: int
    log: str
    pid: int | None = None
    create_time: float = 0.0
    """When the process was created, in seconds since the epoch. It identifies the process together with the pid."""
    fingerprint: str = ""
    """Hash of command and settings. If it would be another one now, the process is restarted."""
    stop_seconds: float = 10.0
    started: datetime

    def process(self) -> Process | None:
        """The process; None if it has ended."""
        return Process.find(self.pid, self.create_time)


class StackRecord(BaseModel):
    """All recorded components, in the order in which they were started."""

    format: int = 1
    key: str | None = None
    """Access key of the stack's services."""
    heap: str | None = None
    """Size of H2O's Java heap, if the user chose one."""
    components: dict[str, Recorded] = {}

    @classmethod
    def read(cls, path: Path) -> StackRecord:
        """Read the record. It is empty if the file does not exist or cannot be read."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            return cls()

    def write(self, path: Path) -> None:
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.unlink(missing_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # the file may hold the access key
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(self.model_dump_json(indent=2))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)

    def url(self, name: str) -> str | None:
        found = self.components.get(name)
        return found.url if found else None
