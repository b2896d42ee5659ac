"""One part exactly once: fetched, scored, put in place as a whole, then marked."""

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
from tablee.jobs.scoring import Part, PartDone, Scorings
from tablee.storage.locations import Place
from tablee.telemetry import logger
from tablee_score import part_table
from tablee_score.stop import Stop
from tablee_scoring import Model

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one scoring, as one of its workers handles them.

    :param scratch: an empty directory for the inputs and the output.
    """

    scorings: Scorings
    scoring_id: str
    worker: int
    source: Place
    target: Place
    scratch: Path
    stop: Stop
    asked: Corrections = field(default_factory=Corrections)
    """What is to be read otherwise than the inputs say."""

    def fetch(self, part: Part) -> Path:
        """The input as a file of this machine, under its own name in a folder of its own, which `drop` removes.

        :raises SourceChanged: the object is not the one that was planned with, or gone.
        """
        file = self.scratch / str(part.number) / PurePosixPath(part.name).name
        file.parent.mkdir()
        try:
            self.source.store.get_file(part.key, file)
            found = self.source.store.stat(part.key).etag  # after reading: a writer in between shows, too
        except NotFound:
            found = ""
        if found != part.etag:
            self.drop(part)
            what = "has changed" if found else "is gone"
            raise SourceChanged(f"«{part.name}» {what} since the scoring was asked for")
        return file

    def score(self, model: Model, part: Part, file: Path, advance: Callable[[int], None]) -> PartDone:
        """Score a fetched input, put the output in place and mark the part.

        The same input and version give the same bytes, so that of two workers at the same part the second changes
        nothing: the marker is the first one's.

        :param advance: told of rows as they are scored.
        :raises InvalidInput: the file is no table, or a row does not fit the model.
        :raises ScoringCancelled: a stop was asked for; nothing is put in place.
        """
        output = file.with_name(f"scored-{file.name}")
        started = time.perf_counter()
        try:
            scored = part_table.score(model, file, output, self.asked, advance=advance, stop=self.stop.requested)
        finally:
            self.stop.check()  # says why it was stopped
        with output.open("rb") as written:
            sha256 = hashlib.file_digest(written, "sha256").hexdigest()
        size = output.stat().st_size
        self.target.store.put_file(f"{self.target.folder}{part.name}", output)
        seconds = time.perf_counter() - started
        own = PartDone(
            number=part.number,
            name=part.name,
            rows=scored.rows,
            warnings=scored.warnings,
            bytes=size,
            sha256=sha256,
            seconds=round(seconds, 3),
            rows_per_second=round(scored.rows / seconds, 1),
            worker=self.worker,
            at=datetime.now(UTC),
        )
        return self._marked(own)

    def drop(self, part: Part) -> None:
        """Remove what this machine holds of the part."""
        shutil.rmtree(self.scratch / str(part.number), ignore_errors=True)

    def _marked(self, own: PartDone) -> PartDone:
        done = self.scorings.mark(self.scoring_id, own)
        if done.sha256 != own.sha256:
            log.error("part_differs", part=own.name, first=done.sha256[:12], second=own.sha256[:12])
        return done
