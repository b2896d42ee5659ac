"""One part of a scoring, scored exactly once: its input is fetched, its output stored as a whole, then marked."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from tablee.datasets.reading import Corrections
from tablee.errors import NotFound, SourceChanged
from tablee.jobs.process import StopRequest
from tablee.jobs.scoring import Part, PartDone, Scorings
from tablee.storage.locations import Location
from tablee.telemetry import logger
from tablee_score import part_table
from tablee_scoring import Model
from tablee_scoring.file_scorer import FileScored

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What one worker does with the parts of a scoring.

    :param scratch: an empty local directory for the inputs and the output.
    """

    scorings: Scorings
    scoring_id: str
    worker: int
    source: Location
    target: Location
    scratch: Path
    stop: StopRequest
    asked: Corrections = field(default_factory=Corrections)
    """How the inputs are read where that differs from what they say."""

    def fetch(self, part: Part) -> Path:
        """Download the input; returns its file, which `drop` removes.

        :raises SourceChanged: the object changed after the plan was made, or is gone.
        """
        file = self.scratch / str(part.number) / PurePosixPath(part.name).name
        file.parent.mkdir()
        try:
            self.source.store.get_file(part.key, file)
            found = self.source.store.stat(
                part.key
            ).etag  # after reading, so that a change while it was read is seen, too
        except NotFound:
            found = ""
        if found != part.etag:
            self.drop(part)
            raise SourceChanged("changed" if found else "gone", name=part.name)
        return file

    def score(self, model: Model, part: Part, file: Path, advance: Callable[[int], None]) -> PartDone:
        """Score a fetched input, store the output and mark the part.

        The same input and version give the same bytes; so if two workers score the same part, the second one changes
        nothing, and the marker is that of the first one.

        :param advance: called with the number of rows of each batch that is scored.
        :raises InvalidInput: the file is no table, or a row does not fit the model.
        :raises ScoringCancelled: a stop was asked for; no output is stored.
        """
        output = file.with_name(f"scored-{file.name}")
        started = time.perf_counter()
        try:
            scored = part_table.score(model, file, output, self.asked, advance=advance, stop=self.stop.requested)
        finally:
            self.stop.check()  # raises the reason of the stop
        self.target.store.put_file(f"{self.target.folder}{part.name}", output)
        return self._mark(part, scored, output, seconds=time.perf_counter() - started)

    def drop(self, part: Part) -> None:
        """Remove the local files of the part."""
        shutil.rmtree(self.scratch / str(part.number), ignore_errors=True)

    def _mark(self, part: Part, scored: FileScored, output: Path, *, seconds: float) -> PartDone:
        """Mark a part whose output is stored; returns the first marker of the part."""
        with output.open("rb") as written:
            sha256 = hashlib.file_digest(written, "sha256").hexdigest()
        own = PartDone(
            number=part.number,
            name=part.name,
            rows=scored.rows,
            warnings=scored.warnings,
            left_out=scored.left_out,
            bytes=output.stat().st_size,
            sha256=sha256,
            seconds=round(seconds, 3),
            rows_per_second=round(scored.rows / seconds, 1),
            worker=self.worker,
            at=datetime.now(UTC),
        )
        done = self.scorings.mark(self.scoring_id, own)
        if done.sha256 != own.sha256:
            log.error("part_differs", part=own.name, first=done.sha256[:12], second=own.sha256[:12])
        return done
