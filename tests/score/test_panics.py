"""A part in which a library panics has failed, and the worker goes on with the next one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from panic import panic
from structlog.testing import capture_logs

from tablee.errors import ScoringCancelled
from tablee.jobs.process import StopRequest
from tablee.jobs.scoring import Part, PartDone, Scorings
from tablee.storage.object_store import DirectoryStore
from tablee_score.part import Parts
from tablee_score.progress import Progress
from tablee_score.work_share import work


class PanickingParts(Parts):
    """A library panics in the first part; the second is scored."""

    def fetch(self, part: Part) -> Path:
        return self.scratch / part.name

    def drop(self, part: Part) -> None:
        pass

    def score(self, model: Any, part: Part, file: Path, advance: Callable[[int], None]) -> PartDone:
        if part.number == 0:
            panic()
        return PartDone(
            number=1,
            name=part.name,
            rows=5,
            warnings=0,
            bytes=1,
            sha256="",
            seconds=1.0,
            rows_per_second=5.0,
            worker=0,
            at=datetime.now(UTC),
        )


def test_the_part_has_failed_and_the_next_is_scored(tmp_path: Path) -> None:
    share = [Part(number=at, key=f"in/{at}.csv", name=f"{at}.csv", bytes=1, etag="") for at in range(2)]
    scorings, stop = Scorings(DirectoryStore(tmp_path)), StopRequest(ScoringCancelled("no"))
    place: Any = SimpleNamespace()
    progress = Progress(scorings, "s", 0, share, stop)
    parts = PanickingParts(scorings, "s", 0, place, place, tmp_path, stop)
    model: Any = object()
    with capture_logs():  # as our logs do, without local variables, whose display would panic, too
        work(lambda: model, parts, share, progress)
    state = progress.state
    assert [(each.name, each.code) for each in state.failed] == [("0.csv", "internal_error")]
    assert "LibraryPanic" in state.failed[0].reason
    assert (state.parts_done, state.rows) == (1, 5)
