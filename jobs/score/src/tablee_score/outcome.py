"""The exit codes of a worker, which the controller reads."""

from __future__ import annotations

from enum import IntEnum

from tablee.errors import InvalidSettings, ScoringCancelled, TableeError, Unavailable


class ExitCode(IntEnum):
    """The process's exit codes."""

    DONE = 0
    """Every part of its share has its output and its marker."""
    UNAVAILABLE = 1
    """A service was not available, or the machine could not do it; another attempt may succeed."""
    SETTINGS = 2
    """A setting is wrong; nothing was started."""
    HOPELESS = 3
    """The scoring cannot be carried out, or parts of the share cannot be scored (all others are); another attempt would
    fail, too."""
    STOPPED = 143
    """Stopped by SIGTERM, SIGINT or a cancel; another process can continue."""


def exit_code(error: TableeError) -> ExitCode:
    """The exit code of a worker that this error ends."""
    if isinstance(error, ScoringCancelled):
        return ExitCode.STOPPED
    if isinstance(error, InvalidSettings):
        return ExitCode.SETTINGS
    return ExitCode.UNAVAILABLE if isinstance(error, Unavailable) else ExitCode.HOPELESS
