"""The record of a process by which it can be found again."""

from __future__ import annotations

from pydantic import BaseModel

from tablee.processes.process import Process
from tablee.processes.search import having


class Identity(BaseModel):
    """The identity of a process, which may be written down before the process is started."""

    pid: int | None = None
    """None before the process is started."""
    created: float = 0.0
    """When the process was created, in seconds since the epoch."""
    mark: str
    """`NAME=value` in its environment, different for each process. It is used to find a process whose pid was not
    written down, because the process that started it was killed too early."""

    @classmethod
    def of(cls, process: Process, mark: str) -> Identity:
        return cls(pid=process.pid, created=process.created, mark=mark)

    def find(self) -> Process | None:
        """The process; None if it does not run."""
        if self.pid is not None:
            return Process.find(self.pid, self.created)
        name, _, value = self.mark.partition("=")
        marked = [process for process, _ in having(name, value)]
        return min(
            marked, key=lambda process: process.created, default=None
        )  # children of the process inherit the mark
