"""What to write down of a process so that it can be found again."""

from __future__ import annotations

from pydantic import BaseModel

from tablee.processes.process import Process
from tablee.processes.search import having


class Identity(BaseModel):
    """A process, or one that is about to be started."""

    pid: int | None = None
    """None while it is about to be started."""
    created: float = 0.0
    """When the process was created, in seconds since the epoch."""
    mark: str
    """`NAME=value` in its environment, different for each process. A process is found by it if whoever started it was
    killed before the pid was written down."""

    @classmethod
    def of(cls, process: Process, mark: str) -> Identity:
        return cls(pid=process.pid, created=process.created, mark=mark)

    def find(self) -> Process | None:
        """The process, if it runs."""
        if self.pid is not None:
            return Process.find(self.pid, self.created)
        name, _, value = self.mark.partition("=")
        marked = [process for process, _ in having(name, value)]
        return min(marked, key=lambda process: process.created, default=None)  # its own children inherit the mark
