"""How a training ends: its last state, a closed MLflow run, a sentence for a person, an exit code."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from tablee.errors import InvalidSettings, TableeError, TrainingCancelled, Unavailable
from tablee.errors.causes import quoted
from tablee.errors.panics import panics_as_errors
from tablee.i18n.message import Message
from tablee.jobs.training import Phase
from tablee.telemetry import logger
from tablee_train.lifecycle.progress import Progress

log = logger(__name__)


class ExitCode(IntEnum):
    """The process's exit codes."""

    SUCCEEDED = 0
    """A version is registered; whether it was promoted is in the state."""
    FAILED = 1
    """The request or the data do not fit, or H2O could not train; another attempt would fail, too."""
    SETTINGS = 2
    """A setting is wrong; nothing was started."""
    UNAVAILABLE = 75
    """A service was not available, or the machine was needed otherwise; another attempt may succeed."""
    CANCELLED = 143
    """Stopped by SIGTERM or SIGINT because a person cancelled it."""


def exit_code(error: TableeError) -> ExitCode:
    """The exit code of a training that this error ends."""
    if isinstance(error, TrainingCancelled):
        return ExitCode.CANCELLED
    if isinstance(error, InvalidSettings):
        return ExitCode.SETTINGS
    return ExitCode.UNAVAILABLE if isinstance(error, Unavailable) else ExitCode.FAILED


def run_to_end(
    work: Callable[[], Message | str], progress: Progress, close: Callable[[str, str], None]
) -> tuple[ExitCode, str]:
    """Do the work, then write its end; returns the exit code and the sentence for a person.

    :param work: returns the sentence of success.
    :param close: ends the MLflow run with a status (FINISHED, FAILED or KILLED) and a reason; must not raise.
    """
    try:
        with panics_as_errors():
            message = work()
    except TableeError as error:
        return _failed(error, progress, close)
    except Exception as error:
        log.exception("training_broke")
        return _failed(TableeError("training_broke", error=quoted(type(error).__name__, error)), progress, close)
    close("FINISHED", "")
    progress.end(Phase.SUCCEEDED, message)
    log.info("training_succeeded", version=progress.state.version, promoted=progress.state.promoted)
    return ExitCode.SUCCEEDED, str(message)


def _failed(error: TableeError, progress: Progress, close: Callable[[str, str], None]) -> tuple[ExitCode, str]:
    cancelled = isinstance(error, TrainingCancelled)
    if cancelled and not progress.cancelled():
        return _interrupted(progress, close)
    close("KILLED" if cancelled else "FAILED", error.detail)
    sentence = f"{error.detail[:1].upper()}{error.detail[1:]}."
    if isinstance(error, Unavailable) and progress.state.attempt < progress.attempts:
        announcement = f"Attempt {progress.state.attempt + 1} of {progress.attempts} comes."
        log.warning("training_to_be_retried", code=error.code, reason=error.detail, attempt=progress.state.attempt)
        facts = {"why": error, "next": progress.state.attempt + 1, "of": progress.attempts}
        progress.leave_to_next_attempt(Message("job.retry", facts), f"{sentence} {announcement}", failed=True)
        return ExitCode.UNAVAILABLE, f"{sentence} {announcement}"
    phase = Phase.CANCELLED if cancelled else Phase.FAILED
    progress.end(phase, error, None if cancelled else error, english=sentence)
    log.info("training_cancelled") if cancelled else log.error("training_failed", code=error.code, reason=error.detail)
    return exit_code(error), f"{sentence} {error.hint}"


def _interrupted(progress: Progress, close: Callable[[str, str], None]) -> tuple[ExitCode, str]:
    """The process was stopped, but nobody cancelled the training (an eviction): another attempt will follow."""
    sentence = Message("job.interrupted")
    close("KILLED", "the place it ran in was needed otherwise")
    progress.leave_to_next_attempt(sentence, failed=False)
    log.warning("training_interrupted", attempt=progress.state.attempt)
    return ExitCode.UNAVAILABLE, str(sentence)
