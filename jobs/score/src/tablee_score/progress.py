"""The state of a running worker: a thread writes it and checks whether the scoring was cancelled."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Self

from tablee.errors import ScoringCancelled, TableeError
from tablee.jobs.process import StopRequest
from tablee.jobs.scoring import MAX_NAMED, Part, PartDone, PartFailed, Scorings, WorkerState
from tablee.telemetry import logger

INTERVAL = 2.0
"""Seconds between two writes of the state, and between two checks for a cancel."""

log = logger(__name__)


class Progress(AbstractContextManager["Progress"]):
    """The state of one worker. Within the context it is written every `INTERVAL` seconds, and once more at its end.

    :param share: all parts of this worker.
    """

    def __init__(
        self,
        scorings: Scorings,
        scoring_id: str,
        worker: int,
        share: Sequence[Part],
        stop: StopRequest,
        *,
        interval: float = INTERVAL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.state = WorkerState(worker=worker, parts=len(share), updated=datetime.now(UTC))
        self._scorings, self._id, self._stop = scorings, scoring_id, stop
        self._interval, self._clock = interval, clock
        self._lock = threading.Lock()
        self._bytes_left = sum(part.bytes for part in share)
        self._began: float | None = None
        self._own_rows = self._own_bytes = self._in_part = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="progress", daemon=True)

    def __enter__(self) -> Self:
        self._write()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        with self._lock:
            self._leave_part()
            self.state.ended = True
            self.state.say(self._stop.error or "")
        self._write()

    def begin(self, part: Part) -> None:
        """The worker begins with this part."""
        with self._lock:
            self._began = self._clock() if self._began is None else self._began
            self._leave_part()
            self.state.part = part.name

    def advance(self, rows: int) -> None:
        """So many more rows of the part are scored; negative where they will be scored again."""
        with self._lock:
            self._in_part += rows
            self._own_rows += rows
            self.state.rows += rows

    def finish(self, part: Part, done: PartDone, *, own: bool) -> None:
        """The part has its marker.

        :param own: whether this process has scored it.
        """
        with self._lock:
            self._leave_part()
            self.state.parts_done += 1
            self.state.rows += done.rows
            self.state.warnings += done.warnings
            self.state.left_out = list(dict.fromkeys((*self.state.left_out, *done.left_out)))[:MAX_NAMED]
            self._bytes_left -= part.bytes
            if own:
                self._own_rows += done.rows
                self._own_bytes += part.bytes

    def fail(self, part: Part, error: TableeError) -> None:
        """The part cannot be scored, because of `error`."""
        with self._lock:
            self._leave_part()
            self._bytes_left -= part.bytes
            self.state.failed_parts += 1
            if len(self.state.failed) < MAX_NAMED:
                failed = PartFailed(
                    number=part.number, name=part.name, code=error.code, reason=error.detail, error=error.problem()
                )
                self.state.failed = [*self.state.failed, failed]

    def _leave_part(self) -> None:
        """Take back the rows of an unfinished part: they are counted again when it is finished."""
        self.state.rows -= self._in_part
        self._own_rows -= self._in_part
        self._in_part, self.state.part = 0, None

    def _run(self) -> None:
        while not self._done.wait(self._interval):
            try:
                self._write()
                if not self._stop.requested() and self._scorings.cancel_asked(self._id):
                    self._stop.request(ScoringCancelled("cancelled_meanwhile"))
            except (TableeError, OSError) as error:  # scoring the parts will fail if the store is really unavailable
                log.warning("progress_not_written", reason=str(error))

    def _write(self) -> None:
        with self._lock:
            if self._began is not None:
                seconds = max(self._clock() - self._began, 1e-3)
                self.state.rows_per_second = round(self._own_rows / seconds, 1)
                if self._own_bytes:
                    self.state.seconds_left = round(self._bytes_left * seconds / self._own_bytes, 1)
            state = self.state.model_copy()
        self._scorings.save_worker(self._id, state)
