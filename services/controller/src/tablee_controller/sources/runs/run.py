"""One run of a source, from its pull to its outcome."""

from __future__ import annotations

from collections.abc import Callable

from tablee.errors import TableeError
from tablee.jobs.source import Outcome, Source, SourceRun
from tablee.telemetry import logger
from tablee_controller.sources.cancellation import Stop, Stopped
from tablee_controller.sources.progress import Progress
from tablee_controller.sources.pull import Puller
from tablee_controller.sources.runs.internal_error import internal_errors

log = logger(__name__)


def carry_out(source: Source, run: SourceRun, puller: Puller, stop: Stop, *, ending: Callable[[], bool]) -> Progress:
    """Pull what is new. `run` says at any time how much that is, and at the end how the run went; no error is raised.

    :param ending: whether the controller ends; then a run that is stopped was interrupted, not cancelled.
    """
    progress = Progress()

    def tell() -> None:
        run.rows, run.objects = progress.rows, progress.objects

    progress.tell = tell
    log.info("source_started", source=source.name, by=run.by)
    try:
        with internal_errors(source.name):
            puller.pull(source, progress, stop)
    except Stopped:
        run.outcome = Outcome.INTERRUPTED if ending() else Outcome.CANCELLED
        run.message = "the controller ended" if ending() else "cancelled"
    except TableeError as error:
        run.outcome, run.message, run.error = Outcome.FAILED, error.detail, error.problem()
    else:
        run.outcome = Outcome.ADDED if progress.new else Outcome.UNCHANGED
    tell()
    run.version = progress.version
    if progress.refused and run.error is None:
        first = progress.refused[0]
        run.error = first.error
        run.message = f"{len(progress.refused)} files refused; «{first.key}»: {first.error['detail']}"
        if run.outcome is Outcome.UNCHANGED:
            run.outcome = Outcome.FAILED
    return progress
