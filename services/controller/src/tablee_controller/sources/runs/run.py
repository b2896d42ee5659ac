"""One run of a source, from its pull to its outcome."""

from __future__ import annotations

from collections.abc import Callable

from tablee.errors import TableeError
from tablee.errors.base import plain
from tablee.i18n.message import Message
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
        _tell(run, Message("source_run.ended" if ending() else "source_run.cancelled"))
    except TableeError as error:
        run.outcome, run.error = Outcome.FAILED, error.problem()
        _tell(run, error)
    else:
        run.outcome = Outcome.ADDED if progress.new else Outcome.UNCHANGED
    tell()
    run.version = progress.version
    if progress.refused and run.error is None:
        first = progress.refused[0]
        run.error = first.error
        why = TableeError.from_problem(first.error)
        facts = {"files": len(progress.refused), "first": first.key, "why": why}
        _tell(run, Message("source_run.refused", facts))
        if run.outcome is Outcome.UNCHANGED:
            run.outcome = Outcome.FAILED
    return progress


def _tell(run: SourceRun, message: Message | TableeError) -> None:
    run.message, run.told = str(message), plain(message)
