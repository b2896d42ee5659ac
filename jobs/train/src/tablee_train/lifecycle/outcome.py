"""How a training ends, whatever happens: a last state, a closed run, one sentence, an exit code."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from tablee.errors import InvalidSettings, TableeError, TrainingCancelled, Unavailable
from tablee.jobs.training import Phase
from tablee.telemetry import logger
from tablee_train.lifecycle.progress import Progress

log = logger(__name__)


class Exit(IntEnum):
    """The process's exit codes."""

    SUCCEEDED = 0
    """A version is registered; whether it was promoted is in the state."""
    FAILED = 1
    """The request or the data do not fit, or H2O could not train; the same again would fail again."""
    SETTINGS = 2
    """A setting is wrong; nothing was started."""
    UNAVAILABLE = 75
    """A service was not there or was lost, or the machine was needed otherwise; trying again may help."""
    CANCELLED = 143
    """Stopped by SIGTERM or SIGINT because somebody wanted it."""


def exit_code(error: TableeError) -> Exit:
    if isinstance(error, TrainingCancelled):
        return Exit.CANCELLED
    if isinstance(error, InvalidSettings):
        return Exit.SETTINGS
    return Exit.UNAVAILABLE if isinstance(error, Unavailable) else Exit.FAILED


def conclude(work: Callable[[], str], progress: Progress, close: Callable[[str, str], None]) -> tuple[Exit, str]:
    """Do the work, then write its end; returns the exit code and the sentence for a person.

    :param close: ends the MLflow run as FINISHED, FAILED or KILLED, with a reason; must not raise.
    """
    try:
        message = work()
    except TableeError as error:
        return _failed(error, progress, close)
    except Exception as error:
        log.exception("training_broke")
        return _failed(
            TableeError(f"something went wrong inside the training: {type(error).__name__}: {error}"), progress, close
        )
    close("FINISHED", "")
    progress.end(Phase.SUCCEEDED, message)
    log.info("training_succeeded", version=progress.state.version, promoted=progress.state.promoted)
    return Exit.SUCCEEDED, message


def _failed(error: TableeError, progress: Progress, close: Callable[[str, str], None]) -> tuple[Exit, str]:
    cancelled = isinstance(error, TrainingCancelled)
    if cancelled and not progress.cancelled():
        return _interrupted(progress, close)
    close("KILLED" if cancelled else "FAILED", error.detail)
    sentence = f"{error.detail[:1].upper()}{error.detail[1:]}."
    if isinstance(error, Unavailable) and progress.state.attempt < progress.attempts:
        again = f"Attempt {progress.state.attempt + 1} of {progress.attempts} comes."
        log.warning("training_to_be_retried", code=error.code, reason=error.detail, attempt=progress.state.attempt)
        progress.begin_again(f"{sentence} {again}", failed=True)
        return Exit.UNAVAILABLE, f"{sentence} {again}"
    progress.end(Phase.CANCELLED if cancelled else Phase.FAILED, sentence, None if cancelled else error)
    log.info("training_cancelled") if cancelled else log.error("training_failed", code=error.code, reason=error.detail)
    return exit_code(error), f"{sentence} {error.hint}"


def _interrupted(progress: Progress, close: Callable[[str, str], None]) -> tuple[Exit, str]:
    """Told to stop by nobody who wants its end: the place it ran in is needed, and another attempt will follow."""
    sentence = "Interrupted; it starts again."
    close("KILLED", "the place it ran in was needed otherwise")
    progress.begin_again(sentence, failed=False)
    log.warning("training_interrupted", attempt=progress.state.attempt)
    return Exit.UNAVAILABLE, sentence
