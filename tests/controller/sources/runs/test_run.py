"""What a run says of itself when its pull ends, or breaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from controller.sources.runs.scenario import START, order
from english_words import in_french

from tablee.errors import DatabaseUnavailable, InvalidTable
from tablee.errors.base import revived
from tablee.jobs.source import Outcome, Refused, Source, SourceRun
from tablee_controller.sources.cancellation import Stop, Stopped
from tablee_controller.sources.progress import Progress
from tablee_controller.sources.runs.run import carry_out

SOURCE = Source(name="visits", order=order(), created=START)
REFUSED = Refused(key="inbox/a.csv", etag="e", at=START, error=InvalidTable("no_rows").problem())


def run_of(pull: Callable[[Progress], None], *, ending: bool = False) -> SourceRun:
    class Puller:
        def pull(self, source: Source, progress: Progress, stop: Stop) -> None:
            pull(progress)

    run, puller = SourceRun(started=START), Puller()
    carry_out(SOURCE, run, puller, Stop(), ending=lambda: ending)  # type: ignore[arg-type]  # of the same form
    in_french(revived(run.told) or "")
    return run


def raising(error: Exception) -> Callable[[Progress], None]:
    def pull(progress: Progress) -> None:
        progress.rows = 7
        raise error

    return pull


def bringing(**facts: Any) -> Callable[[Progress], None]:
    def pull(progress: Progress) -> None:
        for name, value in facts.items():
            setattr(progress, name, value)

    return pull


def test_a_run_says_what_it_brought() -> None:
    run = run_of(bringing(rows=3, objects=2, version="v", new=True))
    assert (run.outcome, run.rows, run.objects, run.version) == (Outcome.ADDED, 3, 2, "v")
    assert run_of(bringing(version="v")).outcome is Outcome.UNCHANGED


@pytest.mark.parametrize(
    ("ending", "outcome", "message"),
    [(False, Outcome.CANCELLED, "cancelled"), (True, Outcome.INTERRUPTED, "the controller ended")],
)
def test_a_run_that_is_stopped_is_no_failure(ending: bool, outcome: Outcome, message: str) -> None:
    run = run_of(raising(Stopped()), ending=ending)
    assert (run.outcome, run.message, run.error, run.rows) == (outcome, message, None, 7)


def test_an_error_is_kept_as_a_problem() -> None:
    error = DatabaseUnavailable("no_database", name="sales")
    run = run_of(raising(error))
    assert (run.outcome, run.message, run.error) == (Outcome.FAILED, error.detail, error.problem())
    broken = run_of(raising(RuntimeError("Wilhelmine")))
    assert (broken.outcome, broken.message) == (Outcome.FAILED, "something went wrong inside the controller")
    assert "Wilhelmine" not in broken.model_dump_json()


@pytest.mark.parametrize(("new", "outcome"), [(True, Outcome.ADDED), (False, Outcome.FAILED)])
def test_refused_files_are_named_in_the_message(new: bool, outcome: Outcome) -> None:
    run = run_of(bringing(refused=[REFUSED], new=new))
    assert (run.outcome, run.error) == (outcome, REFUSED.error)
    assert run.message == "one file refused; “inbox/a.csv”: the file has no row"
