"""How a training ends, whatever happens: a last state, a closed run, one sentence, an exit code."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from tablee.errors import InvalidSettings, TableeError, TrainingCancelled, Unavailable
from tablee.telemetry import logger
from tablee.training import Phase
from tablee_train.progress import Progress

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
    """A service was not there or was lost; trying again may help."""
    CANCELLED = 143
    """Stopped by SIGTERM or SIGINT."""


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
    close("KILLED" if cancelled else "FAILED", error.detail)
    sentence = f"{error.detail[:1].upper()}{error.detail[1:]}."
    progress.end(Phase.CANCELLED if cancelled else Phase.FAILED, sentence, None if cancelled else error)
    log.info("training_cancelled") if cancelled else log.error("training_failed", code=error.code, reason=error.detail)
    return exit_code(error), f"{sentence} {error.advice}"
