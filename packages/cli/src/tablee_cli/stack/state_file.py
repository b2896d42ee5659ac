"""What is noted of a running stack: `stack.json`, replaced as a whole."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from tablee.processes.process import Process


class Recorded(BaseModel):
    """One process of the stack, or a service that another one of them runs (`pid` is None then)."""

    model_config = ConfigDict(frozen=True)
    name: str
    url: str
    port: int
    log: str
    pid: int | None = None
    create_time: float = 0.0
    """Seconds since the epoch; with the pid it names a process for good."""
    fingerprint: str = ""
    """Of command and settings: a process started otherwise than it would be now is started again."""
    stop_seconds: float = 10.0
    started: datetime

    def process(self) -> Process | None:
        """The process, if it runs."""
        return Process.find(self.pid, self.create_time)


class StackRecord(BaseModel):
    """All of them, in the order they were started."""

    format: int = 1
    key: str | None = None
    """Access key the stack asks for."""
    heap: str | None = None
    """Java heap of H2O, if one was chosen."""
    components: dict[str, Recorded] = {}

    @classmethod
    def read(cls, path: Path) -> StackRecord:
        """Empty when there is none, or none that can be read."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            return cls()

    def write(self, path: Path) -> None:
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.unlink(missing_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # there may be a key in it
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(self.model_dump_json(indent=2))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)

    def url(self, name: str) -> str | None:
        found = self.components.get(name)
        return found.url if found else None
