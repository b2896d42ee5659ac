"""Trainings as processes of this machine, each with a log and a note of its own."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel

from tablee.telemetry import logger
from tablee_controller.processes import notes
from tablee_controller.processes.child import Child, Identity
from tablee_controller.processes.environment import Environments
from tablee_controller.runtime import Execution
from tablee_controller.settings import TrainingProcess

TAIL_BYTES = 1 << 20
"""At most so much of a log's end is read."""

log = logger(__name__)


class Note(BaseModel):
    """The process of a training."""

    identity: Identity
    stopping: datetime | None = None
    """Since when it is asked to end."""


class Jobs:
    """May be called by any thread."""

    def __init__(
        self, settings: TrainingProcess, environments: Environments, home: Path, *, command: Sequence[str]
    ) -> None:
        self._settings, self._environments, self._command = settings, environments, command
        self._notes, self._logs = home / "run" / "trainings", home / "logs" / "trainings"
        self._lock = threading.RLock()
        self._known: dict[str, tuple[Note, Child | None]] = {}
        for path in sorted(self._notes.glob("*.json")):
            if (note := notes.read(path, Note)) is not None:
                child = Child.find(note.identity)
                self._keep(path.stem, Note(identity=child.identity, stopping=note.stopping) if child else note, child)
                log.info("training_found", training=path.stem, running=child is not None)

    def start(self, training_id: str) -> None:
        with self._lock:
            mark = f"TABLEE_TRAINING_ID={training_id}"
            self._keep(training_id, Note(identity=Identity(mark=mark)), None)
            try:
                child = Child.start(
                    self._command,
                    self._environments.training(training_id),
                    mark=mark,
                    log=self._logs / f"{training_id}.log",
                )
            except OSError:
                self.forget(training_id)
                raise
            self._keep(training_id, Note(identity=child.identity), child)

    def stop(self, training_id: str) -> None:
        with self._lock:
            note, child = self._known.get(training_id, (None, None))
            if note is None or child is None or not child.alive:
                return
            if note.stopping is None:
                self._keep(training_id, note.model_copy(update={"stopping": datetime.now(UTC)}), child)
                child.terminate()

    def execution(self, training_id: str) -> Execution | None:
        with self._lock:
            note, child = self._known.get(training_id, (None, None))
            if note is None:
                return None
            stopped = note.stopping is not None
            if child is None or not child.alive:
                return Execution(False, child.exit_code if child else None, stopped)
            if note.stopping is not None and _age(note.stopping) > self._settings.stop_seconds:
                log.warning("training_killed", training=training_id, reason="it did not end in time")
                child.kill()
            return Execution(True, None, stopped)

    def forget(self, training_id: str) -> None:
        with self._lock:
            self._known.pop(training_id, None)
            self._path(training_id).unlink(missing_ok=True)

    def log_tail(self, training_id: str, lines: int) -> str:
        path = self._logs / f"{training_id}.log"
        try:
            with path.open("rb") as file:
                size = file.seek(0, 2)
                file.seek(max(size - TAIL_BYTES, 0))
                end = file.read().decode("utf-8", "replace")
        except FileNotFoundError:
            return ""
        return "".join(end.splitlines(keepends=True)[-lines:])

    def shutdown(self) -> None:
        """Ask all to end and wait until they have; those that do not are killed."""
        with self._lock:
            running = [(name, child) for name, (_, child) in self._known.items() if child is not None and child.alive]
            for training_id, _ in running:
                self.stop(training_id)
        end = datetime.now(UTC)
        for training_id, child in running:
            if not child.wait(self._settings.stop_seconds - _age(end)):
                log.warning("training_killed", training=training_id, reason="it did not end in time")
                child.kill()
                child.wait(5)

    def _keep(self, training_id: str, note: Note, child: Child | None) -> None:
        self._known[training_id] = note, child
        notes.write(self._path(training_id), note)

    def _path(self, training_id: str) -> Path:
        return self._notes / f"{training_id}.json"


def _age(since: datetime) -> float:
    return (datetime.now(UTC) - since).total_seconds()
