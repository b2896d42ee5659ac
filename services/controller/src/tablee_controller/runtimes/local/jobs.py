"""Runs trainings or workers of scorings as local processes. Each process has a log and a record on disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel

from tablee.processes.identity import Identity
from tablee.processes.process import Process
from tablee.telemetry import logger
from tablee_controller.runtimes.local import process_records
from tablee_controller.runtimes.runtime import Execution, Executions
from tablee_controller.settings import Environment

TAIL_BYTES = 1 << 20
"""Largest number of bytes that are read from the end of a log."""

log = logger(__name__)


class JobRecord(BaseModel):
    """The record of a process."""

    identity: Identity
    stopping: datetime | None = None
    """When it was asked to end. None: it was not."""


class Jobs:
    """The processes of one kind by id. May be used by several threads.

    :param kind: name of the folder for their records and logs, such as `trainings`.
    :param environment: returns the environment of the process with an id.
    :param variable: the environment variable whose value is the id.
    :param stop_seconds: seconds after which a process that was asked to end is killed.
    """

    def __init__(
        self,
        kind: str,
        environment: Callable[[str], Environment],
        variable: str,
        home: Path,
        *,
        command: Sequence[str],
        stop_seconds: float,
    ) -> None:
        self._environment, self._variable, self._command = environment, variable, command
        self._records, self._logs = home / "run" / kind, home / "logs" / kind
        self._stop_seconds = stop_seconds
        self._lock = threading.RLock()
        self._known: dict[str, tuple[JobRecord, Process | None]] = {}
        for path in sorted(self._records.glob("*.json")):
            if (record := process_records.read(path, JobRecord)) is not None:
                child = record.identity.find()
                if child is not None:
                    record = record.model_copy(update={"identity": Identity.of(child, record.identity.mark)})
                self._keep(path.stem, record, child)
                log.info("job_found", id=path.stem, running=child is not None)

    def known(self) -> list[str]:
        """The ids of all processes that were started and not forgotten, sorted."""
        with self._lock:
            return sorted(self._known)

    def start(self, own_id: str) -> None:
        with self._lock:
            mark = f"{self._variable}={own_id}"
            self._keep(own_id, JobRecord(identity=Identity(mark=mark)), None)
            try:
                child = Process.start(
                    self._command,
                    self._environment(own_id),
                    log=self._logs / f"{own_id}.log",
                )
            except OSError:
                self.forget(own_id)
                raise
            self._keep(own_id, JobRecord(identity=Identity.of(child, mark)), child)

    def stop(self, own_id: str) -> None:
        with self._lock:
            record, child = self._known.get(own_id, (None, None))
            if record is None or child is None or not child.alive:
                return
            if record.stopping is None:
                self._keep(own_id, record.model_copy(update={"stopping": datetime.now(UTC)}), child)
                child.terminate()

    def execution(self, own_id: str) -> Execution | None:
        with self._lock:
            record, child = self._known.get(own_id, (None, None))
            if record is None:
                return None
            stopped = record.stopping is not None
            if child is None or not child.alive:
                return Execution(False, child.exit_code if child else None, stopped)
            if record.stopping is not None and _age(record.stopping) > self._stop_seconds:
                log.warning("job_killed", id=own_id, reason="it did not end in time")
                child.kill()
            return Execution(True, None, stopped)

    def executions(self, own_ids: Collection[str]) -> Executions:
        known = {each: self.execution(each) for each in own_ids}
        return Executions({each: execution for each, execution in known.items() if execution is not None})

    def forget(self, own_id: str) -> None:
        with self._lock:
            self._known.pop(own_id, None)
            self._path(own_id).unlink(missing_ok=True)

    def log(self, own_id: str, lines: int) -> str:
        path = self._logs / f"{own_id}.log"
        try:
            with path.open("rb") as file:
                size = file.seek(0, 2)
                file.seek(max(size - TAIL_BYTES, 0))
                end = file.read().decode("utf-8", "replace")
        except FileNotFoundError:
            return ""
        return "".join(end.splitlines(keepends=True)[-lines:])

    def logged(self, beginning: str) -> list[str]:
        """The ids with this beginning that have a log, sorted. Forgotten processes are included."""
        return sorted(path.stem for path in self._logs.glob("*.log") if path.stem.startswith(beginning))

    def shutdown(self) -> None:
        """Stop all processes. Those that have not ended after `stop_seconds` are killed."""
        with self._lock:
            running = [(name, child) for name, (_, child) in self._known.items() if child is not None and child.alive]
            for own_id, _ in running:
                self.stop(own_id)
        end = datetime.now(UTC)
        for own_id, child in running:
            if not child.wait(self._stop_seconds - _age(end)):
                log.warning("job_killed", id=own_id, reason="it did not end in time")
                child.kill()
                child.wait(5)

    def _keep(self, own_id: str, record: JobRecord, child: Process | None) -> None:
        self._known[own_id] = record, child
        process_records.write(self._path(own_id), record)

    def _path(self, own_id: str) -> Path:
        return self._records / f"{own_id}.json"


def _age(since: datetime) -> float:
    return (datetime.now(UTC) - since).total_seconds()
